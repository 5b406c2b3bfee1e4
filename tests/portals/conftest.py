"""The browser in which people see the portals' pages."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright, expect

from tests.browser.chromium import chromium

PATIENCE_MILLISECONDS = 15_000


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    """Debian's chromium, which may be slow to answer on a busy machine."""
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(**chromium())
        yield started
        await started.close()
