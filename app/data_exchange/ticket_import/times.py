"""Parsing the times of a log into aware times. Pure."""

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from app.data_exchange.ticket_import.mapping import ISO

EARLIEST_YEAR = 1990
"""Earlier times are rejected as the zero of some epoch."""


class ReadTime(msgspec.Struct, frozen=True):
    """A time (UTC). `doubt` is a finding code: `time_skipped` for a local time that does not exist, `time_twice` for an
    ambiguous one, of which the first is taken; else empty."""

    at: datetime
    doubt: str = ""


class TimeReader:
    """Parses time cells with the given formats; `zone` is for times without an offset."""

    def __init__(self, formats: tuple[str, ...], zone: ZoneInfo | None) -> None:
        self._formats = formats
        self._zone = zone
        # Times repeat in logs: unchanged columns are in every row.
        self._read = lru_cache(maxsize=4_096)(self._read_anew)

    def __call__(self, cell: str) -> ReadTime | None:
        """The time in `cell`; None where it cannot be parsed, or has no offset and no zone is known."""
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
