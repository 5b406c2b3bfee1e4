"""Background work of tickets: live page updates, notices, reminders and automatic closing, archiving of reports."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from app.agreements.sla import StepReached, TermsChanged
from app.desk.tickets.confirmation.auto_close import remind_or_close
from app.desk.tickets.events import ReportSigned, TicketChanged, TicketMoved, TicketReported
from app.desk.tickets.notices.notifying import TicketNotifier
from app.desk.tickets.repository import engineers_of
from app.desk.tickets.service_reports.document import SERVICE_REPORT
from app.desk.tickets.workflow.terms_change import TermsChange
from app.platform.background import Consumers, ReceivedEvent, Sweeps, consume
from app.platform.documents import archive
from app.platform.kernel.live_updates import Change
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork

consumers = Consumers()
sweeps = Sweeps()
sweeps.register(DueKind.CONFIRMATION_REMINDER, remind_or_close)

INTERNAL = frozenset({"note"})
"""Changes that are announced to staff only."""


@consumers.on_batch(TicketReported.topic, name="tickets.refresh_pages_of_report")
@consumers.on_batch(TicketMoved.topic, name="tickets.refresh_pages_of_move")
@consumers.on_batch(TicketChanged.topic, name="tickets.refresh_pages_of_change")
async def refresh_pages(work: UnitOfWork, _: Runtime, events: Sequence[ReceivedEvent]) -> None:
    """Make open pages reload the ticket. A lost announcement does no harm."""
    engineers = await engineers_of(work.session, {UUID(event.payload["ticket_id"]) for event in events})
    for event in events:
        ticket_id, reporter_id = UUID(event.payload["ticket_id"]), event.payload["reporter_id"]
        work.announce(
            Change(
                kind="ticket",
                id=ticket_id,
                client_id=UUID(event.payload["client_id"]),
                reporter_id=None if reporter_id is None else UUID(reporter_id),
                staff_only=event.payload.get("what") in INTERNAL,
                engineers=tuple(engineers.get(ticket_id, ())),
            )
        )


@consumers.on_batch(StepReached.topic, name="tickets.notify_people_of_step")
@consumers.on_batch(TicketReported.topic, name="tickets.notify_people_of_report")
@consumers.on_batch(TicketMoved.topic, name="tickets.notify_people_of_move")
@consumers.on_batch(TicketChanged.topic, name="tickets.notify_people_of_change")
@consumers.on_batch(ReportSigned.topic, name="tickets.notify_people_of_signature")
async def notify_people(work: UnitOfWork, runtime: Runtime, events: Sequence[ReceivedEvent]) -> None:
    """Send notices of the events to the people concerned, once; too old events are skipped."""
    notifier = TicketNotifier(work, runtime.settings.public_url)
    await notifier.notify([event for event in events if event.is_recent(work.now)])


@consumers.on(ReportSigned.topic, name="tickets.archive_report", lane=DueKind.OUTBOX_LONG)
async def archive_report(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """Draw the signed report's PDF once and keep it."""
    report_id = UUID(payload["report_id"])
    consumer = "tickets.archive_report"
    await archive(runtime, tenant_id, event_id, consumer=consumer, kind=SERVICE_REPORT, edition_id=report_id)


@consumers.on(TermsChanged.topic, name="tickets.carry_terms_over")
async def carry_terms_over(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """Recompute running clocks after a change of policy, calendar or assignment (S3)."""
    async with consume(runtime, tenant_id, event_id, "tickets.carry_terms_over") as work:
        if work is not None:
            await TermsChange(work).carry_over(msgspec.convert(payload, TermsChanged))
