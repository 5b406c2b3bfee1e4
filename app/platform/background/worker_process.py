"""A worker process: Celery receives wake-ups in the main thread, an event loop in another thread does the work.

Each task waits in a thread of Celery's for its turn; all turns run on one event loop with one runtime, made after the
fork.
"""

import asyncio
import logging
import signal
import threading
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from contextlib import suppress
from functools import partial
from importlib import import_module
from types import FrameType
from typing import Final

import uvloop
from celery import Celery
from celery.apps.worker import Worker as CeleryWorker
from celery.platforms import SecurityWarning
from celery.signals import setup_logging
from celery.worker import state

from app.platform.background.celery import TASK, create_celery, sender
from app.platform.background.loops import Loop, run_loops, sign_of_life
from app.platform.background.processes import Watchdog, tick
from app.platform.background.queues import Queue
from app.platform.background.wake_ups import Waker
from app.platform.background.worker import Worker
from app.platform.kernel.logs import log
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings

THREADS: Final = 16
"""More than tasks can be in hand: of each kind one has its turn and one waits for it. Started as they are needed."""

TICK_SECONDS: Final = 1.0
LOADED_EARLY: Final = (
    *("celery.app.amqp", "celery.app.control", "celery.app.events", "celery.app.log", "celery.app.task"),
    *("celery.backends.base", "celery.concurrency.thread", "celery.worker.components", "celery.worker.consumer"),
    *("celery.worker.strategy", "kombu.asynchronous.hub", "kombu.pidbox", "kombu.transport.redis"),
)

MakeWorker = Callable[[Runtime, Waker], Worker]

_log: Final = log(__name__)


class TurnLoop:
    """The event loop on which a process's turns run, in a thread of its own."""

    def __init__(self, settings: Settings, app: Celery, make_worker: MakeWorker) -> None:
        self._settings = settings
        self._send = sender(app)
        self._make_worker = make_worker
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: uvloop.run(self._run()), name="turns")

    def start(self) -> None:
        """Start the thread; returns when the event loop runs.

        Raises:
            RuntimeError: the loop could not begin; its own error is on standard error.
        """
        self._thread.start()
        while not self._ready.wait(0.1):
            if not self._thread.is_alive():
                raise RuntimeError("the event loop did not begin")

    def on_wake_up(self, kind: DueKind) -> None:
        """Run one turn; called in a thread of Celery, which waits for it."""
        try:
            asyncio.run_coroutine_threadsafe(self._worker.on_wake_up(kind), self._loop).result()
        except (CancelledError, RuntimeError):
            # The loop is ending: what was begun has been given back.
            _log.info("turn_ended", lane=kind)

    def end(self) -> None:
        """Ask the loop to stop; called by a signal handler."""
        with suppress(RuntimeError):  # has ended already
            self._loop.call_soon_threadsafe(self._stopped.set)

    def join(self) -> None:
        """Wait for the end."""
        self._thread.join()

    async def _run(self) -> None:
        runtime = Runtime(self._settings)
        self._worker = self._make_worker(runtime, Waker(runtime, self._send))
        self._loop, self._stopped = asyncio.get_running_loop(), asyncio.Event()
        watchdog = Watchdog()
        watchdog.start()
        self._ready.set()
        try:
            loops = [*self._worker.loops(), Loop("tick", partial(tick, watchdog), TICK_SECONDS)]
            loops += sign_of_life(self._settings.turning_file)
            await asyncio.gather(run_loops(loops, self._stopped), self._stop())
        finally:
            await runtime.close()

    async def _stop(self) -> None:
        await self._stopped.wait()
        await self._worker.stop()


def load_early() -> None:
    """Import before the fork what Celery would import in each process, so that they share its memory."""
    for module in LOADED_EARLY:
        import_module(module)


def serve(settings: Settings, make_worker: MakeWorker, queues: Sequence[Queue]) -> None:
    """Run a worker for these queues until SIGTERM or SIGINT; running work is finished or released."""
    app = create_celery(settings)
    turns = TurnLoop(settings, app, make_worker)

    def work_off(kind: str) -> None:
        """A message only names a kind of work; what is done is decided by the rows in the database."""
        try:
            known = DueKind(kind)
        except ValueError:
            _log.warning("task_refused", reason="no such kind")
            return
        turns.on_wake_up(known)

    app.task(name=TASK)(work_off)

    before = signal.getsignal(signal.SIGTERM)

    def stop(number: int, frame: FrameType | None) -> None:
        state.should_stop = 0
        turns.end()
        if callable(before):
            before(number, frame)

    def end_on_signals(_: object) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)

    # Our log handlers are set up already; Celery would log every task, and every second without a broker.
    setup_logging.connect(_quiet, weak=False)
    # Celery warns root because tasks may be pickled; ours are JSON and only name a kind of work.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    turns.start()
    hearing = CeleryWorker(
        app=app,
        pool_cls="threads",
        concurrency=THREADS,
        queues=[str(queue) for queue in queues],
        quiet=True,
        loglevel=settings.log_level,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    # Celery's own handlers abort running work at a second signal, which a process group easily sends.
    hearing.install_platform_tweaks = end_on_signals
    hearing.start()
    turns.end()
    turns.join()


def _quiet(**_: object) -> None:
    for name in ("celery", "kombu"):
        logging.getLogger(name).setLevel(logging.ERROR)
