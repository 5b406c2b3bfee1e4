"""The browser in which people see the portals' pages."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from tests.browser.lasting_browser import LastingBrowser

PATIENCE_MILLISECONDS = 15_000


@pytest.fixture(scope="module")
async def lasting_browser() -> AsyncIterator[LastingBrowser]:
    """It may be slow to answer on a busy machine."""
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    lasting = LastingBrowser()
    yield lasting
    await lasting.stop()


@pytest.fixture
async def browser(lasting_browser: LastingBrowser) -> Browser:
    return await lasting_browser.running()
