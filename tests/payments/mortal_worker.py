"""A worker that is a process of its own: `python -m tests.payments.mortal_worker TENANT` is there to be killed.

Does all that the payment provider has told of a company, or with the id of a run behind it, that run's drafts, one
client in each transaction. It takes its settings from the environment and says when it begins.
"""

import asyncio
import contextlib
import os
import random
import signal
import sys
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from app.platform.kernel.actor import Actor
from app.platform.kernel.errors import DomainError
from app.platform.kernel.outbox import OutboxEvent
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings
from billing.gateway.events import GatewayObjectChanged
from billing.gateway.tasks import object_changed
from billing.invoicing.services.runs import make_drafts
from tests.program_processes import ended_within, started

BEGUN = "tests:mortal_worker:begun"
START_SECONDS = 40


async def killed_and_ended(
    runtime: Runtime, environment: Mapping[str, str], *arguments: str, kills: int, chance: random.Random
) -> int:
    """Start it and kill it at some moment, so often, and let the next one come to its end; how many were killed at
    work."""
    killed = 0
    for last in (*[False] * kills, True):
        await runtime.redis.delete(BEGUN)
        with started(dict(environment), "-m", "tests.payments.mortal_worker", *arguments) as process:
            async with asyncio.timeout(START_SECONDS):
                while not await runtime.redis.exists(BEGUN):
                    assert not await asyncio.to_thread(ended_within, process, 0.02), "it ended before it began"
            if last:
                assert await asyncio.to_thread(ended_within, process, START_SECONDS)
                assert process.returncode == 0
            elif not await asyncio.to_thread(ended_within, process, chance.uniform(0.0, 0.4)):
                os.killpg(process.pid, signal.SIGKILL)
                killed += 1
    return killed


async def _tell_all(runtime: Runtime, tenant_id: UUID) -> None:
    async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
        events = await work.session.execute(
            select(OutboxEvent.id, OutboxEvent.payload)
            .where(OutboxEvent.topic == GatewayObjectChanged.topic)
            .order_by(OutboxEvent.id)
        )
        told = [(event_id, payload) for event_id, payload in events]
    for each in told:
        with contextlib.suppress(DomainError):  # something else comes first
            await object_changed(runtime, tenant_id, *each)


async def _work(tenant_id: UUID, run_id: UUID | None) -> None:
    runtime = Runtime(Settings())
    await runtime.redis.set(BEGUN, "here")
    if run_id is None:
        await _tell_all(runtime, tenant_id)
    else:
        await make_drafts(runtime.units_of_work, tenant_id, run_id, at_once=1)
    await runtime.close()


if __name__ == "__main__":
    asyncio.run(_work(UUID(sys.argv[1]), UUID(sys.argv[2]) if len(sys.argv) > 2 else None))
