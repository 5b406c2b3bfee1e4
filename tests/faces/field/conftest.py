"""The program as it is run, and a phone's browser in front of it."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, async_playwright

from app.kernel.settings import Settings
from tests.conftest import ROOT


@pytest.fixture(scope="module")
async def address(test_settings: Settings) -> AsyncIterator[str]:
    """Where the web process listens, started as in production with one worker, by the real clock."""
    address, process = _started(test_settings)
    try:
        async with asyncio.timeout(60), httpx.AsyncClient(base_url=address) as client:
            while not await _answers(client):
                if process.poll() is not None:
                    raise RuntimeError("the web process ended before it answered")
        yield address
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def _started(test_settings: Settings) -> tuple[str, subprocess.Popen[bytes]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    environment = {
        **os.environ,
        "DATABASE_URL": test_settings.database_url.get_secret_value(),
        "REDIS_URL": test_settings.redis_url.get_secret_value(),
        "YINGHUO_SECRET": test_settings.secret.get_secret_value(),
        "YINGHUO_DATA_DIRECTORY": str(test_settings.data_directory),
        "YINGHUO_PUBLIC_URL": address,
        "YINGHUO_ENVIRONMENT": "test",
        "YINGHUO_LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "app.asgi:application"]
    port = address.rsplit(":", 1)[1]
    process = subprocess.Popen(
        [*command, "--port", port, "--workers-kill-timeout", "5", "--no-access-log"],
        cwd=ROOT,
        env=environment,
        start_new_session=True,
    )
    return address, process


async def _answers(client: httpx.AsyncClient) -> bool:
    try:
        await client.get("/health/live")
    except httpx.TransportError:
        await asyncio.sleep(0.1)
        return False
    return True


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    """Debian's chromium."""
    async with async_playwright() as playwright:
        options: dict[str, Any] = {"executable_path": shutil.which("chromium")}
        started = await playwright.chromium.launch(
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"], **options
        )
        yield started
        await started.close()
