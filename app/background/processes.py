"""Worker processes: as many as were asked for, each with its own event loop and runtime, replaced when they die.

They are forked from one that has loaded the program, so that they share its memory; nothing that holds a connection or
a loop exists before the fork.
"""

import gc
import os
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Final

from app.kernel.logs import log
from app.kernel.stopping import PARENT_VARIABLE, end_with_parent

STUCK_SECONDS: Final = 90
"""A process whose event loop has stood still so long ends itself: whoever started it starts another."""

_STEP_SECONDS: Final = 5
_YOUNG_SECONDS: Final = 1.0
"""Who dies younger is replaced after a rest."""

_log: Final = log(__name__)


def run_processes(count: int, run: Callable[[], None]) -> None:
    """Call `run` in `count` processes until SIGTERM or SIGINT; in this one if one is enough.

    `run` ends by itself on these signals.
    """
    if count == 1:
        run()
        return
    gc.freeze()
    born: dict[int, float] = {}
    stopping = False

    def stop(number: int, _: FrameType | None) -> None:
        nonlocal stopping
        stopping = True
        for process in born:
            os.kill(process, number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    while len(born) < count:
        born[_fork(run)] = time.monotonic()
    while born:
        process, status = os.wait()
        lived = time.monotonic() - born.pop(process, 0.0)
        if stopping:
            continue
        _log.error("process_died", process=process, status=os.waitstatus_to_exitcode(status))
        if lived < _YOUNG_SECONDS:
            time.sleep(_YOUNG_SECONDS)
        born[_fork(run)] = time.monotonic()


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
