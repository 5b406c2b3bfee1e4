"""The source of the current time. No other module reads the system clock."""

from datetime import UTC, date, datetime, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

PLATFORM_ZONE: Final = ZoneInfo("Asia/Shanghai")
"""The zone of headquarters, of daily jobs, and of whoever names none: days, months and numbers are counted in it."""


def platform_day(moment: datetime) -> date:
    """The day of an aware moment in `PLATFORM_ZONE`: in the morning of China it is still yesterday in UTC."""
    return moment.astimezone(PLATFORM_ZONE).date()


class TimeSource(Protocol):
    """Returns the current time as an aware UTC datetime."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SettableClock:
    """A clock that moves only when it is set or advanced; for tests and the demo network."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock needs an aware datetime")
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def set(self, moment: datetime) -> None:
        """Jump to `moment` (aware)."""
        if moment.tzinfo is None:
            raise ValueError("a clock needs an aware datetime")
        self._now = moment.astimezone(UTC)

    def advance(self, step: timedelta) -> None:
        self._now += step
