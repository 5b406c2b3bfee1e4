"""What is kept of an employee of a client: told on request, and erased on request, while the service history stays."""

from app.personal_data.services import PersonalDataService

__all__ = ["PersonalDataService"]
