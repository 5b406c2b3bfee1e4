"""A table as an .xlsx sheet in which no cell can run as a formula: texts are texts, behind Excel's quote prefix."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Final

from app.platform.kernel.time_source import PLATFORM_ZONE
from app.platform.lists.declaration import Cell

MAXIMUM_CELL: Final = 32_767
"""Characters that a cell of Excel holds."""
EXACT_DIGITS: Final = 15
"""Excel's numbers keep that many; what has more is written as a text."""
MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def write_workbook(
    name: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]], widths: Sequence[int] = (), note: str = ""
) -> bytes:
    """One sheet with a line of headings; times are the platform zone's. `note` stands under the last row."""
    import xlsxwriter

    output = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
        "default_date_format": "yyyy-mm-dd hh:mm",
    }
    with xlsxwriter.Workbook(output, options) as workbook:
        text = {"num_format": "@", "quote_prefix": True}
        plain, bold = workbook.add_format(text), workbook.add_format({**text, "bold": True, "bottom": 1})
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        sheet = workbook.add_worksheet(_sheet_name(name))
        for column, heading in enumerate(headings):
            sheet.write_string(0, column, heading, bold)
        line = 0
        for line, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                match value:
                    case None | "":
                        continue
                    case datetime():
                        local = value.astimezone(PLATFORM_ZONE).replace(tzinfo=None)
                        sheet.write_datetime(line, column, local)
                    case date():
                        sheet.write_datetime(
                            line,
                            column,
                            datetime(value.year, value.month, value.day, tzinfo=UTC).replace(tzinfo=None),
                            day,
                        )
                    case int() | float():
                        sheet.write_number(line, column, value)
                    case Decimal() if len(value.as_tuple().digits) <= EXACT_DIGITS:
                        sheet.write_number(line, column, float(value))
                    case Decimal():
                        sheet.write_string(line, column, f"{value:f}", plain)
                    case _:
                        sheet.write_string(line, column, value[:MAXIMUM_CELL], plain)
        if note:
            sheet.write_string(line + 2, 0, note, plain)
        sheet.freeze_panes(1, 0)
        for column, width in enumerate(widths or [20] * len(headings)):
            sheet.set_column(column, column, width)
    return output.getvalue()


def _sheet_name(name: str) -> str:
    """Excel refuses some characters and more than 31."""
    return "".join(" " if each in "[]:*?/\\" else each for each in name)[:31]
