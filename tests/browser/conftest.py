"""The browsers of a story, before the running program."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import STEP_MILLISECONDS, PersonBrowsers
from tests.running_program import RunningProgram


@pytest.fixture(scope="module")
def browsers(program: RunningProgram, browser: Browser) -> Iterator[PersonBrowsers]:
    """The browsers of one module's story."""
    expect.set_options(timeout=STEP_MILLISECONDS)
    made = PersonBrowsers(browser, program)
    yield made
    made.close()
