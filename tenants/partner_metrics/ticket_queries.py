"""Queries of the ticket records that figures depend on, shared by facts and clients' own figures."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Uuid, and_, any_, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.agreements.sla.models import ClockRecord
from app.desk.tickets import VisitOutcome
from app.desk.tickets.models import Ticket, Visit
from app.platform.kernel.performance import PreparedStatement
from app.platform.kernel.unit_of_work import UnitOfWork
from tenants.partner_metrics.facts import REPEAT_WITHIN, MeasuredTicket, Promise

Rows = Sequence[Sequence[Any]]

_IDS = bindparam("ids", type_=ARRAY(Uuid(as_uuid=True)))


def _tickets(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return select(
        Ticket.id, Ticket.reported_at, Ticket.resolved_at, Ticket.reopened, Ticket.rating, Ticket.device_id
    ).where(*conditions)


def _promises(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return select(
        ClockRecord.ticket_id,
        ClockRecord.kind,
        ClockRecord.stopped_at,
        ClockRecord.cancelled_at,
        ClockRecord.breached_at,
    ).where(*conditions)


def _attended_visits(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Planned visits at which somebody was on site or connected, and how many of them ended unresolved."""
    unresolved = func.count(Visit.id).filter(Visit.outcome == VisitOutcome.UNRESOLVED)
    return (
        select(Visit.ticket_id, func.count(Visit.id), unresolved)
        .where(Visit.planned, or_(Visit.arrived_at.is_not(None), Visit.finished_at.is_not(None)), *conditions)
        .group_by(Visit.ticket_id)
    )


def _earlier_resolutions(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """When the same device's earlier tickets were resolved, within the time in which a fault can be a repeat."""
    earlier = aliased(Ticket)
    return (
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


def _of_tickets(
    model: type[Ticket | ClockRecord | Visit], column: Any
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return model.tenant_id == bindparam("tenant_id"), column == any_(_IDS)


_OF_TICKETS = (
    PreparedStatement(_tickets(*_of_tickets(Ticket, Ticket.id))),
    PreparedStatement(_promises(*_of_tickets(ClockRecord, ClockRecord.ticket_id))),
    PreparedStatement(_attended_visits(*_of_tickets(Visit, Visit.ticket_id))),
    PreparedStatement(_earlier_resolutions(*_of_tickets(Ticket, Ticket.id))),
)


async def measured_tickets(session: AsyncSession, *conditions: ColumnElement[bool]) -> dict[UUID, MeasuredTicket]:
    """By ticket: its records, of the tickets that meet `conditions` and that the session's actor may see."""
    asked = select(Ticket.id).where(*conditions)
    statements = (
        _tickets(*conditions),
        _promises(ClockRecord.ticket_id.in_(asked)),
        _attended_visits(Visit.ticket_id.in_(asked)),
        _earlier_resolutions(*conditions),
    )
    return _measured_tickets(*[(await session.execute(statement)).all() for statement in statements])


async def measured_tickets_of(work: UnitOfWork, ticket_ids: Collection[UUID]) -> dict[UUID, MeasuredTicket]:
    """The same of named tickets, for the platform itself."""
    ids = list(ticket_ids)
    return _measured_tickets(
        *[await statement.all(work.session, tenant_id=work.tenant_id, ids=ids) for statement in _OF_TICKETS]
    )


def _measured_tickets(tickets: Rows, promised: Rows, visited: Rows, resolved: Rows) -> dict[UUID, MeasuredTicket]:
    promises: defaultdict[UUID, list[Promise]] = defaultdict(list)
    for ticket_id, kind, stopped_at, cancelled_at, breached_at in promised:
        promises[ticket_id].append(Promise(kind, stopped_at, cancelled_at, breached_at))
    resolutions: defaultdict[UUID, list[datetime]] = defaultdict(list)
    for ticket_id, resolved_at in resolved:
        if resolved_at is not None:
            resolutions[ticket_id].append(resolved_at)
    visits = {ticket_id: (count, unresolved) for ticket_id, count, unresolved in visited}
    return {
        ticket_id: MeasuredTicket(
            reported_at,
            resolved_at,
            reopened,
            rating,
            tuple(promises[ticket_id]),
            *visits.get(ticket_id, (0, 0)),
            device_id is not None,
            tuple(resolutions[ticket_id]),
        )
        for ticket_id, reported_at, resolved_at, reopened, rating, device_id in tickets
    }
