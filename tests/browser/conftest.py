"""The running program and Debian's chromium, once per module."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.chromium import chromium
from tests.browser.people import STEP_MILLISECONDS, PersonBrowsers
from tests.running_program import RunningProgram


@pytest.fixture(scope="module")
def browser(program: RunningProgram) -> Iterator[Browser]:
    """After the program: while it runs, Playwright's loop leaves no room for another's, with which servers are made."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(**chromium())
        yield started
        started.close()


@pytest.fixture(scope="module")
def browsers(browser: Browser, program: RunningProgram) -> Iterator[PersonBrowsers]:
    """The browsers of one module's story."""
    expect.set_options(timeout=STEP_MILLISECONDS)
    made = PersonBrowsers(browser, program)
    yield made
    made.close()
