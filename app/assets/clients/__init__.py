"""Client companies with their sites, departments, contacts and employees. What other areas may use."""

from app.assets.clients.events import ClientAdded, ClientStateChanged, EmployeeStateChanged
from app.assets.clients.labels import ENGAGEMENT_NAMES, EngagementModel, RecordState
from app.assets.clients.services import ClientService, ContactService, DepartmentService, EmployeeService, SiteService

__all__ = [
    "ENGAGEMENT_NAMES",
    "ClientAdded",
    "ClientService",
    "ClientStateChanged",
    "ContactService",
    "DepartmentService",
    "EmployeeService",
    "EmployeeStateChanged",
    "EngagementModel",
    "RecordState",
    "SiteService",
]
