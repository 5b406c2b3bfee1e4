"""Looking into an .xls before anything parses it: how far do its sheets reach, and where are its formulas?

An .xls is a compound file with one stream of records, BIFF8 or older [MS-XLS §2.1.4, §2.4]. Only the
records that place a cell are looked at. An older layout than Excel 5 has no such stream and is refused.
"""

import struct
from collections.abc import Iterator
from io import BytesIO
from typing import Final

import olefile

from app.devices.importing.issues import FileDamaged, FileEncrypted, TooManySheets
from app.devices.importing.marks import CellMarks, Limits, SheetSurvey, marks_of

_HEADER: Final = struct.Struct("<HH")
_POSITION: Final = struct.Struct("<HH")
_SHEET_OFFSET: Final = struct.Struct("<I")

_END_OF_SHEET: Final = 0x000A
_BOUND_SHEET: Final = 0x0085
_FORMULA: Final = frozenset({0x0006, 0x0206, 0x0406})
_BOOLEAN_OR_ERROR: Final = 0x0205
_SEVERAL_NUMBERS: Final = 0x00BD
_ONE_CELL: Final = frozenset({0x0203, 0x0204, 0x00D6, 0x00FD, 0x027E, _BOOLEAN_OR_ERROR}) | _FORMULA
"""Number, label, rich text, shared string, compressed number, boolean or error, formula."""


def inspect_compound_file(content: bytes, limits: Limits) -> tuple[CellMarks, ...]:
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
    return marks_of([_survey(stream, offset, limits) for offset in offsets], limits)


def _workbook_stream(content: bytes) -> bytes:
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


def _survey(stream: bytes, offset: int, limits: Limits) -> SheetSurvey:
    survey = SheetSurvey(limits)
    for kind, body in _records(stream, offset):
        if len(body) < 6:
            continue
        if kind in _ONE_CELL:
            row, column = _POSITION.unpack_from(body)
            has_error = kind == _BOOLEAN_OR_ERROR and len(body) >= 8 and body[7] == 1
            survey.add(row, column, has_formula=kind in _FORMULA, has_error=has_error)
        elif kind == _SEVERAL_NUMBERS:
            row, _ = _POSITION.unpack_from(body)
            # The last two bytes are the last column of the run.
            survey.add(row, int.from_bytes(body[-2:], "little"))
    return survey
