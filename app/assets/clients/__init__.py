"""Client companies with their sites, departments, contacts and employees. What other areas may use."""

from app.assets.clients.client_import.client_names import CLIENT_FIELD, CLIENT_MESSAGES, ClientNames
from app.assets.clients.client_import.employee_matching import (
    EmployeeMatcher,
    KnownEmployee,
    ListedPerson,
    PersonDescription,
    described_people,
)
from app.assets.clients.client_import.known_records import KnownRecords, known_records
from app.assets.clients.client_import.owner import (
    CLIENT_OWNER,
    SITE_MESSAGES,
    department_field,
    known_sites,
    site_field,
)
from app.assets.clients.errors import ClientErased
from app.assets.clients.events import ClientStateChanged, EmployeeStateChanged
from app.assets.clients.in_use import client_in_use, require_in_use
from app.assets.clients.labels import EngagementModel, RecordState
from app.assets.clients.repository import client_matches
from app.assets.clients.schemas import ClientCreate, ContactCreate, DepartmentCreate, NamePosition, SiteCreate
from app.assets.clients.services import ClientService, ContactService, DepartmentService, EmployeeService, SiteService

__all__ = [
    "CLIENT_FIELD",
    "CLIENT_MESSAGES",
    "CLIENT_OWNER",
    "SITE_MESSAGES",
    "ClientCreate",
    "ClientErased",
    "ClientNames",
    "ClientService",
    "ClientStateChanged",
    "ContactCreate",
    "ContactService",
    "DepartmentCreate",
    "DepartmentService",
    "EmployeeMatcher",
    "EmployeeService",
    "EmployeeStateChanged",
    "EngagementModel",
    "KnownEmployee",
    "KnownRecords",
    "ListedPerson",
    "NamePosition",
    "PersonDescription",
    "RecordState",
    "SiteCreate",
    "SiteService",
    "client_in_use",
    "client_matches",
    "department_field",
    "described_people",
    "known_records",
    "known_sites",
    "require_in_use",
    "site_field",
]
