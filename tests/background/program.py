"""A worker as a process of its own, with consumers that tests can hold and watch: `python -m tests.background.program`.

It takes its settings from the environment, like the real one.
"""

import sys
from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from app.platform.background import Consumers, ReceivedEvent, consume
from app.platform.background.models import JobRun
from app.platform.kernel.outbox import DueKind, Event
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings
from app.platform.kernel.unit_of_work import UnitOfWork
from app.worker import work_in_processes

STARTED, GATE = "tests:started", "tests:gate"
HELD, HELD_FIGURES, POISON = 1, 2, 13
"""Numbers of events that wait half-way at the gate, the second in the lane of figures only; and of one that cannot be
told."""


class Happened(Event, frozen=True):
    """Something that the tests' consumers listen to, one of them alone."""

    topic: ClassVar[str] = "tests.happened"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_FOLLOW_UP
    number: int = 0


class Counted(Event, frozen=True):
    """Something that two lanes handle together with its like."""

    topic: ClassVar[str] = "tests.counted"
    number: int = 0


consumers = Consumers()


@consumers.on(Happened.topic, name="tests.leave_a_trace")
async def leave_a_trace(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """Write one row for an event, once; one that is held says so and waits at the gate half-way."""
    async with consume(runtime, tenant_id, event_id, "tests.leave_a_trace") as work:
        if work is None:
            return
        await _hold(runtime, payload, HELD)
        trace(work, "trace")


@consumers.on_batch(Counted.topic, name="tests.tell")
async def tell(work: UnitOfWork, runtime: Runtime, events: Sequence[ReceivedEvent]) -> None:
    """The same for many at once."""
    for event in events:
        trace(work, "notified")
        if event.payload["number"] == POISON:
            raise ValueError("this one cannot be told")
        await work.session.flush()
        await _hold(runtime, event.payload, HELD)


@consumers.on_batch(Counted.topic, name="tests.sum_up", lane=DueKind.OUTBOX_FIGURES)
async def sum_up(work: UnitOfWork, runtime: Runtime, events: Sequence[ReceivedEvent]) -> None:
    """And once more in a lane that is less urgent."""
    for event in events:
        trace(work, "summed")
        await work.session.flush()
        await _hold(runtime, event.payload, HELD_FIGURES)


def trace(work: UnitOfWork, what: str) -> None:
    """One effect that can be counted."""
    work.session.add(
        JobRun(tenant_id=work.tenant_id, id=work.new_id(), job=what, slot=work.new_id().hex, started_at=work.now)
    )


async def _hold(runtime: Runtime, payload: dict[str, Any], held: int) -> None:
    if payload["number"] != held:
        return
    await runtime.redis.lpush(STARTED, "here")
    while not await runtime.redis.exists(GATE):
        await runtime.redis.blpop([f"{GATE}:never"], timeout=0.1)


if __name__ == "__main__":
    configured = Settings()
    work_in_processes(configured, consumers, int(sys.argv[1]))
