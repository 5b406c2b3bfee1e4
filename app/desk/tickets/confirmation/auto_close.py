"""Automatic closing (T4): a resolved ticket without an answer is reminded of twice, then closed.

Reminders are sent one and two working days after the resolution; the ticket closes after the tenant's number of
working days (`TenantProfile.auto_close_days`). A working day is a day on which the ticket's calendar is open; the time
of day is kept. Nothing is closed while a tenant is suspended, nor within one working day after the suspension ended
[N1].
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from app.desk.tickets.confirmation.reminders import (
    DEFAULT_AUTO_CLOSE_DAYS,
    REMINDERS,
    calendar_of,
    due_after_reminder,
    working_days_later,
)
from app.desk.tickets.events import TicketChanged
from app.desk.tickets.lifecycle import TicketState
from app.desk.tickets.models import Ticket, TicketEvent
from app.desk.tickets.steps import Close
from app.desk.tickets.workflow.workflow import Workflow
from app.platform.background import reschedule
from app.platform.kernel.actor import Actor
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork
from tenants.models import Tenant, TenantProfile


async def remind_or_close(runtime: Runtime, tenant_id: UUID, ticket_ids: Sequence[UUID]) -> None:
    """The sweep's handler for `DueKind.CONFIRMATION_REMINDER`."""
    for ticket_id in ticket_ids:
        async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
            await _remind_or_close(work, ticket_id)


async def _remind_or_close(work: UnitOfWork, ticket_id: UUID) -> None:
    ticket = await work.session.get(Ticket, (work.tenant_id, ticket_id), with_for_update=True)
    if ticket is None or ticket.state != TicketState.RESOLVED or ticket.resolved_at is None:
        return
    workflow, calendar = Workflow(work), await calendar_of(work, ticket)
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
        auto_close_days = await work.session.scalar(select(TenantProfile.auto_close_days)) or DEFAULT_AUTO_CLOSE_DAYS
        next_turn = due_after_reminder(calendar, work.now, reminded or 0, auto_close_days)
        await reschedule(work, DueKind.CONFIRMATION_REMINDER, ticket_id, next_turn)
        return
    reopened_at = await work.session.scalar(select(Tenant.reopened_at).where(Tenant.id == work.tenant_id))
    if reopened_at is not None and reopened_at > ticket.resolved_at:
        answerable_until = working_days_later(calendar, reopened_at, 1)
        if work.now < answerable_until:
            await reschedule(work, DueKind.CONFIRMATION_REMINDER, ticket_id, answerable_until)
            return
    await workflow.take(ticket, Close(at=work.now))
