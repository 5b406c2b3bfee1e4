"""The relay process and the worker processes, with every area's consumers, sweeps and daily jobs."""

import asyncio
from collections.abc import Sequence
from functools import partial

from sqlalchemy.orm import configure_mappers

import app.retention
from app.agreements.catalogue import tasks as catalogue_tasks
from app.agreements.sla import tasks as sla_tasks
from app.assets.devices import tasks as devices_tasks
from app.data_exchange.personal_data import tasks as personal_data_tasks
from app.data_exchange.ticket_import import tasks as ticket_import_tasks
from app.desk.engineers import tasks as engineers_tasks
from app.desk.tickets import tasks as tickets_tasks
from app.people.audit import Linker, anchor_day
from app.people.identity import SignInStore
from app.platform.background.celery import create_celery, sender
from app.platform.background.consumers import Consumers
from app.platform.background.daily_jobs import DailyJob, Job, Schedule, Scheduler
from app.platform.background.loops import Loop, heartbeat, run_loops, stop_on_signals
from app.platform.background.processes import run_processes
from app.platform.background.queues import KINDS_OF_PROCESS, Queue
from app.platform.background.sweeps import Sweeper, Sweeps
from app.platform.background.wake_ups import DueWatcher, Waker
from app.platform.background.worker import LongJob, Worker
from app.platform.http.readiness import RELAY_HEARTBEAT
from app.platform.kernel.logs import configure_logs
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings, settings
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.notifications import tasks as notifications_tasks
from migrations.registry import mapped_classes
from tenants.access_grants import tasks as access_grants_tasks
from tenants.corrective_actions import tasks as corrective_actions_tasks
from tenants.data_lifecycle import tasks as data_lifecycle_tasks
from tenants.data_lifecycle.tables import TenantTables
from tenants.partner_metrics import tasks as partner_metrics_tasks
from tenants.partners import tasks as partners_tasks

CONSUMERS: tuple[Consumers, ...] = (
    access_grants_tasks.consumers,
    catalogue_tasks.consumers,
    devices_tasks.consumers,
    engineers_tasks.consumers,
    ticket_import_tasks.consumers,
    notifications_tasks.consumers,
    partners_tasks.consumers,
    sla_tasks.consumers,
    tickets_tasks.consumers,
    partner_metrics_tasks.consumers,
    corrective_actions_tasks.consumers,
    app.retention.consumers,
)
"""What every area listens to."""

SWEEPS: tuple[Sweeps, ...] = (
    access_grants_tasks.sweeps,
    notifications_tasks.sweeps,
    personal_data_tasks.sweeps,
    sla_tasks.sweeps,
    tickets_tasks.sweeps,
    corrective_actions_tasks.sweeps,
)
"""What every area lets fall due."""

JOBS: tuple[DailyJob, ...] = (
    DailyJob("audit.anchor", 1, anchor_day),
    DailyJob("retention.begin", 3, app.retention.begin),
    DailyJob("partners.remove_expired_codes", 3, partners_tasks.remove_expired_codes, headquarters_only=True),
)
"""What runs once a day inside a tenant."""

SWEEP_PAUSE_SECONDS = 1.0
SCHEDULE_PAUSE_SECONDS = 60.0
LINKING_PAUSE_SECONDS = 5.0


def all_consumers() -> Consumers:
    """Every area's consumers in one registry."""
    gathered = Consumers()
    for consumers in CONSUMERS:
        gathered.include(consumers)
    return gathered


def all_sweeps() -> Sweeps:
    """Every area's handlers of due work in one registry."""
    gathered = Sweeps()
    for sweeps in SWEEPS:
        gathered.include(sweeps)
    return gathered


def all_jobs(runtime: Runtime) -> Schedule:
    """Every area's daily jobs in one schedule."""
    schedule = Schedule()
    for job in JOBS:
        schedule.register(job)
    schedule.register(
        DailyJob(
            "corrective_actions.evaluate",
            corrective_actions_tasks.EVALUATION_HOUR,
            corrective_actions_tasks.evaluation(runtime),
            headquarters_only=True,
        )
    )
    schedule.register(
        DailyJob("data_lifecycle.remove_expired_archives", 3, data_lifecycle_tasks.remove_expired_archives(runtime))
    )
    schedule.register(DailyJob("identity.remove_expired", 3, _forget_sign_ins(runtime), headquarters_only=True))
    return schedule


def _forget_sign_ins(runtime: Runtime) -> Job:
    """Sessions belong to no tenant and are reached by the signin role only; the job runs in headquarters' slot."""
    store = SignInStore(runtime.engine("signin"), runtime.clock)

    async def forget(_: UnitOfWork) -> None:
        await store.remove_expired()

    return forget


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
        *watch.loops(),
        Loop("sweeps", sweeper.run_once, SWEEP_PAUSE_SECONDS),
        Loop("schedule", scheduler.run_once, SCHEDULE_PAUSE_SECONDS),
        Loop("audit", Linker(runtime).run_once, LINKING_PAUSE_SECONDS),
    ]


def all_long_jobs(runtime: Runtime) -> dict[DueKind, LongJob]:
    """Long work beside the events: archives that owners asked for, and erasures of partners."""
    tables = TenantTables(mapped_classes())
    return {
        DueKind.TENANT_EXPORT: data_lifecycle_tasks.ExportRunner(runtime, tables),
        DueKind.TENANT_ERASURE: data_lifecycle_tasks.ErasureRunner(runtime, tables),
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
