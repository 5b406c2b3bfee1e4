"""What waits behind the client portal's entries of the navigation."""

from app.desk.tickets import unconfirmed_tickets

__all__ = ["unconfirmed_tickets"]
