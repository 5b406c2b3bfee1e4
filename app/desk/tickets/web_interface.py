"""What pages and JSON handlers of other areas may use; the worker does without it."""

from app.desk.tickets.paging import TicketOrder, page_of_tickets

__all__ = ["TicketOrder", "page_of_tickets"]
