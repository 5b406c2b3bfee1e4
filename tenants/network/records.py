"""What the records say of tickets, as far as figures go: the one reading that facts and clients' own figures share."""

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.sla.models import ClockRecord
from app.tickets.models import Ticket, Visit
from tenants.network.facts import REPEAT_WITHIN, Course, Promise


async def courses(session: AsyncSession, *conditions: ColumnElement[bool]) -> dict[UUID, Course]:
    """Ticket → its course, of the tickets that meet `conditions` and that the session's actor may see."""
    asked = select(Ticket.id).where(*conditions)
    tickets = await session.execute(
        select(
            Ticket.id, Ticket.reported_at, Ticket.resolved_at, Ticket.reopened, Ticket.rating, Ticket.device_id
        ).where(*conditions)
    )
    promises = await _promises(session, asked)
    visits = await _attended_visits(session, asked)
    resolutions = await _earlier_resolutions(session, conditions)
    return {
        ticket_id: Course(
            reported_at,
            resolved_at,
            reopened,
            rating,
            tuple(promises[ticket_id]),
            visits.get(ticket_id, 0),
            device_id is not None,
            tuple(resolutions[ticket_id]),
        )
        for ticket_id, reported_at, resolved_at, reopened, rating, device_id in tickets
    }


async def _promises(session: AsyncSession, asked: Select[UUID]) -> defaultdict[UUID, list[Promise]]:
    rows = await session.execute(
        select(
            ClockRecord.ticket_id,
            ClockRecord.kind,
            ClockRecord.stopped_at,
            ClockRecord.cancelled_at,
            ClockRecord.breached_at,
        ).where(ClockRecord.ticket_id.in_(asked))
    )
    found: defaultdict[UUID, list[Promise]] = defaultdict(list)
    for ticket_id, kind, stopped_at, cancelled_at, breached_at in rows:
        found[ticket_id].append(Promise(kind, stopped_at, cancelled_at, breached_at))
    return found


async def _attended_visits(session: AsyncSession, asked: Select[UUID]) -> dict[UUID, int]:
    """Visits at which somebody was on site or connected, called off afterwards or not."""
    rows = await session.execute(
        select(Visit.ticket_id, func.count(Visit.id))
        .where(Visit.ticket_id.in_(asked), or_(Visit.arrived_at.is_not(None), Visit.finished_at.is_not(None)))
        .group_by(Visit.ticket_id)
    )
    return dict(rows.all())


async def _earlier_resolutions(
    session: AsyncSession, conditions: tuple[ColumnElement[bool], ...]
) -> defaultdict[UUID, list[datetime]]:
    """When the same device's earlier tickets were resolved, as far as that is recent enough to be repeated."""
    earlier = aliased(Ticket)
    rows = await session.execute(
        select(Ticket.id, earlier.resolved_at)
        .join(
            earlier,
            and_(
                earlier.tenant_id == Ticket.tenant_id,
                earlier.device_id == Ticket.device_id,
                earlier.reported_at < Ticket.reported_at,
                earlier.resolved_at <= Ticket.reported_at,
                earlier.resolved_at > Ticket.reported_at - REPEAT_WITHIN,
            ),
        )
        .where(*conditions)
    )
    found: defaultdict[UUID, list[datetime]] = defaultdict(list)
    for ticket_id, resolved_at in rows:
        if resolved_at is not None:
            found[ticket_id].append(resolved_at)
    return found
