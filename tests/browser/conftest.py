"""The running program and Debian's chromium, once per module."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.people import STEP_MILLISECONDS, PersonBrowsers
from tests.running_program import RunningProgram


@pytest.fixture(scope="module")
def browser(program: RunningProgram) -> Iterator[Browser]:
    """Chromium. A machine without one skips these tests; CI, which installs it, fails."""
    chromium = shutil.which("chromium")
    if chromium is None:
        if os.environ.get("CI"):
            pytest.fail("chromium is missing; .ci/run installs it")
        pytest.skip("there is no chromium on this machine (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"],
        )
        yield started
        started.close()


@pytest.fixture(scope="module")
def browsers(browser: Browser, program: RunningProgram) -> Iterator[PersonBrowsers]:
    """The browsers of one module's story."""
    expect.set_options(timeout=STEP_MILLISECONDS)
    made = PersonBrowsers(browser, program)
    yield made
    made.close()
