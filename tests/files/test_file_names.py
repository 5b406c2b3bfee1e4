"""File names are for display only: not trusted, and never part of a path."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.platform.files import inspect_upload
from app.platform.files.file_names import LONGEST_NAME_BYTES, declared_extension, display_name


@pytest.mark.parametrize(
    ("declared", "shown"),
    [
        ("报修照片.pdf", "报修照片.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\me\\scan.PDF", "scan.pdf"),
        ("..", "file.pdf"),
        ("", "file.pdf"),
        (".pdf", "file.pdf"),
        ("   .  ", "file.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.pdf"),
        ("a\r\nContent-Type: text/html", "html.pdf"),
        ("two\r\nlines\0.pdf", "twolines.pdf"),
        ('quote"d<b>.pdf', "quote_d_b_.pdf"),
        ("zero\u200bwidth\ufeff.pdf", "zerowidth.pdf"),
        ("wide\u3000space\u00a0name.pdf", "wide space name.pdf"),
        ("e\u0301te.pdf", "\u00e9te.pdf"),
        ("report.pdf.exe", "report.pdf"),
        ("v1.2 final", "v1.2 final.pdf"),
    ],
)
def test_a_name_is_cleaned_and_keeps_what_people_wrote(declared: str, shown: str) -> None:
    assert display_name(declared, ".pdf") == shown


def test_a_long_name_is_cut_between_characters() -> None:
    shown = display_name("设" * 300 + ".pdf", ".pdf")

    assert shown == "设" * 65 + ".pdf"
    assert len(shown.encode()) <= LONGEST_NAME_BYTES


@given(st.text(max_size=400), st.sampled_from([".jpg", ".webp", ".pdf", ".xlsx", ".csv", ".txt"]))
def test_whatever_is_declared_the_name_shown_is_safe(declared: str, extension: str) -> None:
    shown = display_name(declared, extension)

    assert shown.endswith(extension)
    assert len(shown) > len(extension)
    assert len(shown.encode()) <= LONGEST_NAME_BYTES
    assert not set(shown) & set('/\\<>:"|?*')
    assert not shown.startswith((".", " "))
    assert all(
        unicodedata.category(character)[0] != "C" and unicodedata.category(character) not in {"Zl", "Zp"}
        for character in shown
    )
    assert display_name(shown, extension) == shown


@given(st.text(max_size=60))
def test_an_extension_is_plain_ascii(declared: str) -> None:
    assert declared_extension(declared).isascii()


def test_an_extension_hidden_behind_a_direction_mark_is_seen() -> None:
    assert declared_extension("notes\u202etxt.bat") == ".bat"
    assert inspect_upload(b"hello", "notes.bat\u202e.txt").display_name == "notes.bat.txt"
