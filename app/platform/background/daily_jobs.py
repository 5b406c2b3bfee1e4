"""Daily jobs: run once a day in every tenant, however many schedulers there are.

A job's slot is written in the same transaction as its work (`job_run`): two schedulers do it once, a failed run is
tried again, and a system that was down at the hour catches up when it starts.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.dialects.postgresql import insert

from app.platform.background.models import JobRun
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.logs import OncePerMinute, log
from app.platform.kernel.outages import is_away
from app.platform.kernel.outbox import LANES, ConsumedEvent, DueEntry, OutboxEvent
from app.platform.kernel.retention import RetentionRule
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings
from app.platform.kernel.time_source import PLATFORM_ZONE
from app.platform.kernel.unit_of_work import Origin, UnitOfWork
from tenants.models import KEPT_STATES, Tenant

KEPT: Final = timedelta(days=30)
"""How long events that are done, their proofs and past runs stay for replay."""

Job = Callable[[UnitOfWork], Awaitable[None]]
"""Gets a unit of work of the platform in one tenant."""

_log: Final = log(__name__)


@dataclass(frozen=True, slots=True)
class DailyJob:
    """A job and the hour (0-23, `PLATFORM_ZONE`) from which its day's slot may run."""

    name: str
    hour: int
    run: Job
    headquarters_only: bool = False

    def slot(self, now: datetime) -> str:
        """The slot that is current at `now`: the date on which its hour last struck."""
        return (now.astimezone(PLATFORM_ZONE) - timedelta(hours=self.hour)).date().isoformat()


class Schedule:
    """The jobs of the program; names are unique."""

    def __init__(self) -> None:
        self._jobs: dict[str, DailyJob] = {}

    def daily(self, name: str, *, hour: int = 3, headquarters_only: bool = False) -> Callable[[Job], Job]:
        """Decorate a job that runs once a day in every tenant, or at headquarters only."""

        def decorate(run: Job) -> Job:
            self.register(DailyJob(name, hour, run, headquarters_only))
            return run

        return decorate

    def register(self, job: DailyJob) -> None:
        """
        Raises:
            ValueError: the name is taken.
        """
        if job.name in self._jobs:
            raise ValueError(f"two jobs are called {job.name}")
        self._jobs[job.name] = job

    def include(self, others: "Schedule") -> None:
        """Take over what an area registered."""
        for job in others:
            self.register(job)

    def __iter__(self) -> Iterator[DailyJob]:
        yield from self._jobs.values()


class Scheduler:
    """Runs what the present slot still lacks. Remembers finished slots, so that a quiet minute costs nothing."""

    def __init__(self, runtime: Runtime, schedule: Schedule) -> None:
        self._runtime = runtime
        self._jobs = tuple(schedule)
        self._finished: dict[str, str] = {}
        self._once_per_minute = OncePerMinute()

    async def run_once(self) -> int:
        """Run every job in every tenant that has not had it in this slot; returns the number of runs."""
        runs = 0
        now = self._runtime.clock.now()
        for job in self._jobs:
            slot = job.slot(now)
            if self._finished.get(job.name) == slot:
                continue
            outcomes = [await self._run(job, slot, tenant_id) for tenant_id in await self._tenants(job)]
            runs += sum(outcome is True for outcome in outcomes)
            if None not in outcomes:
                self._finished[job.name] = slot
        return runs

    async def _tenants(self, job: DailyJob) -> list[UUID]:
        if job.headquarters_only:
            return [HQ_TENANT_ID]
        async with self._runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
            return list(
                await work.session.scalars(select(Tenant.id).where(Tenant.state.in_(KEPT_STATES)).order_by(Tenant.id))
            )

    async def _run(self, job: DailyJob, slot: str, tenant_id: UUID) -> bool | None:
        """Whether this call did the work; None when it failed and must be tried again."""
        origin = Origin(request_id=f"job-{job.name}-{slot}"[:64])
        try:
            async with self._runtime.units_of_work.begin(Actor.system(tenant_id), origin) as work:
                if not await _claim(work, job, slot):
                    return False
                await job.run(work)
        except Exception as failure:  # noqa: BLE001 - one tenant's failure must not cost the others their run
            # While a server is down all runs fail alike: one log line is enough.
            if not is_away(failure) or self._once_per_minute("away"):
                _log.error("job_failed", job=job.name, slot=slot, tenant_id=str(tenant_id), exc_info=failure)
            return None
        return True


async def _claim(work: UnitOfWork, job: DailyJob, slot: str) -> bool:
    claimed = await work.session.scalar(
        insert(JobRun)
        .values(tenant_id=work.tenant_id, id=work.new_id(), job=job.name, slot=slot, started_at=work.now)
        .on_conflict_do_nothing(index_elements=["tenant_id", "job", "slot"])
        .returning(JobRun.id)
    )
    return claimed is not None


def _month(_: Settings) -> timedelta:
    return KEPT


_WAITING = select(DueEntry.id).where(
    DueEntry.tenant_id == OutboxEvent.tenant_id, DueEntry.kind.in_(LANES), DueEntry.subject_id == OutboxEvent.id
)

retention: Final = (
    RetentionRule(
        OutboxEvent,
        OutboxEvent.occurred_at,
        _month,
        and_(OutboxEvent.relayed_at.is_not(None), ~_WAITING.exists()),
    ),
    RetentionRule(ConsumedEvent, ConsumedEvent.consumed_at, _month),
    RetentionRule(JobRun, JobRun.started_at, _month),
)
