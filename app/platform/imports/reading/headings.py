"""Finding the table in a sheet: which row is the heading, and what each column says.

Above the heading people write titles and remarks, below the table totals and signatures; some lists
have their heading in two rows. A heading is recognised by its words alone, and what a person once
mapped by hand goes before everything that is known here.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import zip_longest
from typing import Final, TypeAlias

import msgspec

from app.platform.imports.declaration import Field, ImportKind
from app.platform.imports.reading.column_proposals import propose_fields
from app.platform.imports.reading.converters import shorten
from app.platform.imports.reading.issues import HeadingMissing, KeyHeadingMissing
from app.platform.imports.reading.workbook import CellValue, Sheet, Workbook

_SEARCHED_ROWS: Final = 60
_REMEMBERED: Final = 1_000
"""What a person has said goes before everything that is known here."""
_IN_BRACKETS = re.compile(r"\(.*?\)|\[.*?\]|<.*?>")
_NO_WORD = re.compile(r"[\W_]+")

RememberedHeadings: TypeAlias = Mapping[str, str | None]
"""Plain heading → field of the draft, or None for a column that a person chose to leave out."""


class Column(msgspec.Struct, frozen=True):
    """A column of a table. `field` is None where nothing in it is imported."""

    index: int
    heading: str
    field: str | None


class Table(msgspec.Struct, frozen=True):
    """A recognised table; `first_row` is its first row below the heading, counted from 0."""

    sheet: Sheet
    first_row: int
    columns: tuple[Column, ...]

    fields: dict[int, str]
    """Column index → field, of the columns that are imported."""

    alternatives: dict[str, tuple[int, ...]] = {}
    """Field → columns that are asked, in this order, where the surest one says nothing known."""


def plain_heading(text: str) -> str:
    """A heading as it is compared: half-width, lower case, only letters and digits."""
    return _NO_WORD.sub("", unicodedata.normalize("NFKC", text).lower())


def find_tables(
    workbook: Workbook, kind: ImportKind, required: frozenset[str], remembered: RememberedHeadings
) -> list[Table]:
    """All tables of this kind, one per visible sheet at most.

    Raises:
        HeadingRefused: no sheet has a heading with all `required` fields; its `headings` are the texts
            of the likeliest heading row.
    """
    single = required | {field.name for field in kind.fields if field.single_column}
    dictionary = _dictionary(kind, remembered)
    likeliest: Table | None = None
    tables = []
    for sheet in workbook.sheets:
        if sheet.is_hidden:
            continue
        table = _find_table(sheet, dictionary, single)
        if table is None:
            continue
        if required <= set(table.fields.values()):
            tables.append(table)
        if likeliest is None or len(table.fields) > len(likeliest.fields):
            likeliest = table
    # A single known word may be chance, on a sheet of remarks; beside a real heading it is.
    sure = [table for table in tables if len(table.fields) > 1]
    if tables:
        return sure or tables
    if likeliest is not None:
        fields = proposed_fields(likeliest, kind)
        proposed = {column.heading: fields[column.index] for column in likeliest.columns if column.index in fields}
        raise KeyHeadingMissing(tuple(column.heading for column in likeliest.columns), proposed)
    raise HeadingMissing(*_widest_row(workbook, kind))


def heading_recogniser(kind: ImportKind, remembered: RememberedHeadings) -> Callable[[str], bool]:
    """Tells whether a text is a known heading of this kind."""
    dictionary = _dictionary(kind, remembered)
    return lambda text: _meaning(text.strip(), dictionary) is not None


class _Meaning(msgspec.Struct, frozen=True):
    field: str | None
    rank: int
    """The lowest is surest."""


def _dictionary(kind: ImportKind, remembered: RememberedHeadings) -> dict[str, _Meaning]:
    meanings: dict[str, _Meaning] = {}
    for field in kind.fields:
        for rank, heading in enumerate(_headings(field), start=1):
            meanings.setdefault(heading, _Meaning(field.name, rank))
    known = {field.name for field in kind.fields}
    for heading, field_name in remembered.items():
        if field_name is None or field_name in known:
            plain = plain_heading(heading)
            known_as = meanings.get(plain)
            # Of two remembered columns with one meaning the surer stays the surer.
            rank = known_as.rank if known_as is not None and known_as.field == field_name else 0
            meanings[plain] = _Meaning(field_name, rank - _REMEMBERED)
    return meanings


def _headings(field: Field) -> list[str]:
    """The words for a field, the surest first; its label unless it says where that stands."""
    known, label = field.headings.split(), plain_heading(field.label)
    return known if label in known else [label, *known]


def _meaning(text: str, dictionary: Mapping[str, _Meaning]) -> _Meaning | None:
    if not text or len(text) > 60:
        return None
    whole = plain_heading(text)
    if whole in dictionary:
        return dictionary[whole]
    without_brackets = _IN_BRACKETS.sub("", unicodedata.normalize("NFKC", text))
    return dictionary.get(plain_heading(without_brackets))


def _texts(row: Iterable[CellValue]) -> list[str]:
    return [value.strip() if isinstance(value, str) else "" for value in row]


def _recognised(row: Iterable[CellValue], dictionary: Mapping[str, _Meaning]) -> int:
    """How many different fields the texts of a row name."""
    found = {meaning.field for text in _texts(row) if (meaning := _meaning(text, dictionary))}
    return len(found - {None})


def _find_table(sheet: Sheet, dictionary: Mapping[str, _Meaning], single: Collection[str]) -> Table | None:
    scores = [_recognised(row, dictionary) for row in sheet.rows[:_SEARCHED_ROWS]]
    best = max(scores, default=0)
    if best == 0:
        return None
    heading = scores.index(best)
    texts = _texts(sheet.rows[heading])
    first_row = heading + 1
    if first_row < len(sheet.rows) and _completes(sheet.rows[first_row], texts, dictionary):
        texts = _joined(texts, _texts(sheet.rows[first_row]), dictionary)
        first_row += 1
    elif heading and _completes(sheet.rows[heading - 1], texts, dictionary):
        texts = _joined(texts, _texts(sheet.rows[heading - 1]), dictionary)
    ranked = _ranked(texts, dictionary)
    fields = {columns[0]: field for field, columns in ranked.items()}
    alternatives = {field: tuple(others) for field, (_, *others) in ranked.items() if others and field not in single}
    named = fields | {column: field for field, others in alternatives.items() for column in others}
    columns = tuple(Column(index, shorten(text), named.get(index)) for index, text in enumerate(texts) if text)
    return Table(sheet, first_row, columns, dict(sorted(fields.items())), alternatives)


def _completes(row: list[CellValue], heading: list[str], dictionary: Mapping[str, _Meaning]) -> bool:
    """Whether a row beside the heading belongs to it: only known words, where the heading has none."""
    filled = [(index, value) for index, value in enumerate(row) if value != ""]
    return bool(filled) and all(
        isinstance(value, str)
        and _meaning(value.strip(), dictionary)
        and not (index < len(heading) and _meaning(heading[index], dictionary))
        for index, value in filled
    )


def _joined(heading: list[str], other: list[str], dictionary: Mapping[str, _Meaning]) -> list[str]:
    """A heading of two rows as one: each column's known word."""
    return [
        beside if beside and not _meaning(text, dictionary) else text
        for text, beside in zip_longest(heading, other, fillvalue="")
    ]


def _ranked(texts: list[str], dictionary: Mapping[str, _Meaning]) -> dict[str, list[int]]:
    """Field → the columns that mean it, the surest first."""
    found: dict[str, list[tuple[int, int]]] = {}
    for index, text in enumerate(texts):
        meaning = _meaning(text, dictionary)
        if meaning is not None and meaning.field is not None:
            found.setdefault(meaning.field, []).append((meaning.rank, index))
    return {field: [index for _, index in sorted(columns)] for field, columns in found.items()}


def proposed_fields(table: Table, kind: ImportKind) -> dict[int, str]:
    """What the columns that are not recognised seem to say."""
    unknown = [column.index for column in table.columns if column.field is None]
    taken = set(table.fields.values())
    looks = [(field, test) for field, test in kind.looks if field not in taken]
    return propose_fields(table.sheet.rows[table.first_row :], unknown, looks)


def _widest_row(workbook: Workbook, kind: ImportKind) -> tuple[tuple[str, ...], dict[str, str]]:
    """The texts of the first row with the most words, what a person would call the heading, and what the values below
    seem to say."""
    widest: Table | None = None
    for sheet in workbook.sheets:
        for place, row in enumerate(sheet.rows[: 0 if sheet.is_hidden else _SEARCHED_ROWS]):
            columns = tuple(Column(index, shorten(text), None) for index, text in enumerate(_texts(row)) if text)
            if len(columns) > (len(widest.columns) if widest else 0):
                widest = Table(sheet, place + 1, columns, {})
    if widest is None:
        return (), {}
    fields = proposed_fields(widest, kind)
    headings = tuple(column.heading for column in widest.columns)
    return headings, {column.heading: fields[column.index] for column in widest.columns if column.index in fields}
