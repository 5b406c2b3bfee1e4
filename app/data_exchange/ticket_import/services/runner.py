"""Running an import: dry run and import process the log in the same way, only the import writes tickets.

Every batch is a transaction that stores its position too: a killed run resumes after the last committed batch, and two
workers on one import take turns.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import islice
from uuid import UUID

from sqlalchemy import delete, select

from app.data_exchange.ticket_import.batches import Batch
from app.data_exchange.ticket_import.errors import LogLost
from app.data_exchange.ticket_import.log_file import Group, LogFile
from app.data_exchange.ticket_import.mapping import parse_mapping, zone_of
from app.data_exchange.ticket_import.models import ImportOutcome, TicketImport
from app.data_exchange.ticket_import.states import CHECKING, TICKET_IMPORT, WORKING, TicketImportMove
from app.platform.files import FileMissing, FileStore, file_key
from app.platform.kernel.actor import Actor
from app.platform.kernel.encodings import Encoding
from app.platform.kernel.errors import DomainError
from app.platform.kernel.logs import log
from app.platform.kernel.unit_of_work import UnitOfWork, UnitOfWorkFactory

BATCH = 250
"""Tickets in one transaction."""
_log = log(__name__)

Progress = Callable[[int, int], None]
"""Called with the number of processed tickets and the total."""


class TicketImportRunner:
    """Runs one import to the end of its dry run, or of its writing."""

    def __init__(
        self,
        units_of_work: UnitOfWorkFactory,
        store: FileStore,
        tenant_id: UUID,
        import_id: UUID,
        progress: Progress | None = None,
    ) -> None:
        self._units_of_work = units_of_work
        self._store = store
        self._actor = Actor.system(tenant_id)
        self._import_id = import_id
        self._progress = progress

    async def run(self) -> None:
        """Process what is left. Nothing is done for an import that waits for a person or has ended."""
        while (opened := await self._open()) is not None:
            log_file, done = opened
            if await self._process_batches(log_file, done):
                return

    async def _open(self) -> tuple[LogFile, int] | None:
        """The log and the number of its processed tickets; None where there is nothing to do."""
        async with self._units_of_work.begin(self._actor) as work:
            run = await self._locked(work)
            if run is None:
                return None
            mapping, encoding = parse_mapping(run.mapping), Encoding(run.encoding)
            key, done = file_key(run.tenant_id, run.file_id), run.tickets_done
        try:
            content = await self._store.get(key)
        except FileMissing:
            await self._fail(LogLost())
            return None
        try:
            return await asyncio.to_thread(LogFile, content, mapping, encoding), done
        except DomainError as refused:
            await self._fail(refused)
            return None

    async def _process_batches(self, log_file: LogFile, done: int) -> bool:
        """Process batch after batch; False when another worker has gone on meanwhile."""
        groups = log_file.groups(skip=done)
        while True:
            groups_of_batch = await asyncio.to_thread(lambda: list(islice(groups, BATCH)))
            async with self._units_of_work.begin(self._actor) as work:
                run = await self._locked(work)
                if run is None:
                    return True
                if run.tickets_done != done:
                    return False
                if done == 0:
                    await self._begin(work, run, log_file)
                done = await self._take(work, run, groups_of_batch)
                over = done >= run.tickets_total
                if over:
                    self._finish(work, run)
            if self._progress is not None:
                self._progress(done, log_file.size.groups)
            if over:
                return True

    async def _begin(self, work: UnitOfWork, run: TicketImport, log_file: LogFile) -> None:
        checking = run.state in CHECKING
        run.state = TICKET_IMPORT.after(TicketImportMove.CHECK if checking else TicketImportMove.WRITE, run.state)
        run.rows_total, run.tickets_total, run.counts = log_file.size.rows, log_file.size.groups, {}
        await work.session.execute(delete(ImportOutcome).where(ImportOutcome.import_id == run.id))

    async def _take(self, work: UnitOfWork, run: TicketImport, groups: Sequence[Group]) -> int:
        mapping = parse_mapping(run.mapping)
        zone = zone_of(run.time_zone or mapping.time_zone)
        batch = Batch(work, run, mapping, zone, writing=run.state not in CHECKING)
        counts = await batch.take(groups, run.tickets_done)
        run.counts = dict(Counter(run.counts) + counts)
        run.tickets_done += len(groups)
        return run.tickets_done

    def _finish(self, work: UnitOfWork, run: TicketImport) -> None:
        checked = run.state in CHECKING
        run.state = TICKET_IMPORT.after(
            TicketImportMove.FINISH_CHECK if checked else TicketImportMove.FINISH, run.state
        )
        run.finished_at = None if checked else work.now
        run.version += 1
        work.audit(
            "ticket_import.checked" if checked else "ticket_import.finished", "ticket_import", run.id, **run.counts
        )
        _log.info("ticket_import", import_id=str(run.id), state=str(run.state), rows=run.rows_total, **run.counts)

    async def _fail(self, reason: DomainError) -> None:
        async with self._units_of_work.begin(self._actor) as work:
            run = await self._locked(work)
            if run is None:
                return
            run.state = TICKET_IMPORT.after(TicketImportMove.FAIL, run.state)
            run.finished_at = work.now
            run.problem = {"code": reason.code, "text": reason.text, "parameters": reason.parameters}
            run.version += 1
            work.audit("ticket_import.failed", "ticket_import", run.id, problem=reason.code)

    async def _locked(self, work: UnitOfWork) -> TicketImport | None:
        """The import, locked, if there is something to do; a second worker waits for the lock."""
        run: TicketImport | None = await work.session.scalar(
            select(TicketImport).where(TicketImport.id == self._import_id).with_for_update()
        )
        return run if run is not None and run.state in WORKING else None
