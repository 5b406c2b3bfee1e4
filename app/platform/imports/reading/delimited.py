"""A CSV as rows: its encoding, its delimiter, and the wrapping that keeps spreadsheets from changing its cells."""

import csv
import re
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Final

import msgspec

from app.platform.imports.reading.cell_marks import Limits
from app.platform.imports.reading.issues import (
    FileDamaged,
    FileEncodingUnknown,
    FileEncodingWrong,
    FileKindUnknown,
    TooManyColumns,
    TooManyRows,
)
from app.platform.imports.reading.markup import declared_encoding
from app.platform.kernel.encodings import DecodedText, Encoding, TextUnreadable, decoded, first_lines

_DELIMITERS: Final = ",;\t|"
_CONTROL_BYTES = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_UTF_16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_SAMPLE_CHARACTERS: Final = 65_536
_SAMPLE_RECORDS: Final = 60
_SEPARATOR_LINE = re.compile(r"sep=(.)(\r\n|\r|\n)", re.IGNORECASE)
"""Excel's own way to say it, on the first line."""
_WRAPPED = re.compile(r'="((?:[^"]|"")*)"')
_GUARDED = re.compile(r"'(?=[=+\-@\d])")

_DECLARED_NAMES: Final = {
    "utf-8": Encoding.UTF_8,
    "gb2312": Encoding.GB18030,
    "gbk": Encoding.GB18030,
    "gb18030": Encoding.GB18030,
    "big5": Encoding.BIG5,
    "windows-1252": Encoding.WINDOWS_1252,
    "iso-8859-1": Encoding.WINDOWS_1252,
}

IsHeading = Callable[[str], bool]
"""Whether a cell is a known heading: what speaks most plainly for a delimiter."""


class ReadAs(msgspec.Struct, frozen=True):
    """How a text file was decoded, for people to check; `lines` are its first five."""

    encoding: Encoding
    is_guess: bool
    lines: tuple[str, ...]


def decode(content: bytes, chosen: Encoding) -> tuple[str, ReadAs]:
    """A text file's text, and how it was read.

    Raises:
        FileRefused: it is no text, or none in the chosen encoding.
    """
    if chosen is not Encoding.UTF_16 and not content.startswith(_UTF_16_MARKS) and _CONTROL_BYTES.search(content):
        raise FileKindUnknown()
    try:
        found = _declared(content) if chosen is Encoding.AUTOMATIC else None
        found = found or decoded(content, chosen)
    except TextUnreadable as error:
        raise (FileEncodingUnknown() if chosen is Encoding.AUTOMATIC else FileEncodingWrong()) from error
    return found.text, ReadAs(found.encoding, found.is_guess, first_lines(found.text))


def _declared(content: bytes) -> DecodedText | None:
    """A page or an XML in the encoding that it names, where it is in it."""
    name = declared_encoding(content)
    if name not in _DECLARED_NAMES or content.startswith(_UTF_16_MARKS):
        return None
    try:
        return decoded(content, _DECLARED_NAMES[name])
    except TextUnreadable:
        return None


def read_delimited(text: str, limits: Limits, is_heading: IsHeading | None = None) -> list[list[str]]:
    """The rows of a CSV; a line that only names the delimiter is left blank, so that rows keep their numbers.

    Raises:
        FileRefused: broken, or outside the limits.
    """
    rows: list[list[str]] = []
    if declared := _SEPARATOR_LINE.match(text):
        delimiter, text = declared[1], text[declared.end() :]
        rows.append([])
    else:
        delimiter = _delimiter(text, is_heading)
    try:
        for row in csv.reader(StringIO(text, newline=""), delimiter=delimiter):
            if len(rows) >= limits.rows and any(row):
                raise TooManyRows(maximum=limits.rows)
            if any(len(cell) > limits.cell_characters for cell in row):
                raise FileDamaged()
            if len(row) > limits.columns:
                raise TooManyColumns(maximum=limits.columns)
            if len(rows) < limits.rows:
                rows.append([unwrapped(cell) if cell[:1] in {"=", "'"} else cell for cell in row])
    except csv.Error as error:
        raise FileDamaged() from error
    return rows


def unwrapped(cell: str) -> str:
    """`="0002"` and `'0002` as the text that was meant: so programs keep Excel from making a number of it."""
    if wrapped := _WRAPPED.fullmatch(cell):
        return wrapped[1].replace('""', '"')
    return cell[1:] if _GUARDED.match(cell) else cell


def _delimiter(text: str, is_heading: IsHeading | None) -> str:
    """The delimiter that makes a table of the beginning; a comma where nothing speaks for another."""
    sample = text[:_SAMPLE_CHARACTERS]
    return max(_DELIMITERS, key=lambda delimiter: _delimiter_score(sample, delimiter, is_heading))


def _delimiter_score(sample: str, delimiter: str, is_heading: IsHeading | None) -> tuple[int, float, int]:
    """How many cells of one record are known headings, which share of the records has the commonest width, and how
    wide that is. Records are read whole: a delimiter inside quotes divides nothing."""
    records = [record for record in _records(sample, delimiter) if any(cell.strip() for cell in record)]
    known = max((len({cell for cell in record if is_heading and is_heading(cell)}) for record in records), default=0)
    widths = [len(record) for record in records]
    wide = [width for width in widths if width > 1]
    if not wide:
        return 0, 0.0, 0
    commonest = max(set(wide), key=lambda width: (wide.count(width), width))
    return known if known > 1 else 0, wide.count(commonest) / len(widths), commonest


def _records(sample: str, delimiter: str) -> Iterator[list[str]]:
    try:
        for place, record in enumerate(csv.reader(StringIO(sample, newline=""), delimiter=delimiter)):
            if place >= _SAMPLE_RECORDS:
                return
            yield record
    except csv.Error:
        return
