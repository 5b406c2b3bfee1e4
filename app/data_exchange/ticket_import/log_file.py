"""Reading a log file as rows grouped by ticket. Pure; holds only the rows of incomplete groups in memory.

A first pass finds each ticket's last row, a second yields a ticket when that row is reached: the rows of a ticket need
not be adjacent. Row numbers are those of a spreadsheet: the heading is row 1.
"""

import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence
from sys import intern

import msgspec

from app.data_exchange.ticket_import.errors import ColumnsMissing, LogEmpty, LogRefused
from app.data_exchange.ticket_import.mapping import Mapping
from app.platform.kernel.encodings import Encoding, TextUnreadable, decoded, first_lines, mixed_words

LONGEST_NUMBER = 60
_FIRST_ROW = 2
_SHORT_CELL = 40
"""Cells up to this length are interned, because they repeat often."""


class Row(msgspec.Struct, frozen=True):
    """One row: cells by heading, empty where unknown. `fault` is the code of why it cannot be used."""

    number: int
    cells: dict[str, str]
    fault: str = ""
    short: bool = False
    """Cells are missing at its end."""
    guessed: Encoding | None = None
    """The guessed encoding of the log; set on its first row only."""
    doubtful: str = ""
    """A word that speaks against that guess."""

    def __getitem__(self, heading: str) -> str:
        """The cell below `heading`; empty where there is no such column."""
        return self.cells.get(heading, "")


class Group(msgspec.Struct, frozen=True):
    """All rows of one ticket, in the order of the file. `number` is as written in the file; a row without a number is
    a group of its own with an empty number."""

    number: str
    rows: tuple[Row, ...]


class LogSize(msgspec.Struct, frozen=True):
    """Numbers of rows and of tickets; a row without a ticket number counts as a ticket."""

    rows: int
    groups: int


class LogReading(msgspec.Struct, frozen=True):
    """How a log's text was read. `encoding` is an `Encoding`, or the codec that a mapping names; `lines` are the first
    five."""

    encoding: str
    is_guess: bool
    lines: tuple[str, ...]


def normalise_number(number: str) -> str:
    """An external number as it is stored and looked up: upper case, half-width, without spaces."""
    return "".join(unicodedata.normalize("NFKC", number).split()).upper()


class LogFile:
    """A log in memory, read through its mapping."""

    def __init__(self, content: bytes, mapping: Mapping, chosen: Encoding = Encoding.AUTOMATIC) -> None:
        """`chosen` is an encoding that takes precedence over the mapping's.

        Raises:
            LogRefused: the bytes are no text in this encoding.
            ColumnsMissing: the mapping names columns that the file lacks.
            LogEmpty: there is no row below the heading.
        """
        self._mapping = mapping
        encoding = mapping.encoding if chosen is Encoding.AUTOMATIC else chosen.value
        self._text, encoding, is_guess = _decoded(content, encoding)
        self.guessed = Encoding(encoding) if is_guess else None
        self.read_as = LogReading(encoding, is_guess, first_lines(self._text))
        self._unknown = frozenset(each.strip() for each in mapping.unknown)
        _, headings = next(self._records(), (0, None))
        if headings is None:
            raise LogEmpty
        self._headings = [intern(each.strip()) for each in headings]
        missing = sorted(mapping.headings() - set(self._headings))
        if missing:
            raise ColumnsMissing(columns="、".join(missing))
        self._kept = [(place, heading) for place, heading in enumerate(self._headings) if heading in mapping.headings()]
        self._last: dict[str, int] = {}
        rows = unnamed = 0
        for row in self._rows():
            rows += 1
            key = self._key(row)
            if key:
                self._last[key] = row.number
            else:
                unnamed += 1
        if not rows:
            raise LogEmpty
        self.size = LogSize(rows, len(self._last) + unnamed)

    def groups(self, skip: int = 0) -> Iterator[Group]:
        """The tickets in the order of their last rows, deterministic for the same bytes and mapping, without the first
        `skip`."""
        waiting: dict[str, list[Row]] = {}
        position = 0
        for row in self._rows():
            key = self._key(row)
            if key:
                waiting.setdefault(key, []).append(row)
                if self._last[key] != row.number:
                    continue
            rows = tuple(waiting.pop(key)) if key else (row,)
            position += 1
            if position > skip:
                yield Group(rows[0][self._mapping.columns.number] if key else "", rows)

    def _key(self, row: Row) -> str:
        return normalise_number(row[self._mapping.columns.number])

    def _rows(self) -> Iterator[Row]:
        records = self._records()
        next(records)
        for number, cells in records:
            if cells is None:
                yield Row(number, {}, "unreadable")
            elif any(cells):
                yield self._row(number, cells)

    def _row(self, number: int, cells: Sequence[str]) -> Row:
        kept = {heading: self._cell(cells[place]) for place, heading in self._kept if place < len(cells)}
        fault = ""
        if any(cell.strip() for cell in cells[len(self._headings) :]):
            fault = "too_many_cells"
        elif not kept.get(self._mapping.columns.number):
            fault = "number_missing"
        elif len(kept[self._mapping.columns.number]) > LONGEST_NUMBER:
            fault = "number_too_long"
            kept[self._mapping.columns.number] = ""
        short = len(cells) < len(self._headings)
        if self.guessed is None:
            return Row(number, kept, fault, short=short)
        doubtful = next((word for cell in kept.values() for word in mixed_words(cell)), "")
        return Row(number, kept, fault, short, self.guessed if number == _FIRST_ROW else None, doubtful)

    def _cell(self, text: str) -> str:
        cell = text.replace("\0", "").strip()
        if cell in self._unknown:
            return ""
        return intern(cell) if len(cell) <= _SHORT_CELL else cell

    def _records(self) -> Iterator[tuple[int, list[str] | None]]:
        """(number, cells) of every record; None for a line that is no valid CSV."""
        reader = csv.reader(io.StringIO(self._text, newline=""), delimiter=self._mapping.delimiter)
        number = 0
        while True:
            number += 1
            try:
                yield number, next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield number, None


def _decoded(content: bytes, encoding: str) -> tuple[str, str, bool]:
    """The text, its encoding, and whether the encoding was guessed.

    Raises:
        LogRefused: no text in this encoding.
    """
    try:
        if encoding in set(Encoding):
            read = decoded(content, Encoding(encoding))
            return read.text.removeprefix("\ufeff"), read.encoding.value, read.is_guess
        return content.decode(encoding).removeprefix("\ufeff"), encoding, False
    except (TextUnreadable, UnicodeDecodeError, LookupError) as error:
        raise LogRefused(reason=str(error)[:200]) from error
