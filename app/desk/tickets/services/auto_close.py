"""Automatic closing (T4): a resolved ticket without an answer is reminded of twice, then closed.

Reminders are sent one and two working days after the resolution; the ticket closes after the tenant's number of working
days (`TenantProfile.silence_days`). A working day is a day on which the ticket's calendar is open; the time of day is
kept. Nothing is closed while a tenant is suspended, nor within one working day after the suspension ended [N1].
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from app.agreements.sla.calendar import ServiceCalendar
from app.agreements.sla.service_terms import terms_of_versions
from app.desk.tickets.events import TicketChanged
from app.desk.tickets.lifecycle import Move, TicketState
from app.desk.tickets.models import Ticket, TicketEvent
from app.desk.tickets.services.workflow import Workflow
from app.platform.background import reschedule
from app.platform.kernel.actor import Actor
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork
from tenants.models import Tenant, TenantProfile

REMINDERS = 2
DEFAULT_SILENCE_DAYS = 3
_FURTHEST_DAYS = 60


def working_days_later(calendar: ServiceCalendar | None, moment: datetime, days: int) -> datetime:
    """`moment` plus so many days on which `calendar` opens, at the same local time (UTC in and out)."""
    if calendar is None:
        return moment + timedelta(days=days)
    local = moment.astimezone(ZoneInfo(calendar.time_zone))
    for _ in range(_FURTHEST_DAYS):
        if days == 0:
            break
        local += timedelta(days=1)
        if calendar.windows_on(local.date()):
            days -= 1
    return local.astimezone(UTC)


def due_after_reminder(
    calendar: ServiceCalendar | None, moment: datetime, reminded_before: int, silence_days: int
) -> datetime:
    """When (UTC) the next reminder or the closing follows a reminder sent at `moment`."""
    waits = 1 if reminded_before == 0 else max(1, silence_days - REMINDERS)
    return working_days_later(calendar, moment, waits)


async def first_reminder(work: UnitOfWork, ticket: Ticket) -> datetime:
    """When (UTC) the first reminder of a ticket resolved now is due."""
    return working_days_later(await _calendar(work, ticket), work.now, 1)


async def _calendar(work: UnitOfWork, ticket: Ticket) -> ServiceCalendar | None:
    if ticket.policy_version_id is None or ticket.calendar_version_id is None:
        return None
    terms = await terms_of_versions(work.session, ticket.policy_version_id, ticket.calendar_version_id)
    return terms.calendar


async def remind_or_close(runtime: Runtime, tenant_id: UUID, ticket_ids: Sequence[UUID]) -> None:
    """The sweep's handler for `DueKind.CONFIRMATION_REMINDER`."""
    for ticket_id in ticket_ids:
        async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
            await _remind_or_close(work, ticket_id)


async def _remind_or_close(work: UnitOfWork, ticket_id: UUID) -> None:
    ticket = await work.session.get(Ticket, (work.tenant_id, ticket_id), with_for_update=True)
    if ticket is None or ticket.state != TicketState.RESOLVED or ticket.resolved_at is None:
        return
    workflow, calendar = Workflow(work), await _calendar(work, ticket)
    reminded = await work.session.scalar(
        select(func.count(TicketEvent.id)).where(
            TicketEvent.ticket_id == ticket_id,
            TicketEvent.kind == "reminder",
            TicketEvent.occurred_at >= ticket.resolved_at,
        )
    )
    if (reminded or 0) < REMINDERS:
        workflow.line(ticket, "reminder")
        work.publish(
            TicketChanged(
                ticket_id=ticket.id, client_id=ticket.client_id, reporter_id=ticket.reporter_id, what="reminder"
            )
        )
        silence_days = await work.session.scalar(select(TenantProfile.silence_days)) or DEFAULT_SILENCE_DAYS
        next_turn = due_after_reminder(calendar, work.now, reminded or 0, silence_days)
        await reschedule(work, DueKind.CONFIRMATION_REMINDER, ticket_id, next_turn)
        return
    reopened_at = await work.session.scalar(select(Tenant.reopened_at).where(Tenant.id == work.tenant_id))
    if reopened_at is not None and reopened_at > ticket.resolved_at:
        answerable_until = working_days_later(calendar, reopened_at, 1)
        if work.now < answerable_until:
            await reschedule(work, DueKind.CONFIRMATION_REMINDER, ticket_id, answerable_until)
            return
    ticket.closed_at, ticket.confirmed_by = work.now, "silence"
    await workflow.move(ticket, Move.CLOSE, TicketState.CLOSED, confirmed_by="silence")
