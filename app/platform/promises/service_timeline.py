"""A calendar laid out on the UTC time line, so that a due time is two binary searches.

Each calendar is laid out once per year asked for, as three parallel arrays: where service time
opens, where it closes, and how many service seconds have passed by each close. Nothing here
converts a time zone or looks at a date after that.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.platform.promises.calendar import SECONDS_PER_DAY, ServiceCalendar, Windows
from app.platform.promises.errors import InvalidDocument, ServiceNeverOpens

_MARGIN = timedelta(days=3)
"""How near to a year's edge a window of the neighbouring year may reach: the longest window is a
day, the widest zones are 14 hours off."""

_TWO_DAYS = timedelta(days=2)

_LAST_YEAR = 9_000
"""Beyond this a due time has no meaning and dates run out."""

_LONGEST_CLOSURE_YEARS = 12
"""A calendar without one second of service in so many years is taken to stay closed."""


class _Layout(NamedTuple):
    """The laid-out years. All times are whole seconds since 1970 UTC."""

    first_year: int
    last_year: int
    certain_from: int
    certain_until: int
    opens: "array[int]"
    closes: "array[int]"
    served: "array[int]"


class ServiceTimeline:
    """The service seconds of one calendar; grows by years as they are asked for.

    Instants are whole seconds since 1970 UTC. Safe to share between threads: a layout is never
    altered, only replaced.
    """

    __slots__ = ("_calendar", "_layout", "_zone")

    def __init__(self, calendar: ServiceCalendar) -> None:
        """Raises InvalidDocument where the calendar breaks its own rules."""
        problems = calendar.problems()
        if problems:
            raise InvalidDocument(problems)
        self._calendar = calendar
        self._zone = ZoneInfo(calendar.time_zone)
        self._layout: _Layout | None = None

    def seconds_between(self, start: int, end: int) -> int:
        """Service seconds in [start, end)."""
        layout = self._covering(start, end)
        return _served_until(layout, end) - _served_until(layout, start)

    def after(self, start: int, seconds: int) -> int:
        """The first instant by which `seconds` of service time have passed since `start`.

        Raises ServiceNeverOpens where they never do.
        """
        if seconds == 0:
            return start
        layout = self._covering(start, start)
        target = _served_until(layout, start) + seconds
        closed_years = 0
        while not layout.served or layout.served[-1] < target:
            before = layout.served[-1] if layout.served else 0
            layout = self._lay_out(layout.first_year, layout.last_year + 1)
            # Only the cumulative sum is compared, so a longer layout keeps the target valid.
            gained = (layout.served[-1] if layout.served else 0) > before
            closed_years = 0 if gained else closed_years + 1
            if closed_years > _LONGEST_CLOSURE_YEARS or layout.last_year >= _LAST_YEAR:
                raise ServiceNeverOpens
        index = bisect_left(layout.served, target)
        return layout.closes[index] - (layout.served[index] - target)

    def until_close(self, instant: int) -> int:
        """Seconds for which service goes on from `instant`; none while it is closed."""
        layout = self._covering(instant, instant)
        index = bisect_right(layout.closes, instant)
        if index == len(layout.opens) or layout.opens[index] > instant:
            return 0
        return layout.closes[index] - instant

    def _covering(self, start: int, end: int) -> _Layout:
        layout = self._layout
        if layout is not None and layout.certain_from <= start and end < layout.certain_until:
            return layout
        first = (datetime.fromtimestamp(start, UTC) - _MARGIN).year
        last = (datetime.fromtimestamp(end, UTC) + _MARGIN).year
        if layout is not None:
            first, last = min(first, layout.first_year), max(last, layout.last_year)
        return self._lay_out(first, last)

    def _lay_out(self, first_year: int, last_year: int) -> _Layout:
        opens, closes, served = array("q"), array("q"), array("q")
        total = 0
        days = self._calendar.windows_between(date(first_year, 1, 1), date(last_year, 12, 31))
        for day, windows in days:
            if not windows:
                continue
            for start, end in self._instants(day, windows):
                if closes and start <= closes[-1]:
                    # Touches or overlaps the window before (one past midnight): no second twice.
                    if end > closes[-1]:
                        total += end - closes[-1]
                        closes[-1], served[-1] = end, total
                elif end > start:
                    total += end - start
                    opens.append(start)
                    closes.append(end)
                    served.append(total)
        certain_from = datetime(first_year, 1, 1, tzinfo=UTC) + _MARGIN
        certain_until = datetime(last_year + 1, 1, 1, tzinfo=UTC) - _MARGIN
        self._layout = _Layout(
            first_year,
            last_year,
            int(certain_from.timestamp()),
            int(certain_until.timestamp()),
            opens,
            closes,
            served,
        )
        return self._layout

    def _instants(self, day: date, windows: Windows) -> Iterator[tuple[int, int]]:
        """Where the windows of one local date open and close."""
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - the clock on the wall
        start = first_instant(midnight, self._zone)
        # Two days after which the wall clock is where it was: nothing to convert in between.
        is_plain = first_instant(midnight + _TWO_DAYS, self._zone) - start == 2 * SECONDS_PER_DAY
        for window in windows:
            opens, closes = window.seconds()
            if is_plain:
                yield start + opens, start + closes
            else:
                yield (
                    first_instant(midnight + timedelta(seconds=opens), self._zone),
                    first_instant(midnight + timedelta(seconds=closes), self._zone),
                )


def _served_until(layout: _Layout, instant: int) -> int:
    index = bisect_right(layout.closes, instant)
    before = layout.served[index - 1] if index else 0
    if index == len(layout.opens):
        return before
    return before + max(0, instant - layout.opens[index])


def first_instant(wall: datetime, zone: ZoneInfo) -> int:
    """The first second (since 1970 UTC) at which clocks in `zone` show `wall` or have passed it.

    `wall` is naive local time. Where it comes twice the first counts; where the clocks jump over it
    the instant of the jump. So edges keep their order through every clock change, and a window is
    as long as it really lasted.
    """
    aware = wall.replace(tzinfo=zone)
    instant = int(aware.timestamp())
    if datetime.fromtimestamp(instant, zone).replace(tzinfo=None) == wall:
        return instant
    # Skipped: `fold=1` reads it with the later offset, an instant before the jump.
    before, after = int(aware.replace(fold=1).timestamp()), instant
    while after - before > 1:
        middle = (before + after) // 2
        if datetime.fromtimestamp(middle, zone).replace(tzinfo=None) < wall:
            before = middle
        else:
            after = middle
    return after


@lru_cache(maxsize=512)
def timeline_of(calendar: ServiceCalendar) -> ServiceTimeline:
    """The time line of a calendar, kept by the calendar's value.

    Raises InvalidDocument where the calendar breaks its own rules.
    """
    return ServiceTimeline(calendar)
