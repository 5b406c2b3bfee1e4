"""Converters from a cell's value, as people type it, to the stored form of a field.

A converter takes the value and the `CellContext` that it stands in, reports issues to the `CellContext` and
returns the value to store, or None for "no value". Converters never raise.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Final, TypeAlias

from app.platform.imports.reading.issues import RowIssue, Severity
from app.platform.imports.reading.workbook import CellValue, cell_address
from app.platform.kernel.contact_details import (
    ContactDetailInvalid,
    normalise_email,
    normalise_mobile,
    normalise_office_phone,
)

FieldValue: TypeAlias = str | bool | date | None

_SHOWN_CHARACTERS: Final = 60
_EXACT_DIGITS: Final = 10**15
"""Excel keeps 15 digits; a longer number has lost its end."""

_ODD = re.compile(
    "[\x00-\x1f\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u2060\u3000\ufeff\uff10-\uff19\uff21-\uff3a\uff41-\uff5a"
    "\ud800-\udfff]"
)
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
_FULL_WIDTH = {
    code: code - 0xFEE0
    for first, last in ((0xFF10, 0xFF19), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A))
    for code in range(first, last + 1)
}
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣－", "-"))
_FORMULA = re.compile(r"=|[+\-@][A-Za-z_.]+\(")
_EMPTY_MARKS: Final = frozenset({"", "-", "--", "—", "——", "/", "\\", "无", "暂无", "n/a", "null"})
_CURRENCY = re.compile(r"^(?:rmb|cny|[¥￥])\s*|\s*元$", re.IGNORECASE)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_NUMBER = re.compile(r"[\w\-./#+()&*]+")
_SCIENTIFIC = re.compile(r"[+-]?\d(?:\.\d+)?E\+\d{2,3}", re.IGNORECASE)
"""A long number as Excel shows it and writes it into a CSV: its end is gone."""
_TRUE: Final = frozenset({"是", "有", "y", "yes", "true", "1", "√", "✓", "✔", "vip", "公用", "共用"})
_FALSE: Final = frozenset({"否", "不是", "n", "no", "false", "0", "×", "x", "普通", "专用", "个人"})


class CellContext:
    """The position of the value that is being converted; collects the issues of its row."""

    __slots__ = ("column", "field", "has_formula", "issues", "row")

    def __init__(self, row: int) -> None:
        self.row = row
        self.column = 0
        self.field = ""
        self.has_formula = False
        self.issues: list[RowIssue] = []

    def warn(self, code: str, **parameters: str) -> None:
        """The value is doubtful; the row is imported."""
        self._add(code, Severity.WARNING, parameters)

    def refuse(self, code: str, **parameters: str) -> None:
        """The row cannot be imported."""
        self._add(code, Severity.ERROR, parameters)

    def _add(self, code: str, severity: Severity, parameters: dict[str, str]) -> None:
        shown = {name: shorten(value) for name, value in parameters.items()}
        address = cell_address(self.row, self.column)
        self.issues.append(RowIssue(address, self.field, code, severity, shown))


Converter: TypeAlias = Callable[[CellValue, CellContext], FieldValue]


def shorten(text: str) -> str:
    """A text as an issue shows it: one line of at most 60 characters, nothing invisible."""
    flat = " ".join(_CONTROL.sub("", text).split())
    return flat if len(flat) <= _SHOWN_CHARACTERS else f"{flat[: _SHOWN_CHARACTERS - 1]}…"


def raw_text(value: CellValue) -> str:
    """A cell's value as a person sees it in the sheet."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return str(value)


def means_empty(text: str) -> bool:
    """Whether people write this for an empty cell."""
    return text.lower() in _EMPTY_MARKS


def clean_text(value: CellValue, cell: CellContext, *, keeps_lines: bool = False) -> str:
    """A text without control characters and needless space, full-width letters and digits made
    plain.

    Chinese punctuation stays. A number that Excel has cut and a date where text belongs are warned of.
    """
    text = value if isinstance(value, str) else _text_of_other(value, cell)
    if "+" in text:
        _warn_if_truncated(value, cell)
    if cell.has_formula:
        cell.warn("formula_cell", value=text)
    if _ODD.search(text):
        text = _normalised(text, cell, keeps_lines=keeps_lines)
    elif not keeps_lines and "  " in text:
        text = " ".join(text.split())
    text = text.strip()
    if _FORMULA.match(text):
        cell.warn("formula_text", value=text)
    return "" if means_empty(text) else text


def _warn_if_truncated(value: CellValue, cell: CellContext) -> None:
    if isinstance(value, str) and _SCIENTIFIC.fullmatch(value.strip()):
        cell.warn("digits_lost", value=value)


def _text_of_other(value: CellValue, cell: CellContext) -> str:
    if isinstance(value, int | float) and abs(value) >= _EXACT_DIGITS:
        cell.warn("digits_lost", value=raw_text(value))
    elif isinstance(value, date | time | timedelta):
        cell.warn("date_in_text", value=raw_text(value))
    return raw_text(value)


def _normalised(text: str, cell: CellContext, *, keeps_lines: bool) -> str:
    visible = _CONTROL.sub("", text)
    if visible != text:
        cell.warn("control_characters")
    visible = _INVISIBLE.sub("", visible)
    narrow = visible.translate(_FULL_WIDTH)
    if narrow != visible:
        cell.warn("full_width", value=visible, stored=narrow)
    if keeps_lines:
        return "\n".join(" ".join(line.split()) for line in narrow.splitlines())
    return " ".join(narrow.split())


def clean_code(value: CellValue, cell: CellContext, *, upper: bool = False) -> str:
    """A text for machines: wholly half-width, plain hyphens, no space at either end."""
    text = value if isinstance(value, str) else _text_of_other(value, cell)
    if "+" in text:
        _warn_if_truncated(value, cell)
    if cell.has_formula:
        cell.warn("formula_cell", value=text)
    if not (text.isascii() and text.isprintable()):
        visible = _CONTROL.sub("", text)
        if visible != text:
            cell.warn("control_characters")
        visible = " ".join(_INVISIBLE.sub("", visible).split())
        text = unicodedata.normalize("NFKC", visible).translate(_DASHES)
        if text != visible:
            stored = text.strip().upper() if upper else text.strip()
            cell.warn("full_width", value=visible, stored=stored)
    text = text.strip().upper() if upper else text.strip()
    return "" if means_empty(text) else text


def text_field(maximum: int, *, keeps_lines: bool = False) -> Converter:
    """A converter for words. More than `maximum` characters refuse the row: nothing is cut off."""

    def convert(value: CellValue, cell: CellContext) -> str | None:
        text = clean_text(value, cell, keeps_lines=keeps_lines)
        return _within(text, maximum, cell)

    return convert


def code_field(maximum: int, *, upper: bool = False) -> Converter:
    """A converter for serial numbers, host names and the like."""

    def convert(value: CellValue, cell: CellContext) -> str | None:
        text = clean_code(value, cell, upper=upper)
        if _FORMULA.match(text):
            cell.warn("formula_text", value=text)
        return _within(text, maximum, cell)

    return convert


def _within(text: str, maximum: int, cell: CellContext) -> str | None:
    if len(text) > maximum:
        cell.refuse("too_long", maximum=str(maximum), length=str(len(text)))
        return None
    return text or None


def number_field(maximum: int) -> Converter:
    """A converter for the number on a label, by which a repeated import knows the record."""

    def convert(value: CellValue, cell: CellContext) -> str | None:
        if isinstance(value, str) and _SCIENTIFIC.fullmatch(value.strip()):
            # Other devices whose numbers begin alike would look the same.
            cell.refuse("digits_lost", value=value)
            return None
        text = clean_code(value, cell, upper=True)
        number = "".join(text.split())
        if number and _NUMBER.fullmatch(number) is None:
            cell.refuse("number_unusable", value=text)
            return None
        return _within(number, maximum, cell)

    return convert


def decimal_field(places: int, digits: int) -> Converter:
    """A converter for prices and quantities: no sign, up to `digits` before the point and `places` behind it, as the
    text of a decimal. Signs of a currency and separators of thousands are dropped; nothing is rounded."""
    number = re.compile(rf"\d{{1,{digits}}}(?:\.\d{{1,{places}}})?")

    def convert(value: CellValue, cell: CellContext) -> str | None:
        text = clean_text(value, cell)
        plain = _CURRENCY.sub("", text)
        if _THOUSANDS.fullmatch(plain):
            plain = plain.replace(",", "")
        if not plain:
            return None
        if number.fullmatch(plain) is None:
            cell.refuse("amount_unusable", value=text)
            return None
        return plain

    return convert


def flag_field(value: CellValue, cell: CellContext) -> bool | None:
    """Yes or no, as people tick it."""
    if isinstance(value, bool):
        return value
    text = clean_code(value, cell).lower()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    if text:
        cell.warn("flag_unreadable", value=text)
    return None


def choice_field(spellings: dict[str, str]) -> Converter:
    """A converter from the words that people use to the values that are stored."""

    def convert(value: CellValue, cell: CellContext) -> str | None:
        text = clean_text(value, cell)
        if not text:
            return None
        choice = spellings.get(text.lower()) or spellings.get("".join(text.lower().split()))
        if choice is None:
            cell.warn("choice_unknown", value=text)
        return choice

    return convert


def mobile_field(value: CellValue, cell: CellContext) -> str | None:
    """A mainland mobile number as 11 digits."""
    return _address(value, cell, normalise_mobile, "mobile_invalid")


def phone_field(value: CellValue, cell: CellContext) -> str | None:
    """A mobile, landline or service number, or a bare extension, as the forms take them."""
    return _address(value, cell, normalise_office_phone, "phone_invalid")


def email_field(value: CellValue, cell: CellContext) -> str | None:
    """An e-mail address."""
    return _address(value, cell, normalise_email, "email_invalid")


def _address(value: CellValue, cell: CellContext, normalise: Callable[[str], str], code: str) -> str | None:
    text = clean_code(value, cell)
    if not text:
        return None
    try:
        return normalise(text)
    except ContactDetailInvalid:
        cell.warn(code, value=text)
        return None
