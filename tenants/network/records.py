"""What the records say of tickets, as far as figures go: the one reading that facts and clients' own figures share."""

from collections import defaultdict
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.sla.models import ClockRecord
from app.tickets.models import Ticket
from tenants.network.facts import Course, Promise


async def courses(session: AsyncSession, *conditions: ColumnElement[bool]) -> dict[UUID, Course]:
    """Ticket → its course, of the tickets that meet `conditions` and that the session's actor may see."""
    tickets = await session.execute(
        select(Ticket.id, Ticket.reported_at, Ticket.resolved_at, Ticket.reopened, Ticket.rating).where(*conditions)
    )
    clocks = await session.execute(
        select(
            ClockRecord.ticket_id,
            ClockRecord.kind,
            ClockRecord.stopped_at,
            ClockRecord.cancelled_at,
            ClockRecord.breached_at,
        ).where(ClockRecord.ticket_id.in_(select(Ticket.id).where(*conditions)))
    )
    promises: defaultdict[UUID, list[Promise]] = defaultdict(list)
    for ticket_id, kind, stopped_at, cancelled_at, breached_at in clocks:
        promises[ticket_id].append(Promise(kind, stopped_at, cancelled_at, breached_at))
    return {
        ticket_id: Course(reported_at, resolved_at, reopened, rating, tuple(promises[ticket_id]))
        for ticket_id, reported_at, resolved_at, reopened, rating in tickets
    }
