"""Queries of the tickets area: columns into structs for what people look at, entities for what changes."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.clients.models import Client, Department, Site
from app.devices.models import Device
from app.engineers.models import Engineer
from app.kernel.actor import Actor
from app.sla.models import ClockRecord
from app.tickets.models import Ticket, TicketEvent, TicketNote, Visit
from app.tickets.visibility import visible_to

_SUMMARY = (
    select(
        Ticket.id,
        Ticket.number,
        Ticket.state,
        Ticket.wait_reason,
        Ticket.priority,
        Ticket.subject,
        Ticket.channel,
        Ticket.client_id,
        Client.short_name.label("client_name"),
        Ticket.device_id,
        Device.number.label("device_number"),
        Site.name.label("site_name"),
        Ticket.engineer_id,
        Engineer.display_name.label("engineer_name"),
        Ticket.contact_name,
        Ticket.reported_at,
        Ticket.due_at,
        Ticket.resolved_at,
        Ticket.rating,
        Ticket.vip,
    )
    .outerjoin(Client, and_(Client.tenant_id == Ticket.tenant_id, Client.id == Ticket.client_id))
    .outerjoin(
        Device,
        and_(
            Device.tenant_id == Ticket.tenant_id,
            Device.client_id == Ticket.client_id,
            Device.id == Ticket.device_id,
        ),
    )
    .outerjoin(
        Site,
        and_(Site.tenant_id == Ticket.tenant_id, Site.client_id == Ticket.client_id, Site.id == Ticket.site_id),
    )
    .outerjoin(Engineer, and_(Engineer.tenant_id == Ticket.tenant_id, Engineer.id == Ticket.engineer_id))
)


async def summaries(
    session: AsyncSession,
    actor: Actor,
    conditions: Sequence[ColumnElement[bool]],
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Lines of a list, newest first, at most `limit`."""
    statement = _SUMMARY.where(*visible_to(actor), *conditions)
    if after is not None:
        moment, ticket_id = after
        statement = statement.where(
            Ticket.reported_at <= moment,
            (Ticket.reported_at < moment) | (Ticket.id < ticket_id),
        )
    statement = statement.order_by(Ticket.reported_at.desc(), Ticket.id.desc()).limit(limit)
    return (await session.execute(statement)).all()


async def most_urgent(
    session: AsyncSession,
    actor: Actor,
    conditions: Sequence[ColumnElement[bool]],
    *,
    after: tuple[datetime | None, UUID] | None,
    limit: int,
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Lines of a queue: what is due soonest first; what has no due time (waiting) last, the oldest first."""
    statement = _SUMMARY.where(*visible_to(actor), *conditions)
    if after is not None:
        due_at, ticket_id = after
        behind = and_(Ticket.due_at.is_(None), Ticket.id > ticket_id)
        if due_at is not None:
            behind = or_(
                Ticket.due_at.is_(None), Ticket.due_at > due_at, and_(Ticket.due_at == due_at, Ticket.id > ticket_id)
            )
        statement = statement.where(behind)
    statement = statement.order_by(Ticket.due_at.asc().nulls_last(), Ticket.id).limit(limit)
    return (await session.execute(statement)).all()


_DETAIL = (
    select(
        Ticket,
        Client.short_name.label("client_name"),
        Client.time_zone,
        Site.name.label("site_name"),
        Site.address.label("site_address"),
        Department.name.label("department_name"),
        Device.number.label("device_number"),
        Device.model.label("device_model"),
        Engineer.display_name.label("engineer_name"),
        Engineer.level.label("engineer_level"),
    )
    .outerjoin(Client, and_(Client.tenant_id == Ticket.tenant_id, Client.id == Ticket.client_id))
    .outerjoin(
        Site,
        and_(Site.tenant_id == Ticket.tenant_id, Site.client_id == Ticket.client_id, Site.id == Ticket.site_id),
    )
    .outerjoin(
        Department,
        and_(
            Department.tenant_id == Ticket.tenant_id,
            Department.client_id == Ticket.client_id,
            Department.id == Ticket.department_id,
        ),
    )
    .outerjoin(
        Device,
        and_(
            Device.tenant_id == Ticket.tenant_id,
            Device.client_id == Ticket.client_id,
            Device.id == Ticket.device_id,
        ),
    )
    .outerjoin(Engineer, and_(Engineer.tenant_id == Ticket.tenant_id, Engineer.id == Ticket.engineer_id))
)


async def detail(session: AsyncSession, actor: Actor, ticket_id: UUID) -> Row[*tuple[Any, ...]] | None:
    """One ticket with the names around it, if the actor may see it."""
    return (await session.execute(_DETAIL.where(Ticket.id == ticket_id, *visible_to(actor)))).first()


async def public_events(session: AsyncSession, ticket_id: UUID) -> Sequence[TicketEvent]:
    """The public timeline, oldest first."""
    statement = (
        select(TicketEvent).where(TicketEvent.ticket_id == ticket_id).order_by(TicketEvent.occurred_at, TicketEvent.id)
    )
    return (await session.scalars(statement)).all()


async def internal_notes(session: AsyncSession, ticket_id: UUID) -> Sequence[TicketNote]:
    """Internal lines; the database shows them to the partner's staff only."""
    statement = (
        select(TicketNote).where(TicketNote.ticket_id == ticket_id).order_by(TicketNote.occurred_at, TicketNote.id)
    )
    return (await session.scalars(statement)).all()


async def clocks(session: AsyncSession, ticket_id: UUID) -> Sequence[ClockRecord]:
    """The ticket's clocks in the order in which they were started and fall due."""
    statement = (
        select(ClockRecord)
        .where(ClockRecord.ticket_id == ticket_id)
        .order_by(ClockRecord.target_seconds, ClockRecord.kind)
    )
    return (await session.scalars(statement)).all()


async def open_clocks(session: AsyncSession, ticket_ids: Collection[UUID]) -> Sequence[ClockRecord]:
    """What is promised and not yet kept on these tickets: what falls due first, then what stands still."""
    statement = (
        select(ClockRecord)
        .where(
            ClockRecord.ticket_id.in_(ticket_ids),
            ClockRecord.stopped_at.is_(None),
            ClockRecord.cancelled_at.is_(None),
        )
        .order_by(ClockRecord.due_at.asc().nulls_last(), ClockRecord.target_seconds)
    )
    return (await session.scalars(statement)).all()


async def visits(session: AsyncSession, ticket_id: UUID) -> Sequence[Row[Visit, str]]:
    """The ticket's visits with their engineers' names, oldest first."""
    who = aliased(Engineer)
    statement = (
        select(Visit, who.display_name)
        .outerjoin(who, and_(who.tenant_id == Visit.tenant_id, who.id == Visit.engineer_id))
        .where(Visit.ticket_id == ticket_id)
        .order_by(Visit.scheduled_start, Visit.id)
    )
    return (await session.execute(statement)).all()


async def ticket_for_change(session: AsyncSession, actor: Actor, ticket_id: UUID) -> Ticket | None:
    """The ticket itself, locked, if the actor may see it."""
    statement = select(Ticket).where(Ticket.id == ticket_id, *visible_to(actor)).with_for_update()
    return (await session.scalars(statement)).first()


async def visible(session: AsyncSession, actor: Actor, ticket_id: UUID) -> bool:
    """Whether the actor may see the ticket."""
    return await session.scalar(select(Ticket.id).where(Ticket.id == ticket_id, *visible_to(actor))) is not None


async def visit(session: AsyncSession, visit_id: UUID, *, locked: bool) -> Visit | None:
    """A visit, locked where it is to change."""
    statement = select(Visit).where(Visit.id == visit_id)
    return (await session.scalars(statement.with_for_update() if locked else statement)).first()


async def open_visit(session: AsyncSession, ticket_id: UUID) -> Visit | None:
    """The visit that the ticket's work goes on with, locked."""
    statement = (
        select(Visit)
        .where(Visit.ticket_id == ticket_id, Visit.state.in_(OPEN_VISIT_STATES))
        .order_by(Visit.scheduled_start.desc(), Visit.id.desc())
        .with_for_update()
    )
    return (await session.scalars(statement)).first()


OPEN_VISIT_STATES = ("planned", "accepted", "en_route", "on_site", "remote")
