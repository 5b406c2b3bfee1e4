"""The complete export of one tenant into an archive (N1, O4), which goes on where a killed process stopped.

All rows are of one moment: the archive is read inside one REPEATABLE READ transaction. Whoever goes on after a crash
reads inside a new one, so every part that is there already is compared with what the new moment holds and written again
where it differs. What comes out is what an export begun at the new moment would have written. Files never change once
their row exists; they are taken by the rows of the archive itself, after the transaction.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Final, cast
from uuid import UUID

import msgspec
from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncEngine

from app.people.identity import Account
from app.platform.files import FileMissing, FileStore, file_key, thumbnail_key
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.columns import view_of
from app.platform.kernel.errors import NotFound
from app.platform.kernel.texts import ROOT
from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from tenants.data_lifecycle.archive import (
    FORMAT,
    FORMAT_VERSION,
    ArchiveMember,
    ArchiveWriter,
    Manifest,
    TableManifest,
    TenantManifest,
)
from tenants.data_lifecycle.tables import ACCOUNT_COLUMNS, TenantTable, TenantTables, column_expression
from tenants.data_lifecycle.tenant_reader import PAGE, Page, open_tenant_reader
from tenants.models import KEPT_STATES, Tenant

CHUNK_ROWS: Final = 20_000
"""Rows of one chunk: the most that is lost in a crash and held in memory."""

FILES: Final = "stored_file"
ACCOUNTS_MEMBER: Final = "accounts.jsonl"


class Progress(msgspec.Struct, frozen=True):
    """How far an export has come."""

    rows: int = 0
    files: int = 0


ReportProgress = Callable[[Progress], Awaitable[None]]
ReadPage = Callable[[TenantTable, Sequence[str], int], Awaitable[Page]]


class ExportReceipt(msgspec.Struct, frozen=True):
    """A finished archive. `sha256` is the manifest's, which names every member's."""

    sha256: str
    rows: int
    files: int
    missing_files: int


async def _ignore_progress(_: Progress) -> None:
    """Ignores the progress."""


class TenantExporter:
    """Writes archives. `signin` is the engine of the role that reads accounts."""

    def __init__(
        self, units_of_work: UnitOfWorkFactory, signin: AsyncEngine, store: FileStore, tables: TenantTables
    ) -> None:
        self._units_of_work = units_of_work
        self._signin = signin
        self._store = store
        self._tables = tables

    async def export(
        self, tenant_id: UUID, target: Path, *, complete: bool, report_progress: ReportProgress = _ignore_progress
    ) -> ExportReceipt:
        """Write the tenant's archive to `target`, or go on with one that was begun there.

        `complete` adds all of headquarters' rows about the partner, for operators; an owner gets the public ones.

        Raises:
            NotFound: there is no such partner, or its records are not whole any more.
        """
        made_at = self._units_of_work.clock.now()
        tenant = await self._tenant(tenant_id)
        writer = await asyncio.to_thread(ArchiveWriter(target, made_at).open)
        run = _ExportRun(writer, report_progress)
        try:
            async with open_tenant_reader(self._units_of_work, tenant_id) as reader:
                tables = [await run.table(table, "tables", reader.page) for table in self._tables.archived]
                account_ids = await reader.accounts()
                async with reader.at_headquarters():
                    about = [
                        await run.table(table, "headquarters", reader.page_about)
                        for table in self._tables.about(complete=complete)
                    ]
            accounts = await self._accounts(account_ids)
            if accounts:
                await run.lines(ACCOUNTS_MEMBER, accounts, [])
            missing = await self._files(tenant_id, writer, run)
            run.drop_outdated()
            manifest = Manifest(
                format=FORMAT,
                format_version=FORMAT_VERSION,
                schema_revision=schema_revision(),
                made_at=made_at,
                audience="operator" if complete else "owner",
                tenant=tenant,
                tables=tables,
                headquarters=about,
                accounts=len(accounts),
                files=run.files,
                missing_files=missing,
                members=[entry.member for entry in writer.written.values()],
            )
            sha256 = await asyncio.to_thread(writer.finish, manifest)
        except BaseException:
            writer.close()
            raise
        return ExportReceipt(sha256, run.rows, run.files, len(missing))

    async def _tenant(self, tenant_id: UUID) -> TenantManifest:
        async with self._units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
            found = await work.session.scalar(
                select(Tenant).where(Tenant.id == tenant_id, Tenant.kind == "partner", Tenant.state.in_(KEPT_STATES))
            )
        if found is None:
            raise NotFound
        return view_of(TenantManifest, found, id=str(found.id))

    async def _accounts(self, account_ids: Sequence[UUID]) -> list[str]:
        account = cast("Table", Account.__table__)
        columns = ", ".join(column_expression(account.columns[name]) for name in ACCOUNT_COLUMNS)
        rows = f"SELECT {columns} FROM account WHERE id = ANY($1) ORDER BY account.id"  # noqa: S608
        async with self._signin.connect() as connection:
            found = await connection.exec_driver_sql(
                f"SELECT row_to_json(r)::text FROM ({rows}) r",  # noqa: S608 - names of mapped columns
                (list(account_ids),),
            )
            return list(found.scalars())

    async def _files(self, tenant_id: UUID, writer: ArchiveWriter, run: "_ExportRun") -> list[str]:
        """The bytes of every file that the archive's own rows name; returns what the store does not have."""
        missing: list[str] = []
        for row in writer.rows_of("tables", FILES):
            file_id = UUID(row["id"])
            keys = [file_key(tenant_id, file_id)] + [thumbnail_key(tenant_id, file_id)] * row["has_thumbnail"]
            for key in keys:
                name = f"files/{key.partition('/')[2]}"
                if not run.keeps(name):
                    try:
                        data = await self._store.get(key)
                    except FileMissing:
                        missing.append(name)
                        continue
                    await asyncio.to_thread(writer.add_file, name, data)
                await run.file(name)
        return missing


class _ExportRun:
    """One run of an export: which members are up to date."""

    def __init__(self, writer: ArchiveWriter, report_progress: ReportProgress) -> None:
        self._writer = writer
        self._report_progress = report_progress
        self._kept: set[str] = set()
        self.rows = 0
        self.files = 0

    async def table(self, table: TenantTable, folder: str, read: ReadPage) -> TableManifest:
        """Write one table chunk by chunk; a chunk that is there already is compared, and rewritten if it differs."""
        rows, number, after = 0, 0, list[str]()
        while True:
            lines, last = await _read_chunk(table, after, read)
            if not lines:
                break
            number += 1
            rows += len(lines)
            await self.lines(f"{folder}/{table.name}-{number:05d}.jsonl", lines, last)
            after = last
            if len(lines) < CHUNK_ROWS:
                break
        return TableManifest(name=table.name, columns=table.formats, rows=rows)

    async def lines(self, name: str, lines: Sequence[str], last_key: Sequence[str]) -> None:
        """Have `name` hold exactly these lines."""
        there = self._writer.written.get(name)
        if there is None or there.member != await asyncio.to_thread(_as_member, name, lines):
            await asyncio.to_thread(self._writer.add_lines, name, lines, last_key)
        self._kept.add(name)
        self.rows += len(lines)
        await self._report_progress(Progress(self.rows, self.files))

    def keeps(self, name: str) -> bool:
        """Whether a file is in the archive already."""
        return name in self._writer.written

    async def file(self, name: str) -> None:
        self._kept.add(name)
        self.files += 1
        if self.files % 50 == 0:
            await self._report_progress(Progress(self.rows, self.files))

    def drop_outdated(self) -> None:
        """Leave out members of an earlier run that do not exist any more."""
        for name in set(self._writer.written) - self._kept:
            self._writer.drop(name)


async def _read_chunk(table: TenantTable, after: list[str], read: ReadPage) -> tuple[list[str], list[str]]:
    lines: list[str] = []
    while len(lines) < CHUNK_ROWS:
        page = await read(table, after, min(PAGE, CHUNK_ROWS - len(lines)))
        lines += page.lines
        after = page.last_key or after
        if len(page.lines) < PAGE:
            break
    return lines, after


def _as_member(name: str, lines: Sequence[str]) -> ArchiveMember:
    data = ("\n".join(lines) + "\n").encode()
    return ArchiveMember(name=name, size=len(data), sha256=hashlib.sha256(data).hexdigest(), rows=len(lines))


@cache
def schema_revision() -> str:
    """The newest migration of this program."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return ScriptDirectory.from_config(config).get_current_head() or ""
