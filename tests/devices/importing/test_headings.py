"""Where the table is and what its columns say, however a client arranged the sheet."""

from datetime import date

import pytest

from app.devices.importing import DeviceDraft, EmployeeDraft, ImportKind, ParsedFile, read_import
from app.devices.importing.headings import RememberedHeadings
from app.devices.importing.issues import HeadingMissing, KeyHeadingMissing
from app.devices.importing.kinds import KINDS
from app.devices.importing.messages import FIELD_NAMES
from tests.factories.device_workbook import CellContent, workbook_bytes

TODAY = date(2026, 11, 22)


def _read(
    *rows: list[CellContent], kind: ImportKind = ImportKind.DEVICES, remembered: RememberedHeadings | None = None
) -> ParsedFile:
    return read_import(workbook_bytes({"Sheet1": rows}), kind, today=TODAY, remembered=remembered)


def _fields(parsed: ParsedFile) -> list[str]:
    return list(parsed.tables[0].fields.values())


def test_english_headings_are_recognised() -> None:
    parsed = _read(
        ["No.", "Asset Tag", "Type", "Brand", "Model", "Serial Number", "IP Address", "User", "Department", "Location"],
        [1, "A-1", "Laptop", "Dell", "Latitude", "S1", "10.0.0.1", "Li Lei", "Finance", "HQ"],
    )
    assert _fields(parsed) == [
        "number",
        "category",
        "brand",
        "model",
        "serial_number",
        "ip_address",
        "holder",
        "department",
        "site",
    ]


def test_marks_brackets_width_and_line_breaks_in_headings_do_not_matter() -> None:
    parsed = _read(["*设备编号：", "ＩＰ地址", "使用人\n(姓名)", "【备注】"], ["A-1", "10.0.0.1", "李雷", "好"])
    assert _fields(parsed) == ["number", "ip_address", "holder", "remark"]


def test_a_heading_of_two_rows_is_read_as_one() -> None:
    parsed = _read(
        ["编号", "类别", "网络", None, "使用人"],
        [None, None, "IP地址", "MAC地址", None],
        ["A-1", "台式机", "10.0.0.1", "02:00:00:00:00:01", "李雷"],
    )
    assert _fields(parsed) == ["number", "category", "ip_address", "mac_address", "holder"]
    assert [row.row_number for row in parsed.rows] == [3]


def test_of_two_numbers_the_one_on_the_device_counts() -> None:
    parsed = _read(["编号", "电脑编号", "类别"], ["1", "PC-1", "台式机"])
    assert parsed.tables[0].fields == {1: "number", 2: "category"}


def test_what_a_person_mapped_goes_first_and_is_remembered() -> None:
    rows: list[list[CellContent]] = [["条码", "类别", "备注"], ["A-1", "台式机", "x"]]
    with pytest.raises(KeyHeadingMissing) as refusal:
        _read(*rows)
    assert refusal.value.headings == ("条码", "类别", "备注")
    parsed = _read(*rows, remembered={"条码": "number", "备注": None})
    assert _fields(parsed) == ["number", "category"]
    assert parsed.mapping == {"条码": "number", "类别": "category"}


def test_a_sheet_without_any_known_heading_shows_its_likeliest_row() -> None:
    with pytest.raises(HeadingMissing) as refusal:
        _read(["甲"], ["乙", "丙", "丁"], ["1", "2"])
    assert refusal.value.headings == ("乙", "丙", "丁")


def test_processor_memory_and_disk_become_one_configuration() -> None:
    parsed = _read(["编号", "CPU", "内存", "硬盘"], ["A-1", "i5", "8G", "256SSD"])
    device = parsed.rows[0].values
    assert isinstance(device, DeviceDraft)
    assert device.hardware_configuration == "i5/8G/256SSD"


def test_lines_that_are_no_records_are_left_out_with_their_reason() -> None:
    parsed = _read(
        ["序号", "编号", "类别", "使用人"],
        [1, "A-1", "台式机", "李雷"],
        ["小计：1台"],
        ["序号", "编号", "类别", "使用人"],
        [2, "A-2", "台式机", "韩梅梅"],
        [3],
        ["总计", 2],
        ["备注：标签由信息部粘贴"],
        [None, "制表人：李雷", "审核：王芳"],
    )
    assert [row.row_number for row in parsed.rows] == [2, 5]
    assert [(skipped.row_number, skipped.reason.value) for skipped in parsed.skipped] == [
        (3, "skipped_total"),
        (4, "skipped_heading"),
        (6, "skipped_unfilled"),
        (7, "skipped_total"),
        (8, "skipped_remark"),
        (9, "skipped_remark"),
    ]


def test_employees_are_read_with_the_same_care() -> None:
    parsed = _read(
        ["姓名", "工号", "部门", "网点", "手机", "邮箱", "VIP"],
        ["李雷", "e001", "财务部", "总部", "１３８ ００１３ ８０００", "Li@Example.com", "是"],
        ["韩梅梅", "E001", "财务部", "总部", 13800138001, "han", "否"],
        [None, "E003", "财务部", "总部", "123", None, None],
        ["王芳", "E004", "财务部", "总部", "13800138000", "li@example.com", "?"],
        kind=ImportKind.EMPLOYEES,
    )
    assert parsed.rows[0].values == EmployeeDraft(
        name="李雷",
        employee_number="E001",
        department="财务部",
        site="总部",
        mobile="13800138000",
        email="Li@example.com",
        is_vip=True,
    )
    assert [[(issue.cell, issue.code) for issue in row.issues] for row in parsed.rows] == [
        [("E2", "full_width")],
        [("F3", "email_invalid"), ("B3", "employee_number_duplicate")],
        [("E4", "mobile_invalid"), ("A4", "name_missing")],
        [("G5", "flag_unreadable"), ("F5", "email_repeated"), ("E5", "mobile_repeated")],
    ]


def test_sites_and_clients_have_their_headings_too() -> None:
    sites = _read(
        ["网点名称", "地址", "城市", "联系人", "电话"],
        ["湖里门店", "湖里大道 1 号", "厦门", "李雷", "0592-5123456"],
        kind=ImportKind.SITES,
    )
    assert _fields(sites) == ["name", "address", "city", "contact", "phone"]
    clients = _read(
        ["客户名称", "统一社会信用代码", "行业"],
        ["示例公司", "91110000600037341l", "制造"],
        ["错码公司", "91110000600037341M", "制造"],
        kind=ImportKind.CLIENTS,
    )
    assert [[issue.code for issue in row.issues] for row in clients.rows] == [[], ["credit_code_invalid"]]


def test_every_field_has_a_name_for_people() -> None:
    assert {field.name for kind in KINDS.values() for field in kind.fields} <= FIELD_NAMES.keys()
