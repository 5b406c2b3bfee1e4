"""A CSV reads back as it was written, whatever wrote it."""

import csv
from datetime import date
from io import StringIO
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assets.devices.device_import.drafts import DeviceDraft
from app.assets.devices.device_import.kind import DEVICES
from app.platform.imports.reading.rows import ParsedFile, read_import
from app.platform.imports.reading.workbook import read_workbook
from app.platform.kernel.encodings import Encoding

WORDS = "设备编号类别品牌型号使用人备注三楼号位财务部搬"
CELLS = st.text(st.sampled_from(f'{WORDS}abcXYZ0189 ,;|\t"\n./-()'), max_size=12).map(str.strip)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    """A heading of plain words, and rows with everything in them that separates cells elsewhere."""
    width = draw(st.integers(2, 6))
    row = st.lists(CELLS, min_size=width, max_size=width)
    heading = [f"{WORDS[place : place + 2]}{place}" for place in range(width)]
    return [heading, *draw(st.lists(row, max_size=8))]


@given(
    table=tables(),
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    line_end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
)
def test_any_table_that_csv_writes_reads_back_the_same(
    table: list[list[str]], delimiter: str, quoting: Literal[0, 1, 2], line_end: str, encoding: str
) -> None:
    written = StringIO()
    csv.writer(written, delimiter=delimiter, quoting=quoting, lineterminator=line_end).writerows(table)
    (sheet,) = read_workbook(written.getvalue().encode(encoding)).sheets
    assert sheet.rows == table


def _read(text: str, encoding: str = "utf-8", chosen: Encoding = Encoding.AUTOMATIC) -> ParsedFile:
    return read_import(text.encode(encoding), DEVICES, today=date(2026, 11, 22), encoding=chosen)


def _devices(parsed: ParsedFile) -> list[DeviceDraft]:
    return [row.values for row in parsed.rows if isinstance(row.values, DeviceDraft)]


def _issues(parsed: ParsedFile) -> list[tuple[str, str]]:
    return [(issue.cell, issue.code) for row in parsed.rows for issue in row.issues]


def test_commas_in_remarks_of_several_lines_do_not_outvote_the_semicolon() -> None:
    rows = "".join(f'IT-00{serial};台式机;"三楼,{serial}号位\n2023年购,财务\n已搬,两次"\n' for serial in range(8))
    devices = _devices(_read(f"设备编号;类别;备注\n{rows}"))
    assert [device.number for device in devices] == [f"IT-00{serial}" for serial in range(8)]
    assert devices[0].remark == "三楼,0号位\n2023年购,财务\n已搬,两次"


def test_known_headings_speak_louder_than_commas_in_every_row() -> None:
    title = "固定资产清单\n"
    rows = "".join(f"A-{serial};台式机;甲,乙,丙,丁\n" for serial in range(5))
    assert len(_devices(_read(f"{title}设备编号;类别;备注\n{rows}"))) == 5


def test_a_first_line_that_names_the_delimiter_is_no_row() -> None:
    parsed = _read("sep=|\n设备编号|类别\nA-1|台式机\n")
    assert [(row.row_number, device.number) for row, device in zip(parsed.rows, _devices(parsed), strict=True)] == [
        (3, "A-1")
    ]


def test_what_keeps_excel_from_changing_a_cell_is_taken_off() -> None:
    (first, second) = _devices(_read('设备编号,类别,序列号\n="0002",台式机,"=""0012345"""\n\'0003,台式机,\t0012346\n'))
    assert (first.number, first.serial_number) == ("0002", "0012345")
    assert (second.number, second.serial_number) == ("0003", "0012346")


def test_a_number_whose_end_excel_has_lost_is_told_and_is_no_key() -> None:
    parsed = _read("设备编号,类别,序列号\nS-2,台式机,1.23457E+11\n1.23457E+11,台式机,SN1\n")
    assert _issues(parsed) == [("C2", "digits_lost"), ("A3", "digits_lost")]
    assert [row.row_number for row in parsed.refused] == [3]


@pytest.mark.parametrize("codec", ["cp1252", "gb18030"])
def test_words_that_the_guess_has_broken_are_told_where_they_stand(codec: str) -> None:
    # Chinese and Western names in one file: whatever is guessed is wrong for some.
    content = "设备编号,类别,使用人\nL1,笔记本,".encode("gb18030") + "Jürgen".encode(codec, "replace") + b"\n"
    parsed = read_import(content, DEVICES, today=date(2026, 11, 22))
    assert _issues(parsed) == ([("C2", "encoding_doubtful")] if codec == "cp1252" else [])


def test_a_chosen_encoding_is_not_doubted() -> None:
    parsed = _read("Asset Tag,Holder\nL1,Jürgen Müller\n", "cp1252", Encoding.WINDOWS_1252)
    assert (_devices(parsed)[0].holder, _issues(parsed)) == ("Jürgen Müller", [])
