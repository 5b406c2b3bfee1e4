"""The archive of one tenant: a ZIP that is written member by member, can be resumed after a crash, and is verified by
its checksums. docs/tenant-export.md describes the format.

While an archive is made, `<file>.part` holds what is written and `<file>.journal` one line for each member that has
reached the disk. What a killed process left behind the last such line is cut off and written again.
"""

import hashlib
import os
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final, Self

import msgspec

from tenants.data_lifecycle.errors import ArchiveDamaged
from tenants.data_lifecycle.tables import ColumnFormat

FORMAT: Final = "yinghuo-tenant"
FORMAT_VERSION: Final = 1
MANIFEST: Final = "manifest.json"
LARGEST_MANIFEST: Final = 256_000_000
LARGEST_CHUNK: Final = 512_000_000
"""Decompressed bytes of one chunk of a table at most; the writer stays a hundred times below."""

_NAME: Final = re.compile(
    r"(?:tables|headquarters)/[a-z_]{1,60}-\d{5}\.jsonl|accounts\.jsonl|"
    r"files/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:\.thumbnail)?"
)
"""Names of members. They are looked up, never used as paths."""

_UNREADABLE: Final = (
    KeyError,
    OSError,
    EOFError,
    RuntimeError,
    NotImplementedError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What reading a damaged or strange member may raise."""

_PIECE: Final = 1 << 20


class ArchiveMember(msgspec.Struct, frozen=True, kw_only=True):
    """One member: `rows` lines of JSON, or one file (`rows` 0). `size` in bytes, unfolded."""

    name: str
    size: int
    sha256: str
    rows: int = 0


class TableManifest(msgspec.Struct, frozen=True, kw_only=True):
    """One table: its columns in their order, and how many rows the archive holds."""

    name: str
    columns: list[ColumnFormat]
    rows: int


class TenantManifest(msgspec.Struct, frozen=True, kw_only=True):
    """The tenant's own row."""

    id: str
    kind: str
    slug: str
    name: str
    state: str
    created_at: datetime
    reopened_at: datetime | None
    erase_after: datetime | None
    version: int
    authorised_categories: list[str] = []


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What the archive holds; the last member that is written."""

    format: str
    format_version: int
    schema_revision: str
    """The newest migration of the program that made the archive."""
    made_at: datetime
    audience: str
    """`operator`: with all of headquarters' rows about the partner; `owner`: with the public ones."""
    tenant: TenantManifest
    tables: list[TableManifest]
    headquarters: list[TableManifest]
    accounts: int
    files: int
    missing_files: list[str]
    """Files that a row names and the store did not have when the archive was made."""
    members: list[ArchiveMember]


class JournalEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the journal: a member, where its header stands, and what the ZIP's directory says of it."""

    member: ArchiveMember
    offset: int
    end: int
    crc: int
    compressed: int
    method: int
    last_key: list[str] = []


class ArchiveWriter:
    """Writes one archive; made again after a crash, it goes on behind the last member that is whole."""

    def __init__(self, target: Path, made_at: datetime) -> None:
        self._target = target
        self._unfinished = target.with_name(target.name + ".part")
        self._journal_path = target.with_name(target.name + ".journal")
        self.written: dict[str, JournalEntry] = {}
        self._stamp = made_at.timetuple()[:6]

    def open(self) -> Self:
        """Read what is there, cut off what is not whole, and stand ready behind it."""
        end = 0
        if self._journal_path.exists() and self._unfinished.exists():
            present = self._unfinished.stat().st_size
            for line in self._journal_path.read_bytes().splitlines():
                try:
                    entry = msgspec.json.decode(line, type=JournalEntry)
                except msgspec.MsgspecError:
                    break
                if entry.end > present:
                    break
                self.written[entry.member.name] = entry
                end = entry.end
        descriptor = os.open(self._unfinished, os.O_RDWR | os.O_CREAT, 0o600)
        self._file = os.fdopen(descriptor, "r+b")
        self._file.truncate(end)
        self._file.seek(end)
        self._zip = zipfile.ZipFile(self._file, "w", allowZip64=True)
        journal = os.open(self._journal_path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._journal = os.fdopen(journal, "wb")
        for entry in self.written.values():
            self._journal.write(msgspec.json.encode(entry) + b"\n")
        self._sync(self._journal)
        return self

    def add_lines(self, name: str, lines: Sequence[str], last_key: Sequence[str] = ()) -> ArchiveMember:
        """One chunk of a table's rows, deflated."""
        data = ("\n".join(lines) + "\n").encode()
        return self._add(name, data, zipfile.ZIP_DEFLATED, rows=len(lines), last_key=last_key)

    def add_file(self, name: str, data: bytes) -> ArchiveMember:
        """A file as it is: photos and documents are compressed already."""
        return self._add(name, data, zipfile.ZIP_STORED, rows=0)

    def rows_of(self, folder: str, table: str) -> Iterator[dict[str, Any]]:
        """The rows of a written table, read back chunk by chunk."""
        beginning = f"{folder}/{table}-"
        for name in sorted(name for name in self.written if name.startswith(beginning)):
            entry = self.written[name]
            with self._unfinished.open("rb") as file:
                file.seek(entry.end - entry.compressed)
                data = zlib.decompress(file.read(entry.compressed), -zlib.MAX_WBITS)
            for line in data.splitlines():
                yield msgspec.json.decode(line)

    def drop(self, name: str) -> None:
        """Leave an outdated member out of the directory."""
        self.written.pop(name, None)

    def _add(self, name: str, data: bytes, method: int, *, rows: int, last_key: Sequence[str] = ()) -> ArchiveMember:
        info = zipfile.ZipInfo(name, self._stamp)
        info.compress_type = method
        info.external_attr = 0o600 << 16
        offset = self._file.tell()
        self._zip.writestr(info, data, compresslevel=5)
        member = ArchiveMember(name=name, size=len(data), sha256=hashlib.sha256(data).hexdigest(), rows=rows)
        entry = JournalEntry(
            member=member,
            offset=offset,
            end=self._file.tell(),
            crc=info.CRC,
            compressed=info.compress_size,
            method=method,
            last_key=list(last_key),
        )
        self._sync(self._file)
        self._journal.write(msgspec.json.encode(entry) + b"\n")
        self._sync(self._journal)
        self.written[name] = entry
        return member

    def finish(self, manifest: Manifest) -> str:
        """Write manifest and directory, give the file its name, and return the manifest's SHA-256 in hexadecimal."""
        data = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
        self._zip.filelist = [self._directory_entry(entry) for entry in self.written.values()]
        self._zip.NameToInfo = {info.filename: info for info in self._zip.filelist}
        info = zipfile.ZipInfo(MANIFEST, self._stamp)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        self._zip.writestr(info, data)
        self._zip.close()
        self._sync(self._file)
        self.close()
        self._unfinished.replace(self._target)
        self._journal_path.unlink()
        return hashlib.sha256(data).hexdigest()

    def close(self) -> None:
        """Let go of the files; what is written stays for the next try."""
        self._zip.fp = None  # an unfinished ZIP must not write its directory when it is collected
        self._file.close()
        self._journal.close()

    def _directory_entry(self, entry: JournalEntry) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(entry.member.name, self._stamp)
        info.header_offset, info.CRC = entry.offset, entry.crc
        info.file_size, info.compress_size = entry.member.size, entry.compressed
        info.compress_type, info.external_attr = entry.method, 0o600 << 16
        return info

    @staticmethod
    def _sync(file: IO[bytes]) -> None:
        file.flush()
        os.fsync(file.fileno())


class ArchiveReader:
    """Reads an archive from an untrusted source; nothing in it is used before `check` has passed."""

    def __init__(self, source: Path) -> None:
        """
        Raises:
            ArchiveDamaged: it is no ZIP, or holds no manifest of this format.
        """
        try:
            self._zip = zipfile.ZipFile(source)
        except (OSError, zipfile.BadZipFile) as error:
            raise ArchiveDamaged(detail="not a ZIP file") from error
        try:
            data = self._read(MANIFEST, LARGEST_MANIFEST)
            self.manifest = msgspec.json.decode(data, type=Manifest)
        except msgspec.MsgspecError as error:
            raise ArchiveDamaged(detail=f"manifest.json: {error}"[:200]) from error
        self.sha256 = hashlib.sha256(data).hexdigest()
        self.members = {member.name: member for member in self.manifest.members}
        if self.manifest.format != FORMAT or self.manifest.format_version != FORMAT_VERSION:
            raise ArchiveDamaged(detail=f"format {self.manifest.format} {self.manifest.format_version}"[:80])

    def check(self) -> None:
        """Read every member once and compare it with the manifest: names, sizes, checksums.

        Raises:
            ArchiveDamaged: naming the first member that does not fit.
        """
        names = [info.filename for info in self._zip.infolist()]
        if len(names) != len(set(names)) or set(names) != {*self.members, MANIFEST}:
            odd = sorted(set(names) ^ {*self.members, MANIFEST}) or ["a member is there twice"]
            raise ArchiveDamaged(detail=f"members do not match the manifest: {odd[0]}"[:200])
        for member in self.manifest.members:
            if not _NAME.fullmatch(member.name):
                raise ArchiveDamaged(detail=f"unknown member {member.name}"[:200])
            if member.rows and member.size > LARGEST_CHUNK:
                raise ArchiveDamaged(detail=f"{member.name} is too large")
            digest, size = hashlib.sha256(), 0
            for piece in self._pieces(member.name, member.size):
                digest.update(piece)
                size += len(piece)
            if size != member.size or digest.hexdigest() != member.sha256:
                raise ArchiveDamaged(detail=f"{member.name} was changed")

    def chunks(self, folder: str, table: str) -> list[ArchiveMember]:
        """The members of one table, in their order."""
        beginning = f"{folder}/{table}-"
        return sorted(
            (member for member in self.manifest.members if member.name.startswith(beginning)),
            key=lambda member: member.name,
        )

    def lines(self, member: ArchiveMember) -> list[str]:
        """The lines of one chunk.

        Raises:
            ArchiveDamaged: the chunk does not hold as many as the manifest says.
        """
        try:
            lines = self._read(member.name, member.size).decode().removesuffix("\n").split("\n")
        except UnicodeDecodeError as error:
            raise ArchiveDamaged(detail=f"{member.name} is not UTF-8") from error
        if len(lines) != member.rows:
            raise ArchiveDamaged(detail=f"{member.name} holds {len(lines)} lines instead of {member.rows}")
        return lines

    def file(self, name: str) -> bytes | None:
        """A file's bytes; None where the archive does not hold it."""
        member = self.members.get(name)
        return None if member is None else self._read(name, member.size)

    def close(self) -> None:
        self._zip.close()

    def _read(self, name: str, most: int) -> bytes:
        return b"".join(self._pieces(name, most))

    def _pieces(self, name: str, most: int) -> Iterator[bytes]:
        """The member's content, never more than one byte past `most`: a longer one is a decompression bomb."""
        left = most + 1
        try:
            with self._zip.open(name) as stream:
                while left > 0 and (piece := stream.read(min(_PIECE, left))):
                    left -= len(piece)
                    yield piece
        except _UNREADABLE as error:
            raise ArchiveDamaged(detail=f"{name} cannot be read"[:200]) from error
        if left <= 0:
            raise ArchiveDamaged(detail=f"{name} is larger than it says"[:200])


def decoded_row(line: str, member: ArchiveMember) -> Mapping[str, Any]:
    """One row of a member.

    Raises:
        ArchiveDamaged: it is no JSON object.
    """
    try:
        return msgspec.json.decode(line, type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise ArchiveDamaged(detail=f"{member.name}: {error}"[:200]) from error
