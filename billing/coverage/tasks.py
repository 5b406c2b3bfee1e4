"""Answering for tickets after the commit that made or changed them: the report itself never waits for it."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from app.desk.tickets import Move, TicketChanged, TicketMoved, TicketReported
from app.platform.background import Consumers, ReceivedEvent, consume
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.contracts import ContractActivated, ContractAmended
from billing.coverage.asking import ask_about, open_tickets_of

consumers = Consumers()

OF_THE_QUESTION: Final = frozenset({Move.TRIAGE, "triage"})
"""Moves and changes of a ticket after which its category or device may be another."""


@consumers.on_batch(TicketReported.topic, name="coverage.answer_report")
@consumers.on_batch(TicketMoved.topic, name="coverage.answer_move")
@consumers.on_batch(TicketChanged.topic, name="coverage.answer_change")
async def answer(work: UnitOfWork, _: Runtime, events: Sequence[ReceivedEvent]) -> None:
    """Ask about reports, and anew where what was asked about has changed."""
    tickets = {
        UUID(event.payload["ticket_id"])
        for event in events
        if event.topic == TicketReported.topic
        or event.payload.get("move", event.payload.get("what")) in OF_THE_QUESTION
    }
    if tickets:
        await ask_about(work, tickets)


@consumers.on(ContractActivated.topic, name="coverage.follow_activated")
async def follow_activated(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """Work that is not done yet may be covered now."""
    await _follow(runtime, tenant_id, event_id, payload, "coverage.follow_activated")


@consumers.on(ContractAmended.topic, name="coverage.follow_amended")
async def follow_amended(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """Work that is not done yet may be covered otherwise now."""
    await _follow(runtime, tenant_id, event_id, payload, "coverage.follow_amended")


async def _follow(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any], consumer: str) -> None:
    async with consume(runtime, tenant_id, event_id, consumer) as work:
        if work is None:
            return
        tickets = await open_tickets_of(work, [UUID(payload["client_id"])])
        if tickets:
            await ask_about(work, tickets, anew=True)
