"""The stream through the real server process: events arrive as they happen, and the server still stops at once."""

import asyncio
import signal
import subprocess
from collections.abc import AsyncIterator

import httpx
import pytest

from app.kernel.clock import SettableClock
from app.kernel.ids import new_id
from app.kernel.live import Change
from app.kernel.runtime import Runtime
from app.kernel.settings import Settings
from tests.factories.network import Network
from tests.processes import ended_within, web_process

WebProcess = tuple[str, subprocess.Popen[bytes]]


@pytest.fixture
async def server(test_settings: Settings, present: SettableClock) -> AsyncIterator[WebProcess]:
    async with web_process(test_settings, present) as started:
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
        async with runtime.works.begin(partner.system) as work:
            work.announce(change)
        async for line in lines:
            if line.startswith("data: "):
                assert str(change.id) in line
                break
        process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(ended_within, process, 20)
