"""What other areas may use in the web process; the worker does not load it."""

from app.desk.tickets.links import LINKS_OF_TICKET
from app.desk.tickets.listing import DUE_SOON, OPEN, QUEUE_VIEWS, TICKETS, UNASSIGNED, queue_filter, queue_view
from app.desk.tickets.paging import TicketOrder, page_of_tickets
from app.desk.tickets.record import ticket_record

__all__ = [
    "DUE_SOON",
    "LINKS_OF_TICKET",
    "OPEN",
    "QUEUE_VIEWS",
    "TICKETS",
    "UNASSIGNED",
    "TicketOrder",
    "page_of_tickets",
    "queue_filter",
    "queue_view",
    "ticket_record",
]
