"""Formulas, errors and number formats of a sheet's cells, found before values are read; the limits of an upload."""

from collections.abc import Mapping
from typing import Final, NamedTuple

import msgspec

from app.platform.imports.reading.issues import TooManyCells, TooManyColumns, TooManyRows, TooManySheets


class Limits(msgspec.Struct, frozen=True):
    """Hard limits of one upload. Sizes in bytes; rows and columns per sheet, counted from A1."""

    size: int = 20_000_000
    unpacked_size: int = 200_000_000
    rows: int = 20_000
    columns: int = 200
    cells: int = 5_000_000
    """Over all sheets, empty ones between A1 and the last cell included: they take room as well."""
    sheets: int = 50
    cell_characters: int = 32_767
    """What Excel itself allows in one cell."""


class CellMarks(NamedTuple):
    """Positions (row, column), both from 0, that a reader of values does not tell about."""

    formulas: frozenset[tuple[int, int]]
    errors: frozenset[tuple[int, int]]
    """Cells whose value is an Excel error such as `#N/A`."""
    number_formats: Mapping[tuple[int, int], str] = {}
    """Cells whose number format shows more than the number, and that format."""


NO_MARKS: Final = CellMarks(frozenset(), frozenset())


class SheetScan:
    """Collects the cells of one sheet that carry something.

    A reader that lays a sheet out densely makes room for all cells up to the outermost one, so a
    small file with one cell far out would cost gigabytes: it is refused here.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._rows = 0
        self._columns = 0
        self._formulas: set[tuple[int, int]] = set()
        self._errors: set[tuple[int, int]] = set()
        self._number_formats: dict[tuple[int, int], str] = {}

    def add(
        self,
        row: int,
        column: int,
        *,
        has_formula: bool = False,
        has_error: bool = False,
        number_format: str | None = None,
    ) -> None:
        """One cell with content.

        Raises:
            FileRefused: the cell lies outside the limits.
        """
        if row >= self._rows:
            self._rows = row + 1
            if self._rows > self._limits.rows:
                raise TooManyRows(maximum=self._limits.rows)
        if column >= self._columns:
            self._columns = column + 1
            if self._columns > self._limits.columns:
                raise TooManyColumns(maximum=self._limits.columns)
        if has_formula:
            self._formulas.add((row, column))
        if has_error:
            self._errors.add((row, column))
        if number_format is not None:
            self._number_formats[row, column] = number_format

    @property
    def area(self) -> int:
        """Cells between A1 and the outermost one."""
        return self._rows * self._columns

    @property
    def marks(self) -> CellMarks:
        """What was found."""
        return CellMarks(frozenset(self._formulas), frozenset(self._errors), self._number_formats)


def marks_of(scans: list[SheetScan], limits: Limits) -> tuple[CellMarks, ...]:
    """The marks of all sheets.

    Raises:
        FileRefused: too many sheets, or sheets that are too large together.
    """
    if len(scans) > limits.sheets:
        raise TooManySheets(maximum=limits.sheets)
    if sum(scan.area for scan in scans) > limits.cells:
        raise TooManyCells(maximum=limits.cells)
    return tuple(scan.marks for scan in scans)
