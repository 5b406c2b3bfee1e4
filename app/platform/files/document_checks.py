"""Checks of PDF, Excel, OFD, XML and text files, which are kept unchanged: well-formed, one format only, no active
content."""

import io
import re
import zipfile
import zlib
from typing import Final
from xml.etree import ElementTree

from app.platform.files.errors import (
    ActivePdf,
    AmbiguousFile,
    BrokenOfd,
    BrokenPdf,
    BrokenSpreadsheet,
    BrokenText,
    BrokenXml,
    FileTypeNotAccepted,
    MarkupInText,
    OldOrLockedSpreadsheet,
    SpreadsheetTooLarge,
    SpreadsheetWithMacros,
)

MOST_SPREADSHEET_BYTES: Final = 100_000_000
"""Unpacked, all parts together: 10,000 devices need about ten million."""

MOST_SPREADSHEET_PARTS: Final = 2_000

_PDF_HEADER: Final = re.compile(rb"%PDF-[12]\.\d")
_PDF_ACTIVE: Final = re.compile(rb"/(?:JavaScript|Launch|RichMedia)\b")
_PDF_NAME_ESCAPE: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_MARKUP: Final = re.compile(rb"<(?:!doctype html|html|script|svg|iframe|body)\b", re.IGNORECASE)
_NOT_TEXT: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\x80-\x9f]")

_XML_ENCODING: Final = re.compile(rb"""^<\?xml[^>]{0,80}\bencoding\s*=\s*["'](?!utf-8["'])""", re.IGNORECASE)
"""Any other than UTF-8: a declaration could hide in it."""
_XML_DECLARES: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)

MOST_XML_BYTES: Final = 2_000_000
"""A 发票 of two thousand lines needs one million."""

_CHUNK: Final = 1 << 16


def check_pdf(data: bytes) -> None:
    """Refuse what is not a whole PDF, is something else as well, or openly carries scripts.

    Scripts inside compressed objects are not looked for; files are therefore always served as a
    download under a policy that lets nothing run.

    Raises:
        FileRefused: `BrokenPdf`, `ActivePdf`, `AmbiguousFile`.

    """
    if not _PDF_HEADER.match(data) or b"%%EOF" not in data[-1024:]:
        raise BrokenPdf()
    if _MARKUP.search(data[:4096]) or zipfile.is_zipfile(io.BytesIO(data)):
        raise AmbiguousFile()
    unescaped = _PDF_NAME_ESCAPE.sub(lambda escape: bytes([int(escape[1], 16)]), data)
    if _PDF_ACTIVE.search(unescaped):
        raise ActivePdf()


def check_spreadsheet(data: bytes) -> None:
    """Refuse what is not a plain .xlsx workbook, or would unpack to too much.

    Every part is really unpacked: the sizes that an archive declares may lie, and whoever reads
    the workbook next would believe them.

    Raises:
        FileRefused: `FileTypeNotAccepted` for other archives, `SpreadsheetWithMacros`,
            `SpreadsheetTooLarge`, `OldOrLockedSpreadsheet`, `BrokenSpreadsheet`,
            `AmbiguousFile` where something stands before or after the archive.

    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {part.filename for part in archive.infolist()}
            if not {"[Content_Types].xml", "xl/workbook.xml"} <= names:
                raise FileTypeNotAccepted(found="zip")
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise SpreadsheetWithMacros()
            _check_parts(archive, data)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as broken:
        raise BrokenSpreadsheet() from broken
    except NotImplementedError as exotic:  # a compression that no spreadsheet program writes
        raise BrokenSpreadsheet() from exotic


def check_ofd(data: bytes) -> None:
    """Refuse what is not a plain OFD archive (GB/T 33190), or would unpack to too much. It is never opened here.

    Raises:
        FileRefused: `BrokenOfd`, `AmbiguousFile`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if "OFD.xml" not in archive.namelist():
                raise BrokenOfd()
            _check_parts(archive, data)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as broken:
        raise BrokenOfd() from broken
    except (BrokenSpreadsheet, SpreadsheetTooLarge, OldOrLockedSpreadsheet) as refused:
        raise BrokenOfd() from refused


def check_xml(data: bytes) -> None:
    """Refuse what is too large, not well-formed, or declares entities or a document type: those make small files grow
    and reach for others.

    Raises:
        FileRefused: `BrokenXml`.
    """
    data = data.removeprefix(b"\xef\xbb\xbf")
    if len(data) > MOST_XML_BYTES or b"\0" in data or _XML_DECLARES.search(data) or _XML_ENCODING.search(data):
        raise BrokenXml()
    if _MARKUP.search(data[:4096]):
        raise MarkupInText()
    try:
        ElementTree.fromstring(data)  # noqa: S314 - nothing is declared in it that could grow
    except (ElementTree.ParseError, ValueError, LookupError) as broken:
        raise BrokenXml() from broken


def _check_parts(archive: zipfile.ZipFile, data: bytes) -> None:
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise OldOrLockedSpreadsheet()
    first = min(part.header_offset for part in parts)
    if first > 0 or archive.comment or not data[-22:].startswith(b"PK\x05\x06"):
        raise AmbiguousFile()
    if len(parts) > MOST_SPREADSHEET_PARTS or len(names) != len(parts):
        raise BrokenSpreadsheet()
    left = MOST_SPREADSHEET_BYTES
    for part in parts:
        left -= _unpacked_size(archive, part, left)


def _unpacked_size(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    """Count the bytes of one part without keeping them; at most one chunk is in memory."""
    declared = part.file_size
    part.file_size = left + 2 * _CHUNK  # where zipfile stops, instead of where the archive says
    size = 0
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > left:
                limit = MOST_SPREADSHEET_BYTES // 1_000_000
                raise SpreadsheetTooLarge(limit_megabytes=limit)
    if size != declared:
        raise BrokenSpreadsheet()
    return size


def read_text(data: bytes) -> str:
    """Decode UTF-8, UTF-16 with its mark, or GB 18030 (what Chinese Excel writes as CSV).

    Raises:
        FileRefused: `BrokenText` for none of these or control characters, `MarkupInText` for
            what a browser would take for a page, a drawing or a script with an interpreter line.

    """
    text = _decoded(data)
    if _NOT_TEXT.search(text):
        raise BrokenText()
    beginning = text[:4096].lstrip()
    if beginning.startswith(("<", "#!")) or _MARKUP.search(beginning.encode()):
        raise MarkupInText()
    return text


def _decoded(data: bytes) -> str:
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BrokenText()
