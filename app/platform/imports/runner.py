"""Writing a confirmed import chunk by chunk, each in its own transaction: a crash loses the present chunk only."""

import asyncio
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from app.platform.files import FileStore
from app.platform.imports.basis import basis_of
from app.platform.imports.declaration import ImportedList, Importer
from app.platform.imports.errors import UploadLost
from app.platform.imports.events import ImportFinished
from app.platform.imports.kinds import kind_named
from app.platform.imports.models import ImportRun
from app.platform.imports.reading.rows import ParsedRow
from app.platform.imports.service import content_of, take_turns
from app.platform.imports.states import IN_PROGRESS, LIST_IMPORT, ImportMove
from app.platform.kernel.actor import Actor
from app.platform.kernel.logs import log
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork

CHUNK_ROWS = 500
_log = log(__name__)


class ImportRunner:
    """Runs one import to its end. Two on the same import take turns by its row lock and write every row once."""

    def __init__(self, runtime: Runtime, store: FileStore, tenant_id: UUID, import_id: UUID) -> None:
        self._runtime = runtime
        self._store = store
        self._actor = Actor.system(tenant_id)
        self._import_id = import_id

    async def run(self) -> None:
        """Write what is left. An import that is not confirmed, or is over, is left alone."""
        opened = await self._open()
        if opened is None:
            return
        importer, rows = opened
        analysed = False
        while await self._write_chunk(importer, rows):
            if not analysed:
                analysed = True
                await self._refresh_statistics()

    async def _refresh_statistics(self) -> None:
        """Tell the database what its tables hold now; plans for empty ones would be kept (`migrations.statistics`).

        The import is right without it, only slower.
        """
        try:
            async with self._runtime.units_of_work.begin(self._actor) as work:
                await work.session.execute(select(func.refresh_statistics()))
        except DBAPIError as failure:
            _log.warning("statistics_not_refreshed", exc_info=failure)

    async def _open(self) -> tuple[Importer, tuple[ParsedRow, ...]] | None:
        """The list as the dry run read it; the connection is not held while it is read."""
        async with self._runtime.units_of_work.begin(self._actor) as work:
            run = await self._locked(work)
            if run is None:
                return None
            run.state = LIST_IMPORT.after(ImportMove.WRITE, run.state)
            try:
                content = await content_of(self._store, run)
            except UploadLost as lost:
                run.state = LIST_IMPORT.after(ImportMove.FAIL, run.state)
                run.finished_at = work.now
                run.summary = {**run.summary, "problem": lost.code}
                return None
            kind, basis, client_id, uploaded_by = kind_named(run.kind), basis_of(run), run.client_id, run.created_by
        parsed = await asyncio.to_thread(basis.read, kind, client_id, content)
        importer = kind.importer(
            ImportedList(
                runtime=self._runtime,
                client_id=client_id,
                uploaded_by=uploaded_by,
                rows=parsed.rows,
                changes_since=basis.changes_since,
            )
        )
        return importer, parsed.rows

    async def _write_chunk(self, importer: Importer, all_rows: tuple[ParsedRow, ...]) -> bool:
        """Write the next rows in a transaction of their own; whether there is more to do."""
        async with self._runtime.units_of_work.begin(self._actor) as work:
            await take_turns(work)
            run = await self._locked(work)
            if run is None:
                return False
            rows = all_rows[run.rows_done : run.rows_done + CHUNK_ROWS]
            plan: Any = await importer.plan(work, rows, lock=True)
            await importer.write(work, plan)
            run.rows_done += len(rows)
            written = run.summary.get("written", {})
            total = {name: written.get(name, 0) + count for name, count in plan.counts.items()}
            run.summary = {**run.summary, "written": total}
            if run.rows_done < len(all_rows):
                return True
            self._finish(work, run)
            _log.info("import_finished", import_id=str(run.id), kind=run.kind, rows=run.rows_done, **total)
            return False

    def _finish(self, work: UnitOfWork, run: ImportRun) -> None:
        run.state = LIST_IMPORT.after(ImportMove.FINISH, run.state)
        run.finished_at = work.now
        run.version += 1
        work.publish(ImportFinished(import_id=run.id, client_id=run.client_id, kind=run.kind))
        counts = run.summary["written"]
        work.audit("list_import.finished", "import_run", run.id, client_id=run.client_id, kind=run.kind, **counts)

    async def _locked(self, work: UnitOfWork) -> ImportRun | None:
        """The run, if it is to be worked on; the lock makes a second worker wait for its turn."""
        run: ImportRun | None = await work.session.scalar(
            select(ImportRun).where(ImportRun.id == self._import_id).with_for_update()
        )
        return run if run is not None and run.state in IN_PROGRESS else None
