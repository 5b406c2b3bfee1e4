"""Service calendars: weekly service hours, holidays and exceptions in one time zone. [S1 of the features]

A calendar is a value: immutable, comparable, JSON-serialisable, complete in itself (client
exceptions and holiday corrections merged in), so that a running clock can keep the one it was
started with and later edits never rewrite the past. What a calendar means on the time line is
worked out in `app.platform.promises.service_timeline`.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from app.platform.kernel.input_text import CODE, Code, Input, Line
from app.platform.kernel.time_source import PLATFORM_ZONE
from app.platform.promises.holidays import DayKind, HolidayTable, chinese_day_kind, unpublished_years
from app.platform.promises.problems import DocumentProblem

SECONDS_PER_DAY = 86_400

_TIME_OF_DAY = r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$"

TimeOfDay = Annotated[str, CODE, msgspec.Meta(pattern=_TIME_OF_DAY)]


def _second_of_day(text: str) -> int | None:
    """Seconds since midnight of an "HH:MM" (up to "24:00"), or nothing where it is not one."""
    if re.fullmatch(_TIME_OF_DAY, text) is None:
        return None
    hours, minutes = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60


class Window(msgspec.Struct, frozen=True):
    """Open from `opens` up to, not including, `closes`: wall-clock "HH:MM" in the calendar's zone.

    A window that closes at or before it opens passes midnight and belongs wholly to the day that
    it starts on: "22:00" to "06:00" of a Friday runs into Saturday whatever Saturday is. The whole
    day is "00:00" to "24:00".
    """

    opens: TimeOfDay
    closes: TimeOfDay

    def seconds(self) -> tuple[int, int]:
        """Opening and close in wall-clock seconds after the midnight that the day starts with.

        The close is above 86 400 where the window passes midnight. Raises ValueError for a time
        that is not one; `window_problems` reports it with its place.
        """
        opens, closes = _second_of_day(self.opens), _second_of_day(self.closes)
        if opens is None or closes is None:
            raise ValueError(f"not a time of day: {self.opens} to {self.closes}")
        return opens, closes if closes > opens else closes + SECONDS_PER_DAY


Windows = Annotated[tuple[Window, ...], msgspec.Meta(max_length=12)]
"""The windows of one day; more than a dozen would be a mistake."""


class Week(msgspec.Struct, frozen=True):
    """The windows of each weekday; several a day leave breaks between them, none is a day off."""

    monday: Windows = ()
    tuesday: Windows = ()
    wednesday: Windows = ()
    thursday: Windows = ()
    friday: Windows = ()
    saturday: Windows = ()
    sunday: Windows = ()

    def days(self) -> tuple[Windows, ...]:
        """Monday first, as `date.weekday()` counts."""
        return (
            self.monday,
            self.tuesday,
            self.wednesday,
            self.thursday,
            self.friday,
            self.saturday,
            self.sunday,
        )


class PublicHolidays(StrEnum):
    """Whose public holidays a calendar keeps."""

    NONE = "none"
    CHINA = "china"


class DateException(Input, frozen=True):
    """One date that differs: other windows, or closed where there are none."""

    day: date
    windows: Windows = ()
    note: Line = ""


class ServiceCalendar(msgspec.Struct, frozen=True, cache_hash=True):
    """Weekly service hours in one time zone, with everything that makes a date differ.

    For one date the first that says something decides: an exception, the holiday table, the
    published holidays, the weekly windows. On a public holiday `holiday_windows` hold (none:
    closed). On a make-up workday `makeup_windows` hold; where they are None the date stays what
    its weekday is.
    """

    weekly: Week
    time_zone: Code = PLATFORM_ZONE.key
    public_holidays: PublicHolidays = PublicHolidays.NONE
    holiday_windows: Windows = ()
    makeup_windows: Windows | None = None
    holiday_table: HolidayTable = HolidayTable()
    exceptions: Annotated[tuple[DateException, ...], msgspec.Meta(max_length=2_000)] = ()

    def merged_with(self, exceptions: tuple[DateException, ...]) -> "ServiceCalendar":
        """This calendar with a client's own exceptions on top; the client's win on their dates."""
        merged = {each.day: each for each in (*self.exceptions, *exceptions)}
        return msgspec.structs.replace(self, exceptions=tuple(merged[day] for day in sorted(merged)))

    def unpublished_holiday_years(self, first: date, last: date) -> tuple[int, ...]:
        """Years between two dates (both included) that this calendar knows no holidays for yet."""
        if self.public_holidays is PublicHolidays.NONE:
            return ()
        return unpublished_years(first, last, self.holiday_table)

    def windows_between(self, first: date, last: date) -> Iterator[tuple[date, Windows]]:
        """The windows that start on each local date from `first` to `last`, both included."""
        week = self.weekly.days()
        exceptions = {each.day: each.windows for each in self.exceptions}
        corrections = self.holiday_table.by_day()
        keeps_holidays = self.public_holidays is PublicHolidays.CHINA
        for ordinal in range(first.toordinal(), last.toordinal() + 1):
            day = date.fromordinal(ordinal)
            windows = week[day.weekday()]
            if keeps_holidays:
                kind = chinese_day_kind(day, corrections)
                if kind is DayKind.HOLIDAY:
                    windows = self.holiday_windows
                elif kind is DayKind.MAKEUP_WORKDAY and self.makeup_windows is not None:
                    windows = self.makeup_windows
            yield day, exceptions.get(day, windows)

    def windows_on(self, day: date) -> Windows:
        """The windows that start on one local date."""
        return next(self.windows_between(day, day))[1]

    def problems(self) -> tuple[DocumentProblem, ...]:
        """Everything that must be put right before this calendar can be used."""
        found = list(_zone_problems(self.time_zone))
        for field, windows in zip(Week.__struct_fields__, self.weekly.days(), strict=True):
            found += window_problems(windows, f"weekly.{field}")
        found += window_problems(self.holiday_windows, "holiday_windows")
        found += window_problems(self.makeup_windows or (), "makeup_windows")
        seen: set[date] = set()
        for index, exception in enumerate(self.exceptions):
            path = f"exceptions[{index}]"
            found += window_problems(exception.windows, f"{path}.windows")
            if exception.day in seen:
                found.append(DocumentProblem("exception_twice", path, {"day": exception.day.isoformat()}))
            seen.add(exception.day)
        for day, times in Counter(entry.day for entry in self.holiday_table.entries).items():
            if times > 1:
                found.append(DocumentProblem("holiday_twice", "holiday_table", {"day": day.isoformat()}))
        if not any(self.weekly.days()):
            found.append(DocumentProblem("calendar_never_open", "weekly"))
        return tuple(found)


def _zone_problems(name: str) -> Iterator[DocumentProblem]:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield DocumentProblem("time_zone_unknown", "time_zone", {"time_zone": name})


def window_problems(windows: Windows, path: str) -> Iterator[DocumentProblem]:
    """Problems of one day's windows: invalid times, empty windows, overlaps, wrong order."""
    previous_close = 0
    for index, window in enumerate(windows):
        here = f"{path}[{index}]"
        opens, closes = _second_of_day(window.opens), _second_of_day(window.closes)
        if opens is None or closes is None or opens == SECONDS_PER_DAY:
            parameters = {"opens": window.opens, "closes": window.closes}
            yield DocumentProblem("time_of_day_invalid", here, parameters)
        elif opens == closes:
            yield DocumentProblem("window_empty", here, {"opens": window.opens})
        elif opens < previous_close:
            yield DocumentProblem("windows_overlap", here, {"opens": window.opens})
        else:
            previous_close = window.seconds()[1]
