"""The report of an import as a file, with a line for each row of the log: outcome and reasons.

No cell is a formula: in the workbook every cell is quoted text, in CSV a leading formula character gets an apostrophe.
"""

import csv
import io
from collections.abc import AsyncIterable, Iterable, Iterator
from typing import Any, Final

import msgspec

from app.data_exchange.ticket_import.batches import RESULT_NAMES, Result
from app.data_exchange.ticket_import.findings import OUTCOME_NAMES, TEXTS, Finding, RowReport
from app.data_exchange.ticket_import.models import ImportOutcome
from app.desk.tickets import MOVE_NAMES, STATE_NAMES, Move, TicketState
from app.platform.kernel.texts import N_, Text, Translator

HEADINGS: Final = (N_("行号"), N_("原单号"), N_("服务单"), N_("结果"), N_("说明"))
_SHEET: Final = N_("导入报告")
_MOVES: Final = "moves"
_STATES: Final = frozenset({"state", "kept"})
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_MOST_CELL: Final = 32_767

Line = tuple[str, str, str, str, str]


def described(finding: Finding, translate: Translator) -> str:
    """The text of a finding in the reader's language."""
    return translate(
        TEXTS[finding.code], **{name: _word(name, value, translate) for name, value in finding.parameters.items()}
    )


def _word(name: str, value: Any, translate: Translator) -> object:
    if name == _MOVES:
        return " → ".join(translate(MOVE_NAMES[Move(move)]) for move in value)
    if name in _STATES and value in set(TicketState):
        return Text(STATE_NAMES[TicketState(value)])
    return value


def row_reports(outcome: ImportOutcome) -> list[RowReport]:
    """The row reports of one ticket."""
    return msgspec.convert(outcome.rows, list[RowReport])


def lines(outcome: ImportOutcome, translate: Translator) -> Iterator[Line]:
    """The report's lines of one ticket."""
    result = translate(RESULT_NAMES[Result(outcome.result)])
    for row in row_reports(outcome):
        words = "；".join(described(finding, translate) for finding in row.findings)
        yield str(row.row), outcome.external_number, result, translate(OUTCOME_NAMES[row.outcome]), words


async def report_csv(outcomes: AsyncIterable[ImportOutcome], translate: Translator) -> bytes:
    """The report as CSV for spreadsheets (UTF-8 with a byte order mark)."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([translate(each) for each in HEADINGS])
    async for outcome in outcomes:
        writer.writerows(_harmless(line) for line in lines(outcome, translate))
    return text.getvalue().encode("utf-8-sig")


async def report_workbook(outcomes: AsyncIterable[ImportOutcome], translate: Translator) -> bytes:
    """The report as .xlsx."""
    output = io.BytesIO()
    import xlsxwriter

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(output, options) as workbook:
        plain = workbook.add_format({"num_format": "@", "quote_prefix": True, "valign": "top"})
        heading = workbook.add_format({"num_format": "@", "quote_prefix": True, "bold": True, "bottom": 1})
        sheet = workbook.add_worksheet(translate(_SHEET)[:31])
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, 0, 8)
        sheet.set_column(1, 3, 16)
        sheet.set_column(4, 4, 80)
        for column, word in enumerate(HEADINGS):
            sheet.write_string(0, column, translate(word), heading)
        place = 0
        async for outcome in outcomes:
            for line in lines(outcome, translate):
                place += 1
                for column, cell in enumerate(line):
                    sheet.write_string(place, column, cell[:_MOST_CELL], plain)
    return output.getvalue()


def _harmless(cells: Iterable[str]) -> list[str]:
    return [f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells]
