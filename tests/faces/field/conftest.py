"""The program as it is run, and a phone's browser in front of it."""

import shutil
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, async_playwright

from app.kernel.clock import SettableClock
from app.kernel.settings import Settings
from tests.processes import web_process


@pytest.fixture(scope="module")
async def address(test_settings: Settings, present: SettableClock) -> AsyncIterator[str]:
    """Where the web process listens."""
    async with web_process(test_settings, present) as (address, _):
        yield address


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
