"""A made-up list with every usual mistake: each is found in its cell, and the good rows go in."""

from datetime import date

import pytest

from app.assets.devices.device_import.drafts import DeviceDraft
from app.assets.devices.device_import.kind import DEVICES
from app.platform.imports.reading.error_sheet import build_error_sheet, describe
from app.platform.imports.reading.rows import ParsedFile, ParsedRow, read_import
from app.platform.imports.reading.workbook import read_workbook
from app.platform.kernel.texts import translator
from tests.factories.device_workbook import (
    HEADINGS,
    SITES,
    CellContent,
    Formula,
    device_row,
    device_workbook,
    faulty_device_workbook,
    workbook_bytes,
)

TODAY = date(2026, 11, 22)


def _read(content: bytes, sites: tuple[str, ...] = SITES) -> ParsedFile:
    return read_import(content, DEVICES, today=TODAY, known={"site": sites})


def _only_row(**changes: CellContent) -> ParsedRow:
    (row,) = _read(device_workbook([device_row(1, **changes)])).rows
    return row


def _codes(row: ParsedRow) -> list[str]:
    return [issue.code for issue in row.issues]


def _device(row: ParsedRow) -> DeviceDraft:
    assert isinstance(row.values, DeviceDraft)
    return row.values


@pytest.fixture(scope="module")
def faulty() -> ParsedFile:
    return _read(faulty_device_workbook())


def test_each_mistake_is_told_once_with_its_cell(faulty: ParsedFile) -> None:
    assert [(issue.cell, issue.code) for row in faulty.rows for issue in row.issues] == [
        ("B5", "number_duplicate"),
        ("B6", "number_missing"),
        ("B7", "full_width"),
        ("L8", "date_impossible"),
        ("L9", "date_odd"),
        ("L10", "date_without_day"),
        ("L11", "date_swapped"),
        ("L12", "date_serial"),
        ("J13", "ip_invalid"),
        ("J16", "ip_repeated"),
        ("G17", "formula_cell"),
        ("G18", "formula_text"),
        ("F19", "site_respelt"),
        ("F20", "site_similar"),
        ("H21", "serial_number_repeated"),
        ("I23", "control_characters"),
        ("K24", "mac_invalid"),
    ]


def test_errors_refuse_and_warnings_import(faulty: ParsedFile) -> None:
    assert [row.row_number for row in faulty.refused] == [5, 6]
    assert len(faulty.accepted) == 18
    assert len(faulty.doubtful) == 15


def test_the_duplicate_names_the_cell_that_was_first(faulty: ParsedFile) -> None:
    (issue,) = faulty.refused[0].issues
    assert describe(issue, DEVICES, translator("zh-CN")) == "B5 设备编号：编号“XM-00001”与 B4 重复，请核对设备标签。"


def test_a_doubtful_value_is_imported_as_far_as_it_can_be_understood(faulty: ParsedFile) -> None:
    devices = {row.row_number: _device(row) for row in faulty.accepted}
    assert devices[7].number == "XM-00004"
    assert [devices[row].purchased_on for row in range(8, 13)] == [
        None,
        date(2019, 3, 5),
        date(2019, 3, 1),
        date(2019, 5, 13),
        date(2019, 6, 5),
    ]
    assert devices[17].model == "M410"
    assert devices[19].site == "湖里门店"
    assert devices[20].site == "集美仓"
    assert devices[22].mac_address == "02:00:00:00:00:FF"
    assert devices[23].operating_system == "Win11"


def test_titles_blank_lines_totals_and_other_sheets_are_no_devices(faulty: ParsedFile) -> None:
    assert len(faulty.rows) == 20
    assert [skipped.row_number for skipped in faulty.skipped] == [25]


def test_the_error_sheet_holds_each_row_its_cells_and_reasons(faulty: ParsedFile) -> None:
    (sheet,) = read_workbook(build_error_sheet(faulty, translate=translator("zh-CN"))).sheets
    assert sheet.rows[0][:6] == ["工作表", "行号", "结果", "单元格和原因", *HEADINGS[:2]]
    assert len(sheet.rows) == 1 + 17
    assert sheet.rows[1][1:4] == ["5", "不能导入", "B5 设备编号：编号“XM-00001”与 B4 重复，请核对设备标签。"]


def test_the_error_sheet_never_runs_what_came_in(faulty: ParsedFile) -> None:
    (sheet,) = read_workbook(build_error_sheet(faulty, translate=translator("zh-CN"))).sheets
    assert not sheet.marks.formulas
    assert '=HYPERLINK("http://example.invalid","点我")' in [cell for row in sheet.rows for cell in row]


def test_a_list_read_twice_says_the_same(faulty: ParsedFile) -> None:
    again = _read(faulty_device_workbook())
    assert [row.values for row in again.rows] == [row.values for row in faulty.rows]


@pytest.mark.parametrize(
    ("written", "meant", "code"),
    [
        ("2019-3-5", date(2019, 3, 5), None),
        ("2019/03/05", date(2019, 3, 5), None),
        ("2019-03-05 00:00:00", date(2019, 3, 5), None),
        ("2019年3月5日", date(2019, 3, 5), "date_odd"),
        ("２０１９－３－５", date(2019, 3, 5), "date_odd"),
        ("20190305", date(2019, 3, 5), "date_odd"),
        (20190305, date(2019, 3, 5), "date_odd"),
        ("2019。3。5", date(2019, 3, 5), "date_odd"),
        ("25/3/2019", date(2019, 3, 25), "date_odd"),
        ("3/25/2019", date(2019, 3, 25), "date_odd"),
        ("19.13.31", None, "date_impossible"),
        ("3/5/2019", None, "date_ambiguous"),
        ("19-3-5", date(2019, 3, 5), "date_odd"),
        ("19-03-05", None, "date_ambiguous"),
        ("2019-03", date(2019, 3, 1), "date_without_day"),
        ("201903", date(2019, 3, 1), "date_without_day"),
        ("2019-02-29", None, "date_impossible"),
        ("2020-02-29", date(2020, 2, 29), None),
        ("2019年13月", None, "date_impossible"),
        ("去年", None, "date_unreadable"),
        ("0219-03-05", None, "date_implausible"),
        (0, None, "date_unreadable"),
        ("无", None, None),
    ],
)
def test_dates_are_taken_where_they_can_mean_only_one_day(
    written: CellContent, meant: date | None, code: str | None
) -> None:
    row = _only_row(购买日期=written)
    assert _device(row).purchased_on == meant
    assert _codes(row) == ([code] if code else [])


def test_a_purchase_in_the_future_is_doubtful() -> None:
    assert _codes(_only_row(购买日期=date(2026, 11, 23), 保修到期=None)) == ["date_in_future"]
    assert _codes(_only_row(购买日期=TODAY, 保修到期=None)) == []


def test_a_warranty_that_ends_before_the_purchase_is_doubtful() -> None:
    assert _codes(_only_row(购买日期=date(2022, 3, 5), 保修到期=date(2022, 3, 4))) == ["warranty_before_purchase"]


@pytest.mark.parametrize(
    ("written", "meant", "code"),
    [
        ("192.168.1.1", "192.168.1.1", None),
        ("192。168。1。1", "192.168.1.1", "ip_respelt"),
        ("192.168.001.010", "192.168.1.10", "ip_respelt"),
        ("192.168.1.1/24", "192.168.1.1", "ip_respelt"),
        ("192.168.1.1、192.168.1.2", "192.168.1.1", "ip_several"),
        ("192.168.1.1/192.168.1.2", "192.168.1.1", "ip_several"),
        ("fe80::1", "fe80::1", None),
        ("DHCP", None, None),
        ("自动获取", None, None),
        ("192.168.1", None, "ip_invalid"),
        ("0.0.0.0", None, "ip_invalid"),
        ("255.255.255.255", None, "ip_invalid"),
        (192.168, None, "ip_invalid"),
    ],
)
def test_ip_addresses_are_brought_to_one_form(written: CellContent, meant: str | None, code: str | None) -> None:
    row = _only_row(IP地址=written)
    assert _device(row).ip_address == meant
    assert _codes(row) == ([code] if code else [])


@pytest.mark.parametrize(
    "written", ["0A-1B-2C-3D-4E-5F", "0a1b.2c3d.4e5f", "0a1b2c3d4e5f", "0A:1B:2C:3D:4E:5F", "0A 1B 2C 3D 4E 5F"]
)
def test_mac_addresses_are_brought_to_one_form(written: str) -> None:
    row = _only_row(MAC地址=written)
    assert _device(row).mac_address == "0A:1B:2C:3D:4E:5F"
    assert _codes(row) == []


@pytest.mark.parametrize(
    ("written", "brand", "model"),
    [
        ("联想 启天M410", "联想", "启天M410"),
        ("DELL OptiPlex 7090", "戴尔", "OptiPlex 7090"),
        ("戴尔(DELL) OptiPlex 7090", "戴尔", "OptiPlex 7090"),
        ("惠普M1136", "惠普", "M1136"),
        ("ThinkPad T14", "联想", "ThinkPad T14"),
        ("联想ThinkPad T14", "联想", "ThinkPad T14"),
        ("HPE ProLiant DL380", "慧与", "ProLiant DL380"),
        ("联想", "联想", None),
        ("杂牌组装机", None, "杂牌组装机"),
        ("Delicate 1", None, "Delicate 1"),
    ],
)
def test_brand_and_model_in_one_cell_are_taken_apart(written: str, brand: str | None, model: str | None) -> None:
    device = _device(_only_row(品牌型号=written))
    assert (device.brand, device.model) == (brand, model)


def test_a_device_that_many_share_has_no_holder() -> None:
    device = _device(_only_row(使用人="公用"))
    assert (device.holder, device.is_shared) == (None, True)


@pytest.mark.parametrize("formula", ["+SUM(A1)", "@SUM(A1)", "-CMD(1)", "=1+1"])
def test_a_text_that_looks_like_a_formula_stays_a_text_and_is_told(formula: str) -> None:
    row = _only_row(操作系统=formula)
    assert _device(row).operating_system == formula
    assert _codes(row) == ["formula_text"]


def test_a_calculated_date_is_nothing_odd() -> None:
    row = _only_row(保修到期=Formula("=EDATE(L4,36)", 45721))
    assert _device(row).warranty_until == date(2025, 3, 5)
    assert "formula_cell" not in _codes(row)


def test_an_excel_error_is_left_out_and_told() -> None:
    row = _only_row(使用人=Formula("=VLOOKUP(1,A1,9)", "#N/A"))
    assert _device(row).holder is None
    assert _codes(row) == ["cell_error"]


def test_a_number_that_is_a_formula_cannot_be_used() -> None:
    row = _only_row(电脑编号="=1+1")
    assert row.is_refused
    assert _codes(row) == ["number_unusable"]


def test_a_number_typed_as_a_number_is_a_text() -> None:
    assert _device(_only_row(电脑编号=10086)).number == "10086"


def test_a_serial_number_that_excel_has_cut_is_told() -> None:
    assert _codes(_only_row(**{"序列号(S/N)": 1234567890123456789})) == ["digits_lost"]


def test_a_text_that_is_too_long_refuses_the_row_and_nothing_is_cut() -> None:
    row = _only_row(所属部门="部" * 101)
    assert row.is_refused
    assert describe(row.issues[0], DEVICES, translator("zh-CN")) == "E4 部门：有 101 个字，最多 80 个，请缩短。"


def test_an_unknown_site_is_told_and_kept_as_written() -> None:
    row = _only_row(所在网点="漳州办事处")
    assert _device(row).site == "漳州办事处"
    assert _codes(row) == ["site_unknown"]


def test_without_known_sites_the_names_used_often_count() -> None:
    rows = [device_row(serial, 所在网点="湖里门店") for serial in range(1, 7)]
    rows.append(device_row(7, 所在网点="湖里門店"))
    rows.append(device_row(8, 所在网点="湖里门点"))
    rows.append(device_row(9, 所在网点="漳州"))
    parsed = _read(device_workbook(rows), sites=())
    assert [_codes(row) for row in parsed.rows[6:]] == [["site_respelt"], ["site_similar"], []]


def test_a_site_of_another_city_is_never_replaced_by_a_similar_name() -> None:
    (row,) = _read(device_workbook([device_row(1, 所在网点="泉州分公司")]), sites=("广州分公司",)).rows
    assert _device(row).site == "泉州分公司"
    assert _codes(row) == ["site_similar"]


def test_rows_of_two_sheets_are_one_list() -> None:
    content = workbook_bytes(
        {
            "总部": [HEADINGS, device_row(1), device_row(2)],
            "门店": [["门店设备"], HEADINGS, device_row(3), device_row(1)],
        }
    )
    parsed = _read(content)
    assert [(row.sheet, row.row_number) for row in parsed.rows] == [("总部", 2), ("总部", 3), ("门店", 3), ("门店", 4)]
    assert parsed.refused[0].issues[0].parameters["first"] == "总部!B2"
