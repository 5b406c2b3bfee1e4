"""Numbers of tickets for places that show nothing else of them: the navigation."""

from datetime import datetime

from sqlalchemy import Select, func, select

from app.desk.tickets.lifecycle import TicketState
from app.desk.tickets.models import Ticket
from app.desk.tickets.visibility import visible_to
from app.platform.kernel.actor import Actor

UNASSIGNED = (TicketState.NEW, TicketState.TRIAGED, TicketState.REOPENED)
"""States in which a ticket waits for somebody to be sent."""


def unassigned_tickets(actor: Actor, _: datetime) -> Select[int]:
    """Tickets that nobody has been sent to, of those that the actor may see."""
    return _count(actor, *UNASSIGNED)


def unconfirmed_tickets(actor: Actor, _: datetime) -> Select[int]:
    """Solved tickets that the client has not confirmed, of those that the actor may see."""
    return _count(actor, TicketState.RESOLVED)


def _count(actor: Actor, *states: TicketState) -> Select[int]:
    return select(func.count(Ticket.id)).where(*visible_to(actor), Ticket.state.in_(states))
