"""Service time the slow and obvious way: minute after minute, second after second.

It shares no idea with the program: it asks of every single minute whether somebody would be at work, reading the
clock on the wall. Windows begin and end on whole minutes, so one answer holds for sixty seconds.

The clock on the wall is taken never to go back: in the hour that an autumn night repeats, what has opened stays open
and what has closed stays closed. In spring it jumps, and what opens or closes inside the jump does so at the jump.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.platform.promises.calendar import PublicHolidays, ServiceCalendar, Window

MINUTE = timedelta(minutes=1)


class MinuteByMinute:
    """Every minute of `days` days from the midnight (UTC) of `first`: is it service time?"""

    def __init__(self, calendar: ServiceCalendar, first: date, days: int) -> None:
        self.start = datetime(first.year, first.month, first.day, tzinfo=UTC)
        self.open = list(_open_minutes(calendar, self.start, days * 1440))

    def seconds_between(self, start: datetime, end: datetime) -> int:
        """Counted minute by minute; the minutes at both ends second by second."""
        second, last, total = self._second(start), self._second(end), 0
        while second < last:
            step = min(60 - second % 60, last - second)
            if self.open[second // 60]:
                total += step
            second += step
        return total

    def add(self, start: datetime, seconds: int) -> datetime:
        """The first second by which so many have been served."""
        second, left = self._second(start), seconds
        while left:
            step = 60 - second % 60
            if self.open[second // 60]:
                step = min(step, left)
                left -= step
            second += step
        return self.start + timedelta(seconds=second)

    def _second(self, moment: datetime) -> int:
        return int((moment - self.start).total_seconds())


def _open_minutes(calendar: ServiceCalendar, start: datetime, minutes: int) -> Iterator[bool]:
    zone = ZoneInfo(calendar.time_zone)
    before = 2 * 1440
    wall = (start - before * MINUTE).astimezone(zone).replace(tzinfo=None)
    windows: dict[date, list[tuple[int, int]]] = {}
    for minute in range(-before, minutes):
        wall = max(wall, (start + minute * MINUTE).astimezone(zone).replace(tzinfo=None))
        today = wall.date()
        if today not in windows:
            for day in (today, today - timedelta(days=1)):
                windows[day] = [(_minute_of(each.opens), _minute_of(each.closes)) for each in windows_of(calendar, day)]
        if minute < 0:
            continue
        time = wall.hour * 60 + wall.minute
        yield any(opens <= time and (time < closes or closes <= opens) for opens, closes in windows[today]) or any(
            closes <= opens and time < closes for opens, closes in windows[today - timedelta(days=1)]
        )


def _minute_of(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def windows_of(calendar: ServiceCalendar, day: date) -> tuple[Window, ...]:
    """The windows of a date, computed a second time in the plainest way.

    Of public holidays it knows those of its table alone; the published ones are tested by example.
    """
    for exception in calendar.exceptions:
        if exception.day == day:
            return exception.windows
    if calendar.public_holidays is PublicHolidays.CHINA:
        for entry in calendar.holiday_table.entries:
            if entry.day == day and entry.kind == "holiday":
                return calendar.holiday_windows
            if entry.day == day and entry.kind == "makeup_workday" and calendar.makeup_windows is not None:
                return calendar.makeup_windows
    week = calendar.weekly
    return {
        "Monday": week.monday,
        "Tuesday": week.tuesday,
        "Wednesday": week.wednesday,
        "Thursday": week.thursday,
        "Friday": week.friday,
        "Saturday": week.saturday,
        "Sunday": week.sunday,
    }[f"{day:%A}"]
