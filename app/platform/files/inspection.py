"""Inspection of uploads by their content; file name and media type of the browser are not trusted.

Photos are re-encoded, documents are checked and kept unchanged, texts are kept as UTF-8. Everything else is refused.
"""

import hashlib
from datetime import datetime
from typing import Final

import msgspec

from app.platform.files.document_checks import check_ofd, check_pdf, check_spreadsheet, check_xml, read_text
from app.platform.files.errors import (
    FileEmpty,
    FileTooLarge,
    FileTypeNotAccepted,
    HeicPhoto,
    OldOrLockedSpreadsheet,
)
from app.platform.files.file_names import declared_extension, display_name
from app.platform.files.images import read_picture

MAX_UPLOAD_BYTES: Final = 15_000_000
"""One upload, as it arrives."""

_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_XML: Final = "application/xml"
_OFD: Final = "application/ofd"

_HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"})

_REFUSED_BEGINNINGS: Final = (
    (b"GIF8", "gif"),
    (b"\x7fELF", "elf"),
    (b"\xca\xfe\xba\xbe", "class"),
    (b"Rar!", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gz"),
)

_REFUSED_BINARY_BEGINNINGS: Final = ((b"BM", "bmp"), (b"MZ", "exe"))
"""Two letters alone prove nothing: a list of devices may begin with `BM-001`."""

_TEXT_TYPES: Final = {".csv": "text/csv", ".txt": "text/plain", ".log": "text/plain"}


class SafeFile(msgspec.Struct, frozen=True, kw_only=True):
    """What may be stored. `data` differs from the upload for photos and texts."""

    data: bytes
    sha256: str
    """Of `data`, in hexadecimal."""
    media_type: str
    display_name: str
    """For people and `Content-Disposition` only; its extension is the content's."""
    width: int | None = None
    height: int | None = None
    thumbnail: bytes | None = None
    """At most 480 pixels on the longer edge, of the same media type."""
    taken_at: datetime | None = None
    """When the camera says that a photo was taken; UTC. A word of the sender's, never a proof."""


def inspect_upload(data: bytes, declared_name: str, *, tax_documents: bool = False) -> SafeFile:
    """Tell what an upload is and make it safe to keep. `tax_documents`: XML and OFD are taken too, the forms in which
    the tax office hands 发票 out.

    The largest photo allowed takes some seconds of one core and 200 MB: call it in a thread, behind a limiter that
    lets one through at a time.

    Raises:
        FileRefused: the subclass says why.

    """
    if not data:
        raise FileEmpty()
    if len(data) > MAX_UPLOAD_BYTES:
        raise FileTooLarge(limit_megabytes=MAX_UPLOAD_BYTES // 1_000_000)
    if image_format := _image_format(data):
        return _safe_picture(data, image_format, declared_name)
    if data.startswith(b"%PDF-"):
        check_pdf(data)
        return _safe(data, "application/pdf", display_name(declared_name, ".pdf"))
    if tax_documents and data.removeprefix(b"\xef\xbb\xbf").startswith(b"<"):
        check_xml(data)
        return _safe(data, _XML, display_name(declared_name, ".xml"))
    if tax_documents and data.startswith(b"PK\x03\x04") and declared_extension(declared_name) == ".ofd":
        check_ofd(data)
        return _safe(data, _OFD, display_name(declared_name, ".ofd"))
    if data.startswith(b"PK\x03\x04"):
        check_spreadsheet(data)
        return _safe(data, _XLSX, display_name(declared_name, ".xlsx"))
    _refuse_known(data)
    return _safe_text(data, declared_name)


def _image_format(data: bytes) -> str | None:
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    return None


def _refuse_known(data: bytes) -> None:
    """Name what is refused, where that helps the sender; anything unnamed must prove to be text."""
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        raise HeicPhoto()
    if data.startswith(b"\xd0\xcf\x11\xe0"):  # an .xls of old, or an .xlsx with a password
        raise OldOrLockedSpreadsheet()
    binary = _REFUSED_BINARY_BEGINNINGS if b"\0" in data[:1024] else ()
    for beginning, found in (*_REFUSED_BEGINNINGS, *binary):
        if data.startswith(beginning):
            raise FileTypeNotAccepted(found=found)


def _safe_picture(data: bytes, image_format: str, declared_name: str) -> SafeFile:
    picture = read_picture(data, image_format)
    return SafeFile(
        data=picture.data,
        sha256=hashlib.sha256(picture.data).hexdigest(),
        media_type=picture.media_type,
        display_name=display_name(declared_name, picture.extension),
        width=picture.width,
        height=picture.height,
        thumbnail=picture.thumbnail,
        taken_at=picture.taken_at,
    )


def _safe_text(data: bytes, declared_name: str) -> SafeFile:
    """Text has no signature, so here alone the name counts: scripts are text too."""
    text = read_text(data)
    extension = declared_extension(declared_name) or ".txt"
    if extension not in _TEXT_TYPES:
        raise FileTypeNotAccepted(found=extension.removeprefix("."))
    # Excel takes a CSV without the mark for the system's own encoding and garbles Chinese.
    encoded = text.encode("utf-8-sig" if extension == ".csv" else "utf-8")
    media_type = f"{_TEXT_TYPES[extension]}; charset=utf-8"
    return _safe(encoded, media_type, display_name(declared_name, extension))


def _safe(data: bytes, media_type: str, name: str) -> SafeFile:
    return SafeFile(
        data=data,
        sha256=hashlib.sha256(data).hexdigest(),
        media_type=media_type,
        display_name=name,
    )
