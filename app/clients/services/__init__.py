"""Use cases of the clients' area."""

from app.clients.services.clients import ClientService
from app.clients.services.records import ContactService, DepartmentService, EmployeeService, SiteService

__all__ = ["ClientService", "ContactService", "DepartmentService", "EmployeeService", "SiteService"]
