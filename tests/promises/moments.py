"""Local times as UTC datetimes, for readable tests."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def shanghai(text: str) -> datetime:
    """ "2026-09-30 17:50" in Shanghai, as UTC."""
    return local(text, "Asia/Shanghai")


def local(text: str, zone: str, *, second_time: bool = False) -> datetime:
    """Wall-clock time in a zone, as UTC; of a time that comes twice the first, or the second."""
    wall = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=int(second_time))
    return wall.astimezone(UTC)
