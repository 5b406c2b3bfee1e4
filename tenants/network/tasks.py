"""Background tasks: a ticket's events update its figures."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from app.background import Consumers, Heard, consume
from app.kernel.outbox import DueKind
from app.kernel.runtime import Runtime
from app.kernel.work import UnitOfWork
from app.sla.events import ClockBreached
from app.tickets import TicketChanged, TicketMoved, TicketReported, TicketsReplayed
from tenants.network.service import record_tickets

consumers = Consumers()

WITHOUT_FIGURES = frozenset({"note", "reply", "file", "work"})
"""Changes of a ticket that no figure depends on."""


@consumers.together(TicketReported.topic, name="network.record_report", lane=DueKind.OUTBOX_FIGURES)
@consumers.together(TicketMoved.topic, name="network.record_move", lane=DueKind.OUTBOX_FIGURES)
@consumers.together(TicketChanged.topic, name="network.record_change", lane=DueKind.OUTBOX_FIGURES)
@consumers.together(ClockBreached.topic, name="network.record_breach", lane=DueKind.OUTBOX_FIGURES)
async def record(work: UnitOfWork, _: Runtime, events: Sequence[Heard]) -> None:
    """Each ticket once, however many events tell of it."""
    await record_tickets(
        work, {UUID(event.payload["ticket_id"]) for event in events if event.payload.get("what") not in WITHOUT_FIGURES}
    )


@consumers.on(TicketsReplayed.topic, name="network.record_replay", lane=DueKind.OUTBOX_LONG)
async def record_replay(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """A batch of past tickets, in one go."""
    async with consume(runtime, tenant_id, event_id, "network.record_replay") as work:
        if work is not None:
            await record_tickets(work, [UUID(ticket_id) for ticket_id in payload["ticket_ids"]])
