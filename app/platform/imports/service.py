"""Importing a list: upload, dry run, mapping, confirmation (C2)."""

import asyncio
from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from app.platform.files import FileMissing, FileStore, file_key
from app.platform.imports.basis import Basis, basis_of
from app.platform.imports.declaration import ImportedList, ImportKind, Plan
from app.platform.imports.errors import ImportEmpty, ImportOvertaken, OwnerRefused, UploadLost
from app.platform.imports.events import ImportConfirmed
from app.platform.imports.kinds import kind_named, kinds_of
from app.platform.imports.models import ImportMapping, ImportRun
from app.platform.imports.reading.error_sheet import build_error_sheet
from app.platform.imports.reading.headings import plain_heading, proposed_fields
from app.platform.imports.reading.issues import HeadingRefused
from app.platform.imports.reading.rows import ParsedFile
from app.platform.imports.schemas import ImportView, MappingChoice
from app.platform.imports.states import IN_PROGRESS, LIST_IMPORT, ImportMove, ImportState
from app.platform.imports.uploads import store_upload
from app.platform.imports.views import issue_views, to_view, with_plan_issues
from app.platform.kernel.encodings import Encoding
from app.platform.kernel.errors import Invalid, NotFound, StaleVersion
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.texts import N_, translator
from app.platform.kernel.time_source import PLATFORM_ZONE
from app.platform.kernel.unit_of_work import UnitOfWork

MOST_UPLOAD_BYTES = 10_000_000
ISSUES_KEPT = 1_000
"""Issues that the record holds for the page; the error sheet has all."""
RUNS_SHOWN = 50


class ImportService:
    """Imports of one tenant. What may be imported is asked of each kind's permission.

    Every method raises Forbidden for who may not, and NotFound for an import or client that is not there for the actor.
    """

    def __init__(self, work: UnitOfWork, runtime: Runtime, store: FileStore) -> None:
        self._work = work
        self._runtime = runtime
        self._store = store

    async def upload(
        self,
        kind_name: str,
        client_id: UUID | None,
        file_name: str,
        content: bytes,
        encoding: Encoding = Encoding.AUTOMATIC,
    ) -> ImportView:
        """Store a list and do the dry run; no record is written. `encoding` is that of a text, where it is known.

        Raises:
            OwnerRefused: a list of this kind is one client's, or never is.
            FileRefused: the file cannot be read at all.
        """
        kind = kind_named(kind_name)
        self._may_import(kind)
        self._check_owner(kind, client_id)
        run = ImportRun(
            tenant_id=self._work.tenant_id,
            id=self._work.new_id(),
            client_id=client_id,
            kind=kind.name,
            created_by=self._work.actor.display_name,
            created_at=self._work.now,
            rows_done=0,
            version=1,
        )
        await self._dry_run(kind, run, await self._basis(kind, client_id, {}, encoding), content)
        stored = await store_upload(self._work, self._store, file_name, content, ("import_run", run.id))
        run.file_id, run.file_name = stored.id, stored.name
        self._work.session.add(run)
        await self._work.session.flush()
        self._work.audit("list_import.uploaded", "import_run", run.id, client_id=client_id, kind=kind.name)
        return await self.get(run.id)

    async def get(self, import_id: UUID) -> ImportView:
        """One import."""
        kind, run = await self._load(import_id)
        return to_view(run, (await self._names(kind, [run])).get(run.client_id, ""))

    async def recent(self, kind_name: str = "", client_id: UUID | None = None) -> list[ImportView]:
        """The newest imports, newest first; those of one kind, or of all that the actor may import."""
        kinds = {kind.name: kind for kind in kinds_of(self._work.actor)}
        shown = [kind_name] if kind_name in kinds else list(kinds) if not kind_name else []
        statement = select(ImportRun).where(ImportRun.kind.in_(shown))
        if client_id is not None:
            statement = statement.where(ImportRun.client_id == client_id)
        newest = statement.order_by(ImportRun.created_at.desc(), ImportRun.id.desc()).limit(RUNS_SHOWN)
        runs = list(await self._work.session.scalars(newest))
        owned = next((kind for kind in kinds.values() if kind.owner is not None), None)
        names = await self._names(owned, runs) if owned else {}
        return [to_view(run, names.get(run.client_id, "")) for run in runs]

    async def map(self, import_id: UUID, choice: MappingChoice) -> ImportView:
        """Set what the columns mean, in which encoding the text is, and what wins where people changed something; and
        repeat the dry run.

        Raises:
            Invalid: an unknown field.
            FileRefused: the file cannot be read in the chosen encoding.
            StaleVersion, ImportStateRefused, UploadLost: as their texts say.
        """
        kind, run = await self._lock_for(import_id, choice.version, ImportMove.READ)
        unknown = [heading for heading, field in choice.mapping.items() if field and field not in kind.labels]
        if unknown:
            raise Invalid(fields=dict.fromkeys(unknown, N_("请从列表中选择。")))
        chosen = {plain_heading(heading): field for heading, field in choice.mapping.items()}
        before = basis_of(run)
        basis = await self._basis(
            kind,
            run.client_id,
            chosen,
            before.encoding if choice.encoding is None else choice.encoding,
            prefers_list=before.prefers_list if choice.prefers_list is None else choice.prefers_list,
        )
        await self._dry_run(kind, run, basis, await self._read_upload(run))
        run.version += 1
        self._work.audit("list_import.columns_mapped", "import_run", run.id)
        await self._work.session.flush()
        return await self.get(import_id)

    async def confirm(self, import_id: UUID, version: int) -> ImportView:
        """Have the good rows written by the worker, and remember what the headings mean.

        Raises:
            ImportEmpty: every row is refused.
            ImportOvertaken: another list of this kind was confirmed since the dry run.
            StaleVersion, ImportStateRefused: as their texts say.
        """
        await take_turns(self._work, IN_PROGRESS | {ImportState.READY})
        kind, run = await self._lock_for(import_id, version, ImportMove.CONFIRM)
        counts = run.summary["counts"]
        if counts["new"] + counts["changed"] + counts["unchanged"] == 0:
            raise ImportEmpty
        await self._refuse_overtaken(run)
        run.state = LIST_IMPORT.after(ImportMove.CONFIRM, run.state)
        run.version += 1
        await self._remember(run)
        self._work.publish(ImportConfirmed(import_id=run.id, client_id=run.client_id))
        self._work.audit("list_import.confirmed", "import_run", run.id, client_id=run.client_id, kind=kind.name)
        await self._work.session.flush()
        return await self.get(import_id)

    async def cancel(self, import_id: UUID, version: int | None = None) -> ImportView:
        """Cancel the import. What has been written stays; the worker stops after its present chunk.

        Raises:
            StaleVersion, ImportStateRefused: as their texts say.
        """
        _, run = await self._lock_for(import_id, version, ImportMove.CANCEL)
        run.state = LIST_IMPORT.after(ImportMove.CANCEL, run.state)
        run.finished_at = self._work.now
        run.version += 1
        self._work.audit("list_import.cancelled", "import_run", run.id)
        await self._work.session.flush()
        return await self.get(import_id)

    async def error_sheet(self, import_id: UUID) -> tuple[str, bytes]:
        """A name and an .xlsx of every refused or doubtful row with its cells and reasons.

        Raises:
            UploadLost: the file is gone.
        """
        kind, run = await self._load(import_id)
        content, basis = await self._read_upload(run), basis_of(run)
        parsed = await asyncio.to_thread(basis.read, kind, run.client_id, content)
        if run.finished_at is None:
            parsed = with_plan_issues(parsed, (await self._plan(kind, run.client_id, basis, parsed)).issues)
        translate = translator(self._work.actor.language)
        sheet = await asyncio.to_thread(build_error_sheet, parsed, translate=translate)
        return f"{run.file_name.rsplit('.', 1)[0]}-{translate(N_('核对'))}.xlsx", sheet

    def _may_import(self, kind: ImportKind) -> None:
        self._work.actor.require(kind.permission)
        self._work.require_writable()

    def _check_owner(self, kind: ImportKind, client_id: UUID | None) -> None:
        # Staff who look after some clients see no list that is about all of them.
        needs_one = kind.owner is not None and (not kind.owner_field or self._work.actor.clients is not None)
        if (client_id is None and needs_one) or (client_id is not None and kind.owner is None):
            raise OwnerRefused(fields={"client": OwnerRefused.text})

    async def _load(self, import_id: UUID, *, lock: bool = False) -> tuple[ImportKind, ImportRun]:
        kinds_of(self._work.actor)
        statement = select(ImportRun).where(ImportRun.id == import_id)
        run = await self._work.session.scalar(statement.with_for_update() if lock else statement)
        if run is None:
            raise NotFound
        kind = kind_named(run.kind)
        self._work.actor.require(kind.permission)
        return kind, run

    async def _lock_for(self, import_id: UUID, version: int | None, move: ImportMove) -> tuple[ImportKind, ImportRun]:
        kind, run = await self._load(import_id, lock=True)
        self._work.require_writable()
        if version is not None and run.version != version:
            raise StaleVersion
        LIST_IMPORT.require(move, run.state)
        return kind, run

    async def _names(self, kind: ImportKind, runs: list[ImportRun]) -> dict[UUID | None, str]:
        owners = {run.client_id for run in runs if run.client_id is not None}
        named = await kind.owner.names(self._work, owners) if kind.owner and owners else {}
        return dict(named.items())

    async def _basis(
        self,
        kind: ImportKind,
        client_id: UUID | None,
        chosen: Mapping[str, str | None],
        encoding: Encoding,
        *,
        prefers_list: bool = False,
    ) -> Basis:
        zone: str | None = PLATFORM_ZONE.key
        if kind.owner is not None and client_id is not None:
            zone = await kind.owner.time_zone(self._work, client_id)
        if zone is None:
            raise NotFound
        remembered = await self._work.session.scalar(
            select(ImportMapping.mapping).where(
                ImportMapping.client_id.is_not_distinct_from(client_id), ImportMapping.kind == kind.name
            )
        )
        return Basis(
            today=self._work.now.astimezone(ZoneInfo(zone)).date(),
            known=await kind.known_names(self._work, client_id) if kind.known_names else {},
            remembered={**(remembered or {}), **chosen},
            encoding=encoding,
            read_at=self._work.now,
            changes_since=self._work.now if prefers_list else await self._imported_before(kind, client_id),
            prefers_list=prefers_list,
        )

    async def _imported_before(self, kind: ImportKind, client_id: UUID | None) -> datetime | None:
        """When a list of this kind was last imported, of this client or of all."""
        statement = select(func.max(ImportRun.finished_at)).where(
            ImportRun.kind == kind.name, ImportRun.state == ImportState.DONE
        )
        if client_id is not None:
            statement = statement.where(_about(client_id))
        found: datetime | None = await self._work.session.scalar(statement)
        return found

    async def _dry_run(self, kind: ImportKind, run: ImportRun, basis: Basis, content: bytes) -> None:
        """The dry run: fill `run` with what the list would do.

        Raises:
            FileRefused: the file cannot be read.
        """
        workbook = await asyncio.to_thread(basis.open, kind, content)
        run.mapping = {"remembered": basis.remembered}
        run.summary = {"basis": msgspec.to_builtins(basis), "read_as": msgspec.to_builtins(workbook.read_as)}
        run.sheet, run.heading_row, run.rows_total, run.issues = "", 0, 0, []
        try:
            parsed = await asyncio.to_thread(basis.parse, kind, run.client_id, workbook)
        except HeadingRefused as refused:
            run.state = ImportState.MAPPING
            run.mapping["headings"] = [
                [heading, None, refused.proposed.get(heading)] for heading in refused.headings if heading
            ]
            run.summary |= {"counts": {}, "problem": refused.code}
            return
        plan = await self._plan(kind, run.client_id, basis, parsed)
        with_issues = with_plan_issues(parsed, plan.issues)
        issues = issue_views(with_issues)
        run.state = ImportState.READY
        run.sheet = parsed.tables[0].sheet.name[:80]
        run.heading_row = parsed.tables[0].first_row
        run.rows_total = len(parsed.rows)
        proposed = proposed_fields(parsed.tables[0], kind)
        run.mapping["headings"] = [
            [column.heading, column.field, proposed.get(column.index)] for column in parsed.tables[0].columns
        ]
        run.mapping["recognised"] = parsed.mapping
        run.issues = [msgspec.to_builtins(issue) for issue in issues[:ISSUES_KEPT]]
        along = plan.brought_along
        run.summary |= {
            "counts": {
                **plan.counts,
                "doubtful": len(with_issues.doubtful),
                "skipped": len(parsed.skipped),
                "issues": len(issues),
                "stay": sum(issue.code == "changed_by_person" for issue in issues),
            },
            "new_sites": along.sites,
            "new_departments": along.departments,
            "new_employees": along.employees,
            "completed_employees": along.completed_employees,
            "not_listed": along.not_listed,
        }

    async def _plan(self, kind: ImportKind, client_id: UUID | None, basis: Basis, parsed: ParsedFile) -> Plan:
        importer = kind.importer(
            ImportedList(
                runtime=self._runtime,
                client_id=client_id,
                uploaded_by=self._work.actor.display_name,
                rows=parsed.rows,
                changes_since=basis.changes_since,
            )
        )
        plan: Plan = await importer.plan(self._work, parsed.rows, lock=False)
        return plan

    async def _read_upload(self, run: ImportRun) -> bytes:
        return await content_of(self._store, run)

    async def _refuse_overtaken(self, run: ImportRun) -> None:
        """
        Raises:
            ImportOvertaken: a list of this kind was confirmed after this one was read.
        """
        later = ImportRun.finished_at > basis_of(run).read_at
        statement = select(ImportRun.id).where(
            ImportRun.kind == run.kind,
            ImportRun.id != run.id,
            or_(ImportRun.state.in_(IN_PROGRESS), (ImportRun.state == ImportState.DONE) & later),
        )
        if run.client_id is not None:
            statement = statement.where(_about(run.client_id))
        if await self._work.session.scalar(statement.limit(1)) is not None:
            raise ImportOvertaken

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


def _about(client_id: UUID) -> ColumnElement[bool]:
    """Imports that are of this client, or of all."""
    return or_(ImportRun.client_id == client_id, ImportRun.client_id.is_(None))


async def take_turns(work: UnitOfWork, states: Collection[ImportState] = IN_PROGRESS) -> None:
    """Wait until no other list of this tenant is being written (or confirmed): two that name the same new record must
    not both make it. Everybody locks all runs in these states in one order, the own one among them."""
    await work.session.execute(
        select(ImportRun.id).where(ImportRun.state.in_(states)).order_by(ImportRun.id).with_for_update()
    )


async def content_of(store: FileStore, run: ImportRun) -> bytes:
    """The uploaded bytes.

    Raises:
        UploadLost: the store holds no such file.
    """
    try:
        return await store.get(file_key(run.tenant_id, run.file_id))
    except FileMissing as error:
        raise UploadLost from error
