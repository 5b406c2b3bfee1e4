"""Debian's chromium as every test starts it, and the end of one that hangs."""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic
from types import FrameType
from typing import Any

import pytest

from tests.runs.durations import NOISE, expected_seconds

STUCK_SECONDS = 60.0
"""How long one test may hold a browser that says no more; Playwright waits without limit for a promise that a page does
not keep and for a page that does not close."""
GRACE_SECONDS = 10.0
"""How long whoever lost the browser may take to notice."""
_BROWSER, _DRIVER = frozenset({"browser"}), frozenset({"driver"})
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

    Where the browser is the module's, its later tests fail too, and at once; a `LastingBrowser` is started again.
    """

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """From the first fixture to the last."""
        with browsers_ended_after(max(STUCK_SECONDS, NOISE * expected_seconds(item))):
            return (yield)


@contextmanager
def browsers_ended_after(seconds: float, grace_seconds: float = GRACE_SECONDS) -> Iterator[None]:
    """Whoever waits inside for a browser that this process started waits no longer than that.

    First the browsers end, which Playwright tells whoever waits. It does not tell everybody: a context that is being
    closed, or Playwright that is being stopped, may wait for a browser that is gone. So after the grace Playwright's
    own process ends too, and whoever still waits then fails where it stands, once in every further grace: the test,
    and each of its fixtures that waits in its turn. What has never had a browser is left alone.
    """
    calls = 0

    def end(_signal: int, _frame: FrameType | None) -> None:
        nonlocal calls
        if not calls and not any(_of_playwright(os.getpid())):
            signal.setitimer(signal.ITIMER_REAL, 0)
            return
        calls += 1
        _kill(_BROWSER if calls == 1 else _BROWSER | _DRIVER)
        if calls > 2:
            pytest.fail(f"still waits for a browser that was ended {(calls - 1) * grace_seconds:g} s ago")

    before = signal.signal(signal.SIGALRM, end)
    rest = signal.setitimer(signal.ITIMER_REAL, seconds, grace_seconds)
    began = monotonic()
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if rest[0]:  # whoever set a limit around this one still has it
            signal.setitimer(signal.ITIMER_REAL, max(0.001, rest[0] - (monotonic() - began)), rest[1])


def _kill(names: frozenset[str]) -> None:
    for process, name in _of_playwright(os.getpid()):
        if name in names:
            with suppress(OSError):
                os.kill(process, signal.SIGKILL)


def _of_playwright(process: int) -> Iterator[tuple[int, str]]:
    """The browsers and the drivers that descend from a process, the youngest first."""
    for child in _descendants(process):
        with suppress(OSError):
            program = Path(f"/proc/{child}/exe").readlink()
            if "chromium" in program.as_posix():
                yield child, "browser"
            elif program.name == "node" and "playwright" in program.as_posix():
                yield child, "driver"


def _descendants(process: int) -> Iterator[int]:
    for thread in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):
            for child in thread.read_text().split():
                yield from _descendants(int(child))
                yield int(child)
