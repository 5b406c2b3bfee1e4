"""Use cases of personal data."""

from app.data_exchange.personal_data.services.client_erasures import ClientErasures
from app.data_exchange.personal_data.services.requests import PersonalDataService

__all__ = ["ClientErasures", "PersonalDataService"]
