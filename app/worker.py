"""The relay process and the worker processes, with every area's consumers, sweeps and daily jobs."""

import asyncio
from collections.abc import Sequence
from functools import partial

from sqlalchemy.orm import configure_mappers

from app.people.audit import Linker
from app.platform.background.celery import create_celery, sender
from app.platform.background.consumers import Consumers
from app.platform.background.daily_jobs import Schedule, Scheduler
from app.platform.background.loops import Loop, heartbeat, run_loops, sign_of_life, stop_on_signals
from app.platform.background.processes import run_processes
from app.platform.background.queues import KINDS_OF_PROCESS, Queue
from app.platform.background.sweeps import Sweeper, Sweeps
from app.platform.background.wake_ups import DueWatcher, Waker
from app.platform.background.worker import LongJob, Worker
from app.platform.http.readiness import RELAY_HEARTBEAT
from app.platform.kernel.areas import areas, declared
from app.platform.kernel.logs import configure_logs
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings, settings
from migrations.registry import mapped_classes
from tenants.data_lifecycle import TenantTables

SWEEP_PAUSE_SECONDS = 1.0
SCHEDULE_PAUSE_SECONDS = 60.0
LINKING_PAUSE_SECONDS = 5.0


def all_consumers() -> Consumers:
    """Every area's consumers in one registry."""
    gathered = Consumers()
    for consumers in declared("consumers"):
        gathered.include(consumers)
    return gathered


def all_sweeps() -> Sweeps:
    """Every area's handlers of due work in one registry."""
    gathered = Sweeps()
    for sweeps in declared("sweeps"):
        gathered.include(sweeps)
    return gathered


def all_jobs(runtime: Runtime) -> Schedule:
    """Every area's daily jobs in one schedule."""
    schedule = Schedule()
    for daily_jobs in declared("daily_jobs"):
        for job in daily_jobs(runtime):
            schedule.register(job)
    return schedule


def run_relay(configured: Settings | None = None) -> None:
    """Wake workers for what is due, sweep and run the schedule until SIGTERM. More than one may run."""
    chosen = configured or settings()
    configure_logs(chosen.log_format, chosen.log_level)
    asyncio.run(relay_until_stopped(chosen))


async def relay_until_stopped(chosen: Settings) -> None:
    """The relay process on its event loop."""
    runtime = Runtime(chosen)
    stopped = asyncio.Event()
    stop_on_signals(stopped)
    try:
        await run_loops(loops(runtime, chosen), stopped)
    finally:
        await runtime.close()


def loops(runtime: Runtime, chosen: Settings) -> list[Loop]:
    """The loops of the relay process."""
    sweeper = Sweeper(runtime, all_sweeps())
    scheduler = Scheduler(runtime, all_jobs(runtime))
    watch = DueWatcher(runtime, Waker(runtime, sender(create_celery(chosen))))
    return [
        heartbeat(runtime, RELAY_HEARTBEAT),
        *sign_of_life(chosen.turning_file),
        *watch.loops(),
        Loop("sweeps", sweeper.run_once, SWEEP_PAUSE_SECONDS),
        Loop("schedule", scheduler.run_once, SCHEDULE_PAUSE_SECONDS),
        Loop("audit", Linker(runtime).run_once, LINKING_PAUSE_SECONDS),
    ]


def all_long_jobs(runtime: Runtime) -> dict[DueKind, LongJob]:
    """Long work beside the events: archives that owners asked for, and erasures of partners."""
    tables = TenantTables(mapped_classes())
    return {
        DueKind(kind): area.load(name)(runtime, tables) for area in areas() for kind, name in area.long_jobs.items()
    }


def run_worker(configured: Settings | None = None, concurrency: int = 2, queues: Sequence[Queue] = ()) -> None:
    """Work until SIGTERM on these queues, in `concurrency` processes; without any, in so many for what is urgent and
    in so many for the rest. More than one may run."""
    chosen = configured or settings()
    configure_logs(chosen.log_format, chosen.log_level)
    work_in_processes(chosen, all_consumers(), concurrency, [queues] if queues else KINDS_OF_PROCESS)


def work_in_processes(
    chosen: Settings, consumers: Consumers, concurrency: int, kinds: Sequence[Sequence[Queue]] = KINDS_OF_PROCESS
) -> None:
    """`concurrency` worker processes of each of these kinds."""
    from app.platform.background.worker_process import load_early, serve

    # In the parent, whose memory they share; nothing of it holds a connection.
    load_early()
    configure_mappers()
    all_long_jobs(Runtime(chosen))

    def make_worker(queues: Sequence[Queue], runtime: Runtime, waker: Waker) -> Worker:
        long_jobs = all_long_jobs(runtime) if Queue.LONG in queues else {}
        return Worker(runtime, consumers, queues=queues, long_jobs=long_jobs, waker=waker)

    run_processes(
        [partial(serve, chosen, partial(make_worker, queues), queues) for queues in kinds for _ in range(concurrency)]
    )
