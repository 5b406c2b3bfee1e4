"""Personal data of clients' employees: export and erasure on request; the service history stays."""

from app.data_exchange.personal_data.services import PersonalDataService

__all__ = ["PersonalDataService"]
