"""The answer to a dry run: a workbook of all refused and doubtful rows, with cells and reasons."""

from io import BytesIO
from typing import TYPE_CHECKING, Final, NamedTuple

from app.platform.imports.declaration import ImportKind
from app.platform.imports.reading.headings import Table
from app.platform.imports.reading.issues import RowIssue
from app.platform.imports.reading.rows import ParsedFile, ParsedRow
from app.platform.imports.reading.workbook import cell_address
from app.platform.kernel.texts import N_, Translator

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_COLUMN_TITLES: Final = (N_("工作表"), N_("行号"), N_("结果"), N_("单元格和原因"))
_REFUSED: Final = N_("不能导入")
_DOUBTFUL: Final = N_("可以导入，请核对")
_ISSUE: Final = N_("%(cell)s %(field)s：%(reason)s")
_SHEET: Final = N_("需要核对的行")
_MAXIMUM_CELL: Final = 32_767


class _Styles(NamedTuple):
    plain: "Format"
    heading: "Format"
    reason: "Format"
    fault: "Format"


def describe(issue: RowIssue, kind: ImportKind, translate: Translator) -> str:
    """An issue in words, with its cell and field: `B18 设备编号：……`."""
    reason = translate(kind.texts[issue.code], **issue.parameters)
    return translate(_ISSUE, cell=issue.cell, field=translate(kind.labels[issue.field]), reason=reason)


def build_error_sheet(parsed: ParsedFile, *, translate: Translator) -> bytes:
    """An .xlsx with one line per row that has an issue; the cells at fault are coloured.

    Every cell is text with Excel's quote prefix: what came in as a formula can't run, not even
    after the sheet is edited or saved under another format.
    """
    import xlsxwriter

    output = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(output, options) as workbook:
        text = {"num_format": "@", "quote_prefix": True, "valign": "top"}
        styles = _Styles(
            plain=workbook.add_format(text),
            heading=workbook.add_format({**text, "bold": True, "bottom": 1}),
            reason=workbook.add_format({**text, "text_wrap": True}),
            fault=workbook.add_format({**text, "bg_color": "#FFE3E3"}),
        )
        sheet = workbook.add_worksheet(translate(_SHEET)[:31])
        headings = _headings(parsed.tables)
        for column, word in enumerate((*map(translate, _COLUMN_TITLES), *headings)):
            sheet.write_string(0, column, word, styles.heading)
        line = 0
        for row in parsed.rows:
            if row.issues:
                line += 1
                result = translate(_REFUSED if row.is_refused else _DOUBTFUL)
                reasons = "\n".join(describe(issue, parsed.kind, translate) for issue in row.issues)
                _write_row(sheet, line, row, (result, reasons), styles)
        sheet.freeze_panes(1, len(_COLUMN_TITLES))
        sheet.set_column(0, 2, 12)
        sheet.set_column(3, 3, 60)
        sheet.set_column(4, 4 + len(headings), 16)
    return output.getvalue()


def _headings(tables: tuple[Table, ...]) -> list[str]:
    """The file's own headings over its own columns, where all its tables share them."""
    if len(tables) != 1:
        width = max((len(row) for table in tables for row in table.sheet.rows), default=0)
        return [cell_address(0, column)[:-1] for column in range(width)]
    (table,) = tables
    width = max(column.index for column in table.columns) + 1
    named = {column.index: column.heading for column in table.columns}
    return [named.get(column, cell_address(0, column)[:-1]) for column in range(width)]


def _write_row(sheet: "Worksheet", line: int, row: ParsedRow, told: tuple[str, str], styles: _Styles) -> None:
    result, reasons = told
    faulty = {issue.cell for issue in row.issues}
    for column, value in enumerate((row.sheet, str(row.row_number), result)):
        sheet.write_string(line, column, value, styles.plain)
    sheet.write_string(line, 3, reasons[:_MAXIMUM_CELL], styles.reason)
    for column, value in enumerate(row.original):
        address = cell_address(row.row_number - 1, column)
        style = styles.fault if address in faulty else styles.plain
        sheet.write_string(line, len(_COLUMN_TITLES) + column, value[:_MAXIMUM_CELL], style)
