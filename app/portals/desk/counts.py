"""What waits behind the desk's entries of the navigation."""

from app.desk.tickets import unassigned_tickets

__all__ = ["unassigned_tickets"]
