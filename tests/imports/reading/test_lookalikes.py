"""Files that Excel opens although they are not what their name says, and sheets that show more than they store."""

import zipfile
from datetime import date
from io import BytesIO

import pytest
import xlsxwriter
import xlwt
from hypothesis import given
from hypothesis import strategies as st

from app.assets.devices.device_import.drafts import DeviceDraft
from app.assets.devices.device_import.kind import DEVICES
from app.platform.imports.reading.issues import FileRefused
from app.platform.imports.reading.number_formats import adds_to_number, displayed_text
from app.platform.imports.reading.rows import ParsedFile, read_import
from app.platform.imports.reading.workbook import read_workbook
from tests.factories.device_workbook import workbook_bytes

TABLE = [["设备编号", "类别", "使用人"], ["H-1", "台式机", "张三"], ["H-2", "笔记本", "李四"]]
NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"


def _read(content: bytes) -> ParsedFile:
    return read_import(content, DEVICES, today=date(2026, 11, 22))


def _devices(content: bytes) -> list[DeviceDraft]:
    return [row.values for row in _read(content).rows if isinstance(row.values, DeviceDraft)]


def _issues(content: bytes) -> list[tuple[str, str]]:
    return [(issue.cell, issue.code) for row in _read(content).rows for issue in row.issues]


def _page(rows: str, head: str = "") -> str:
    return f"<html xmlns:x='urn:x'><head>{head}</head><body><p>清单</p><table>{rows}</table></body></html>"


def _xml(rows: str, before: str = "", styles: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<Workbook xmlns="{NAMESPACE}" xmlns:ss="{NAMESPACE}">'
        f'{styles}<Worksheet ss:Name="设备"><Table>{rows}</Table></Worksheet></Workbook>'
    ).encode()


def _xml_row(*cells: str) -> str:
    return (
        "<Row>"
        + "".join(f'<CellContext><Data ss:Type="String">{cell}</Data></CellContext>' for cell in cells)
        + "</Row>"
    )


def _renamed(names: dict[str, str], content: bytes) -> bytes:
    """A workbook whose parts have other names."""
    output = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(output, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if "workbook22" in str(names):
                part = part.replace(b"xl/workbook.xml", b"xl/workbook22.xml")
            # A ZipInfo keeps a backslash where writestr(name) would not on every system.
            target.writestr(zipfile.ZipInfo(names.get(name, name)), part)
    return output.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_web_page_that_calls_itself_xls_is_read(encoding: str) -> None:
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in TABLE)
    charset = {"utf-8": "utf-8", "gb18030": "gb2312"}[encoding]
    page = _page(rows, f'<meta http-equiv=Content-Type content="text/html; charset={charset}"><style>td{{}}</style>')
    assert [(device.number, device.holder) for device in _devices(page.encode(encoding))] == [
        ("H-1", "张三"),
        ("H-2", "李四"),
    ]


def test_cells_of_a_page_that_span_others_keep_the_columns_in_place() -> None:
    page = _page(
        "<tr><th>部门<th>设备编号<th colspan=2>类别<th>备注"
        "<tr><td rowspan=2>财务部<td>H-1<td colspan=2>台式机<td>甲<br>乙&amp;丙"
        "<tr><td>H-2<td>笔记本<td>x<td>丁"
    )
    first, second = _devices(page.encode())
    assert (first.department, first.category, first.remark) == ("财务部", "desktop", "甲\n乙&丙")
    assert (second.department, second.category, second.remark) == ("财务部", "laptop", "丁")


def test_a_workbook_of_excel_2003_xml_is_read() -> None:
    styles = '<Styles><Style ss:ID="s1"><NumberFormat ss:Format="00000"/></Style></Styles>'
    rows = _xml_row("设备编号", "类别", "购买日期", "工号") + (
        '<Row><CellContext ss:MergeDown="0"><Data ss:Type="String">X-1</Data></CellContext>'
        '<CellContext ss:Index="3"><Data ss:Type="DateTime">2023-05-01T00:00:00.000</Data></CellContext>'
        '<CellContext ss:StyleID="s1"><Data ss:Type="Number">7</Data></CellContext></Row>'
    )
    (device,) = _devices(_xml(rows, styles=styles))
    assert (device.number, device.purchased_on, device.holder_employee_number) == ("X-1", date(2023, 5, 1), "00007")


def test_an_xml_with_entities_is_refused() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    with pytest.raises(FileRefused) as refused:
        read_workbook(_xml(_xml_row("设备编号", "&b;"), before=bomb))
    assert refused.value.code == "list_import.file_damaged"


@pytest.mark.parametrize(
    "content",
    [
        _xml(f'<Row ss:Index="99999">{_xml_row("x")[5:-6]}</Row>'),
        _xml('<Row><CellContext ss:Index="900"><Data>x</Data></CellContext></Row>'),
        _xml('<Row><CellContext ss:Index="x"><Data>x</Data></CellContext></Row>'),
        _xml("<Row>")[:-20],
        _page("<tr>" + "<td colspan=150>x</td>" * 3 + "</tr>").encode(),
    ],
)
def test_markup_out_of_bounds_is_refused(content: bytes) -> None:
    with pytest.raises(FileRefused):
        read_workbook(content)


@pytest.mark.parametrize(
    "names",
    [
        {"xl/workbook.xml": "xl/workbook22.xml", "xl/_rels/workbook.xml.rels": "xl/_rels/workbook22.xml.rels"},
        {
            name: name.replace("/", "\\")
            for name in zipfile.ZipFile(BytesIO(workbook_bytes({"表": TABLE}))).namelist()
            if "/" in name
        },
    ],
)
def test_an_archive_with_unusual_names_is_read(names: dict[str, str]) -> None:
    assert len(_devices(_renamed(names, workbook_bytes({"表": TABLE})))) == 2


def _new_workbook(*, merged: list[str], formats: dict[str, tuple[float, str]]) -> bytes:
    """Four rows with these cells merged, and these numbers in these formats."""
    output = BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("表")
        rows = [["设备编号", "部门", "购买日期", "工号", "使用人"], ["M-1"], ["M-2"], [], ["M-3"]]
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
        for cell in merged:
            sheet.merge_range(cell, "财务部")
        for cell, (number, code) in formats.items():
            sheet.write_number(cell, number, workbook.add_format({"num_format": code}))
    return output.getvalue()


def test_every_row_under_a_merged_cell_gets_its_value() -> None:
    devices = _devices(_new_workbook(merged=["B2:B5"], formats={}))
    assert [(device.number, device.department) for device in devices] == [
        ("M-1", "财务部"),
        ("M-2", "财务部"),
        ("M-3", "财务部"),
    ]


def test_the_shown_text_is_taken_for_the_stored_number() -> None:
    formats = {"A2": (123.0, '"ZC-"0000'), "C2": (2023.1, "0.00"), "D2": (7.0, "00000"), "C3": (2023.1, "General")}
    content = _new_workbook(merged=[], formats=formats)
    first, second, _ = _devices(content)
    assert (first.number, first.purchased_on, first.holder_employee_number) == ("ZC-0123", date(2023, 10, 1), "00007")
    assert second.purchased_on is None
    assert _issues(content) == [("C2", "date_without_day"), ("C3", "date_ambiguous")]


def test_an_old_workbook_shows_and_merges_the_same() -> None:
    output, workbook = BytesIO(), xlwt.Workbook()
    sheet = workbook.add_sheet("表")
    for column, heading in enumerate(["设备编号", "部门", "工号"]):
        sheet.write(0, column, heading)
    for row, number in ((1, 123), (2, 124)):
        sheet.write(row, 0, number, xlwt.easyxf(num_format_str='"ZC-"0000'))
    sheet.write_merge(1, 2, 1, 1, "财务部")
    sheet.write(1, 2, 7, xlwt.easyxf(num_format_str="00000"))
    workbook.save(output)
    assert [
        (device.number, device.department, device.holder_employee_number) for device in _devices(output.getvalue())
    ] == [
        ("ZC-0123", "财务部", "00007"),
        ("ZC-0124", "财务部", None),
    ]


@given(number=st.integers(0, 10**12), zeros=st.integers(2, 14), prefix=st.sampled_from(["", "ZC-", "甲", 'a"b']))
def test_leading_zeros_are_shown_as_python_shows_them(number: int, zeros: int, prefix: str) -> None:
    quoted = "".join(f"\\{sign}" for sign in prefix)
    expected = prefix + str(number).zfill(zeros)
    assert (displayed_text(float(number), quoted + "0" * zeros) or str(number)) == expected


@pytest.mark.parametrize("code", ["General", "0", "#,##0", "@", "yyyy/m/d", "0%", "¥0.00", "0.00E+00", "[>9]000", ""])
def test_what_adds_nothing_of_its_own_is_left_to_the_number(code: str) -> None:
    assert not adds_to_number(code)


@given(st.text(max_size=40), st.floats(0, 1e14))
def test_no_format_breaks_the_reader(code: str, number: float) -> None:
    text = displayed_text(number, code)
    assert text is None or isinstance(text, str)


def test_the_same_as_above_is_the_value_above_and_told() -> None:
    content = workbook_bytes({"表": [*TABLE, ["H-3", "同上", "〃"], ["H-4", "同上", "同上"]]})
    devices = _devices(content)
    assert [(device.category, device.holder) for device in devices[1:]] == [("laptop", "李四")] * 3
    assert _issues(content) == [(cell, "same_as_above") for cell in ("B4", "C4", "B5", "C5")]
