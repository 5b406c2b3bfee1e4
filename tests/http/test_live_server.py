"""The real server process: events arrive as they happen, it stops at once with streams open, what dies is replaced, and
what is left of it ends."""

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator

import httpx
import pytest

from app.platform.embedded.processes import group_members, wait_until
from app.platform.kernel.ids import new_id
from app.platform.kernel.live_updates import Change
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings
from app.platform.kernel.time_source import SettableClock
from app.web_server import LONGEST_STOP_SECONDS
from tests.factories.network import Network
from tests.program_processes import ended_within, web_process

pytestmark = pytest.mark.any_day(on="processes")

WebProcess = tuple[str, subprocess.Popen[bytes]]


@pytest.fixture
async def server(test_settings: Settings, machine_time: SettableClock) -> AsyncIterator[WebProcess]:
    async with web_process(test_settings, machine_time) as started:
        yield started


async def test_events_arrive_through_the_server_and_it_stops_with_streams_open(
    server: WebProcess, runtime: Runtime, network: Network
) -> None:
    address, process = server
    partner = await network.partner()
    headers = {"authorization": f"Bearer {await network.token(partner.owner)}", "accept-encoding": "gzip"}
    change = Change(kind="ticket", id=new_id())
    async with (
        asyncio.timeout(40),
        httpx.AsyncClient(base_url=address, headers=headers, timeout=20) as client,
        client.stream("GET", "/live") as stream,
    ):
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert "content-encoding" not in stream.headers
        lines = stream.aiter_lines()
        async for line in lines:
            if line.startswith(": still here"):
                break
        async with runtime.units_of_work.begin(partner.system) as work:
            work.announce(change)
        async for line in lines:
            if line.startswith("data: "):
                assert str(change.id) in line
                break
        process.send_signal(signal.SIGTERM)
        # Ended as a stream ends, not cut off with the process: the browser comes back at once.
        assert "data: " not in [line async for line in lines]
        assert await asyncio.to_thread(ended_within, process, LONGEST_STOP_SECONDS / 2)


@pytest.mark.slow(8, "starts web workers, and one again")
async def test_a_worker_that_dies_is_replaced_while_the_other_answers(
    test_settings: Settings, machine_time: SettableClock
) -> None:
    async with web_process(test_settings, machine_time, workers=2) as (address, process):
        first, second = await workers_of(process, 2)
        os.kill(first, signal.SIGKILL)
        await until_answering(address, True)
        now = await workers_of(process, 2)
        assert second in now
        assert first not in now
        assert process.poll() is None


async def test_nothing_goes_on_serving_when_the_main_process_is_killed(server: WebProcess) -> None:
    address, process = server
    (worker,) = await workers_of(process, 1)
    process.kill()
    await until_answering(address, False)
    assert await asyncio.to_thread(wait_until, lambda: worker not in group_members(process.pid), seconds=30)


async def workers_of(process: subprocess.Popen[bytes], number: int) -> list[int]:
    """The process numbers of its workers, once there are so many."""
    for _ in range(600):
        found = [each for each in group_members(process.pid) if each != process.pid]
        if len(found) == number:
            return found
        await asyncio.sleep(0.1)
    pytest.fail(f"a minute later there are not {number} workers")


async def until_answering(address: str, answering: bool) -> None:
    async with httpx.AsyncClient(base_url=address) as client:
        for _ in range(600):
            if await answered(client) is answering:
                return
            await asyncio.sleep(0.1)
    pytest.fail(f"a minute later it is not so that it answers: {answering}")


async def answered(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/health/live")).status_code == 200
    except httpx.TransportError:
        return False
