"""The file of an import, stored unchanged: it was checked by reading it, and it is never served to anybody."""

import hashlib
from uuid import UUID

from app.platform.files import FileOwner, FileStore, SafeFile, display_name, store_file
from app.platform.files.models import StoredFile
from app.platform.kernel.unit_of_work import UnitOfWork


async def store_upload(
    work: UnitOfWork, store: FileStore, file_name: str, content: bytes, subject: tuple[str, UUID]
) -> StoredFile:
    """Keep the file under the import that it belongs to: `subject` is its table and its id."""
    extension, media_type = _file_type(content)
    file = SafeFile(
        data=content,
        sha256=hashlib.sha256(content).hexdigest(),
        media_type=media_type,
        display_name=display_name(file_name, extension),
    )
    kind, import_id = subject
    return await store_file(work, store, file, FileOwner(subject_kind=kind, subject_id=import_id))


def _file_type(content: bytes) -> tuple[str, str]:
    """Extension and media type by the first bytes; what is neither kind of workbook was read as CSV."""
    if content.startswith(b"PK\x03\x04"):
        return ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return ".xls", "application/vnd.ms-excel"
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        return ".xls", "application/vnd.ms-excel"
    return ".csv", "text/csv"
