"""Archives that owners request and download, also while suspended and after termination."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from app.platform.kernel.columns import view_of
from app.platform.kernel.errors import NotFound
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission
from tenants.data_lifecycle.archive_store import ArchiveStore
from tenants.data_lifecycle.errors import ExportRunning
from tenants.data_lifecycle.models import TenantExport
from tenants.data_lifecycle.schemas import ExportView
from tenants.data_lifecycle.states import ExportState

ARCHIVE_LIFETIME: Final = timedelta(days=7)
"""How long a finished archive lies ready."""

SHOWN: Final = 20


class ExportRequests:
    """The archives of the actor's own company."""

    def __init__(self, work: UnitOfWork, archive_store: ArchiveStore) -> None:
        self._work = work
        self._archive_store = archive_store

    async def latest(self) -> list[ExportView]:
        """The newest archives first."""
        self._work.actor.require(Permission.TENANT_EXPORT)
        rows: Sequence[TenantExport] = (
            await self._work.session.scalars(
                select(TenantExport).order_by(TenantExport.requested_at.desc(), TenantExport.id.desc()).limit(SHOWN)
            )
        ).all()
        return [_line(row) for row in rows]

    async def request(self) -> ExportView:
        """Have an archive made.

        Raises:
            ExportRunning: one is on its way.
        """
        work = self._work
        work.actor.require(Permission.TENANT_EXPORT)
        made = await work.session.scalar(
            insert(TenantExport)
            .values(
                tenant_id=work.tenant_id,
                id=work.new_id(),
                state=ExportState.QUEUED,
                requested_by=work.actor.display_name,
                requested_at=work.now,
                rows_done=0,
                files_done=0,
                failures=0,
                sha256="",
            )
            .on_conflict_do_nothing()
            .returning(TenantExport)
        )
        if made is None:
            raise ExportRunning
        work.schedule(DueKind.TENANT_EXPORT, made.id, work.now)
        work.audit("tenant.exported", "tenant_export", made.id, audience="owner")
        await work.session.flush()
        return _line(made)

    async def fetch(self, export_id: UUID) -> tuple[Path, str]:
        """The finished archive and the name to save it under.

        Raises:
            NotFound: no such archive of this company, or it is not ready, or not any more.
        """
        work = self._work
        work.actor.require(Permission.TENANT_EXPORT)
        row = await work.session.scalar(
            select(TenantExport).where(TenantExport.id == export_id, TenantExport.state == ExportState.READY)
        )
        if row is None or row.expires_at is None or row.expires_at <= work.now:
            raise NotFound
        place = self._archive_store.place(work.tenant_id, export_id)
        if not place.is_file():
            raise NotFound
        return place, f"yinghuo-{row.requested_at:%Y%m%d}-{export_id.hex[-6:]}.zip"


async def remove_expired_archives(work: UnitOfWork, archive_store: ArchiveStore) -> None:
    """Remove archives that have lain ready long enough, and those that failed (a daily job)."""
    over = await work.session.scalars(
        update(TenantExport)
        .where(TenantExport.state == ExportState.READY, TenantExport.expires_at <= work.now)
        .values(state=ExportState.EXPIRED)
        .returning(TenantExport.id)
    )
    failed = await work.session.scalars(select(TenantExport.id).where(TenantExport.state == ExportState.FAILED))
    for export_id in (*over, *failed):
        await archive_store.remove(work.tenant_id, export_id)


def _line(row: TenantExport) -> ExportView:
    return view_of(ExportView, row)
