"""Worker processes: the one that was started works too, and replaces the others when they die.

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
from types import FrameType
from typing import Final

from app.kernel.logs import log
from app.kernel.stopping import PARENT_VARIABLE, end_with_parent

STUCK_SECONDS: Final = 90
"""A process whose event loop has stood still so long ends itself: whoever started it starts another."""

PLACE_VARIABLE: Final = "YINGHUO_WORKER_PLACE"
"""In the environment of a process that replaces another: which of the command's processes it is."""

_STEP_SECONDS: Final = 5
_YOUNG_SECONDS: Final = 1.0
"""Who dies younger is replaced after a rest."""

_log: Final = log(__name__)


def run_processes(runs: Sequence[Callable[[], None]]) -> None:
    """Call each of `runs`, the first in this process, the others in one of their own, until SIGTERM or SIGINT.

    They end by themselves on these signals, after whoever listened to them before.
    """
    place = os.environ.pop(PLACE_VARIABLE, "")
    if place.isdigit():
        runs[int(place)]()
        return
    if len(runs) > 1:
        gc.freeze()
    others = _Others(runs)
    others.start()
    try:
        runs[0]()
    finally:
        others.end()


class _Others:
    """All processes but the first, and who replaces them."""

    def __init__(self, runs: Sequence[Callable[[], None]]) -> None:
        self._runs = runs
        self._places: dict[int, tuple[int, float]] = {}
        """Of each process its place among the runs, and when it began."""
        self._stopping = threading.Event()
        self._watch = threading.Thread(target=self._replace, name="processes", daemon=True)

    def start(self) -> None:
        """Fork them."""
        for place in range(1, len(self._runs)):
            self._places[_fork(self._runs[place])] = (place, time.monotonic())
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        self._watch.start()

    def end(self) -> None:
        """Tell them to end, and wait."""
        self._stop(signal.SIGTERM, None)
        self._watch.join()

    def _stop(self, number: int, _: FrameType | None) -> None:
        self._stopping.set()
        for process in list(self._places):
            os.kill(process, number)

    def _replace(self) -> None:
        while self._places:
            process, status = os.wait()
            place, began = self._places.pop(process)
            if self._stopping.is_set():
                continue
            _log.error("process_died", process=process, status=os.waitstatus_to_exitcode(status))
            if time.monotonic() - began < _YOUNG_SECONDS and self._stopping.wait(_YOUNG_SECONDS):
                continue
            environment = {**os.environ, PLACE_VARIABLE: str(place), PARENT_VARIABLE: str(os.getpid())}
            command = [sys.executable, *sys.orig_argv[1:]]
            born = os.posix_spawn(sys.executable, command, environment)
            self._places[born] = (place, time.monotonic())
            if self._stopping.is_set():
                os.kill(born, signal.SIGTERM)


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
    """Tell the watchdog that the event loop turns."""
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
