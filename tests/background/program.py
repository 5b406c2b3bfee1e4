"""A worker as a process of its own, with consumers that tests can hold and watch: `python -m tests.background.program`.

It takes its settings from the environment, like the real one.
"""

import sys
from typing import Any
from uuid import UUID

from app.background.celery import create_celery, serve
from app.background.consumers import Consumers, consume
from app.background.models import JobRun
from app.kernel.outbox import Event
from app.kernel.runtime import Runtime
from app.kernel.settings import Settings

STARTED, GATE = "tests:started", "tests:gate"


class Happened(Event, frozen=True):
    """Something that the tests' consumer listens to."""

    topic = "tests.happened"
    number: int = 0


consumers = Consumers()


@consumers.on("tests.happened", name="tests.leave_a_trace")
async def leave_a_trace(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """Write one row for an event, once; with number 1, say so and wait at the gate half-way."""
    async with consume(runtime, tenant_id, event_id, "tests.leave_a_trace") as work:
        if work is None:
            return
        if payload["number"] == 1:
            await runtime.redis.lpush(STARTED, event_id.hex)
            while not await runtime.redis.exists(GATE):
                await runtime.redis.blpop([f"{GATE}:never"], timeout=0.1)
        work.session.add(
            JobRun(tenant_id=tenant_id, id=work.new_id(), job="trace", slot=work.new_id().hex, started_at=work.now)
        )


if __name__ == "__main__":
    configured = Settings()
    serve(create_celery(configured), configured, consumers, lambda: Runtime(configured), int(sys.argv[1]))
