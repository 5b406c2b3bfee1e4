"""Ticket imports: upload, dry run, confirmation, progress, report."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.agreements.sla.models import ServiceCalendarRecord, SlaPolicy
from app.assets.clients.models import Client
from app.data_exchange.ticket_import.errors import (
    ClientNeeded,
    LogLost,
    NothingToTake,
    UnknownTimeZone,
)
from app.data_exchange.ticket_import.events import TicketImportQueued
from app.data_exchange.ticket_import.log_file import LogFile, LogReading
from app.data_exchange.ticket_import.mapping import Mapping, Shape, parse_mapping, shipped_mappings, zone_of
from app.data_exchange.ticket_import.models import ImportOutcome, TicketImport
from app.data_exchange.ticket_import.schemas import TicketImportUpload, TicketImportView
from app.data_exchange.ticket_import.states import TICKET_IMPORT, TicketImportMove, TicketImportState
from app.platform.files import FileMissing, FileStore, file_key
from app.platform.imports.uploads import store_upload
from app.platform.kernel.encodings import Encoding
from app.platform.kernel.errors import NotFound, StaleVersion
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission

MOST_UPLOAD_BYTES = 100_000_000
RUNS_SHOWN = 50
OUTCOMES_AT_ONCE = 500
_LAST_SEQUENCE = 2**31 - 1
_OWN_MAPPING = "own"
"""Name of an uploaded mapping without a title."""


class TicketImportService:
    """Ticket imports of one tenant."""

    def __init__(self, work: UnitOfWork, store: FileStore) -> None:
        self._work = work
        self._store = store

    async def upload(self, wanted: TicketImportUpload, content: bytes) -> TicketImportView:
        """Store a log and start its dry run; tickets are written only after the confirmation.

        Raises:
            MappingRefused, LogRefused, ColumnsMissing, LogEmpty: the file cannot be read this way.
            UnknownTimeZone: no zone for times without an offset, or no such zone.
            ClientNeeded: neither `client_id` nor a column names the client.
            NotFound: no such client, policy or calendar.
        """
        self._may_import()
        text = shipped_mappings().get(wanted.mapping, wanted.mapping)
        mapping = parse_mapping(text)
        zone = wanted.time_zone.strip() or mapping.time_zone
        if zone_of(zone) is None and (zone or mapping.needs_zone):
            raise UnknownTimeZone(fields={"time_zone": UnknownTimeZone.text})
        if wanted.client_id is None and not mapping.columns.client and mapping.shape is not Shape.STEPS:
            raise ClientNeeded(fields={"client": ClientNeeded.text})
        log = await asyncio.to_thread(LogFile, content, mapping, wanted.encoding)
        run = TicketImport(
            tenant_id=self._work.tenant_id,
            id=self._work.new_id(),
            client_id=await self._client(wanted.client_id),
            source=mapping.source,
            mapping_name=_name_of(wanted.mapping, mapping)[:80],
            mapping=text,
            encoding=wanted.encoding,
            read_as=msgspec.to_builtins(log.read_as),
            time_zone=zone,
            policy_version_id=await self._policy(wanted.policy_id),
            calendar_version_id=await self._calendar(wanted.calendar_id),
            state=TicketImportState.UPLOADED,
            rows_total=log.size.rows,
            tickets_total=log.size.groups,
            tickets_done=0,
            counts={},
            problem={},
            created_by=self._work.actor.display_name,
            created_at=self._work.now,
            version=1,
        )
        stored = await store_upload(self._work, self._store, wanted.file_name, content, ("ticket_import", run.id))
        run.file_id, run.file_name = stored.id, stored.name
        self._work.session.add(run)
        self._work.publish(TicketImportQueued(import_id=run.id))
        self._work.audit("ticket_import.uploaded", "ticket_import", run.id, client_id=run.client_id, source=run.source)
        await self._work.session.flush()
        return await self.get(run.id)

    async def get(self, import_id: UUID) -> TicketImportView:
        """
        Raises:
            NotFound: no such import.
        """
        self._work.actor.require(Permission.TICKET_IMPORT)
        found = (await self._work.session.execute(_views().where(TicketImport.id == import_id))).one_or_none()
        if found is None:
            raise NotFound
        return _view(*found)

    async def recent(self) -> list[TicketImportView]:
        """The newest imports, newest first."""
        self._work.actor.require(Permission.TICKET_IMPORT)
        rows = await self._work.session.execute(
            _views().order_by(TicketImport.created_at.desc(), TicketImport.id.desc()).limit(RUNS_SHOWN)
        )
        return [_view(*row) for row in rows]

    async def confirm(self, import_id: UUID, version: int) -> TicketImportView:
        """Confirm the import; a worker writes the tickets.

        Raises:
            NothingToTake: no ticket of it is new or longer than before.
            StaleVersion, TicketImportStateRefused, NotFound: as their texts say.
        """
        run = await self._changeable(import_id, version, TicketImportMove.CONFIRM)
        if not run.counts.get("tickets_new", 0) + run.counts.get("tickets_extended", 0):
            raise NothingToTake
        return await self._queue_again(run, TicketImportMove.CONFIRM, "ticket_import.confirmed")

    async def check_again(self, import_id: UUID, version: int, encoding: Encoding | None = None) -> TicketImportView:
        """Repeat the dry run, after names were matched or with another encoding.

        Raises:
            LogRefused, ColumnsMissing, LogEmpty: it cannot be read in this encoding.
            LogLost: the store has no such file.
            StaleVersion, TicketImportStateRefused, NotFound: as their texts say.
        """
        run = await self._changeable(import_id, version, TicketImportMove.CHECK_AGAIN)
        if encoding is not None:
            log = await asyncio.to_thread(LogFile, await self._content(run), parse_mapping(run.mapping), encoding)
            run.encoding, run.read_as = encoding, msgspec.to_builtins(log.read_as)
        return await self._queue_again(run, TicketImportMove.CHECK_AGAIN, "ticket_import.check_requested")

    async def cancel(self, import_id: UUID, version: int | None = None) -> TicketImportView:
        """Cancel the import. Written tickets stay; the worker stops after its present batch.

        Raises:
            StaleVersion, TicketImportStateRefused, NotFound: as their texts say.
        """
        run = await self._changeable(import_id, version, TicketImportMove.CANCEL)
        run.state, run.finished_at = TICKET_IMPORT.after(TicketImportMove.CANCEL, run.state), self._work.now
        run.version += 1
        self._work.audit("ticket_import.cancelled", "ticket_import", run.id)
        await self._work.session.flush()
        return await self.get(import_id)

    async def outcomes(
        self, import_id: UUID, *, after: int = -1, results: tuple[str, ...] = (), limit: int = OUTCOMES_AT_ONCE
    ) -> list[ImportOutcome]:
        """The report by ticket, in the order of the log, after the sequence number `after`.

        Raises:
            NotFound: no such import.
        """
        await self.get(import_id)
        statement = select(ImportOutcome).where(ImportOutcome.import_id == import_id, ImportOutcome.sequence > after)
        if results:
            statement = statement.where(ImportOutcome.result.in_(results))
        return list(await self._work.session.scalars(statement.order_by(ImportOutcome.sequence).limit(limit)))

    async def every_outcome(self, import_id: UUID) -> AsyncIterator[ImportOutcome]:
        """The whole report, for a download. Audited.

        Raises:
            NotFound: no such import.
        """
        await self.get(import_id)
        self._work.audit("ticket_import.report_downloaded", "ticket_import", import_id)
        after = -1
        while page := await self.outcomes(import_id, after=after):
            for outcome in page:
                yield outcome
            after = page[-1].sequence
            for outcome in page:
                self._work.session.expunge(outcome)

    async def _queue_again(self, run: TicketImport, move: TicketImportMove, action: str) -> TicketImportView:
        run.state, run.tickets_done = TICKET_IMPORT.after(move, run.state), 0
        run.version += 1
        self._work.publish(TicketImportQueued(import_id=run.id))
        self._work.audit(action, "ticket_import", run.id)
        await self._work.session.flush()
        return await self.get(run.id)

    async def _content(self, run: TicketImport) -> bytes:
        try:
            return await self._store.get(file_key(run.tenant_id, run.file_id))
        except FileMissing as error:
            raise LogLost from error

    def _may_import(self) -> None:
        self._work.actor.require(Permission.TICKET_IMPORT)
        self._work.require_writable()

    async def _changeable(self, import_id: UUID, version: int | None, move: TicketImportMove) -> TicketImport:
        self._may_import()
        run: TicketImport | None = await self._work.session.scalar(
            select(TicketImport).where(TicketImport.id == import_id).with_for_update()
        )
        if run is None:
            raise NotFound
        if version is not None and run.version != version:
            raise StaleVersion
        TICKET_IMPORT.require(move, run.state)
        return run

    async def _client(self, client_id: UUID | None) -> UUID | None:
        if client_id is None:
            return None
        return await self._one(select(Client.id).where(Client.id == client_id))

    async def _policy(self, policy_id: UUID | None) -> UUID | None:
        if policy_id is None:
            return None
        return await self._one(select(SlaPolicy.current_version_id).where(SlaPolicy.id == policy_id))

    async def _calendar(self, calendar_id: UUID | None) -> UUID | None:
        if calendar_id is None:
            return None
        return await self._one(
            select(ServiceCalendarRecord.current_version_id).where(ServiceCalendarRecord.id == calendar_id)
        )

    async def _one(self, statement: Any) -> UUID:
        found: UUID | None = await self._work.session.scalar(statement)
        if found is None:
            raise NotFound
        return found


def _views() -> Any:
    return select(TicketImport, Client.short_name).outerjoin(Client, Client.id == TicketImport.client_id)


def _view(run: TicketImport, client_name: str | None) -> TicketImportView:
    fields = {name: getattr(run, name) for name in TicketImportView.__struct_fields__ if name != "client_name"}
    read_as = msgspec.convert(run.read_as, LogReading) if run.read_as else None
    told = {"client_name": client_name, "state": TicketImportState(run.state), "read_as": read_as}
    return TicketImportView(**fields | told)


def _name_of(given: str, mapping: Mapping) -> str:
    return given if given in shipped_mappings() else mapping.title or _OWN_MAPPING
