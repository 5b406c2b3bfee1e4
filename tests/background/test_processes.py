"""The relay and the worker as an operator starts them: a message goes its whole way, and both stop when told."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import select

from app.http.health import RELAY_HEARTBEAT
from app.kernel.actor import Actor
from app.kernel.clock import SettableClock
from app.kernel.runtime import Runtime
from app.kernel.settings import Settings
from app.notifications import ChannelName, OutgoingMessage, send
from app.notifications.models import Delivery
from tests.conftest import ROOT
from tests.factories.network import Network


@pytest.fixture
def processes(test_settings: Settings) -> Iterator[list[subprocess.Popen[bytes]]]:
    """`relay` and `worker` of the command line."""
    environment = {
        **os.environ,
        "DATABASE_URL": test_settings.database_url.get_secret_value(),
        "REDIS_URL": test_settings.redis_url.get_secret_value(),
        "YINGHUO_SECRET": test_settings.secret.get_secret_value(),
        "YINGHUO_ENVIRONMENT": "test",
        "YINGHUO_LOG_LEVEL": "WARNING",
    }
    started = [
        subprocess.Popen([sys.executable, "-m", "app.cli", *command], cwd=ROOT, env=environment, start_new_session=True)
        for command in (["relay"], ["worker", "--concurrency", "1"])
    ]
    yield started
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


async def test_a_message_goes_its_way_through_both_processes(
    processes: list[subprocess.Popen[bytes]], runtime: Runtime, network: Network, clock: SettableClock
) -> None:
    clock.set(datetime.now(UTC))  # theirs: an event of another week would be given up
    partner = await network.partner()
    async with runtime.works.begin(partner.system) as work:
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
    assert await runtime.redis.exists(RELAY_HEARTBEAT)
    for process in processes:
        process.send_signal(signal.SIGTERM)
    assert [await asyncio.to_thread(process.wait, 30) for process in processes] == [0, 0]


async def _state(runtime: Runtime, tenant_id: UUID) -> str | None:
    async with runtime.works.begin(Actor.system(tenant_id)) as work:
        state: str | None = await work.session.scalar(select(Delivery.state))
        return state
