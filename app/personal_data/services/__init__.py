"""Use cases of personal data."""

from app.personal_data.services.requests import PersonalDataService

__all__ = ["PersonalDataService"]
