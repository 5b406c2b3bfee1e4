"""Uploaded photos and documents: their inspection, storage and download."""

from app.files.errors import FileMissing, FileRefused, InvalidFileKey
from app.files.inspection import MOST_BYTES, SafeFile, inspect_upload
from app.files.keeping import FileOwner, keep_file, store_of
from app.files.models import StoredFile
from app.files.service import FileContent, FileService, KeptFile, SubjectReaders
from app.files.store import FileStore, LocalFileStore, file_key, thumbnail_key
from app.files.uploads import UploadDesk

__all__ = [
    "MOST_BYTES",
    "FileContent",
    "FileMissing",
    "FileOwner",
    "FileRefused",
    "FileService",
    "FileStore",
    "InvalidFileKey",
    "KeptFile",
    "LocalFileStore",
    "SafeFile",
    "StoredFile",
    "SubjectReaders",
    "UploadDesk",
    "file_key",
    "inspect_upload",
    "keep_file",
    "store_of",
    "thumbnail_key",
]
