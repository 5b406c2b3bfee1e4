"""Looking into an .xlsx before anything parses it: is it safe to unpack, and where are its formulas?

An .xlsx is a ZIP archive of XML. The declared sizes in its directory may lie, so every member is
really unpacked once, in small pieces, and counted. Sheets are then scanned for cells that carry
something, by pattern and without an XML parser: no entity is ever expanded.
"""

import re
import struct
import zipfile
import zlib
from functools import lru_cache
from io import BytesIO
from typing import Final

from app.devices.importing.issues import FileBomb, FileDamaged, FileKindUnknown, TooManySheets
from app.devices.importing.marks import CellMarks, Limits, SheetSurvey, marks_of

_PIECE: Final = 1 << 18
_MAXIMUM_MEMBERS: Final = 2_000
_RATIO_FLOOR_BYTES: Final = 20_000_000
"""Below this unpacked size a high ratio is ordinary: empty formatted cells compress very well."""
_MAXIMUM_RATIO: Final = 200
_LOCAL_HEADER: Final = struct.Struct("<4s22xHH")

_TOKEN = re.compile(
    rb"<(?:\w+:)?(?:row\b([^<>]*)"
    rb"|c\b(?:\s+r=\"([A-Z]{1,4})([0-9]{1,9})\")?([^<>]*)(?<!/)>\s*<(?:\w+:)?(f|v|is)\b)"
)
"""A row's start, or a cell with content: its reference where that comes first, as Excel writes it."""
_REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Z]{0,4})(\d{1,9})["']""")
_ERROR_TYPE = re.compile(rb"""\bt\s*=\s*["']e["']""")
_SHEET_ELEMENT = re.compile(rb"<(?:\w+:)?sheet\b([^<>]*)>")
_RELATIONSHIP_ELEMENT = re.compile(rb"<(?:\w+:)?Relationship\b([^<>]*)>")
_RELATIONSHIP_ID = re.compile(rb"""\b\w+:id\s*=\s*["']([^"']*)["']""")
_ID = re.compile(rb"""\bId\s*=\s*["']([^"']*)["']""")
_TARGET = re.compile(rb"""\bTarget\s*=\s*["']([^"']*)["']""")


def inspect_archive(content: bytes, limits: Limits) -> tuple[CellMarks, ...]:
    """The marks of every worksheet, in the order of the workbook's sheets.

    Raises:
        FileRefused: not an .xlsx, a decompression bomb, or a cell outside the limits.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = archive.infolist()
            _refuse_bomb(content, members, limits.unpacked_size)
            parts = {member.filename: member for member in members}
            if "xl/workbook.xml" not in parts:
                raise FileKindUnknown
            paths = _sheet_parts(archive, parts)
            if len(paths) > limits.sheets:
                raise TooManySheets(maximum=limits.sheets)
            sheets = (archive.read(path) if path in parts else b"" for path in paths)
            return marks_of([_survey(sheet, limits) for sheet in sheets], limits)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        # zipfile: RuntimeError for an encrypted member, NotImplementedError for an unknown method.
        raise FileDamaged from error


def _refuse_bomb(content: bytes, members: list[zipfile.ZipInfo], maximum_unpacked: int) -> None:
    if len(members) > _MAXIMUM_MEMBERS:
        raise FileBomb()
    unpacked = sum(member.file_size for member in members)
    if unpacked > maximum_unpacked or _is_absurd(unpacked, len(content)):
        raise FileBomb()
    unpacked = 0
    for member in members:
        unpacked += _unpacked_size(content, member, maximum_unpacked - unpacked)
        if unpacked > maximum_unpacked or _is_absurd(unpacked, len(content)):
            raise FileBomb()


def _is_absurd(unpacked: int, packed: int) -> bool:
    return unpacked > _RATIO_FLOOR_BYTES and unpacked > packed * _MAXIMUM_RATIO


def _unpacked_size(content: bytes, member: zipfile.ZipInfo, allowance: int) -> int:
    """Bytes that the member really unpacks to; stops counting soon after `allowance`."""
    header = content[member.header_offset : member.header_offset + _LOCAL_HEADER.size]
    if len(header) < _LOCAL_HEADER.size:
        raise zipfile.BadZipFile("truncated member")
    signature, name_length, extra_length = _LOCAL_HEADER.unpack(header)
    if signature != b"PK\x03\x04":
        raise zipfile.BadZipFile("member without header")
    start = member.header_offset + _LOCAL_HEADER.size + name_length + extra_length
    packed = memoryview(content)[start : start + member.compress_size]
    if member.compress_type == zipfile.ZIP_STORED:
        return len(packed)
    if member.compress_type != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile("unusual compression")
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    counted = len(inflater.decompress(packed, _PIECE))
    while inflater.unconsumed_tail and counted <= allowance:
        counted += len(inflater.decompress(inflater.unconsumed_tail, _PIECE))
    return counted


def _sheet_parts(archive: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo]) -> list[str]:
    """Paths of the sheets' XML in the order of the workbook."""
    targets: dict[bytes, str] = {}
    if "xl/_rels/workbook.xml.rels" in parts:
        for element in _RELATIONSHIP_ELEMENT.finditer(archive.read("xl/_rels/workbook.xml.rels")):
            identity, target = _ID.search(element[1]), _TARGET.search(element[1])
            if identity and target:
                path = target[1].decode("utf-8", "replace")
                targets[identity[1]] = path[1:] if path.startswith("/") else f"xl/{path}"
    paths = []
    for element in _SHEET_ELEMENT.finditer(archive.read("xl/workbook.xml")):
        relationship = _RELATIONSHIP_ID.search(element[1])
        paths.append(targets.get(relationship[1], "") if relationship else "")
    return paths


def _survey(sheet: bytes, limits: Limits) -> SheetSurvey:
    survey = SheetSurvey(limits)
    row = column = -1
    for token in _TOKEN.finditer(sheet):
        row_attributes, letters, digits, attributes, content = token.groups()
        if content is None:
            reference = _REFERENCE.search(row_attributes)
            row, column = int(reference[2]) - 1 if reference else row + 1, -1
            continue
        if letters:
            row, column = int(digits) - 1, _column_index(letters)
        elif reference := _REFERENCE.search(attributes):
            row, column = int(reference[2]) - 1, _column_index(reference[1])
        else:
            column += 1
        survey.add(
            row,
            column,
            has_formula=content == b"f",
            has_error=b"e" in attributes and _ERROR_TYPE.search(attributes) is not None,
        )
    return survey


@lru_cache(maxsize=1024)
def _column_index(letters: bytes) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index - 1
