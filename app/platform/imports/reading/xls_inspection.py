"""Inspection of an .xls before it is parsed: the extent of its sheets, their formulas and number formats.

An .xls is a compound file with one stream of records, BIFF8 or older [MS-XLS §2.1.4, §2.4]. Only the
records that place a cell are looked at. An older layout than Excel 5 has no such stream and is refused.
"""

import struct
from collections.abc import Iterator
from io import BytesIO
from typing import Final

from app.platform.imports.reading.cell_marks import CellMarks, Limits, SheetScan, marks_of
from app.platform.imports.reading.issues import FileDamaged, FileEncrypted, TooManySheets
from app.platform.imports.reading.number_formats import BUILT_IN, adds_to_number

_HEADER: Final = struct.Struct("<HH")
_POSITION: Final = struct.Struct("<HH")
_SHEET_OFFSET: Final = struct.Struct("<I")

_END_OF_SHEET: Final = 0x000A
_BOUND_SHEET: Final = 0x0085
_FORMULA: Final = frozenset({0x0006, 0x0206, 0x0406})
_BOOLEAN_OR_ERROR: Final = 0x0205
_SEVERAL_NUMBERS: Final = 0x00BD
_NUMBERS: Final = frozenset({0x0203, 0x027E}) | _FORMULA
_FORMAT: Final = 0x041E
_CELL_STYLE: Final = 0x00E0
_START: Final = 0x0809
_BIFF_8: Final = 0x0600
_ONE_CELL: Final = frozenset({0x0203, 0x0204, 0x00D6, 0x00FD, 0x027E, _BOOLEAN_OR_ERROR}) | _FORMULA
"""Number, label, rich text, shared string, compressed number, boolean or error, formula."""


def inspect_xls(content: bytes, limits: Limits) -> tuple[CellMarks, ...]:
    """The marks of every sheet, in the order of the workbook.

    Raises:
        FileRefused: no workbook inside, encrypted, damaged, or a cell outside the limits.
    """
    stream = _workbook_stream(content)
    offsets = [
        _SHEET_OFFSET.unpack_from(body)[0]
        for kind, body in _records(stream, 0)
        if kind == _BOUND_SHEET and len(body) >= _SHEET_OFFSET.size
    ]
    if len(offsets) > limits.sheets:
        raise TooManySheets(maximum=limits.sheets)
    number_formats = _number_formats(stream)
    return marks_of([_scan(stream, offset, limits, number_formats) for offset in offsets], limits)


def _workbook_stream(content: bytes) -> bytes:
    import olefile

    try:
        with olefile.OleFileIO(BytesIO(content)) as compound:
            if compound.exists("EncryptedPackage"):
                raise FileEncrypted
            for name in ("Workbook", "Book"):
                if compound.exists(name):
                    return bytes(compound.openstream(name).read())
    except (OSError, ValueError, struct.error, IndexError, RecursionError) as error:
        raise FileDamaged from error
    raise FileDamaged


def _records(stream: bytes, offset: int) -> Iterator[tuple[int, bytes]]:
    """Kind and body of the records from `offset` to the end of their part of the stream."""
    while offset + _HEADER.size <= len(stream):
        kind, length = _HEADER.unpack_from(stream, offset)
        if kind == _END_OF_SHEET:
            return
        offset += _HEADER.size
        yield kind, stream[offset : offset + length]
        offset += length


def _number_formats(stream: bytes) -> dict[int, str]:
    """Number of a cell style → its number format, of the formats that can show more than a number [MS-XLS §2.4.126,
    §2.4.353]."""
    formats = dict(BUILT_IN)
    found: dict[int, str] = {}
    styles = version = 0
    for kind, body in _records(stream, 0):
        if kind == _START and len(body) >= 2:
            version = int.from_bytes(body[:2], "little")
        elif kind == _FORMAT and len(body) > 5:
            formats[int.from_bytes(body[:2], "little")] = _format_code(body[2:], version)
        elif kind == _CELL_STYLE and len(body) >= 4:
            code = formats.get(int.from_bytes(body[2:4], "little"))
            if code is not None and adds_to_number(code):
                found[styles] = code
            styles += 1
    return found


def _format_code(text: bytes, version: int) -> str:
    if version < _BIFF_8:
        return text[1 : 1 + text[0]].decode("gb18030", "replace")
    length, is_wide = int.from_bytes(text[:2], "little"), text[2] & 1
    return (
        text[3 : 3 + 2 * length].decode("utf-16-le", "replace") if is_wide else text[3 : 3 + length].decode("latin-1")
    )


def _scan(stream: bytes, offset: int, limits: Limits, number_formats: dict[int, str]) -> SheetScan:
    scan = SheetScan(limits)
    for kind, body in _records(stream, offset):
        if len(body) < 6:
            continue
        if kind in _ONE_CELL:
            row, column = _POSITION.unpack_from(body)
            has_error = kind == _BOOLEAN_OR_ERROR and len(body) >= 8 and body[7] == 1
            number_format = number_formats.get(int.from_bytes(body[4:6], "little")) if kind in _NUMBERS else None
            scan.add(row, column, has_formula=kind in _FORMULA, has_error=has_error, number_format=number_format)
        elif kind == _SEVERAL_NUMBERS:
            row, first = _POSITION.unpack_from(body)
            # The last two bytes are the last column of the run.
            scan.add(row, int.from_bytes(body[-2:], "little"))
            for place in range((len(body) - 6) // 6 if number_formats else 0):
                style = int.from_bytes(body[4 + 6 * place : 6 + 6 * place], "little")
                scan.add(row, first + place, number_format=number_formats.get(style))
    return scan
