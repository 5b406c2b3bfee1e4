"""Client companies with their sites, departments, contacts and employees. What other areas may use."""

from app.assets.clients.events import EmployeeStateChanged
from app.assets.clients.labels import EngagementModel, RecordState
from app.assets.clients.repository import client_matches
from app.assets.clients.schemas import ClientCreate, ContactCreate, DepartmentCreate, NamePosition, SiteCreate
from app.assets.clients.services import ClientService, ContactService, DepartmentService, EmployeeService, SiteService

__all__ = [
    "ClientCreate",
    "ClientService",
    "ContactCreate",
    "ContactService",
    "DepartmentCreate",
    "DepartmentService",
    "EmployeeService",
    "EmployeeStateChanged",
    "EngagementModel",
    "NamePosition",
    "RecordState",
    "SiteCreate",
    "SiteService",
    "client_matches",
]
