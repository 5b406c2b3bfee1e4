"""Bytes that nobody vouches for: good files of three kinds are read, everything else is refused."""

import struct
import zipfile
from contextlib import suppress
from datetime import date
from io import BytesIO

import pytest
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st

from app.assets.devices.device_import.kind import DEVICES
from app.platform.imports.declaration import ImportKind
from app.platform.imports.kinds import import_kinds
from app.platform.imports.reading.cell_marks import Limits
from app.platform.imports.reading.issues import FileRefused
from app.platform.imports.reading.rows import parse_rows, read_import
from app.platform.imports.reading.workbook import CellValue, FileFormat, Sheet, Workbook, cell_address, read_workbook
from tests.factories.device_workbook import HEADINGS, Formula, device_row, device_workbook, workbook_bytes

TODAY = date(2026, 11, 22)
CSV_TEXT = "电脑编号,类别,使用人\nPC-1,台式机,李雷\nPC-2,笔记本,韩梅梅\n"


def _refusal(content: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(FileRefused) as refusal:
        read_workbook(content, limits=limits or Limits())
    assert refusal.value.text % refusal.value.parameters
    return refusal.value.code


def _archive(members: dict[str, bytes]) -> bytes:
    output = BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return output.getvalue()


def _with_sheet(sheet_data: bytes) -> bytes:
    """A good workbook whose sheet is replaced."""
    source = zipfile.ZipFile(BytesIO(workbook_bytes({"清单": [["编号"], ["A-1"]]})))
    members = {name: source.read(name) for name in source.namelist()}
    head, _, rest = members["xl/worksheets/sheet1.xml"].partition(b"<sheetData>")
    _, _, tail = rest.partition(b"</sheetData>")
    members["xl/worksheets/sheet1.xml"] = head + b"<sheetData>" + sheet_data + b"</sheetData>" + tail
    return _archive(members)


@pytest.mark.parametrize(
    ("position", "address"),
    [((0, 0), "A1"), ((9, 25), "Z10"), ((0, 26), "AA1"), ((99, 701), "ZZ100"), ((0, 702), "AAA1")],
)
def test_cells_are_named_as_excel_names_them(position: tuple[int, int], address: str) -> None:
    assert cell_address(*position) == address


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_in_every_usual_spelling(encoding: str, delimiter: str) -> None:
    workbook = read_workbook(CSV_TEXT.replace(",", delimiter).encode(encoding))
    assert workbook.format is FileFormat.CSV
    assert workbook.sheets[0].rows == [line.split(",") for line in CSV_TEXT.split()]


def test_a_comma_inside_quotes_does_not_divide() -> None:
    (sheet,) = read_workbook('编号;备注\nA-1;"甲, 乙"\nA-2;"丙;丁"\n'.encode()).sheets
    assert sheet.rows == [["编号", "备注"], ["A-1", "甲, 乙"], ["A-2", "丙;丁"]]


def test_formulas_and_errors_are_marked_where_they_stand() -> None:
    content = workbook_bytes(
        {"甲": [["x", Formula("=A1&1", "x1")]], "乙": [[None, None], [Formula("=1/0", "#DIV/0!"), 5]]}
    )
    first, second = read_workbook(content).sheets
    assert first.marks.formulas == {(0, 1)}
    assert second.marks.formulas == {(1, 0)}
    assert second.marks.errors == {(1, 0)}


def _old_workbook(cells: dict[tuple[int, int], object], sheets: int = 1) -> bytes:
    output = BytesIO()
    workbook = xlwt.Workbook()
    for number in range(sheets):
        sheet = workbook.add_sheet(f"表{number}")
        for (row, column), content in cells.items():
            sheet.write(row, column, content)
    workbook.save(output)
    return output.getvalue()


def test_an_old_workbook_is_read_with_its_formulas() -> None:
    workbook = read_workbook(_old_workbook({(0, 0): "编号", (1, 0): "A-1", (1, 1): xlwt.Formula("1+1")}))
    assert workbook.format is FileFormat.XLS
    assert workbook.sheets[0].rows[1][0] == "A-1"
    assert workbook.sheets[0].marks.formulas == {(1, 1)}


@pytest.mark.parametrize(
    ("cell", "code"),
    [((65535, 0), "list_import.too_many_rows"), ((0, 255), "list_import.too_many_columns")],
)
def test_a_cell_far_out_in_an_old_workbook_is_refused(cell: tuple[int, int], code: str) -> None:
    assert _refusal(_old_workbook({(0, 0): "编号", cell: "x"})) == code


def test_many_sheets_that_are_only_just_small_enough_are_refused_together() -> None:
    content = _old_workbook({(0, 0): "编号", (19_999, 199): "x"}, sheets=2)
    assert _refusal(content) == "list_import.too_many_cells"


@pytest.mark.parametrize("content", [b"", b" \n "])
def test_an_empty_file_is_refused(content: bytes) -> None:
    assert _refusal(content) == "list_import.file_empty"


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7\x00\x01", b"\x89PNG\r\n\x1a\n\x00", _archive({"word/document.xml": b"<a/>"})]
)
def test_other_kinds_of_file_are_refused(content: bytes) -> None:
    assert _refusal(content) == "list_import.file_type_unknown"


def test_bytes_in_no_known_encoding_are_refused() -> None:
    assert _refusal(b"\xff\xffa,b\n") == "list_import.encoding_unknown"


def test_a_file_over_the_size_is_refused() -> None:
    assert _refusal(b"a" * 1001, Limits(size=1000)) == "list_import.file_too_large"


def test_half_a_workbook_is_refused() -> None:
    content = device_workbook([device_row(1)])
    assert _refusal(content[: len(content) // 2]) == "list_import.file_damaged"


def test_an_old_workbook_that_is_none_is_refused() -> None:
    assert _refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)) == "list_import.file_damaged"


def test_a_bomb_that_is_honest_about_its_size_is_refused() -> None:
    assert _refusal(_archive({"xl/workbook.xml": bytes(210_000_000)})) == "list_import.file_inflates"


def test_an_absurd_ratio_is_refused_below_the_limit_too() -> None:
    assert _refusal(_archive({"xl/workbook.xml": bytes(30_000_000)})) == "list_import.file_inflates"


def test_a_bomb_that_lies_about_its_size_is_refused() -> None:
    payload = bytes(30_000_000)
    content = bytearray(_archive({"xl/workbook.xml": payload}))
    true_size, small = struct.pack("<I", len(payload)), struct.pack("<I", 100)
    assert content.count(true_size) == 2
    assert _refusal(bytes(content.replace(true_size, small))) == "list_import.file_inflates"


def test_a_cell_far_out_is_refused_before_room_is_made_for_it() -> None:
    assert _refusal(_with_sheet(b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>')) == "list_import.too_many_rows"
    assert _refusal(_with_sheet(b'<row r="1"><c r="XFD1"><v>1</v></c></row>')) == "list_import.too_many_columns"
    assert _refusal(_with_sheet(b'<row r="1048576"><c><v>1</v></c></row>')) == "list_import.too_many_rows"


def test_far_out_cells_that_are_only_formatted_do_not_matter() -> None:
    content = _with_sheet(
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c><c r="XFD1" s="0"/></row>'
        b'<row r="1048576"><c r="A1048576" s="0"/></row>'
    )
    assert read_workbook(content).sheets[0].rows == [["x"]]


def test_an_entity_bomb_expands_to_nothing() -> None:
    source = zipfile.ZipFile(BytesIO(workbook_bytes({"清单": [["编号"], ["A-1"]]})))
    members = {name: source.read(name) for name in source.namelist()}
    entities = b'<!DOCTYPE x [<!ENTITY a "lol">' + b"".join(
        b'<!ENTITY a%d "%s">' % (level, b"&a%d;" % (level - 1) * 10 if level > 1 else b"&a;" * 10)
        for level in range(1, 10)
    )
    xml = members["xl/sharedStrings.xml"].replace(b"<sst", entities + b"]><sst", 1).replace(b"A-1", b"&a9;")
    members["xl/sharedStrings.xml"] = xml
    with suppress(FileRefused):
        assert sum(len(str(cell)) for row in read_workbook(_archive(members)).sheets[0].rows for cell in row) < 1000


def test_too_many_rows_of_csv_are_refused_and_trailing_blank_ones_are_not() -> None:
    limits = Limits(rows=3)
    assert _refusal(b"a,b\n" * 4, limits) == "list_import.too_many_rows"
    assert len(read_workbook(b"a,b\n" * 3 + b",\n" * 50, limits=limits).sheets[0].rows) == 3


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_damaged_workbook_is_read_or_refused_and_nothing_else(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from([_GOOD, _GOOD_OLD])))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with suppress(FileRefused):
        read_import(bytes(content), DEVICES, today=TODAY)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_rubbish_is_read_or_refused_and_nothing_else(content: bytes) -> None:
    with suppress(FileRefused):
        read_import(content, DEVICES, today=TODAY)


_GOOD = device_workbook([device_row(serial) for serial in range(1, 4)])
_GOOD_OLD = _old_workbook({(0, 0): "编号", (0, 1): "类别", (1, 0): "A-1", (1, 1): "台式机"})

_CELLS: st.SearchStrategy[CellValue] = st.one_of(
    st.text(st.characters(codec=None), max_size=30),
    st.from_regex(r"[0-9./年月日-]{1,12}", fullmatch=True),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
)


@settings(max_examples=300, deadline=None)
@given(
    rows=st.lists(st.lists(_CELLS, max_size=len(HEADINGS) + 1), max_size=8),
    kind=st.sampled_from(list(import_kinds().values())),
)
def test_no_cell_however_odd_stops_the_reading(rows: list[list[CellValue]], kind: ImportKind) -> None:
    own = [label for label in kind.labels.values() if label not in HEADINGS]
    sheet = Sheet("清单", [[*own, *HEADINGS], *rows])
    parsed = parse_rows(Workbook(FileFormat.XLSX, (sheet,)), kind, today=TODAY)
    for row in parsed.rows:
        assert row.is_refused == any(issue.severity == "error" for issue in row.issues)
        for issue in row.issues:
            assert kind.texts[issue.code] % issue.parameters
            assert issue.field in kind.labels


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=20), min_size=1, max_size=6))
def test_what_was_imported_is_imported_unchanged_from_an_export_of_it(numbers: list[str]) -> None:
    """Reading is idempotent: stored numbers, written out and read again, are the same numbers."""
    first = _numbers([[number] for number in numbers])
    assert _numbers([[number] for number in first]) == first


def _numbers(rows: list[list[CellValue]]) -> list[str]:
    workbook = Workbook(FileFormat.XLSX, (Sheet("清单", [["设备编号"], *rows]),))
    parsed = parse_rows(workbook, DEVICES, today=TODAY)
    return [row.values.number for row in parsed.accepted if row.values and hasattr(row.values, "number")]
