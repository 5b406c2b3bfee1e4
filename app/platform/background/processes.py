"""Worker processes: the started process is one of them, and replaces the others when they die.

The others are forked from it when it has loaded the program and begun nothing, so that they share its memory. Later it
has threads, which a fork would not survive: who dies then is replaced by the same command, started anew.
"""

import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import FrameType
from typing import Final

from app.platform.kernel.logs import log
from app.platform.kernel.process_shutdown import PARENT_VARIABLE, end_with_parent

STUCK_SECONDS: Final = 90
"""A process whose event loop has stood still so long ends itself: whoever started it starts another."""

PLACE_VARIABLE: Final = "YINGHUO_WORKER_PLACE"
"""In the environment of a process that replaces another: which of the command's processes it is."""

_STEP_SECONDS: Final = 5
_YOUNG_SECONDS: Final = 1.0
"""A process that dies younger is replaced after a pause of this length."""

_log: Final = log(__name__)


def run_processes(runs: Sequence[Callable[[], None]]) -> None:
    """Call each of `runs`, the first in this process, the others in one of their own, until SIGTERM or SIGINT.

    They end by themselves on these signals, after whoever listened to them before.
    """
    place = os.environ.pop(PLACE_VARIABLE, "")
    if place.isdigit():
        end_with_parent(signal.SIGTERM)
        runs[int(place)]()
        return
    if len(runs) > 1:
        gc.freeze()
    others = _ChildProcesses(runs)
    others.start()
    try:
        runs[0]()
    finally:
        others.end()


class _ChildProcesses:
    """All processes but the first, each looked after by a thread that waits for its end."""

    def __init__(self, runs: Sequence[Callable[[], None]]) -> None:
        self._runs = runs
        self._processes: dict[int, int] = {}
        """The process at each place."""
        self._stopping = threading.Event()
        self._watches: list[threading.Thread] = []

    def start(self) -> None:
        """Fork them."""
        self._processes = {place: _fork(self._runs[place]) for place in range(1, len(self._runs))}
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        for place in self._processes:
            self._watches.append(threading.Thread(target=self._keep, args=(place,), name="process", daemon=True))
            self._watches[-1].start()

    def end(self) -> None:
        """Terminate them and wait."""
        self._stop(signal.SIGTERM, None)
        for watch in self._watches:
            watch.join()

    def _stop(self, number: int, _: FrameType | None) -> None:
        self._stopping.set()
        for process in list(self._processes.values()):
            with suppress(ProcessLookupError):
                os.kill(process, number)

    def _keep(self, place: int) -> None:
        """Replace the process at this place whenever it dies, until told to stop."""
        while True:
            began, process = time.monotonic(), self._processes[place]
            _, status = os.waitpid(process, 0)
            if self._stopping.is_set():
                return
            _log.error("process_died", process=process, status=os.waitstatus_to_exitcode(status))
            if time.monotonic() - began < _YOUNG_SECONDS and self._stopping.wait(_YOUNG_SECONDS):
                return
            environment = {**os.environ, PLACE_VARIABLE: str(place), PARENT_VARIABLE: str(os.getpid())}
            command = [sys.executable, *sys.orig_argv[1:]]
            self._processes[place] = os.posix_spawn(sys.executable, command, environment)
            if self._stopping.is_set():
                self._stop(signal.SIGTERM, None)


def _fork(run: Callable[[], None]) -> int:
    parent = os.getpid()
    process = os.fork()
    if process:
        return process
    status = 1
    try:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        os.environ[PARENT_VARIABLE] = str(parent)
        end_with_parent(signal.SIGTERM)
        run()
        status = 0
    except KeyboardInterrupt:
        status = 0
    except BaseException as failure:  # noqa: BLE001 - a child must never go on as its parent
        _log.error("process_failed", exc_info=failure)
    finally:
        os._exit(status)


async def tick(watchdog: "Watchdog") -> int:
    """Called on the event loop to show the watchdog that it still runs."""
    watchdog.ticks += 1
    return 0


class Watchdog:
    """A thread that ends the process when its event loop no longer turns: a consumer that computes for ever cannot be
    cancelled."""

    def __init__(self, end: Callable[[int], None] = os._exit) -> None:
        self.ticks = 0
        self._end = end

    def start(self) -> None:
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def _watch(self) -> None:
        seen, missed = self.ticks, 0
        while missed * _STEP_SECONDS < STUCK_SECONDS:
            time.sleep(_STEP_SECONDS)
            # Counted, not timed: a process that was stopped from outside has missed nothing.
            missed = 0 if self.ticks != seen else missed + 1
            seen = self.ticks
        _log.error("process_stuck", seconds=STUCK_SECONDS)
        self._end(1)
