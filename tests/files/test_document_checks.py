"""Documents and texts: complete, of one format only, without active content."""

import io
import struct
import zipfile
from pathlib import Path

import pypdf
import pytest
import xlsxwriter
from pypdf.generic import DictionaryObject, NameObject

from app.platform.files import MAX_UPLOAD_BYTES, FileRefused, inspect_upload
from app.platform.files.document_checks import MOST_SPREADSHEET_BYTES
from app.platform.files.errors import (
    ActivePdf,
    AmbiguousFile,
    BrokenPdf,
    BrokenSpreadsheet,
    BrokenText,
    FileEmpty,
    FileTooLarge,
    FileTypeNotAccepted,
    HeicPhoto,
    MarkupInText,
    OldOrLockedSpreadsheet,
    SpreadsheetTooLarge,
    SpreadsheetWithMacros,
)


def refusal_of(data: bytes, name: str) -> FileRefused:
    with pytest.raises(FileRefused) as refused:
        inspect_upload(data, name)
    return refused.value


def workbook() -> bytes:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        book.add_worksheet("设备").write_row(0, 0, ["设备编号", "型号"])
    return written.getvalue()


def workbook_with(name: str, content: bytes) -> bytes:
    written = io.BytesIO(workbook())
    with zipfile.ZipFile(written, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return written.getvalue()


def pdf(action: str | None = None) -> bytes:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    if action is not None:
        opening = DictionaryObject({NameObject("/S"): NameObject(action)})
        writer.root_object[NameObject("/OpenAction")] = opening
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def test_a_pdf_is_kept_byte_for_byte() -> None:
    kept = inspect_upload(pdf(), "保修卡.PDF")

    assert kept.data == pdf()
    assert (kept.media_type, kept.display_name) == ("application/pdf", "保修卡.pdf")
    assert kept.thumbnail is None


@pytest.mark.parametrize("action", ["/JavaScript", "/Launch"])
def test_a_pdf_that_runs_something_when_opened_is_refused(action: str) -> None:
    assert isinstance(refusal_of(pdf(action), "a.pdf"), ActivePdf)


def test_a_pdf_that_opens_at_a_page_is_accepted() -> None:
    assert inspect_upload(pdf("/GoTo"), "a.pdf").data == pdf("/GoTo")


def test_a_script_with_a_disguised_name_is_found_too() -> None:
    disguised = pdf("/JavaScript").replace(b"/JavaScript", b"/J#61vaScript")

    assert isinstance(refusal_of(disguised, "a.pdf"), ActivePdf)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (pdf()[:-40], BrokenPdf),
        (b"%PDF-nonsense", BrokenPdf),
        (pdf() + workbook(), BrokenPdf),
        (pdf() + b"PK\x05\x06" + b"\0" * 18, AmbiguousFile),
        (b"%PDF-1.7\n%<script>alert(1)</script>\n" + pdf(), AmbiguousFile),
    ],
    ids=["cut off", "header only", "workbook behind", "archive behind", "page in front"],
)
def test_a_pdf_that_is_broken_or_something_else_as_well_is_refused(data: bytes, reason: type[FileRefused]) -> None:
    assert isinstance(refusal_of(data, "a.pdf"), reason)


def test_a_workbook_is_kept_whatever_its_name_claims() -> None:
    kept = inspect_upload(workbook(), "设备清单.pdf")

    assert kept.data
    assert kept.display_name == "设备清单.xlsx"
    assert kept.media_type.endswith("spreadsheetml.sheet")


def test_a_workbook_that_unpacks_to_too_much_is_refused() -> None:
    bomb = workbook_with("xl/worksheets/sheet2.xml", b"0" * (MOST_SPREADSHEET_BYTES + 1))
    assert len(bomb) < 1_000_000

    refused = refusal_of(bomb, "list.xlsx")

    assert isinstance(refused, SpreadsheetTooLarge)
    assert refused.parameters == {"limit_megabytes": 100}


def test_a_workbook_that_lies_about_its_size_is_refused() -> None:
    honest = workbook_with("xl/media/big.xml", b"0" * 5_000_000)
    lying = honest.replace(struct.pack("<I", 5_000_000), struct.pack("<I", 500))
    assert lying != honest

    assert isinstance(refusal_of(lying, "list.xlsx"), BrokenSpreadsheet)


def test_macros_are_refused() -> None:
    with_macros = workbook_with("xl/vbaProject.bin", b"Sub AutoOpen")

    assert isinstance(refusal_of(with_macros, "list.xlsx"), SpreadsheetWithMacros)


def test_an_old_or_locked_workbook_gets_an_answer_of_its_own() -> None:
    compound = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600

    assert isinstance(refusal_of(compound, "list.xls"), OldOrLockedSpreadsheet)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (workbook()[:-30], BrokenSpreadsheet),
        (workbook() + b"<script>", AmbiguousFile),
        (b"PK\x03\x04 in front " + workbook(), AmbiguousFile),
    ],
    ids=["cut off", "script behind", "something in front"],
)
def test_a_workbook_that_is_broken_or_something_else_as_well_is_refused(data: bytes, reason: type[FileRefused]) -> None:
    assert isinstance(refusal_of(data, "list.xlsx"), reason)


def test_another_archive_is_no_workbook() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("META-INF/MANIFEST.MF", "Main-Class: Evil")

    refused = refusal_of(written.getvalue(), "list.xlsx")

    assert isinstance(refused, FileTypeNotAccepted)
    assert refused.parameters == {"found": "zip"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_csv_of_any_office_program_becomes_utf8(encoding: str) -> None:
    kept = inspect_upload("设备编号,型号\r\nXM-001,打印机\r\n".encode(encoding), "清单.csv")

    assert kept.data.decode("utf-8-sig") == "设备编号,型号\r\nXM-001,打印机\r\n"
    assert kept.media_type == "text/csv; charset=utf-8"


@pytest.mark.parametrize("number", ["BM-001", "MZ-001"])
def test_a_list_may_begin_with_letters_that_programs_and_bitmaps_begin_with(number: str) -> None:
    assert inspect_upload(f"{number},打印机\n".encode(), "清单.csv").display_name == "清单.csv"


def test_a_text_without_extension_is_a_text() -> None:
    kept = inspect_upload("打印机卡纸".encode(), "note")

    assert (kept.display_name, kept.media_type) == ("note.txt", "text/plain; charset=utf-8")


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    "data",
    [
        SVG,
        b'\xef\xbb\xbf <?xml version="1.0"?>' + SVG,
        SVG.decode().encode("utf-16"),
        b"<!-- a harmless remark -->" + SVG,
        b"<!DOCTYPE html><html></html>",
        b"a,b\n<ScRiPt src=//evil>",
        b"#!/bin/sh\nrm -rf /",
    ],
)
@pytest.mark.parametrize("name", ["drawing.svg", "drawing.png", "drawing.txt", "drawing.csv"])
def test_markup_and_scripts_are_refused_under_any_name(data: bytes, name: str) -> None:
    assert isinstance(refusal_of(data, name), MarkupInText)


@pytest.mark.parametrize(
    ("data", "name", "found"),
    [
        (b"GIF89a/*" + b"\0" * 10 + b"*/=1;alert(1)", "photo.gif", "gif"),
        (b"GIF89a=1;alert(document.cookie)//", "photo.jpg", "gif"),
        (b"MZ\x90\0\x03", "photo.jpg", "exe"),
        (b"\x7fELF\x02\x01\x01", "photo.jpg", "elf"),
        (b"alert(1)", "reason.js", "js"),
        (b"del *.*", "fix.bat", "bat"),
    ],
)
def test_what_runs_or_is_not_on_the_list_is_refused(data: bytes, name: str, found: str) -> None:
    refused = refusal_of(data, name)

    assert isinstance(refused, FileTypeNotAccepted)
    assert refused.parameters == {"found": found}


@pytest.mark.parametrize("brand", [b"heic", b"mif1", b"hevc"])
def test_an_iphone_photo_in_heic_gets_an_answer_of_its_own(brand: bytes) -> None:
    heic = b"\0\0\0\x24ftyp" + brand + b"\0\0\0\0mif1heic"

    assert isinstance(refusal_of(heic, "IMG_0001.HEIC"), HeicPhoto)


def test_binary_rubbish_is_no_text() -> None:
    assert isinstance(refusal_of(b"\x00\x01\x02\x03", "data.txt"), BrokenText)
    assert isinstance(refusal_of(b"\xff\xff\xff\xff", "data.txt"), BrokenText)


def test_nothing_and_too_much_are_refused() -> None:
    assert isinstance(refusal_of(b"", "photo.jpg"), FileEmpty)

    refused = refusal_of(b"a" * (MAX_UPLOAD_BYTES + 1), "notes.txt")

    assert isinstance(refused, FileTooLarge)
    assert refused.parameters == {"limit_megabytes": 15}


@pytest.mark.real_input
@pytest.mark.parametrize("name", ["device-list.xlsx", "incident-log.csv"])
def test_the_files_that_clients_really_sent_are_accepted(name: str) -> None:
    sent = Path(__file__).parents[3] / "shared" / "data" / name
    if not sent.exists():
        pytest.skip("the clients' files do not lie beside this checkout")

    assert inspect_upload(sent.read_bytes(), name).display_name == name
