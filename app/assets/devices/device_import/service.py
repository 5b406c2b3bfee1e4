"""Importing a client's list: upload, dry run, mapping, confirmation (C2)."""

import asyncio
import hashlib
from collections.abc import Mapping
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.assets.clients.models import Client, Site
from app.assets.devices.device_import.employee_matching import described_people
from app.assets.devices.device_import.plan import ImportPlan
from app.assets.devices.device_import.queries import devices_by_number, known_records, recorded_values
from app.assets.devices.device_import.reading import (
    HeadingRefused,
    ImportKind,
    ParsedFile,
    Workbook,
    build_error_sheet,
    open_list,
    parse_rows,
)
from app.assets.devices.device_import.reading.headings import plain_heading, proposed_fields
from app.assets.devices.device_import.reading.list_definitions import DEVICES
from app.assets.devices.device_import.states import DEVICE_IMPORT, ImportMove, ImportState
from app.assets.devices.device_import.views import client_of, issue_views, to_view, with_plan_issues
from app.assets.devices.errors import ImportEmpty, UploadLost
from app.assets.devices.events import ImportConfirmed
from app.assets.devices.models import ImportMapping, ImportRun
from app.assets.devices.schemas import ImportView, MappingChoice
from app.platform.files import FileMissing, FileOwner, FileStore, SafeFile, display_name, file_key, store_file
from app.platform.files.models import StoredFile
from app.platform.kernel.encodings import Encoding
from app.platform.kernel.errors import Invalid, NotFound, StaleVersion
from app.platform.kernel.texts import N_, translator
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission

MOST_UPLOAD_BYTES = 10_000_000
ISSUES_KEPT = 1_000
"""Issues that the record holds for the page; the error sheet has all."""
RUNS_SHOWN = 50
MAPPED_FIELDS = tuple(field.name for field in DEVICES.fields)
"""Fields that a column can be mapped to."""


class Basis(msgspec.Struct, frozen=True, kw_only=True):
    """What a list is read with, stored with the run: dry run, error sheet and import then give the same rows."""

    today: date
    known_sites: tuple[str, ...]
    remembered: dict[str, str | None]
    encoding: Encoding = Encoding.AUTOMATIC

    def open(self, content: bytes) -> Workbook:
        """Read the file, whatever its headings are.

        Raises:
            FileRefused: it cannot be read.
        """
        return open_list(content, ImportKind.DEVICES, remembered=self.remembered, encoding=self.encoding)

    def parse(self, workbook: Workbook) -> ParsedFile:
        """Parse and check the rows.

        Raises:
            HeadingRefused: no heading was recognised.
        """
        return parse_rows(
            workbook,
            ImportKind.DEVICES,
            today=self.today,
            known_sites=self.known_sites,
            remembered=self.remembered,
        )

    def read(self, content: bytes) -> ParsedFile:
        """Open and parse; the same basis and bytes give the same rows.

        Raises:
            FileRefused: it cannot be read, or no heading was recognised.
        """
        return self.parse(self.open(content))


class ImportService:
    """Imports of one tenant."""

    def __init__(self, work: UnitOfWork, store: FileStore) -> None:
        self._work = work
        self._store = store

    async def upload(
        self, client_id: UUID, file_name: str, content: bytes, encoding: Encoding = Encoding.AUTOMATIC
    ) -> ImportView:
        """Store a list and do the dry run; no device is written. `encoding` is that of a text, where it is known.

        Raises:
            NotFound: no such client.
            FileRefused: the file cannot be read at all.
        """
        self._may_import()
        basis = await self._basis(client_id, {}, encoding)
        run = ImportRun(
            tenant_id=self._work.tenant_id,
            id=self._work.new_id(),
            client_id=client_id,
            kind=ImportKind.DEVICES,
            created_by=self._work.actor.display_name,
            created_at=self._work.now,
            rows_done=0,
            version=1,
        )
        await self._dry_run(run, basis, content)
        stored = await self._store_upload(run.id, file_name, content)
        run.file_id, run.file_name = stored.id, stored.name
        self._work.session.add(run)
        await self._work.session.flush()
        self._work.audit("device_import.uploaded", "import_run", run.id, client_id=client_id)
        return await self.get(run.id)

    async def get(self, import_id: UUID) -> ImportView:
        """
        Raises:
            NotFound: no such import.
        """
        self._work.actor.require(Permission.DEVICE_IMPORT)
        return to_view(*await self._load(import_id))

    async def recent(self, client_id: UUID | None = None) -> list[ImportView]:
        """The newest imports, newest first."""
        self._work.actor.require(Permission.DEVICE_IMPORT)
        statement = select(ImportRun, Client.short_name).join(Client, Client.id == ImportRun.client_id)
        if client_id is not None:
            statement = statement.where(ImportRun.client_id == client_id)
        rows = await self._work.session.execute(
            statement.order_by(ImportRun.created_at.desc(), ImportRun.id.desc()).limit(RUNS_SHOWN)
        )
        return [to_view(run, name) for run, name in rows]

    async def map(self, import_id: UUID, choice: MappingChoice) -> ImportView:
        """Set what the columns mean, and repeat the dry run.

        Raises:
            Invalid: an unknown field.
            FileRefused: the file cannot be read in the chosen encoding.
            StaleVersion, ImportStateRefused, UploadLost: as their texts say.
        """
        run = await self._lock_for(import_id, choice.version, ImportMove.READ)
        unknown = [heading for heading, field in choice.mapping.items() if field and field not in MAPPED_FIELDS]
        if unknown:
            raise Invalid(fields=dict.fromkeys(unknown, N_("请从列表中选择。")))
        chosen = {plain_heading(heading): field for heading, field in choice.mapping.items()}
        encoding = basis_of(run).encoding if choice.encoding is None else choice.encoding
        basis = await self._basis(client_of(run), chosen, encoding)
        await self._dry_run(run, basis, await self._read_upload(run))
        run.version += 1
        self._work.audit("device_import.columns_mapped", "import_run", run.id)
        await self._work.session.flush()
        return await self.get(import_id)

    async def confirm(self, import_id: UUID, version: int) -> ImportView:
        """Have the good rows written by the worker, and remember what the headings mean.

        Raises:
            ImportEmpty: every row is refused.
            StaleVersion, ImportStateRefused: as their texts say.
        """
        run = await self._lock_for(import_id, version, ImportMove.CONFIRM)
        counts = run.summary["counts"]
        if counts["new"] + counts["changed"] + counts["unchanged"] == 0:
            raise ImportEmpty
        run.state = DEVICE_IMPORT.after(ImportMove.CONFIRM, run.state)
        run.version += 1
        await self._remember(run)
        self._work.publish(ImportConfirmed(import_id=run.id, client_id=client_of(run)))
        self._work.audit("device_import.confirmed", "import_run", run.id, client_id=run.client_id)
        await self._work.session.flush()
        return await self.get(import_id)

    async def cancel(self, import_id: UUID, version: int | None = None) -> ImportView:
        """Cancel the import. What has been written stays; the worker stops after its present chunk.

        Raises:
            StaleVersion, ImportStateRefused: as their texts say.
        """
        run = await self._lock_for(import_id, version, ImportMove.CANCEL)
        run.state = DEVICE_IMPORT.after(ImportMove.CANCEL, run.state)
        run.finished_at = self._work.now
        run.version += 1
        self._work.audit("device_import.cancelled", "import_run", run.id)
        await self._work.session.flush()
        return await self.get(import_id)

    async def error_sheet(self, import_id: UUID) -> tuple[str, bytes]:
        """A name and an .xlsx of every refused or doubtful row with its cells and reasons.

        Raises:
            NotFound, UploadLost: as their texts say.
        """
        self._work.actor.require(Permission.DEVICE_IMPORT)
        run, _ = await self._load(import_id)
        content, basis = await self._read_upload(run), basis_of(run)
        parsed = await asyncio.to_thread(basis.read, content)
        plan = await self._plan(client_of(run), parsed) if run.finished_at is None else None
        with_issues = with_plan_issues(parsed, plan.issues) if plan else parsed
        translate = translator(self._work.actor.language)
        sheet = await asyncio.to_thread(build_error_sheet, with_issues, translate=translate)
        suffix = translate(N_("核对"))
        return f"{run.file_name.rsplit('.', 1)[0]}-{suffix}.xlsx", sheet

    def _may_import(self) -> None:
        self._work.actor.require(Permission.DEVICE_IMPORT)
        self._work.require_writable()

    async def _load(self, import_id: UUID) -> tuple[ImportRun, str]:
        statement = (
            select(ImportRun, Client.short_name)
            .join(Client, Client.id == ImportRun.client_id)
            .where(ImportRun.id == import_id)
        )
        found = (await self._work.session.execute(statement)).one_or_none()
        if found is None:
            raise NotFound
        return found[0], found[1]

    async def _lock_for(self, import_id: UUID, version: int | None, move: ImportMove) -> ImportRun:
        self._may_import()
        run: ImportRun | None = await self._work.session.scalar(
            select(ImportRun).where(ImportRun.id == import_id).with_for_update()
        )
        if run is None:
            raise NotFound
        if version is not None and run.version != version:
            raise StaleVersion
        DEVICE_IMPORT.require(move, run.state)
        return run

    async def _basis(self, client_id: UUID, chosen: Mapping[str, str | None], encoding: Encoding) -> Basis:
        zone = await self._work.session.scalar(select(Client.time_zone).where(Client.id == client_id))
        if zone is None:
            raise NotFound
        sites = await self._work.session.scalars(
            select(Site.name).where(Site.client_id == client_id, Site.state == "active").order_by(Site.name)
        )
        remembered = await self._work.session.scalar(
            select(ImportMapping.mapping).where(
                ImportMapping.client_id == client_id, ImportMapping.kind == ImportKind.DEVICES
            )
        )
        return Basis(
            today=self._work.now.astimezone(ZoneInfo(zone)).date(),
            known_sites=tuple(sites),
            remembered={**(remembered or {}), **chosen},
            encoding=encoding,
        )

    async def _dry_run(self, run: ImportRun, basis: Basis, content: bytes) -> None:
        """The dry run: fill `run` with what the list would do.

        Raises:
            FileRefused: the file cannot be read.
        """
        workbook = await asyncio.to_thread(basis.open, content)
        run.mapping = {"remembered": basis.remembered}
        run.summary = {"basis": msgspec.to_builtins(basis), "read_as": msgspec.to_builtins(workbook.read_as)}
        run.sheet, run.heading_row, run.rows_total, run.issues = "", 0, 0, []
        try:
            parsed = await asyncio.to_thread(basis.parse, workbook)
        except HeadingRefused as refused:
            run.state = ImportState.MAPPING
            run.mapping["headings"] = [
                [heading, None, refused.proposed.get(heading)] for heading in refused.headings if heading
            ]
            run.summary |= {"counts": {}, "problem": refused.code}
            return
        plan = await self._plan(client_of(run), parsed)
        with_issues = with_plan_issues(parsed, plan.issues)
        issues = issue_views(with_issues)
        run.state = ImportState.READY
        run.sheet = parsed.tables[0].sheet.name[:80]
        run.heading_row = parsed.tables[0].first_row
        run.rows_total = len(parsed.rows)
        proposed = proposed_fields(parsed.tables[0], DEVICES)
        run.mapping["headings"] = [
            [column.heading, column.field, proposed.get(column.index)] for column in parsed.tables[0].columns
        ]
        run.mapping["recognised"] = parsed.mapping
        run.issues = [msgspec.to_builtins(issue) for issue in issues[:ISSUES_KEPT]]
        run.summary |= {
            "counts": {
                **plan.counts,
                "doubtful": len(with_issues.doubtful),
                "skipped": len(parsed.skipped),
                "issues": len(issues),
            },
            "new_sites": list(plan.new_sites),
            "new_departments": list(plan.new_departments),
            "new_employees": len(plan.new_employees),
            "completed_employees": len(plan.completed_employees),
        }

    async def _plan(self, client_id: UUID, parsed: ParsedFile) -> ImportPlan:
        session = self._work.session
        stored = await devices_by_number(session, client_id, parsed.rows)
        known = await known_records(session, client_id, parsed.rows, stored)
        recorded = await recorded_values(session, client_id, parsed.rows, stored)
        plan = ImportPlan(self._work.new_id, known, stored, described_people(parsed.rows), recorded)
        plan.add(parsed.rows)
        return plan

    async def _store_upload(self, run_id: UUID, file_name: str, content: bytes) -> StoredFile:
        """Store the upload unchanged: it was checked by reading it, and it is never served to anybody."""
        extension, media_type = _file_type(content)
        file = SafeFile(
            data=content,
            sha256=hashlib.sha256(content).hexdigest(),
            media_type=media_type,
            display_name=display_name(file_name, extension),
        )
        owner = FileOwner(subject_kind="import_run", subject_id=run_id)
        return await store_file(self._work, self._store, file, owner)

    async def _read_upload(self, run: ImportRun) -> bytes:
        return await content_of(self._store, run)

    async def _remember(self, run: ImportRun) -> None:
        mapping = {**run.mapping.get("remembered", {}), **run.mapping.get("recognised", {})}
        values = {"mapping": mapping, "updated_at": self._work.now}
        await self._work.session.execute(
            insert(ImportMapping)
            .values(
                tenant_id=self._work.tenant_id,
                id=self._work.new_id(),
                client_id=run.client_id,
                kind=run.kind,
                **values,
            )
            .on_conflict_do_update(
                index_elements=[ImportMapping.tenant_id, ImportMapping.client_id, ImportMapping.kind], set_=values
            )
        )


def basis_of(run: ImportRun) -> Basis:
    """The basis that is stored with the run."""
    return msgspec.convert(run.summary["basis"], Basis)


async def content_of(store: FileStore, run: ImportRun) -> bytes:
    """The uploaded bytes.

    Raises:
        UploadLost: the store holds no such file.
    """
    try:
        return await store.get(file_key(run.tenant_id, run.file_id))
    except FileMissing as error:
        raise UploadLost from error


def _file_type(content: bytes) -> tuple[str, str]:
    """Extension and media type by the first bytes; what is neither kind of workbook was read as CSV."""
    if content.startswith(b"PK\x03\x04"):
        return ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return ".xls", "application/vnd.ms-excel"
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        return ".xls", "application/vnd.ms-excel"
    return ".csv", "text/csv"
