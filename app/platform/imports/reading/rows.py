"""From the rows of a table to drafts: what each row says, what is doubtful, what is refused."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias
from uuid import UUID

import msgspec

from app.platform.imports.declaration import ImportKind, RowContext, RowPlace
from app.platform.imports.reading.converters import CellContext, Converter, FieldValue, raw_text
from app.platform.imports.reading.headings import (
    RememberedHeadings,
    Table,
    find_tables,
    heading_recogniser,
    plain_heading,
)
from app.platform.imports.reading.issues import RowIssue, Severity
from app.platform.imports.reading.merged_cells import covered_cells, with_merged_values
from app.platform.imports.reading.name_matching import NameMatcher
from app.platform.imports.reading.workbook import (
    CellValue,
    Sheet,
    Workbook,
    cell_address,
    read_workbook,
)
from app.platform.kernel.encodings import Encoding, mixed_words

_TOTAL = re.compile(r"(合计|总计|小计|共计|总数|累计|total|subtotal|grandtotal):?\d*[台个人条项]?", re.IGNORECASE)
_REMARK = re.compile(r"备注|说明|制表|填表|审核|打印|注:|[^0-9a-f:]+:")
_REMARK_CELLS: Final = 4
"""A line of signatures has few cells; a record that matches all over is not likely."""
_DITTO: Final = frozenset({"同上", "同上行", "〃", "″", "ditto", "Ditto", '"'})


KnownNames: TypeAlias = Mapping[str, Collection[str]]
"""Field → the recorded names that its values may mean."""


class SkipReason(StrEnum):
    """Why a row below the heading is no record; keys of `messages.MESSAGES`."""

    TOTAL = "skipped_total"
    REMARK = "skipped_remark"
    UNFILLED = "skipped_unfilled"
    HEADING = "skipped_heading"


class SkippedRow(msgspec.Struct, frozen=True):
    """A row that is no record, left out without an issue. Blank rows are not listed."""

    sheet: str
    row_number: int
    reason: SkipReason


class ParsedRow(msgspec.Struct, frozen=True):
    """One record of the file."""

    sheet: str
    row_number: int
    """As Excel counts, from 1."""
    values: Any
    """The draft of its kind; None if the row is refused."""
    issues: tuple[RowIssue, ...]
    original: tuple[str, ...]
    """The row's cells as they stand, for the error sheet; empty if nothing is wrong."""

    @property
    def place(self) -> RowPlace:
        """Sheet and row number."""
        return self.sheet, self.row_number

    @property
    def is_refused(self) -> bool:
        """Whether an error keeps the row out."""
        return self.values is None

    @property
    def is_doubtful(self) -> bool:
        """Whether the row is imported although something about it is odd."""
        return self.values is not None and bool(self.issues)


class ParsedFile(msgspec.Struct, frozen=True):
    """All that a file says, ready for a dry run or an import."""

    kind: ImportKind
    tables: tuple[Table, ...]
    rows: tuple[ParsedRow, ...]
    skipped: tuple[SkippedRow, ...]

    @property
    def mapping(self) -> dict[str, str | None]:
        """Plain heading → field of this file, to be remembered and given to the next import."""
        return {
            plain_heading(column.heading): column.field
            for table in self.tables
            for column in table.columns
            if column.field
        }

    @property
    def accepted(self) -> tuple[ParsedRow, ...]:
        """Rows that can be imported, doubtful ones included."""
        return tuple(row for row in self.rows if not row.is_refused)

    @property
    def refused(self) -> tuple[ParsedRow, ...]:
        """Rows with an error."""
        return tuple(row for row in self.rows if row.is_refused)

    @property
    def doubtful(self) -> tuple[ParsedRow, ...]:
        """Rows that are imported with a warning."""
        return tuple(row for row in self.rows if row.is_doubtful)


def read_import(
    content: bytes,
    kind: ImportKind,
    *,
    today: date,
    client_id: UUID | None = None,
    known: KnownNames = MappingProxyType({}),
    remembered: RememberedHeadings = MappingProxyType({}),
    encoding: Encoding = Encoding.AUTOMATIC,
) -> ParsedFile:
    """Read and judge a whole file. `today` is the client's day, `client_id` whose list it is, `known` the recorded
    names that a field's values may mean.

    Raises:
        FileRefused: the file cannot be read, or no heading was recognised.
    """
    workbook = open_list(content, kind, remembered=remembered, encoding=encoding)
    return parse_rows(workbook, kind, today=today, client_id=client_id, known=known, remembered=remembered)


def open_list(
    content: bytes,
    kind: ImportKind,
    *,
    remembered: RememberedHeadings = MappingProxyType({}),
    encoding: Encoding = Encoding.AUTOMATIC,
) -> Workbook:
    """Read a list that is still to be judged; known headings help to find its delimiter.

    Raises:
        FileRefused: the file cannot be read.
    """
    is_heading = heading_recogniser(kind, remembered)
    return read_workbook(content, limits=kind.limits, encoding=encoding, is_heading=is_heading)


def parse_rows(
    workbook: Workbook,
    kind: ImportKind,
    *,
    today: date,
    client_id: UUID | None = None,
    known: KnownNames = MappingProxyType({}),
    remembered: RememberedHeadings = MappingProxyType({}),
) -> ParsedFile:
    """Judge the rows of a workbook that has been read.

    Raises:
        HeadingRefused: no heading was recognised.
    """
    required = kind.required(client_id)
    tables = find_tables(workbook, kind, required, remembered)
    parser = _Parser(
        kind, tables, today=today, required=required, known=known, guessed_encoding=_guessed_encoding(workbook)
    )
    rows = tuple(row for table in tables for row in parser.rows(table))
    return ParsedFile(kind, tuple(tables), rows, tuple(parser.skipped))


class _Column(NamedTuple):
    position: int
    field: str
    convert: Converter


class _Parser:
    """State shared by the rows of a file: where each unique value stood first, and the record before."""

    def __init__(
        self,
        kind: ImportKind,
        tables: list[Table],
        *,
        today: date,
        required: frozenset[str],
        known: KnownNames,
        guessed_encoding: Encoding | None,
    ) -> None:
        self.skipped: list[SkippedRow] = []
        self._guessed_encoding = guessed_encoding
        """The encoding, where the text might have been read wrongly."""
        self._alternatives: dict[str, tuple[int, ...]] = {}
        self._previous_row: list[CellValue] = []
        """The record before."""
        self._ditto_values: dict[int, CellValue] = {}
        """Column → what "the same as above" meant in the record before, where it stood there."""
        self._kind = kind
        self._today = today
        self._converters = {field.name: field.convert for field in kind.fields}
        self._seen: dict[tuple[str, FieldValue], tuple[str, int, int]] = {}
        self._names_sheets = len(tables) > 1
        self._required = [field for field in kind.fields if field.name in required]
        self._names = {
            field.name: NameMatcher(field.name, known.get(field.name, ()), _used_names(tables, field.name))
            for field in kind.fields
            if field.names_record
        }

    def rows(self, table: Table) -> Iterator[ParsedRow]:
        """The table's records in their order."""
        sheet = table.sheet
        columns = [_Column(index, field, self._converters[field]) for index, field in table.fields.items()]
        headings = {column.index: plain_heading(column.heading) for column in table.columns}
        covered = covered_cells(table)
        self._previous_row, self._alternatives = [], table.alternatives
        for index, row in enumerate(sheet.rows[table.first_row :], start=table.first_row):
            filled = [column for column, value in enumerate(row) if not _is_blank(value)]
            if not filled:
                continue
            reason = _skip_reason(row, filled, table.fields, headings)
            if reason is None:
                shown = with_merged_values(sheet, row, covered[index]) if index in covered else row
                yield self._parse(sheet, columns, index, shown)
                self._previous_row = shown
            else:
                self.skipped.append(SkippedRow(sheet.name, index + 1, reason))

    def _parse(self, sheet: Sheet, columns: list[_Column], row_index: int, row: list[CellValue]) -> ParsedRow:
        cell = CellContext(row_index)
        formulas, errors = sheet.marks.formulas, sheet.marks.errors
        values: dict[str, FieldValue] = {}
        for column, field, convert in columns:
            cell.column, cell.field = column, field
            cell.has_formula = (row_index, column) in formulas
            if (row_index, column) in errors:
                cell.warn("cell_error")
                values[field] = None
            elif column < len(row) and row[column] != "":
                values[field] = self._converted(row[column], convert, cell)
            else:
                values[field] = None
        for field, alternatives in self._alternatives.items():
            if values[field] is None:
                values[field] = self._from_alternatives(row, field, alternatives, cell)
        self._check_row(sheet, {field: column for column, field, _ in columns}, values, cell)
        issues = tuple(cell.issues)
        is_refused = any(issue.severity is Severity.ERROR for issue in issues)
        return ParsedRow(
            sheet=sheet.name,
            row_number=row_index + 1,
            values=None if is_refused else msgspec.convert(values, self._kind.draft),
            issues=issues,
            original=tuple(raw_text(value) for value in row) if issues else (),
        )

    def _converted(self, value: CellValue, convert: Converter, cell: CellContext) -> FieldValue:
        if value in _DITTO:
            value = self._resolve_ditto(value, cell)
        if self._guessed_encoding is not None:
            self._check_encoding(value, self._guessed_encoding, cell)
        return convert(value, cell)

    def _from_alternatives(
        self, row: list[CellValue], field: str, alternatives: tuple[int, ...], cell: CellContext
    ) -> FieldValue:
        """The value of the first alternative column that has one; issues of the field's other columns are
        dropped."""
        earlier_issues = cell.issues
        for column in alternatives:
            if column >= len(row) or _is_blank(row[column]):
                continue
            cell.column, cell.field, cell.has_formula, cell.issues = column, field, False, []
            value = self._converted(row[column], self._converters[field], cell)
            if value is not None:
                cell.issues = [issue for issue in earlier_issues if issue.field != field] + cell.issues
                return value
        cell.issues = earlier_issues
        return None

    def _resolve_ditto(self, written: CellValue, cell: CellContext) -> CellValue:
        """What "the same as above" means."""
        value = self._previous_row[cell.column] if cell.column < len(self._previous_row) else ""
        if value in _DITTO:
            value = self._ditto_values.get(cell.column, "")
        self._ditto_values[cell.column] = value
        cell.warn("same_as_above", value=str(written), stored=raw_text(value))
        return value

    def _check_encoding(self, value: CellValue, guessed_encoding: Encoding, cell: CellContext) -> None:
        if isinstance(value, str) and (words := mixed_words(value)):
            cell.warn("encoding_doubtful", value=words[0], encoding=guessed_encoding)

    def _check_row(
        self, sheet: Sheet, places: dict[str, int], values: dict[str, FieldValue], cell: CellContext
    ) -> None:
        """Checks that need the whole row, the rows before it or what is recorded."""
        for needed in self._required:
            if values.get(needed.name) is None and not any(
                issue.field == needed.name and issue.severity is Severity.ERROR for issue in cell.issues
            ):
                cell.column, cell.field = places[needed.name], needed.name
                cell.refuse(needed.missing)
        for field, names in self._names.items():
            written = values.get(field)
            if isinstance(written, str):
                cell.column, cell.field = places[field], field
                values[field] = names.resolve(written, cell)
        if self._kind.check_row is not None:
            self._kind.check_row(values, RowContext(self._today, places, cell))
        for unique in self._kind.unique:
            value = values.get(unique.field)
            if value is None:
                continue
            cell.column, cell.field = places[unique.field], unique.field
            here = (sheet.name, cell.row, cell.column)
            same = value.casefold() if isinstance(value, str) else value
            sheet_name, row, column = self._seen.setdefault((unique.field, same), here)
            if (sheet_name, row, column) == here:
                continue
            address = cell_address(row, column)
            first = f"{sheet_name}!{address}" if self._names_sheets else address
            if unique.severity is Severity.ERROR:
                cell.refuse(unique.code, value=str(value), first=first)
            else:
                cell.warn(unique.code, value=str(value), first=first)


def _guessed_encoding(workbook: Workbook) -> Encoding | None:
    read_as = workbook.read_as
    return read_as.encoding if read_as is not None and read_as.is_guess else None


def _is_blank(value: CellValue) -> bool:
    return value == "" or (isinstance(value, str) and not value.strip())


def _without_spaces(value: CellValue) -> str:
    return "".join(unicodedata.normalize("NFKC", raw_text(value)).split())


def _skip_reason(
    row: list[CellValue], filled: list[int], fields: dict[int, str], headings: dict[int, str]
) -> SkipReason | None:
    """Why a row that is not blank is no record, or None if it is one."""
    if any(isinstance(row[index], str) and _TOTAL.fullmatch(_without_spaces(row[index])) for index in filled[:2]):
        return SkipReason.TOTAL
    if not any(index in fields for index in filled):
        is_counted = all(_without_spaces(row[index]).isdigit() for index in filled)
        return SkipReason.UNFILLED if is_counted else SkipReason.REMARK
    if len(filled) <= _REMARK_CELLS and all(_REMARK.match(_without_spaces(row[index])) for index in filled):
        return SkipReason.REMARK
    if len(filled) > 1 and all(plain_heading(raw_text(row[index])) == headings.get(index) for index in filled):
        return SkipReason.HEADING
    return None


def _used_names(tables: list[Table], name: str) -> Iterator[str]:
    """The values of a field in every row, as written."""
    for table in tables:
        for index, field in table.fields.items():
            if field != name:
                continue
            for row in table.sheet.rows[table.first_row :]:
                if index < len(row) and isinstance(row[index], str) and not _is_blank(row[index]):
                    yield " ".join(raw_text(row[index]).split())
