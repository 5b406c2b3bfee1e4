"""Reading files: the row has type, name and access rights, the store has the content."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Final, Self
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from app.platform.files.errors import FileMissing
from app.platform.files.models import StoredFile
from app.platform.files.store import FileStore, file_key, thumbnail_key
from app.platform.kernel.errors import NotFound
from app.platform.kernel.logs import log
from app.platform.kernel.unit_of_work import UnitOfWork

MayRead = Callable[[UnitOfWork, UUID], Awaitable[bool]]
"""Whether the actor of this unit of work may read the record with this id."""

SubjectReaders = Mapping[str, MayRead]
"""Who may read a record may read its files: the rule of each kind of record, filled by the floors above."""

_log: Final = log(__name__)


class FileSummary(msgspec.Struct, frozen=True):
    """A file as lists and timelines show it. `size` is in bytes."""

    id: UUID
    name: str
    content_type: str
    size: int
    thumbnail: bool
    taken_at: datetime | None = None
    """When the camera says that a photo was taken; UTC."""

    @classmethod
    def of(cls, row: StoredFile) -> Self:
        return cls(row.id, row.name, row.content_type, row.size, row.has_thumbnail, row.taken_at)


class FileContent(msgspec.Struct, frozen=True):
    """A file to be handed out."""

    name: str
    content_type: str
    data: bytes

    @property
    def is_picture(self) -> bool:
        """Written anew by ourselves, so that a browser may show it in place."""
        return self.content_type.startswith("image/")


class FileService:
    """Files of one unit of work."""

    def __init__(self, work: UnitOfWork, store: FileStore) -> None:
        self._work = work
        self._store = store

    async def count(self, subject_id: UUID) -> int:
        """How many files hang on one record, of those that the present scope sees."""
        found = await self._work.session.scalar(
            select(func.count(StoredFile.id)).where(StoredFile.subject_id == subject_id)
        )
        return found or 0

    async def read(self, file_id: UUID, readers: SubjectReaders, *, thumbnail: bool = False) -> FileContent:
        """One file, or its small copy.

        Raises:
            NotFound: it does not exist, belongs to another ring, or hangs on a record that the actor may not read.
        """
        row = await self._work.session.scalar(select(StoredFile).where(StoredFile.id == file_id))
        if row is None or row.subject_id is None or (thumbnail and not row.has_thumbnail):
            raise NotFound
        may_read = readers.get(row.subject_kind)
        if may_read is None or not await may_read(self._work, row.subject_id):
            raise NotFound
        key = thumbnail_key if thumbnail else file_key
        try:
            data = await self._store.get(key(row.tenant_id, row.id))
        except FileMissing as missing:
            _log.error("file_missing", file_id=str(file_id))
            raise NotFound from missing
        return FileContent(row.name, row.content_type, data)
