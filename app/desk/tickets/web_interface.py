"""What other areas may use in the web process; the worker does not load it."""

from app.desk.tickets.links import LINKS_OF_TICKET
from app.desk.tickets.paging import TicketOrder, page_of_tickets

__all__ = ["LINKS_OF_TICKET", "TicketOrder", "page_of_tickets"]
