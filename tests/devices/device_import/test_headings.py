"""Where the table is and what its columns say, however a client arranged the sheet."""

from datetime import date

import pytest

from app.assets.devices.device_import.drafts import DeviceDraft
from app.assets.devices.device_import.kind import DEVICES
from app.platform.imports.reading.headings import RememberedHeadings
from app.platform.imports.reading.issues import HeadingMissing, KeyHeadingMissing
from app.platform.imports.reading.rows import ParsedFile, read_import
from tests.factories.device_workbook import CellContent, workbook_bytes

TODAY = date(2026, 11, 22)


def _read(*rows: list[CellContent], remembered: RememberedHeadings | None = None) -> ParsedFile:
    return read_import(workbook_bytes({"Sheet1": rows}), DEVICES, today=TODAY, remembered=remembered or {})


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
    rows: list[list[CellContent]] = [["我们的号", "类别", "备注"], ["A-1", "台式机", "x"]]
    with pytest.raises(KeyHeadingMissing) as refusal:
        _read(*rows)
    assert refusal.value.headings == ("我们的号", "类别", "备注")
    parsed = _read(*rows, remembered={"我们的号": "number", "备注": None})
    assert _fields(parsed) == ["number", "category"]
    assert parsed.mapping == {"我们的号": "number", "类别": "category"}


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


def _table(headings: str, *rows: str) -> ParsedFile:
    content = "\n".join([headings, *rows]).encode()
    return read_import(content, DEVICES, today=date(2026, 11, 22))


@pytest.mark.parametrize(
    ("headings", "fields"),
    [
        (  # Snipe-IT
            (
                "Asset Name,Asset Tag,Serial,Model,Model No.,Category,Manufacturer,Status,Checked Out To,Location,"
                "Purchase Date,Warranty Expires,Notes"
            ),
            (
                "host_name number serial_number model model category brand status holder site "
                "purchased_on warranty_until "
                "remark"
            ),
        ),
        (  # GLPI
            (
                "Name,Status,Manufacturer,Serial number,Type,Model,Operating System - Name,Location,Inventory number,"
                "Alternate username,Comments"
            ),
            "host_name status brand serial_number category model operating_system site number holder remark",
        ),
        (  # ServiceNow
            (
                "Asset tag,Model category,Model,Serial number,Install Status,Assigned to,Location,Department,"
                "Warranty expiration,Purchased,IP Address,MAC Address,CPU name,RAM (MB)"
            ),
            (
                "number category model serial_number status holder site department warranty_until "
                "purchased_on ip_address "
                "mac_address hardware_processor hardware_memory"
            ),
        ),
        (  # Lansweeper
            (
                "AssetName,AssetType,Barcode,Last User,IP Address,Mac,Manufacturer,Model,Serialnumber,OSname,"
                "Purchase Date,Warranty Date"
            ),
            (
                "host_name category number holder ip_address mac_address brand model serial_number operating_system "
                "purchased_on warranty_until"
            ),
        ),
        (  # Jira Assets
            "Asset Tag,Object Type,Owner,Office,Serial Number,Warranty End Date",
            "number category holder site serial_number warranty_until",
        ),
        (  # 用友、金蝶 固定资产卡片
            "固定资产编号,固定资产名称,类别名称,规格型号,使用部门,存放地点,使用状况,开始使用日期,保管人",
            "number category category model department site status purchased_on holder",
        ),
        (  # 飞书、钉钉
            "资产编号,资产名称,资产分类,品牌,SN号,当前使用人,使用部门,存放位置,资产状态,购入日期,维保到期日",
            "number category category brand serial_number holder department site status purchased_on warranty_until",
        ),
    ],
)
def test_ordinary_headings_of_other_products_are_known(headings: str, fields: str) -> None:
    (table,) = _table(headings, ",".join("x" for _ in headings.split(","))).tables
    assert [column.field for column in table.columns] == fields.split()


@pytest.mark.parametrize(
    ("word", "status"),
    [("In Stock", "spare"), ("Ready to Deploy", "spare"), ("In maintenance", "in_repair"), ("Missing", "lost")],
)
def test_states_of_other_products_are_known(word: str, status: str) -> None:
    (row,) = _table("Asset Tag,Install Status", f"A-1,{word}").rows
    assert isinstance(row.values, DeviceDraft)
    assert row.values.status == status


def test_where_the_surer_column_says_nothing_known_the_next_one_is_asked() -> None:
    parsed = _table(
        "资产编号,资产名称,资产类别,序列号,出厂编号",
        "G1,笔记本电脑,电子设备,,SN-1",
        "G2,某物,通用设备,SN-2,SN-9",
        "G3,打印机,台式机,,",
    )
    found = [row.values for row in parsed.rows]
    assert [(draft.category, draft.serial_number) for draft in found if isinstance(draft, DeviceDraft)] == [
        ("laptop", "SN-1"),
        (None, "SN-2"),
        ("desktop", None),
    ]
    # The doubt is told at the surest column, and only where no other knew better.
    assert [(issue.cell, issue.code) for row in parsed.rows for issue in row.issues] == [("C3", "choice_unknown")]
    again = read_import(
        "资产编号,资产名称,资产类别\nG3,打印机,台式机\n".encode(),
        DEVICES,
        today=date(2026, 11, 22),
        remembered=parsed.mapping,
    )
    (row,) = again.rows
    assert isinstance(row.values, DeviceDraft)
    assert row.values.category == "desktop", "the surer column stays the surer when headings are remembered"


def test_who_is_responsible_is_not_asked_for_who_uses() -> None:
    (row,) = _table("资产编号,使用人,保管人", "G1,,王仓管").rows
    assert isinstance(row.values, DeviceDraft)
    assert row.values.holder is None


def test_columns_of_unknown_headings_are_proposed_by_their_values() -> None:
    rows = [
        f"{serial},ZB{serial:04},Latitude {serial},联想,AB{serial}CD34EF,aa:bb:cc:00:00:0{serial},"
        f"10.0.0.{serial},王小明,笔记本,2023-0{serial}-01,16GB,杂"
        for serial in range(1, 9)
    ]
    with pytest.raises(HeadingMissing) as refused:
        _table("甲,乙,丙,丁,戊,己,庚,辛,壬,癸,子,丑", *rows)
    assert refused.value.proposed == {
        "乙": "number",
        "丁": "brand",
        "戊": "serial_number",
        "己": "mac_address",
        "庚": "ip_address",
        "辛": "holder",
        "壬": "category",
        "癸": "purchased_on",
        "子": "hardware_memory",
    }


def test_a_column_that_is_recognised_is_proposed_nowhere_else() -> None:
    with pytest.raises(KeyHeadingMissing) as refused:
        _table("我们的号,类别,IP地址,另一个", *[f"ZB{n},台式机,10.0.0.{n},10.0.1.{n}" for n in range(5)])
    assert refused.value.proposed == {"我们的号": "number"}
