"""Missed promises become proposals: when they are missed, and once a day those that were answered for later."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from app.agreements.sla import ClockBreached
from app.platform.background import Consumers, DailyJob, ReceivedEvent
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.credits.proposing import propose_for_breaches

consumers = Consumers()
LOOKED_BACK: Final = timedelta(days=7)
"""A contract may cover a ticket only after its promise was missed."""


def daily_jobs(_: Runtime) -> tuple[DailyJob, ...]:
    """What runs once a day."""
    return (DailyJob("credits.propose", 3, propose_missed),)


async def propose_missed(work: UnitOfWork) -> None:
    """The daily job."""
    await propose_for_breaches(work, since=work.now - LOOKED_BACK)


@consumers.on_batch(ClockBreached.topic, name="credits.propose", lane=DueKind.OUTBOX_FIGURES)
async def propose(work: UnitOfWork, _: Runtime, events: Sequence[ReceivedEvent]) -> None:
    """Each ticket once, however many of its promises were missed."""
    await propose_for_breaches(work, tickets={UUID(event.payload["ticket_id"]) for event in events})


@consumers.on_batch("ticket.moved", name="credits.propose_ended", lane=DueKind.OUTBOX_FIGURES)
async def propose_ended(work: UnitOfWork, _: Runtime, events: Sequence[ReceivedEvent]) -> None:
    """How late a promise was kept is known once its ticket is resolved."""
    resolved = {UUID(event.payload["ticket_id"]) for event in events if event.payload["after"] == "resolved"}
    if resolved:
        await propose_for_breaches(work, tickets=resolved)
