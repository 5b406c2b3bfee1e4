"""An archive becomes a tenant again, row by row and byte by byte what it was (N1, O4).

The archive is checked whole before anything is written. The tenant then stands in the state `restoring`, in which
nobody signs in and nothing falls due, until every table has been read back and compared with the archive. Killed
half-way, the same command goes on: members that are written are remembered beside the archive, and a row that is there
is not written twice.
"""

import asyncio
import hashlib
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from app.people.identity import Account
from app.platform.files import FileStore, file_key, thumbnail_key
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.logs import log
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.performance import driver_of
from app.platform.kernel.unit_of_work import UnitOfWork, UnitOfWorkFactory
from tenants.data_lifecycle.archive import ArchiveMember, ArchiveReader, TableManifest, decoded_row
from tenants.data_lifecycle.errors import ArchiveDamaged, ArchiveOfAnotherVersion, RestoredDifferently, RestoreRefused
from tenants.data_lifecycle.services.archive_export import ACCOUNTS_MEMBER, FILES, ReadPage, schema_revision
from tenants.data_lifecycle.services.restore_journal import RestoreJournal
from tenants.data_lifecycle.tables import TenantTable, TenantTables, about_a_partner
from tenants.data_lifecycle.tenant_reader import PAGE, open_tenant_reader
from tenants.models import KEPT_STATES, Tenant
from tenants.partners.models import Partner

RESTORING: Final = "restoring"
_ACCOUNT_ID: Final = re.compile(r'("account_id": ?")([0-9a-f-]{36})(")')
"""Where a row names an account."""

_log: Final = log(__name__)
WriteLine = Callable[[str], None]
LinesOf = Callable[[TenantTable, ArchiveMember], list[str]]


class ArchivedAccount(msgspec.Struct, frozen=True, kw_only=True):
    """A person as an archive tells them."""

    id: UUID
    email: str | None
    mobile: str | None
    display_name: str
    language: str
    created_at: Any
    disabled_at: Any


class Restored(msgspec.Struct, frozen=True):
    """What a restore did."""

    tenant_id: UUID
    slug: str
    rows: int
    files: int
    accounts_made: int
    accounts_linked: int
    """Accounts that were here already under the same e-mail address and stay as they are."""


class TenantRestorer:
    """Reads archives in. `signin` is the engine of the role that keeps accounts, `owner` of the one that may refresh
    statistics: foreign keys checked by plans for empty tables take minutes instead of seconds."""

    def __init__(
        self,
        units_of_work: UnitOfWorkFactory,
        signin: AsyncEngine,
        owner: AsyncEngine,
        store: FileStore,
        tables: TenantTables,
    ) -> None:
        self._units_of_work = units_of_work
        self._signin = signin
        self._owner = owner
        self._store = store
        self._tables = tables

    async def restore(self, source: Path, write_line: WriteLine) -> Restored:
        """Make the tenant of the archive `source`.

        Raises:
            ArchiveDamaged: it is incomplete, changed, or not an archive.
            ArchiveOfAnotherVersion: this program has other tables.
            RestoreRefused: no headquarters here yet, the tenant is here, or its address or credit code is taken.
            RestoredDifferently: what was written is not what the archive holds; the tenant stays closed.
        """
        archive = await asyncio.to_thread(ArchiveReader, source)
        try:
            await asyncio.to_thread(archive.check)
            run = _Restore(self, archive, RestoreJournal(source, archive.sha256), write_line)
            return await run.complete()
        finally:
            archive.close()

    async def analyse(self, table: TenantTable) -> None:
        """Refresh the table's statistics (ANALYZE). The restore is right without it, only slower."""
        try:
            async with self._owner.connect() as connection:
                await connection.execute(text(f"ANALYZE {table.name}"))
                await connection.commit()
        except (DBAPIError, OSError) as failure:
            _log.warning("statistics_not_refreshed", table=table.name, exc_info=failure)


class _Restore:
    """One run of a restore from one archive."""

    def __init__(
        self, restorer: TenantRestorer, archive: ArchiveReader, journal: RestoreJournal, write_line: WriteLine
    ) -> None:
        self._restorer = restorer
        self._units_of_work = restorer._units_of_work  # noqa: SLF001 - two halves of one thing
        self._store = restorer._store  # noqa: SLF001
        self._archive = archive
        self._journal = journal
        self._write_line = write_line
        self._manifest = archive.manifest
        self._tables = {table.name: table for table in restorer._tables.everything}  # noqa: SLF001
        self._same_account: dict[str, str] = {}
        self.tenant_id = self._own_id()

    def _own_id(self) -> UUID:
        try:
            tenant_id = UUID(self._manifest.tenant.id)
        except ValueError as error:
            raise ArchiveDamaged(detail="the tenant has no id") from error
        if tenant_id == HQ_TENANT_ID or self._manifest.tenant.kind != "partner":
            raise RestoreRefused(detail="only a partner can be restored")
        if self._manifest.tenant.state not in KEPT_STATES:
            raise ArchiveDamaged(detail="the tenant has no known state")
        return tenant_id

    async def complete(self) -> Restored:
        self._require_same_schema()
        await self._begin()
        made, linked = await self._accounts()
        rows = await self._write(self._manifest.tables, "tables", self.tenant_id, self._own)
        await self._set_deferred_columns()
        rows += await self._write(self._manifest.headquarters, "headquarters", HQ_TENANT_ID, self._about)
        files = await self._files()
        await self._compare()
        await self._open()
        self._journal.forget()
        return Restored(self.tenant_id, self._manifest.tenant.slug, rows, files, made, linked)

    def _require_same_schema(self) -> None:
        manifest, here = self._manifest, schema_revision()
        if manifest.schema_revision != here:
            raise ArchiveOfAnotherVersion(detail=f"{manifest.schema_revision} / {here}"[:80])
        for archived in (*manifest.tables, *manifest.headquarters):
            table = self._tables.get(archived.name)
            if table is None or table.formats != archived.columns:
                raise ArchiveOfAnotherVersion(detail=archived.name[:80])
        if any(archived.name not in about_a_partner() for archived in manifest.headquarters):
            raise ArchiveDamaged(detail="rows of headquarters that are not about a partner")

    async def _begin(self) -> None:
        """Make the tenant's row, closed, unless an earlier go has made it."""
        archived = self._manifest.tenant
        async with self._units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
            tenants = {
                row.id: row
                for row in await work.session.scalars(
                    select(Tenant).where(
                        or_(Tenant.id.in_([HQ_TENANT_ID, self.tenant_id]), Tenant.slug == archived.slug)
                    )
                )
            }
            if HQ_TENANT_ID not in tenants:
                raise RestoreRefused(detail="there is no headquarters yet; run `yinghuo init` first")
            present = tenants.get(self.tenant_id)
            if present is not None and present.state != RESTORING:
                raise RestoreRefused(detail=f"{present.slug} is here already ({present.state})")
            if any(row.slug == archived.slug and row.id != self.tenant_id for row in tenants.values()):
                raise RestoreRefused(detail=f"the address {archived.slug} is taken")
            await self._require_free_credit_code(work)
            if present is not None:
                return
            await work.session.execute(
                insert(Tenant).values(
                    id=self.tenant_id,
                    kind=archived.kind,
                    slug=archived.slug,
                    name=archived.name,
                    state=RESTORING,
                    created_at=archived.created_at,
                    reopened_at=archived.reopened_at,
                    erase_after=archived.erase_after,
                    version=archived.version,
                    authorised_categories=archived.authorised_categories,
                )
            )
            work.audit("tenant.restore_started", "tenant", self.tenant_id, archive=self._archive.sha256)

    async def _require_free_credit_code(self, work: UnitOfWork) -> None:
        for member in self._archive.chunks("headquarters", Partner.__tablename__):
            for line in self._archive.lines(member):
                code = decoded_row(line, member).get("credit_code")
                clash = await work.session.scalar(
                    select(Partner.name).where(
                        Partner.credit_code == code, Partner.id != self.tenant_id, Partner.state != "erased"
                    )
                )
                if clash is not None:
                    raise RestoreRefused(detail=f"{clash} has the credit code {code}")

    async def _accounts(self) -> tuple[int, int]:
        """People who are here already, by id or by e-mail, stay as they are; the others are made, without a password.

        A mobile number that somebody else here has is left out.
        """
        member = self._archive.members.get(ACCOUNTS_MEMBER)
        if member is None:
            return 0, 0
        made = linked = 0
        async with self._restorer._signin.begin() as connection:  # noqa: SLF001
            for line in self._archive.lines(member):
                try:
                    person = msgspec.json.decode(line, type=ArchivedAccount)
                except msgspec.MsgspecError as error:
                    raise ArchiveDamaged(detail=f"accounts.jsonl: {error}"[:200]) from error
                same = Account.id == person.id
                if person.email is not None:
                    same = or_(same, Account.email == person.email)
                found = (await connection.execute(select(Account.id, Account.mobile).where(same))).all()
                here = next((row for row in found if row.id == person.id), found[0] if found else None)
                if here is not None:
                    if here.id != person.id:
                        self._same_account[str(person.id)] = str(here.id)
                        linked += 1
                    continue
                taken = person.mobile is not None and await connection.scalar(
                    select(Account.id).where(Account.mobile == person.mobile)
                )
                values = {**msgspec.structs.asdict(person), "mobile": None if taken else person.mobile}
                columns = ", ".join(values)
                await connection.execute(
                    text(
                        f"INSERT INTO account ({columns}) SELECT {columns} "  # noqa: S608 - names of the struct's fields
                        "FROM json_populate_record(NULL::account, CAST(:row AS json)) RETURNING id"
                    ),
                    {"row": msgspec.json.encode(values).decode()},
                )
                made += 1
        return made, linked

    async def _write(self, tables: Sequence[TableManifest], folder: str, owner: UUID, lines_of: LinesOf) -> int:
        rows = 0
        for archived in tables:
            table, chunks = self._tables[archived.name], self._archive.chunks(folder, archived.name)
            written = 0
            for member in chunks:
                written += member.rows
                if member.name in self._journal.done:
                    continue
                lines = await asyncio.to_thread(lines_of, table, member)
                async with self._units_of_work.begin(Actor.system(owner)) as work:
                    driver = await driver_of(work.session)
                    for start in range(0, len(lines), PAGE):
                        await driver.fetchval(table.insert, _array(lines[start : start + PAGE]), owner, timeout=600)
                self._journal.note(member.name)
            if written != archived.rows:
                raise ArchiveDamaged(detail=f"{archived.name} has {written} rows instead of {archived.rows}")
            rows += written
            if chunks:
                await self._restorer.analyse(table)
                self._write_line(f"{folder}/{archived.name}: {written}")
        return rows

    def _own(self, table: TenantTable, member: ArchiveMember) -> list[str]:
        """The lines of a chunk, with people's ids replaced by the ones here, except in append-only history."""
        lines = self._archive.lines(member)
        if not self._same_account or table.append_only:
            return lines
        return [self._rewritten(line) for line in lines]

    def _about(self, table: TenantTable, member: ArchiveMember) -> list[str]:
        """The same of headquarters' rows, each of which must be about this tenant."""
        lines = self._archive.lines(member)
        named, about = about_a_partner()[table.name], {str(self.tenant_id), *self._applications()}
        for line in lines:
            if decoded_row(line, member).get(named) not in about:
                raise ArchiveDamaged(detail=f"{member.name} is about somebody else")
        return lines

    def _applications(self) -> set[str]:
        return {
            str(decoded_row(line, member).get("id"))
            for member in self._archive.chunks("headquarters", "partner_application")
            for line in self._archive.lines(member)
        }

    def _rewritten(self, line: str) -> str:
        return _ACCOUNT_ID.sub(lambda found: found[1] + self._same_account.get(found[2], found[2]) + found[3], line)

    async def _set_deferred_columns(self) -> None:
        """Rows that name each other: both are there now."""
        for archived in self._manifest.tables:
            table = self._tables[archived.name]
            for member in self._archive.chunks("tables", archived.name) if table.deferred_columns else ():
                mark = f"{member.name} keys"
                if mark in self._journal.done:
                    continue
                lines = await asyncio.to_thread(self._own, table, member)
                async with self._units_of_work.begin(Actor.system(self.tenant_id)) as work:
                    driver = await driver_of(work.session)
                    for start in range(0, len(lines), PAGE):
                        await driver.execute(
                            table.set_deferred_columns, _array(lines[start : start + PAGE]), self.tenant_id
                        )
                self._journal.note(mark)

    async def _files(self) -> int:
        """Each file under the key that its row gives it; the archive's own names are only looked up."""
        kept = 0
        for member in self._archive.chunks("tables", FILES):
            for line in self._archive.lines(member):
                row = decoded_row(line, member)
                try:
                    file_id = UUID(str(row["id"]))
                except (KeyError, ValueError) as error:
                    raise ArchiveDamaged(detail=f"{member.name}: a file without an id") from error
                key = file_key(self.tenant_id, file_id)
                kept += await self._file(f"files/{file_id}", key, str(row.get("sha256")))
                if row.get("has_thumbnail"):
                    kept += await self._file(f"files/{file_id}.thumbnail", thumbnail_key(self.tenant_id, file_id))
        return kept

    async def _file(self, name: str, key: str, sha256: str | None = None) -> bool:
        archived = self._archive.members.get(name)
        if archived is None:
            if name not in self._manifest.missing_files:
                raise ArchiveDamaged(detail=f"{name} is missing")
            return False
        if name not in self._journal.done:
            data = await asyncio.to_thread(self._archive.file, name)
            if data is None or (sha256 is not None and archived.sha256 != sha256):
                raise ArchiveDamaged(detail=f"{name} is not the file that its row describes")
            await self._store.put(key, data)
            self._journal.note(name)
        return True

    async def _compare(self) -> None:
        """Read everything back, in the archive's order, and compare."""
        async with open_tenant_reader(self._units_of_work, self.tenant_id) as reader:
            for archived in self._manifest.tables:
                await self._compare_table(archived, "tables", self._own, reader.page)
            async with reader.at_headquarters():
                for archived in self._manifest.headquarters:
                    await self._compare_table(archived, "headquarters", self._about, reader.page_about)

    async def _compare_table(self, archived: TableManifest, folder: str, lines_of: LinesOf, read: ReadPage) -> None:
        table, after = self._tables[archived.name], list[str]()
        for member in self._archive.chunks(folder, archived.name):
            found: list[str] = []
            while len(found) < member.rows:
                page = await read(table, after, min(PAGE, member.rows - len(found)))
                if not page.lines:
                    break
                found += page.lines
                after = page.last_key
            wanted = await asyncio.to_thread(lines_of, table, member)
            if _digest(found) != _digest(wanted):
                raise RestoredDifferently(detail=member.name)
        if (await read(table, after, 1)).lines:
            raise RestoredDifferently(detail=f"{archived.name} holds more than the archive")

    async def _open(self) -> None:
        """Give the tenant the state that it had in the archive."""
        archived = self._manifest.tenant
        async with self._units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
            await work.session.execute(update(Tenant).where(Tenant.id == self.tenant_id).values(state=archived.state))
            if archived.erase_after is not None:
                work.schedule(DueKind.TENANT_ERASURE, self.tenant_id, archived.erase_after)
            work.audit("tenant.restored", "tenant", self.tenant_id, archive=self._archive.sha256)


def _array(lines: Sequence[str]) -> str:
    return f"[{','.join(lines)}]"


def _digest(lines: Sequence[str]) -> bytes:
    return hashlib.sha256("\n".join(lines).encode()).digest()
