"""Debian's chromium as every test starts it, and the end of one that hangs."""

import os
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.runs.durations import NOISE, expected_seconds

STUCK_SECONDS = 60.0
"""How long one test may hold a browser that says no more; Playwright waits without limit for a promise that a page does
not keep and for a page that does not close."""
_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage")


def chromium() -> dict[str, Any]:
    """What Playwright is to start: the shell without a window where there is one, which starts in half the time.

    A machine without a browser skips the test; CI, which installs one, fails.
    """
    found = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("chromium is missing; .ci/run installs it")
        pytest.skip("there is no chromium on this machine (Debian: apt-get install chromium-headless-shell)")
    return {"executable_path": found, "args": list(_ARGUMENTS)}


class StuckBrowsers:
    """A pytest plugin: a test that holds its browser for far too long loses it, and fails instead of waiting for ever.

    The browser is the module's, so its later tests fail too, and at once.
    """

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """From the first fixture to the last."""
        with browsers_ended_after(max(STUCK_SECONDS, NOISE * expected_seconds(item))):
            return (yield)


@contextmanager
def browsers_ended_after(seconds: float) -> Iterator[None]:
    """Whoever waits inside for a browser that this process started waits no longer than that."""
    limit = threading.Timer(seconds, end_browsers)
    limit.daemon = True
    limit.start()
    try:
        yield
    finally:
        limit.cancel()


def end_browsers() -> None:
    """Kill every chromium that descends from this process."""
    for process in _descendants(os.getpid()):
        with suppress(OSError):
            if "chromium" in Path(f"/proc/{process}/exe").readlink().as_posix():
                os.kill(process, signal.SIGKILL)


def _descendants(process: int) -> Iterator[int]:
    for thread in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):
            for child in thread.read_text().split():
                yield from _descendants(int(child))
                yield int(child)
