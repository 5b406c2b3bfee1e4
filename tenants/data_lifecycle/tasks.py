"""Long work of worker processes: archives that owners asked for, and erasures that have fallen due.

A relay has them woken for it; they share no process with what is urgent. What is worked on is leased in
`due_entry`: when the process dies, another takes over once the lease has run out, and goes on where this one stopped.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select, update

from app.platform.background.daily_jobs import DailyJob
from app.platform.background.due import due_tenants
from app.platform.files import file_store_of
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.database import session_factory
from app.platform.kernel.logs import log
from app.platform.kernel.outbox import DueEntry, DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork, UnitOfWorkFactory
from tenants.data_lifecycle.archive_store import ArchiveStore
from tenants.data_lifecycle.models import TenantExport
from tenants.data_lifecycle.services.archive_export import ExportReceipt, Progress, TenantExporter
from tenants.data_lifecycle.services.erasure import TenantEraser
from tenants.data_lifecycle.services.export_requests import ARCHIVE_LIFETIME, remove_expired_archives
from tenants.data_lifecycle.states import TENANT_EXPORT, UNFINISHED, ExportMove, ExportState
from tenants.data_lifecycle.tables import TenantTables

LEASE: Final = timedelta(minutes=5)
RENEWED_AFTER: Final = timedelta(seconds=2)
FIRST_DELAY: Final = timedelta(minutes=1)
MOST_FAILURES: Final = 5

_log: Final = log(__name__)


class Lease:
    """One piece of long work of one tenant, held by this process."""

    def __init__(self, units_of_work: UnitOfWorkFactory, tenant_id: UUID, kind: DueKind, subject_id: UUID) -> None:
        self._units_of_work = units_of_work
        self.tenant_id = tenant_id
        self._kind = kind
        self.subject_id = subject_id
        self._renewed_at: datetime = units_of_work.clock.now()

    async def renew(self) -> bool:
        """Hold on to it; whether it was time to."""
        now = self._units_of_work.clock.now()
        if now - self._renewed_at < RENEWED_AFTER:
            return False
        self._renewed_at = now
        await self.postpone(LEASE)
        return True

    async def postpone(self, delay: timedelta) -> None:
        """Nobody touches it before `delay` has passed."""
        async with self._units_of_work.begin(Actor.system(self.tenant_id)) as work:
            await work.session.execute(
                update(DueEntry)
                .where(DueEntry.kind == self._kind, DueEntry.subject_id == self.subject_id)
                .values(due_at=work.now + delay)
            )


async def claim(units_of_work: UnitOfWorkFactory, tenant_id: UUID, kind: DueKind) -> Lease | None:
    """The tenant's longest waiting work of this kind, leased; None when another process has it."""
    async with units_of_work.begin(Actor.system(tenant_id)) as work:
        entry = await work.session.scalar(
            select(DueEntry)
            .where(DueEntry.kind == kind, DueEntry.due_at <= work.now)
            .order_by(DueEntry.due_at, DueEntry.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if entry is None:
            return None
        entry.due_at = work.now + LEASE
        return Lease(units_of_work, tenant_id, kind, entry.subject_id)


class ExportRunner:
    """Makes the archives that owners asked for."""

    def __init__(self, runtime: Runtime, tables: TenantTables) -> None:
        self._runtime = runtime
        self._units_of_work = runtime.units_of_work
        self._archive_store = ArchiveStore.of(runtime)
        self._exporter = TenantExporter(runtime.units_of_work, runtime.engine("signin"), file_store_of(runtime), tables)

    async def run_once(self) -> int:
        """Make what waits; returns how many archives were worked on."""
        worked = 0
        for tenant_id, kind in await due_tenants(self._runtime, [DueKind.TENANT_EXPORT]):
            lease = await claim(self._units_of_work, tenant_id, kind)
            if lease is not None:
                worked += 1
                await self._make(lease)
        return worked

    async def _make(self, lease: Lease) -> None:
        async def report_progress(progress: Progress) -> None:
            if await lease.renew():
                await self._note(lease, rows_done=progress.rows, files_done=progress.files)

        if not await self._note(lease, state=ExportState.RUNNING):
            await self._settle(lease)
            return
        place = self._archive_store.place(lease.tenant_id, lease.subject_id)
        try:
            receipt = await self._exporter.export(
                lease.tenant_id, place, complete=False, report_progress=report_progress
            )
        except Exception as failure:  # noqa: BLE001 - tried again, and marked as failed in the end
            _log.error("tenant_export_failed", tenant_id=str(lease.tenant_id), exc_info=failure)
            await self._failed(lease)
            return
        await self._ready(lease, receipt, place.stat().st_size)

    async def _note(self, lease: Lease, **values: object) -> bool:
        """Write how far it is; False when nobody waits for it any more."""
        async with self._units_of_work.begin(Actor.system(lease.tenant_id)) as work:
            found: Sequence[UUID] = (
                await work.session.scalars(
                    update(TenantExport)
                    .where(TenantExport.id == lease.subject_id, TenantExport.state.in_(UNFINISHED))
                    .values(**values)
                    .returning(TenantExport.id)
                )
            ).all()
        return bool(found)

    async def _ready(self, lease: Lease, receipt: ExportReceipt, size: int) -> None:
        now = self._units_of_work.clock.now()
        await self._note(
            lease,
            state=ExportState.READY,
            rows_done=receipt.rows,
            files_done=receipt.files,
            size=size,
            sha256=receipt.sha256,
            finished_at=now,
            expires_at=now + ARCHIVE_LIFETIME,
        )
        await self._settle(lease)

    async def _failed(self, lease: Lease) -> None:
        async with self._units_of_work.begin(Actor.system(lease.tenant_id)) as work:
            export = await work.session.get(TenantExport, (lease.tenant_id, lease.subject_id))
            if export is not None:
                export.failures += 1
                if export.failures >= MOST_FAILURES:
                    export.state = TENANT_EXPORT.after(ExportMove.FAIL, export.state)
                    export.finished_at = work.now
            over = export is None or export.state == ExportState.FAILED
            failures = 0 if export is None else export.failures
        if over:
            await self._settle(lease)
        else:
            await lease.postpone(FIRST_DELAY * 2**failures)

    async def _settle(self, lease: Lease) -> None:
        async with self._units_of_work.begin(Actor.system(lease.tenant_id)) as work:
            await work.session.execute(
                delete(DueEntry).where(DueEntry.kind == DueKind.TENANT_EXPORT, DueEntry.subject_id == lease.subject_id)
            )


def daily_jobs(runtime: Runtime) -> tuple[DailyJob, ...]:
    """The removal of expired archives."""
    archive_store = ArchiveStore.of(runtime)

    async def run(work: UnitOfWork) -> None:
        await remove_expired_archives(work, archive_store)

    return (DailyJob("data_lifecycle.remove_expired_archives", 3, run),)


def eraser(runtime: Runtime, tables: TenantTables) -> TenantEraser:
    """The eraser of this process."""
    return TenantEraser(
        runtime.units_of_work,
        UnitOfWorkFactory(session_factory(runtime.engine("owner")), runtime.clock, runtime.ids),
        runtime.engine("signin"),
        tables,
        store=file_store_of(runtime),
        archive_store=ArchiveStore.of(runtime),
        log_days=runtime.settings.log_retention_days,
    )


class ErasureRunner:
    """Erases the partners whose retention has ended."""

    def __init__(self, runtime: Runtime, tables: TenantTables) -> None:
        self._units_of_work = runtime.units_of_work
        self._eraser = eraser(runtime, tables)

    async def run_once(self) -> int:
        """Erase one partner that is due; returns whether there was one. What fails is tried again after the lease."""
        lease = await claim(self._units_of_work, HQ_TENANT_ID, DueKind.TENANT_ERASURE)
        if lease is None:
            return 0

        async def renew() -> None:
            await lease.renew()

        await self._eraser.erase(lease.subject_id, renew)
        return 1
