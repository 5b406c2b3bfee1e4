"""The worker as a process of its own: it does what the relay hands it, and dies without harm."""

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.background.celery import QUEUE, TASK, create_celery, sender
from app.background.models import JobRun
from app.background.relay import Relay
from app.kernel.clock import SettableClock
from app.kernel.ids import new_id
from app.kernel.runtime import Runtime
from app.kernel.settings import Settings
from tests.background.program import GATE, STARTED, Happened, consumers
from tests.factories.network import Network, PartnerCompany
from tests.processes import environment_of, started


@contextmanager
def worker(settings: Settings, clock: SettableClock) -> Iterator[subprocess.Popen[bytes]]:
    """A worker with two processes; whatever is left of it is killed in the end."""
    with started(environment_of(settings, clock), "-m", "tests.background.program", "2") as process:
        yield process


@pytest.fixture
async def partner(network: Network, runtime: Runtime, present: SettableClock) -> AsyncIterator[PartnerCompany]:
    await runtime.redis.delete(STARTED, GATE)
    yield await network.partner()
    await runtime.redis.flushdb()


async def traces(runtime: Runtime, partner: PartnerCompany) -> int:
    async with runtime.works.begin(partner.system) as work:
        return (await work.session.execute(select(func.count(JobRun.id)))).scalar_one()


async def until_traced(runtime: Runtime, partner: PartnerCompany, number: int) -> None:
    async with asyncio.timeout(40):
        while await traces(runtime, partner) < number:
            await runtime.redis.blpop(["tests:nothing"], timeout=0.1)


async def test_a_worker_killed_half_way_costs_time_and_nothing_else(
    test_settings: Settings, runtime: Runtime, partner: PartnerCompany, present: SettableClock
) -> None:
    relay = Relay(runtime, consumers, sender(create_celery(test_settings)))
    async with runtime.works.begin(partner.system) as work:
        work.publish(Happened(number=1))
    await relay.run_once()
    with worker(test_settings, present) as first:
        async with asyncio.timeout(40):
            while not await runtime.redis.llen(STARTED):
                await runtime.redis.blpop(["tests:nothing"], timeout=0.1)
        os.killpg(first.pid, signal.SIGKILL)
        first.wait(10)
    assert await traces(runtime, partner) == 0

    await runtime.redis.set(GATE, "open")
    present.advance(timedelta(minutes=1))
    await relay.run_once()
    with worker(test_settings, present):
        await until_traced(runtime, partner, 1)
    present.advance(timedelta(minutes=5))
    assert await traces(runtime, partner) == 1


async def test_many_events_one_effect_each_and_forged_tasks_none(
    test_settings: Settings, runtime: Runtime, network: Network, partner: PartnerCompany, present: SettableClock
) -> None:
    stranger = await network.partner()
    celery = create_celery(test_settings)
    relay = Relay(runtime, consumers, sender(celery))
    async with runtime.works.begin(partner.system) as work:
        event_ids = [work.publish(Happened()) for _ in range(20)]
    await relay.run_once()
    for tenant_id, event_id in [(stranger.id, event_ids[0]), (partner.id, new_id())]:
        celery.send_task(TASK, args=[str(tenant_id), str(event_id), "tests.leave_a_trace"], queue=QUEUE)
    celery.send_task(TASK, args=["not an id", "", ""], queue=QUEUE)
    for event_id in event_ids[:5]:
        celery.send_task(TASK, args=[str(partner.id), str(event_id), "tests.leave_a_trace"], queue=QUEUE)
    with worker(test_settings, present) as process:
        await until_traced(runtime, partner, 20)
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    assert await traces(runtime, partner) == 20
    assert await traces(runtime, stranger) == 0
