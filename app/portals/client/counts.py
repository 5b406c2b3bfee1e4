"""What waits behind the client portal's entries of the navigation."""

from app.desk.tickets import unconfirmed_tickets
from billing.contracts import contracts_to_answer

__all__ = ["contracts_to_answer", "unconfirmed_tickets"]
