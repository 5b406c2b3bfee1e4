"""The stream through the real server process: events arrive as they happen, and the server still stops at once."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator

import httpx
import pytest

from app.kernel.ids import new_id
from app.kernel.live import Change
from app.kernel.runtime import Runtime
from app.kernel.settings import Settings
from tests.conftest import ROOT
from tests.factories.network import Network


@pytest.fixture
async def server(test_settings: Settings) -> AsyncIterator[tuple[str, subprocess.Popen[bytes]]]:
    """The web process as it is run in production, with one worker."""
    port, process = _start(test_settings)
    address = f"http://127.0.0.1:{port}"
    try:
        async with asyncio.timeout(40), httpx.AsyncClient(base_url=address) as client:
            while True:
                try:
                    await client.get("/health/live")
                    break
                except httpx.TransportError:
                    await asyncio.to_thread(_ended_within, process, 0.2)
        yield address, process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def _start(test_settings: Settings) -> tuple[int, subprocess.Popen[bytes]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "DATABASE_URL": test_settings.database_url.get_secret_value(),
        "REDIS_URL": test_settings.redis_url.get_secret_value(),
        "YINGHUO_SECRET": test_settings.secret.get_secret_value(),
        "YINGHUO_ENVIRONMENT": "test",
        "YINGHUO_LOG_LEVEL": "WARNING",
    }
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "app.asgi:application"]
    process = subprocess.Popen(
        [*command, "--port", str(port), "--workers-kill-timeout", "5", "--no-access-log"],
        cwd=ROOT,
        env=environment,
        start_new_session=True,
    )
    return port, process


def _ended_within(process: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


async def test_events_arrive_through_the_server_and_it_stops_with_streams_open(
    server: tuple[str, subprocess.Popen[bytes]], runtime: Runtime, network: Network
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
        assert await asyncio.to_thread(_ended_within, process, 20)
