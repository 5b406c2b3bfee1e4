"""Chinese public holidays and make-up workdays (调休).

The State Council publishes the next year's days around November. `chinesecalendar` carries the
published years; a `HolidayTable` lies on top of it, so that a correction or a new year can be
entered without waiting for a release of the library. A year that neither knows has no holidays at
all, only its weekly pattern: `unpublished_years` tells which ones those are, so that people can be
warned instead of surprised.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

import chinese_calendar
import msgspec

from app.platform.kernel.input_text import Input, Line

_FIRST_PUBLISHED_YEAR: int = min(chinese_calendar.holidays).year
_LAST_PUBLISHED_YEAR: int = max(chinese_calendar.holidays).year


class DayKind(StrEnum):
    """What the public calendar makes of one date."""

    HOLIDAY = "holiday"
    MAKEUP_WORKDAY = "makeup_workday"
    ORDINARY = "ordinary"


class HolidayEntry(Input, frozen=True):
    """One row of the editable table; `ORDINARY` takes back what the library says of the date."""

    day: date
    kind: DayKind
    name: Line = ""


class HolidayTable(msgspec.Struct, frozen=True, cache_hash=True):
    """Corrections and additions to the library.

    `complete_years` are the years whose days were entered in full. Single corrections do not make
    a year published, so an early entry for next year cannot silence the warning.
    """

    entries: Annotated[tuple[HolidayEntry, ...], msgspec.Meta(max_length=2_000)] = ()
    complete_years: Annotated[tuple[int, ...], msgspec.Meta(max_length=100)] = ()

    def by_day(self) -> dict[date, DayKind]:
        """Kind by date."""
        return {entry.day: entry.kind for entry in self.entries}


def chinese_day_kind(day: date, corrections: dict[date, DayKind]) -> DayKind:
    """What `day` is by the published Chinese calendar, `corrections` first."""
    corrected = corrections.get(day)
    if corrected is not None:
        return corrected
    if day in chinese_calendar.workdays:
        return DayKind.MAKEUP_WORKDAY
    if day in chinese_calendar.holidays:
        return DayKind.HOLIDAY
    return DayKind.ORDINARY


def is_published(year: int, table: HolidayTable) -> bool:
    """Whether the Chinese holidays of `year` are known in full."""
    return (_FIRST_PUBLISHED_YEAR <= year <= _LAST_PUBLISHED_YEAR) or year in table.complete_years


def unpublished_years(first: date, last: date, table: HolidayTable) -> tuple[int, ...]:
    """The years between two dates (both included) whose Chinese holidays are not known yet."""
    return tuple(year for year in range(first.year, last.year + 1) if not is_published(year, table))
