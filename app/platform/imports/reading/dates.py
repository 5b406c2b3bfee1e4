"""Dates as people write them into lists. What can only mean one day is taken, with a warning where
it is odd; what could mean two, or no day at all, is left out with a warning."""

import re
import unicodedata
from datetime import date, datetime, timedelta
from typing import Final

from app.platform.imports.reading.converters import CellContext, means_empty, raw_text
from app.platform.imports.reading.workbook import CellValue

_EARLIEST_YEAR: Final = 1980
_LATEST_YEAR: Final = 2100
_SERIAL_ORIGIN: Final = date(1899, 12, 30)
"""Day 0 of Excel's count as it reads after its imagined 29 February 1900."""
_SERIALS: Final = range(29_221, 73_416)
"""Excel's serial numbers of 1980 to 2100."""

_USUAL = re.compile(r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?")
_YEAR_FIRST = re.compile(r"(\d{4})[-/.。,、_ ]+(\d{1,2})[-/.。,、_ ]+(\d{1,2})[.。]?")
_CHINESE = re.compile(r"(\d{4}|\d{2})年(\d{1,2})月(?:(\d{1,2})[日号]?)?")
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(?P<day>\d{2})?")
_YEAR_MONTH = re.compile(r"(\d{4})[-/.](\d{1,2})(?P<day>)")
_COULD_BE_OCTOBER = re.compile(r"\d{4}\.1")
"""As a number, 2023.10 and 2023.1 are one."""
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_SHORT_YEAR = re.compile(r"(\d{2})[-/.](\d{1,2})[-/.](\d{1,2})")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")


def date_field(value: CellValue, cell: CellContext) -> date | None:
    """A calendar day. A time of day in the cell is dropped; lists of devices mean days."""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return _plausible(value, cell, value.isoformat())
    written = raw_text(value)
    if isinstance(value, float) and _COULD_BE_OCTOBER.fullmatch(written):
        cell.warn("date_ambiguous", value=written)
        return None
    text = " ".join(unicodedata.normalize("NFKC", written).split())
    if means_empty(text):
        return None
    if usual := _USUAL.fullmatch(text):
        return _day(usual[1], usual[3], usual[4], cell, written, is_odd=text != written.strip())
    return _odd_date(text, cell, written)


def _odd_date(text: str, cell: CellContext, written: str) -> date | None:
    dense = text.replace(" ", "")
    if match := _CHINESE.fullmatch(dense):
        year = match[1] if len(match[1]) == 4 else f"20{match[1]}"
        return _day_or_month(year, match[2], match[3], cell, written)
    if match := _YEAR_FIRST.fullmatch(text):
        return _day(match[1], match[2], match[3], cell, written, is_odd=True)
    if match := _COMPACT.fullmatch(dense) or _YEAR_MONTH.fullmatch(dense):
        return _day_or_month(match[1], match[2], match["day"], cell, written)
    if _SERIAL.fullmatch(dense) and int(float(dense)) in _SERIALS:
        found = _SERIAL_ORIGIN + timedelta(days=int(float(dense)))
        cell.warn("date_serial", value=written, stored=found.isoformat())
        return found
    return _day_among(_readings(dense), cell, written)


def _readings(text: str) -> set[tuple[str, str, str]]:
    """All days as (year, month, day) that a text with a late or a short year could mean."""
    if match := _YEAR_LAST.fullmatch(text):
        first, second, year = match.groups()
        return {(year, first, second), (year, second, first)}
    if match := _SHORT_YEAR.fullmatch(text):
        first, second, third = match.groups()
        return {
            (f"20{first}", second, third),
            (f"20{third}", first, second),
            (f"20{third}", second, first),
        }
    return set()


def _day_or_month(year: str, month: str, day: str | None, cell: CellContext, written: str) -> date | None:
    """A written day, or the first of a month where no day is given."""
    if day:
        return _day(year, month, day, cell, written, is_odd=True)
    first = _calendar_day(year, month, "1")
    if first is None or _plausible(first, cell, written) is None:
        if first is None:
            cell.warn("date_impossible", value=written)
        return None
    cell.warn("date_without_day", value=written, stored=first.isoformat())
    return first


def _day(year: str, month: str, day: str, cell: CellContext, written: str, *, is_odd: bool) -> date | None:
    found = _calendar_day(year, month, day)
    if found is None:
        swapped = _calendar_day(year, day, month)
        if swapped is None or _plausible(swapped, cell, written) is None:
            cell.warn("date_impossible", value=written)
            return None
        cell.warn("date_swapped", value=written, stored=swapped.isoformat())
        return swapped
    if _plausible(found, cell, written) is None:
        return None
    if is_odd:
        cell.warn("date_odd", value=written, stored=found.isoformat())
    return found


def _day_among(readings: set[tuple[str, str, str]], cell: CellContext, written: str) -> date | None:
    """The only possible day among several readings of one text."""
    days = {
        found
        for reading in readings
        if (found := _calendar_day(*reading)) and _EARLIEST_YEAR <= found.year <= _LATEST_YEAR
    }
    if len(days) == 1:
        found = days.pop()
        cell.warn("date_odd", value=written, stored=found.isoformat())
        return found
    if days:
        cell.warn("date_ambiguous", value=written)
    else:
        cell.warn("date_impossible" if readings else "date_unreadable", value=written)
    return None


def _calendar_day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _plausible(found: date, cell: CellContext, written: str) -> date | None:
    """The day, unless nobody can have bought a computer then: Excel's day 0, a slip of a finger."""
    if _EARLIEST_YEAR <= found.year <= _LATEST_YEAR:
        return found
    cell.warn("date_implausible", value=written)
    return None
