"""Background tasks: a ticket's events update its figures."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from app.agreements.sla import ClockBreached
from app.desk.tickets import TicketChanged, TicketMoved, TicketReported, TicketsReplayed
from app.platform.background import Consumers, ReceivedEvent, consume
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork
from tenants.partner_metrics.rollups import record_tickets

consumers = Consumers()

WITHOUT_FIGURES = frozenset({"note", "reply", "file", "work"})
"""Changes of a ticket that no figure depends on."""


@consumers.on_batch(TicketReported.topic, name="partner_metrics.record_report", lane=DueKind.OUTBOX_FIGURES)
@consumers.on_batch(TicketMoved.topic, name="partner_metrics.record_move", lane=DueKind.OUTBOX_FIGURES)
@consumers.on_batch(TicketChanged.topic, name="partner_metrics.record_change", lane=DueKind.OUTBOX_FIGURES)
@consumers.on_batch(ClockBreached.topic, name="partner_metrics.record_breach", lane=DueKind.OUTBOX_FIGURES)
async def record(work: UnitOfWork, _: Runtime, events: Sequence[ReceivedEvent]) -> None:
    """Each ticket once, however many events tell of it."""
    await record_tickets(
        work, {UUID(event.payload["ticket_id"]) for event in events if event.payload.get("what") not in WITHOUT_FIGURES}
    )


@consumers.on(TicketsReplayed.topic, name="partner_metrics.record_replay", lane=DueKind.OUTBOX_LONG)
async def record_replay(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """A batch of past tickets, in one go."""
    async with consume(runtime, tenant_id, event_id, "partner_metrics.record_replay") as work:
        if work is not None:
            await record_tickets(work, [UUID(ticket_id) for ticket_id in payload["ticket_ids"]])
