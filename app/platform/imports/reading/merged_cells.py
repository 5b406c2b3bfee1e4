"""Merged cells: Excel keeps the value in the first, people read it in every row beside it."""

from collections import defaultdict

from app.platform.imports.reading.headings import Table
from app.platform.imports.reading.issues import TooManyCells
from app.platform.imports.reading.workbook import DEFAULT_LIMITS, CellValue, Sheet


def covered_cells(table: Table) -> dict[int, list[tuple[int, int]]]:
    """Row → (column, row of the value) of the cells that a merged range covers below its first row. What is merged
    sideways has its value where it is, and headings are read as they stand."""
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    height, cells = len(table.sheet.rows), 0
    for (top, left), (bottom, _) in table.sheet.merges:
        if top < table.first_row:
            continue
        cells += max(0, min(bottom, height - 1) - top)
        if cells > DEFAULT_LIMITS.cells:
            raise TooManyCells(maximum=DEFAULT_LIMITS.cells)
        for row in range(top + 1, min(bottom, height - 1) + 1):
            found[row].append((left, top))
    return found


def with_merged_values(sheet: Sheet, row: list[CellValue], covered: list[tuple[int, int]]) -> list[CellValue]:
    """The row with what it shows: the value of each merged range that reaches into it."""
    shown = list(row)
    for column, top in covered:
        if column < len(shown) and column < len(sheet.rows[top]) and shown[column] == "":
            shown[column] = sheet.rows[top][column]
    return shown
