"""File stores: content by opaque key. Names, types and access rights are in the database."""

import asyncio
import contextlib
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol
from uuid import UUID

from app.platform.files.errors import FileMissing, InvalidFileKey

_UUID: Final = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_KEY: Final = re.compile(rf"({_UUID})/({_UUID})((?:\.thumbnail)?)")


def file_key(tenant_id: UUID, file_id: UUID) -> str:
    """The key of one file of one tenant."""
    return f"{tenant_id}/{file_id}"


def thumbnail_key(tenant_id: UUID, file_id: UUID) -> str:
    """The key of the small copy of a photo."""
    return f"{tenant_id}/{file_id}.thumbnail"


def file_of(key: str) -> UUID:
    """The file that a key belongs to, be it the file's own or its small copy's."""
    return UUID(checked_key(key).partition("/")[2].removesuffix(".thumbnail"))


def checked_key(key: str) -> str:
    """
    Raises:
        InvalidFileKey: it is no key of `file_key` or `thumbnail_key`.
    """
    if _KEY.fullmatch(key) is None:
        raise InvalidFileKey(key)
    return key


class FileStore(Protocol):
    """Keeps whole files by key. Every method raises `InvalidFileKey` for any other text."""

    async def put(self, key: str, data: bytes) -> str:
        """Keep `data` durably, all of it or nothing, and return its SHA-256 in hexadecimal.

        A second put under the key replaces the first; a reader sees the one or the other.
        """
        ...

    async def get(self, key: str) -> bytes:
        """Return the file, or raise `FileMissing`."""
        ...

    async def delete(self, key: str) -> None:
        """Forget the file; deleting what is not there is no error."""
        ...

    async def exists(self, key: str) -> bool:
        """Tell whether a file lies under the key."""
        ...

    async def delete_tenant(self, tenant_id: UUID) -> None:
        """Forget every file of a tenant, those included that no row names."""
        ...

    def written_before(self, tenant_id: UUID, moment: datetime) -> AsyncIterator[Sequence[str]]:
        """The keys of a tenant's files that were last written before `moment`, some at a time."""
        ...


class LocalFileStore:
    """A `FileStore` in a directory, readable by its owner only.

    `root/<tenant>/<last two digits>/<file>`: ids begin with the time, so only their end spreads
    the files evenly over directories.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(self, key: str, data: bytes) -> str:
        """Write beside the target, flush to disk, rename over it, flush the directory."""
        await asyncio.to_thread(_write_whole, self._path(key), self._root, data)
        return hashlib.sha256(data).hexdigest()

    async def get(self, key: str) -> bytes:
        """Read the file; a symbolic link in its place is not followed."""
        return await asyncio.to_thread(_read_whole, self._path(key), key)

    async def delete(self, key: str) -> None:
        """Unlink the file."""
        await asyncio.to_thread(self._path(key).unlink, missing_ok=True)

    async def exists(self, key: str) -> bool:
        """Look for the file."""
        return await asyncio.to_thread(self._path(key).is_file)

    async def delete_tenant(self, tenant_id: UUID) -> None:
        """Remove the tenant's directory."""
        directory = self._root / str(tenant_id)
        if await asyncio.to_thread(directory.is_dir):
            await asyncio.to_thread(shutil.rmtree, directory)

    async def written_before(self, tenant_id: UUID, moment: datetime) -> AsyncIterator[Sequence[str]]:
        """Directory by directory. What a writer that died left unfinished goes on the way."""
        for directory in await asyncio.to_thread(_entries, self._root / str(tenant_id)):
            keys = await asyncio.to_thread(_keys_before, directory, tenant_id, moment.timestamp())
            if keys:
                yield keys

    def _path(self, key: str) -> Path:
        match = _KEY.fullmatch(key)
        if match is None:
            raise InvalidFileKey(key)
        tenant, file, variant = match.groups()
        return self._root / tenant / file[-2:] / (file + variant)


def _entries(directory: Path) -> list[Path]:
    return sorted(directory.iterdir()) if directory.is_dir() else []


def _keys_before(directory: Path, tenant_id: UUID, moment: float) -> list[str]:
    keys = []
    for path in _entries(directory):
        if path.lstat().st_mtime >= moment:
            continue
        key = f"{tenant_id}/{path.name}"
        if _KEY.fullmatch(key):
            keys.append(key)
        elif path.name.startswith("."):
            path.unlink(missing_ok=True)
    return keys


def _write_whole(target: Path, root: Path, data: bytes) -> None:
    _make_directories(target.parent, root)
    unfinished = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        raise
    _flush_directory(target.parent)


def _make_directories(directory: Path, root: Path) -> None:
    """Make what is missing, each made name flushed: a file in a directory lost is lost."""
    if directory.is_dir():
        return
    if directory != root:
        _make_directories(directory.parent, root)
        directory.mkdir(mode=0o700, exist_ok=True)
    else:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    _flush_directory(directory.parent)


def _flush_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read_whole(path: Path, key: str) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        raise FileMissing(key) from None
    with os.fdopen(descriptor, "rb") as file:
        return file.read()
