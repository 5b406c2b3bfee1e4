"""Bytes of an .xlsx, an .xls of any kind or a .csv as sheets of plain rows; what is dangerous is refused first."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from io import BytesIO
from typing import Final, TypeAlias

import msgspec

from app.platform.imports.reading.cell_marks import NO_MARKS, CellMarks, Limits
from app.platform.imports.reading.delimited import (
    IsHeading,
    ReadAs,
    decode,
    read_delimited,
)
from app.platform.imports.reading.issues import (
    FileDamaged,
    FileEmpty,
    FileEncrypted,
    FileTooLarge,
    TooManyColumns,
    TooManyRows,
)
from app.platform.imports.reading.markup import (
    SheetBuilder,
    is_html,
    is_spreadsheet_xml,
    read_html,
    read_spreadsheet_xml,
)
from app.platform.imports.reading.number_formats import displayed_text
from app.platform.imports.reading.xls_inspection import inspect_xls
from app.platform.imports.reading.xlsx_inspection import inspect_xlsx, with_standard_part_names
from app.platform.kernel.encodings import LINE_CHARACTERS, LINES_SHOWN, Encoding

CellValue: TypeAlias = str | int | float | bool | date | datetime | time | timedelta
"""A cell as read; an empty cell is the empty string."""

_ZIP_SIGNATURE: Final = b"PK\x03\x04"
_COMPOUND_SIGNATURE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

DEFAULT_LIMITS: Final = Limits()


class FileFormat(StrEnum):
    """What the bytes are, whatever the file is called."""

    XLSX = "xlsx"
    XLS = "xls"
    CSV = "csv"
    HTML = "html"
    XML = "xml"


class Sheet(msgspec.Struct, frozen=True):
    """One sheet: `rows[0][0]` is A1."""

    name: str
    rows: list[list[CellValue]]
    marks: CellMarks = NO_MARKS
    """Formulas and error values; none are known of a CSV."""
    merges: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()
    """First and last cell of each merged range, as (row, column). The value stands in the first."""
    is_hidden: bool = False


class Workbook(msgspec.Struct, frozen=True):
    """A file that has been read."""

    format: FileFormat
    sheets: tuple[Sheet, ...]
    read_as: ReadAs | None = None
    """How a text was read; None for Excel's own kinds, which say it themselves."""


def cell_address(row: int, column: int) -> str:
    """The A1 address of a cell; row and column count from 0."""
    letters = ""
    number = column + 1
    while number:
        number, remainder = divmod(number - 1, 26)
        letters = chr(65 + remainder) + letters
    return f"{letters}{row + 1}"


def read_workbook(
    content: bytes,
    *,
    limits: Limits = DEFAULT_LIMITS,
    encoding: Encoding = Encoding.AUTOMATIC,
    is_heading: IsHeading | None = None,
) -> Workbook:
    """Read a file by its content; its name is not trusted and not needed. `encoding` is for texts.

    Raises:
        FileRefused: empty, too large, a bomb, encrypted, damaged, or none of the known kinds.
    """
    if not content.strip():
        raise FileEmpty()
    if len(content) > limits.size:
        raise FileTooLarge(megabytes=limits.size // 1_000_000)
    if content.startswith(_ZIP_SIGNATURE):
        content = with_standard_part_names(content, limits)
        return Workbook(FileFormat.XLSX, _read_excel(content, inspect_xlsx(content, limits), limits))
    if content.startswith(_COMPOUND_SIGNATURE):
        return Workbook(FileFormat.XLS, _read_excel(content, inspect_xls(content, limits), limits))
    text, read_as = decode(content, encoding)
    if is_spreadsheet_xml(text):
        return _from_builders(FileFormat.XML, read_spreadsheet_xml(text, limits), read_as)
    if is_html(text):
        return _from_builders(FileFormat.HTML, read_html(text, limits), read_as)
    rows: list[list[CellValue]] = [list(row) for row in read_delimited(text, limits, is_heading)]
    return Workbook(FileFormat.CSV, (Sheet(name="CSV", rows=rows),), read_as)


def _from_builders(file_format: FileFormat, builders: list[SheetBuilder], read_as: ReadAs) -> Workbook:
    sheets = tuple(
        Sheet(name=each.name, rows=[list(row) for row in each.rows], marks=each.scan.marks, merges=tuple(each.merges))
        for each in builders
    )
    first = [row for sheet in sheets for row in sheet.rows if any(row)][:LINES_SHOWN]
    lines = tuple(" | ".join(map(str, row))[:LINE_CHARACTERS] for row in first)
    return Workbook(file_format, sheets, msgspec.structs.replace(read_as, lines=lines))


def _read_excel(content: bytes, marks: tuple[CellMarks, ...], limits: Limits) -> tuple[Sheet, ...]:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(content))
        sheets = []
        for index, metadata in enumerate(workbook.sheets_metadata):
            sheet = workbook.get_sheet_by_index(index)
            _refuse_size(sheet.total_height, sheet.total_width, limits)
            rows = sheet.to_python(skip_empty_area=False)
            known = marks[index] if index < len(marks) else NO_MARKS
            _apply_number_formats(rows, known.number_formats)
            sheets.append(
                Sheet(
                    name=metadata.name,
                    rows=rows,
                    marks=known,
                    merges=tuple(sheet.merged_cell_ranges or ()),
                    is_hidden=metadata.visible is not SheetVisibleEnum.Visible,
                )
            )
    except PasswordError as error:
        raise FileEncrypted() from error
    except (CalamineError, OSError) as error:
        raise FileDamaged() from error
    except BaseException as error:
        # The reader is compiled; an inconsistency that it did not foresee arrives as a panic,
        # which is no Exception and whose class cannot be imported.
        if type(error).__name__ == "PanicException":
            raise FileDamaged() from error
        raise
    return tuple(sheets)


def _apply_number_formats(rows: list[list[CellValue]], number_formats: Mapping[tuple[int, int], str]) -> None:
    """Put what is seen in place of a number that its format shows with more than its digits."""
    for (row, column), code in number_formats.items():
        if row < len(rows) and column < len(rows[row]):
            value = rows[row][column]
            if isinstance(value, int | float) and not isinstance(value, bool):
                rows[row][column] = displayed_text(value, code) or value


def _refuse_size(rows: int, columns: int, limits: Limits) -> None:
    if rows > limits.rows:
        raise TooManyRows(maximum=limits.rows)
    if columns > limits.columns:
        raise TooManyColumns(maximum=limits.columns)
