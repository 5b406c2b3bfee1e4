"""The relay and the worker as an operator starts them: a message goes its whole way, and both stop when told."""

import asyncio
import signal
import subprocess
from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import select

from app.platform.background.celery import TASK, create_celery, sender
from app.platform.background.queues import QUEUES
from app.platform.background.wake_ups import GUARD_PREFIX
from app.platform.http.readiness import RELAY_HEARTBEAT
from app.platform.kernel.actor import Actor
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings
from app.platform.kernel.time_source import SettableClock
from app.platform.notifications import ChannelName, OutgoingMessage, send
from app.platform.notifications.models import Delivery
from tests.factories.network import Network
from tests.program_processes import environment_of, started

pytestmark = pytest.mark.any_day(on="processes")


@pytest.fixture
def processes(test_settings: Settings, machine_time: SettableClock) -> Iterator[list[subprocess.Popen[bytes]]]:
    """`relay` and `worker` of the command line."""
    environment = environment_of(test_settings, machine_time)
    with (
        started(environment, "-m", "app.cli", "relay") as relay,
        started(environment, "-m", "app.cli", "worker", "--concurrency", "1") as worker,
    ):
        yield [relay, worker]


@pytest.mark.slow(6, "starts worker and relay")
async def test_a_message_goes_its_way_through_both_processes(
    processes: list[subprocess.Popen[bytes]], runtime: Runtime, network: Network, test_settings: Settings
) -> None:
    partner = await network.partner()
    async with runtime.units_of_work.begin(partner.system) as work:
        await send(
            work,
            OutgoingMessage(
                channel=ChannelName.EMAIL,
                address="a@a.example",
                subject="邀请您加入",
                text="您好",
                reference="invitation:1",
            ),
        )
    async with asyncio.timeout(60):
        while await _state(runtime, partner.id) != "mailbox":
            await runtime.redis.blpop(["tests:nothing"], timeout=0.2)
        while not await runtime.redis.exists(RELAY_HEARTBEAT):
            await runtime.redis.blpop(["tests:nothing"], timeout=0.2)
    await _is_heard(runtime, test_settings)
    for process in processes:
        process.send_signal(signal.SIGTERM)
    assert [await asyncio.to_thread(process.wait, 60) for process in processes] == [0, 0]


async def _is_heard(runtime: Runtime, settings: Settings) -> None:
    """Both kinds of processes answer Celery's messages, after one that nobody can understand."""
    celery = create_celery(settings)
    kinds = [DueKind.OUTBOX, DueKind.OUTBOX_FIGURES]
    for kind in kinds:
        # Never ends by itself: gone is heard.
        await runtime.redis.set(GUARD_PREFIX + kind, "sent")
        celery.send_task(TASK, args=["nonsense"], queue=str(QUEUES[kind]), retry=False)
    await sender(celery)(kinds)
    async with asyncio.timeout(30):
        while await runtime.redis.exists(*(GUARD_PREFIX + kind for kind in kinds)):
            await runtime.redis.blpop(["tests:nothing"], timeout=0.1)


async def _state(runtime: Runtime, tenant_id: UUID) -> str | None:
    async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
        state: str | None = await work.session.scalar(select(Delivery.state))
        return state
