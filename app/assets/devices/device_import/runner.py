"""Writing a confirmed import chunk by chunk, each in its own transaction: a crash loses the present chunk only."""

import asyncio
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from app.assets.devices.device_import.employee_matching import PersonDescription, described_people
from app.assets.devices.device_import.plan import ImportPlan
from app.assets.devices.device_import.plan_writer import PlanWriter
from app.assets.devices.device_import.queries import devices_by_number, known_records
from app.assets.devices.device_import.reading import ParsedFile
from app.assets.devices.device_import.service import basis_of, content_of
from app.assets.devices.device_import.states import DEVICE_IMPORT, IN_PROGRESS, ImportMove
from app.assets.devices.errors import UploadLost
from app.assets.devices.events import ImportFinished
from app.assets.devices.holders import HolderService
from app.assets.devices.models import ImportRun
from app.people.identity import SignInStore
from app.platform.files import FileStore
from app.platform.kernel.actor import Actor
from app.platform.kernel.logs import log
from app.platform.kernel.unit_of_work import UnitOfWork, UnitOfWorkFactory

CHUNK_ROWS = 500
_log = log(__name__)


class ImportRunner:
    """Runs one import to its end. Two on the same import take turns by its row lock and write every row once."""

    def __init__(
        self, units_of_work: UnitOfWorkFactory, store: FileStore, sign_in: SignInStore, tenant_id: UUID, import_id: UUID
    ) -> None:
        self._units_of_work = units_of_work
        self._store = store
        self._sign_in = sign_in
        self._actor = Actor.system(tenant_id)
        self._import_id = import_id

    async def run(self) -> None:
        """Write what is left. An import that is not confirmed, or is over, is left alone."""
        parsed = await self._parsed()
        if parsed is None:
            return
        analysed, listed = False, described_people(parsed.rows)
        while await self._write_chunk(parsed, listed):
            if not analysed:
                analysed = True
                await self._refresh_statistics()

    async def _refresh_statistics(self) -> None:
        """Tell the database what its tables hold now; plans for empty ones would be kept (`migrations.statistics`).

        The import is right without it, only slower.
        """
        try:
            async with self._units_of_work.begin(self._actor) as work:
                await work.session.execute(select(func.refresh_statistics()))
        except DBAPIError as failure:
            _log.warning("statistics_not_refreshed", exc_info=failure)

    async def _parsed(self) -> ParsedFile | None:
        """The list as the dry run read it; the connection is not held while it is read."""
        async with self._units_of_work.begin(self._actor) as work:
            run = await self._locked(work)
            if run is None:
                return None
            run.state = DEVICE_IMPORT.after(ImportMove.WRITE, run.state)
            try:
                content = await content_of(self._store, run)
            except UploadLost as lost:
                run.state = DEVICE_IMPORT.after(ImportMove.FAIL, run.state)
                run.finished_at = work.now
                run.summary = {**run.summary, "problem": lost.code}
                return None
            basis = basis_of(run)
        return await asyncio.to_thread(basis.read, content)

    async def _write_chunk(self, parsed: ParsedFile, listed: dict[str, set[PersonDescription]]) -> bool:
        """Write the next rows in a transaction of their own; whether there is more to do."""
        async with self._units_of_work.begin(self._actor) as work:
            run = await self._locked(work)
            if run is None or run.client_id is None:
                return False
            rows = parsed.rows[run.rows_done : run.rows_done + CHUNK_ROWS]
            stored = await devices_by_number(work.session, run.client_id, rows, lock=True)
            known = await known_records(work.session, run.client_id, rows, stored)
            plan = ImportPlan(work.new_id, known, stored, listed)
            plan.add(rows)
            holders = HolderService(work, self._sign_in)
            await PlanWriter(work, holders, run.client_id, run.created_by).write(plan)
            run.rows_done += len(rows)
            written = run.summary.get("written", {})
            total = {name: written.get(name, 0) + count for name, count in plan.counts.items()}
            run.summary = {**run.summary, "written": total}
            if run.rows_done < len(parsed.rows):
                return True
            self._finish(work, run, run.client_id)
            _log.info("import_finished", import_id=str(run.id), rows=run.rows_done, **total)
            return False

    def _finish(self, work: UnitOfWork, run: ImportRun, client_id: UUID) -> None:
        run.state = DEVICE_IMPORT.after(ImportMove.FINISH, run.state)
        run.finished_at = work.now
        run.version += 1
        work.publish(ImportFinished(import_id=run.id, client_id=client_id))
        work.audit("device_import.finished", "import_run", run.id, client_id=client_id, **run.summary["written"])

    async def _locked(self, work: UnitOfWork) -> ImportRun | None:
        """The run, if it is to be worked on; the lock makes a second worker wait for its turn."""
        run: ImportRun | None = await work.session.scalar(
            select(ImportRun).where(ImportRun.id == self._import_id).with_for_update()
        )
        return run if run is not None and run.state in IN_PROGRESS else None
