"""Uploaded photos and documents: their inspection, storage and download."""

from app.platform.files.errors import FileMissing, FileRefused, InvalidFileKey
from app.platform.files.file_names import display_name
from app.platform.files.inspection import MAX_UPLOAD_BYTES, SafeFile, inspect_upload
from app.platform.files.models import StoredFile
from app.platform.files.service import FileService, FileSummary
from app.platform.files.store import FileStore, LocalFileStore, file_key, thumbnail_key
from app.platform.files.stored_files import FileOwner, file_store_of, store_file
from app.platform.files.uploads import UploadInspector

__all__ = [
    "MAX_UPLOAD_BYTES",
    "FileMissing",
    "FileOwner",
    "FileRefused",
    "FileService",
    "FileStore",
    "FileSummary",
    "InvalidFileKey",
    "LocalFileStore",
    "SafeFile",
    "StoredFile",
    "UploadInspector",
    "display_name",
    "file_key",
    "file_store_of",
    "inspect_upload",
    "store_file",
    "thumbnail_key",
]
