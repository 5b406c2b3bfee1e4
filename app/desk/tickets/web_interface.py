"""What other areas may use in the web process; the worker does not load it."""

from app.desk.tickets.paging import TicketOrder, page_of_tickets

__all__ = ["TicketOrder", "page_of_tickets"]
