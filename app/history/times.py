"""Times as logs write them, made aware. Pure."""

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from app.history.mapping import ISO

EARLIEST_YEAR = 1990
"""Times before it are no times of tickets but the zero of some calendar."""


class ReadTime(msgspec.Struct, frozen=True):
    """A time, UTC; `doubt` says what had to be decided: `time_skipped` in a night when clocks went forward, or
    `time_twice` when they went back and the first of both was taken."""

    at: datetime
    doubt: str = ""


class TimeReader:
    """Reads the cells of one log: in these formats, in this zone where a time has no offset."""

    def __init__(self, formats: tuple[str, ...], zone: ZoneInfo | None) -> None:
        self._formats = formats
        self._zone = zone
        # Logs repeat their times: columns that stay the same stand in every row.
        self._read = lru_cache(maxsize=4_096)(self._read_anew)

    def __call__(self, cell: str) -> ReadTime | None:
        """The time in `cell`; None where it is none, or none without a zone."""
        return self._read(cell)

    def _read_anew(self, cell: str) -> ReadTime | None:
        for each in self._formats:
            found = _parsed(cell, each)
            if found is not None:
                return self._aware(found) if found.year >= EARLIEST_YEAR else None
        return None

    def _aware(self, found: datetime) -> ReadTime | None:
        if found.tzinfo is not None:
            return ReadTime(found.astimezone(UTC))
        if self._zone is None:
            return None
        local = found.replace(tzinfo=self._zone)
        at = local.astimezone(UTC)
        if at.astimezone(self._zone).replace(tzinfo=None) != found:
            return ReadTime(at, "time_skipped")
        twice = local.replace(fold=1).utcoffset() != local.utcoffset()
        return ReadTime(at, "time_twice" if twice else "")


def _parsed(cell: str, written: str) -> datetime | None:
    try:
        return datetime.fromisoformat(cell) if written == ISO else datetime.strptime(cell, written)  # noqa: DTZ007
    except ValueError:
        return None
