"""Use cases of the clients' area."""

from app.assets.clients.services.clients import ClientService
from app.assets.clients.services.records import ContactService, DepartmentService, EmployeeService, SiteService

__all__ = ["ClientService", "ContactService", "DepartmentService", "EmployeeService", "SiteService"]
