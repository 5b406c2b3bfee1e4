"""Client companies with their sites, departments, contacts and employees. What other areas may use."""

from app.clients.events import ClientAdded, ClientStateChanged, EmployeeStateChanged
from app.clients.services import ClientService, ContactService, DepartmentService, EmployeeService, SiteService
from app.clients.words import ENGAGEMENT_NAMES, EngagementModel, RecordState

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
