"""Whatever happens to a ticket brings its figures up to date."""

from typing import Any
from uuid import UUID

from app.background import Consumers, consume
from app.background.consumers import Consumer
from app.kernel.runtime import Runtime
from app.sla.events import ClockBreached
from app.tickets import TicketChanged, TicketMoved, TicketReported, TicketsReplayed
from tenants.network.service import record_ticket, record_tickets

consumers = Consumers()

WITHOUT_FIGURES = frozenset({"note", "reply", "file", "work"})
"""Changes of a ticket that no figure depends on."""


def _recorder(name: str) -> Consumer:
    async def record(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
        async with consume(runtime, tenant_id, event_id, name) as work:
            if work is not None and payload.get("what") not in WITHOUT_FIGURES:
                await record_ticket(work, UUID(payload["ticket_id"]))

    return record


for _topic, _name in (
    (TicketReported.topic, "network.record_report"),
    (TicketMoved.topic, "network.record_move"),
    (TicketChanged.topic, "network.record_change"),
    (ClockBreached.topic, "network.record_breach"),
):
    consumers.register(_topic, _name, _recorder(_name))


@consumers.on(TicketsReplayed.topic, name="network.record_replay")
async def record_replay(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """A batch of past tickets, in one go."""
    async with consume(runtime, tenant_id, event_id, "network.record_replay") as work:
        if work is not None:
            await record_tickets(work, [UUID(ticket_id) for ticket_id in payload["ticket_ids"]])
