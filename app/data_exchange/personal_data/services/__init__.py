"""Use cases of personal data."""

from app.data_exchange.personal_data.services.requests import PersonalDataService

__all__ = ["PersonalDataService"]
