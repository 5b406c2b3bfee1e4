"""What waits behind the desk's entries of the navigation."""

from app.desk.tickets import unassigned_tickets
from tenants.access_grants import requested_access

__all__ = ["requested_access", "unassigned_tickets"]
