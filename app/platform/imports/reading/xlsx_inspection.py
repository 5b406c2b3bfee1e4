"""Inspection of an .xlsx before it is parsed: safe to unpack, extent of sheets, formulas, number formats.

An .xlsx is a ZIP archive of XML. The declared sizes in its directory may lie, so every member is
really unpacked once, in small pieces, and counted. Sheets are then scanned for cells that carry
something, by pattern and without an XML parser: no entity is ever expanded.
"""

import re
import struct
import zipfile
import zlib
from functools import lru_cache
from html import unescape
from io import BytesIO
from typing import Final

from app.platform.imports.reading.cell_marks import CellMarks, Limits, SheetScan, marks_of
from app.platform.imports.reading.issues import FileBomb, FileDamaged, FileKindUnknown, TooManySheets
from app.platform.imports.reading.number_formats import BUILT_IN, adds_to_number

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
_STYLE = re.compile(rb"""\bs\s*=\s*["'](\d{1,5})["']""")
_FORMAT_ELEMENT = re.compile(rb"<(?:\w+:)?numFmt\b([^<>]*)>")
_CELL_STYLES = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_CELL_STYLE = re.compile(rb"<(?:\w+:)?xf\b([^<>]*)>")
_FORMAT_ID = re.compile(rb"""\bnumFmtId\s*=\s*["'](\d{1,5})["']""")
_FORMAT_CODE = re.compile(rb"""\bformatCode\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_MAIN_PART = re.compile(rb"""\bTarget\s*=\s*["']/?(xl/[\w.]{1,60}\.xml)["']""")
_MAIN_PART_TYPE: Final = b"relationships/officeDocument"
_WORKBOOK: Final = "xl/workbook.xml"
_SHEET_ELEMENT = re.compile(rb"<(?:\w+:)?sheet\b([^<>]*)>")
_RELATIONSHIP_ELEMENT = re.compile(rb"<(?:\w+:)?Relationship\b([^<>]*)>")
_RELATIONSHIP_ID = re.compile(rb"""\b\w+:id\s*=\s*["']([^"']*)["']""")
_ID = re.compile(rb"""\bId\s*=\s*["']([^"']*)["']""")
_TARGET = re.compile(rb"""\bTarget\s*=\s*["']([^"']*)["']""")


def with_standard_part_names(content: bytes, limits: Limits) -> bytes:
    """The archive with its parts where readers look for them.

    Some programs write the names of parts with backslashes, or call the workbook `xl/workbook22.xml`; Excel opens both.

    Raises:
        FileRefused: not an archive, or a decompression bomb.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = archive.namelist()
            if _WORKBOOK in names:
                return content
            _refuse_bomb(content, archive.infolist(), limits.unpacked_size)
            parts = {name.replace("\\", "/").lstrip("/"): archive.read(name) for name in names}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise FileDamaged from error
    main = _main_part(parts.get("_rels/.rels", b""))
    if _WORKBOOK not in parts and main in parts:
        folder, _, name = main.rpartition("/")
        parts[_WORKBOOK] = parts.pop(main)
        parts["xl/_rels/workbook.xml.rels"] = parts.pop(f"{folder}/_rels/{name}.rels", b"")
    output = BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return output.getvalue()


def _main_part(relationships: bytes) -> str:
    """Where an archive says that its workbook is, or ""."""
    for element in _RELATIONSHIP_ELEMENT.finditer(relationships):
        target = _MAIN_PART.search(element[1])
        if target and _MAIN_PART_TYPE in element[1]:
            return target[1].decode()
    return ""


def inspect_xlsx(content: bytes, limits: Limits) -> tuple[CellMarks, ...]:
    """The marks of every worksheet, in the order of the workbook's sheets.

    Raises:
        FileRefused: not an .xlsx, a decompression bomb, or a cell outside the limits.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = archive.infolist()
            _refuse_bomb(content, members, limits.unpacked_size)
            parts = {member.filename: member for member in members}
            if _WORKBOOK not in parts:
                raise FileKindUnknown
            paths = _sheet_parts(archive, parts)
            if len(paths) > limits.sheets:
                raise TooManySheets(maximum=limits.sheets)
            sheets = (archive.read(path) if path in parts else b"" for path in paths)
            styles = archive.read("xl/styles.xml") if "xl/styles.xml" in parts else b""
            number_formats = _number_formats(styles)
            return marks_of([_scan(sheet, limits, number_formats) for sheet in sheets], limits)
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
    for element in _SHEET_ELEMENT.finditer(archive.read(_WORKBOOK)):
        relationship = _RELATIONSHIP_ID.search(element[1])
        paths.append(targets.get(relationship[1], "") if relationship else "")
    return paths


def _number_formats(styles: bytes) -> dict[bytes, str]:
    """Number of a cell style → its number format, of the formats that can show more than a number."""
    formats = dict(BUILT_IN)
    for element in _FORMAT_ELEMENT.finditer(styles):
        identity, written = _FORMAT_ID.search(element[1]), _FORMAT_CODE.search(element[1])
        if identity and written:
            formats[int(identity[1])] = unescape((written[1] or written[2] or b"").decode("utf-8", "replace"))
    cell_styles = _CELL_STYLES.search(styles)
    found: dict[bytes, str] = {}
    for place, element in enumerate(_CELL_STYLE.finditer(cell_styles[0] if cell_styles else b"")):
        identity = _FORMAT_ID.search(element[1])
        code = formats.get(int(identity[1])) if identity else None
        if code is not None and adds_to_number(code):
            found[b"%d" % place] = code
    return found


def _number_format_of(attributes: bytes, number_formats: dict[bytes, str]) -> str | None:
    style = _STYLE.search(attributes)
    return number_formats.get(style[1]) if style else None


def _scan(sheet: bytes, limits: Limits, number_formats: dict[bytes, str]) -> SheetScan:
    scan = SheetScan(limits)
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
        scan.add(
            row,
            column,
            has_formula=content == b"f",
            has_error=b"e" in attributes and _ERROR_TYPE.search(attributes) is not None,
            number_format=_number_format_of(attributes, number_formats) if number_formats else None,
        )
    return scan


@lru_cache(maxsize=1024)
def _column_index(letters: bytes) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index - 1
