"""The device list as a client sent it: every mistake is found, everything else is imported."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from app.assets.devices.device_import.drafts import DeviceDraft
from app.assets.devices.device_import.kind import DEVICES
from app.platform.imports.reading.error_sheet import build_error_sheet
from app.platform.imports.reading.rows import ParsedFile, ParsedRow, read_import
from app.platform.imports.reading.workbook import read_workbook
from app.platform.kernel.texts import translator

pytestmark = pytest.mark.real_input

SITES = ["总部", "海沧厂区", "同安仓库", "泉州分公司", "广州分公司"]


@pytest.fixture(scope="module")
def parsed(device_list: Path) -> ParsedFile:
    return read_import(
        device_list.read_bytes(),
        DEVICES,
        today=date(2026, 11, 22),
        known={"site": SITES},
    )


def _row(parsed: ParsedFile, row_number: int) -> ParsedRow:
    return next(row for row in parsed.rows if row.row_number == row_number)


def _draft(parsed: ParsedFile, row_number: int) -> DeviceDraft:
    values = _row(parsed, row_number).values
    assert isinstance(values, DeviceDraft)
    return values


def test_every_device_is_read_and_nothing_else(parsed: ParsedFile) -> None:
    assert len(parsed.rows) == 236
    assert [table.sheet.name for table in parsed.tables] == ["设备清单"]
    assert [(skipped.row_number, skipped.reason) for skipped in parsed.skipped] == [(242, "skipped_total")]


def test_all_headings_but_the_running_number_are_recognised(parsed: ParsedFile) -> None:
    (table,) = parsed.tables
    assert [column.heading for column in table.columns if column.field is None] == ["序号"]
    assert list(table.fields.values()) == [
        "number",
        "category",
        "holder",
        "department",
        "site",
        "brand_and_model",
        "serial_number",
        "hardware_configuration",
        "operating_system",
        "ip_address",
        "mac_address",
        "purchased_on",
        "warranty_until",
    ]


def test_exactly_the_mistakes_are_told(parsed: ParsedFile) -> None:
    found = Counter(issue.code for row in parsed.rows for issue in row.issues)
    assert found == {
        "number_duplicate": 1,
        "number_missing": 1,
        "full_width": 1,
        "date_odd": 2,
        "date_serial": 1,
        "date_impossible": 1,
        "ip_invalid": 1,
        "ip_repeated": 39,
        "formula_text": 1,
        "site_respelt": 1,
        "serial_number_repeated": 1,
    }


@pytest.mark.parametrize(
    ("row_number", "cell", "code"),
    [
        (18, "B18", "number_duplicate"),
        (44, "B44", "number_missing"),
        (59, "B59", "full_width"),
        (65, "M65", "date_odd"),
        (66, "M66", "date_impossible"),
        (67, "M67", "date_odd"),
        (68, "M68", "date_serial"),
        (75, "K75", "ip_invalid"),
        (86, "F86", "site_respelt"),
        (95, "G95", "formula_text"),
        (106, "H106", "serial_number_repeated"),
    ],
)
def test_each_mistake_is_named_with_its_cell(parsed: ParsedFile, row_number: int, cell: str, code: str) -> None:
    issues = {issue.code: issue.cell for issue in _row(parsed, row_number).issues}
    assert issues[code] == cell


def test_only_the_duplicate_and_the_missing_number_are_refused(parsed: ParsedFile) -> None:
    assert [row.row_number for row in parsed.refused] == [18, 44]
    assert len(parsed.accepted) == 234
    assert len(parsed.doubtful) == 48


def test_what_can_be_understood_is_imported(parsed: ParsedFile) -> None:
    assert _draft(parsed, 59).number == "PC-0056"
    assert _draft(parsed, 65).purchased_on == date(2021, 3, 5)
    assert _draft(parsed, 66).purchased_on is None
    assert _draft(parsed, 67).purchased_on == date(2019, 6, 12)
    assert _draft(parsed, 68).purchased_on == date(2019, 6, 5)
    assert _draft(parsed, 75).ip_address is None
    assert _draft(parsed, 86).site == "海沧厂区"
    assert _draft(parsed, 95).model == '=HYPERLINK("http://example.invalid","点我")'


def test_an_ordinary_device_is_complete(parsed: ParsedFile) -> None:
    assert _draft(parsed, 6) == DeviceDraft(
        number="PC-0003",
        category="laptop",
        brand="联想",
        model="ThinkPad T14",
        serial_number="4EERCJC",
        hardware_configuration="i7/16G/512SSD",
        operating_system="Windows7",
        ip_address="192.168.1.66",
        mac_address="46:EF:70:30:CB:F9",
        holder="生产部20号",
        department="生产部",
        site="泉州分公司",
        purchased_on=date(2024, 7, 5),
        warranty_until=date(2027, 7, 5),
    )


def test_every_device_has_a_brand_but_the_one_with_a_formula(parsed: ParsedFile) -> None:
    without = [
        row.row_number for row in parsed.accepted if isinstance(row.values, DeviceDraft) and row.values.brand is None
    ]
    assert without == [95]


def test_the_misspelt_site_is_found_before_the_sites_are_known(device_list: Path) -> None:
    parsed = read_import(device_list.read_bytes(), DEVICES, today=date(2026, 11, 22))
    assert _draft(parsed, 86).site == "海沧厂区"
    assert [row.row_number for row in parsed.rows for issue in row.issues if issue.field == "site"] == [86]


def test_the_error_sheet_has_one_line_for_each_row_to_look_at(parsed: ParsedFile) -> None:
    (sheet,) = read_workbook(build_error_sheet(parsed, translate=translator("zh-CN"))).sheets
    assert len(sheet.rows) == 1 + 50
    assert not sheet.marks.formulas
