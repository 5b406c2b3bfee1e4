"""Formatting of times, durations and sizes in the reader's zone and language."""

from datetime import UTC, datetime, timedelta

import pytest

from app.platform.kernel.texts import translator
from app.platform.web.formatting import duration, file_size, local_time, relative_time

CHINESE, ENGLISH = translator("zh-CN"), translator("en")
NOON = datetime(2026, 11, 19, 4, 0, tzinfo=UTC)
"""12:00 in Xiamen."""


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "1 分钟"),
        (59, "1 分钟"),
        (60, "1 分钟"),
        (3599, "59 分钟"),
        (3600, "1 小时"),
        (4800, "1 小时 20 分"),
        (-4800, "1 小时 20 分"),
        (86_400, "1 天"),
        (86_400 + 3 * 3600 + 59 * 60, "1 天 3 小时"),
    ],
)
def test_a_duration_names_its_two_largest_parts(seconds: int, words: str) -> None:
    assert duration(seconds, CHINESE) == words


def test_a_duration_in_english() -> None:
    assert duration(4800, ENGLISH) == "1 h 20 min"


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(seconds=20), "刚刚"),
        (timedelta(seconds=-20), "刚刚"),
        (timedelta(minutes=3), "3 分钟前"),
        (timedelta(hours=2), "今天 10:00"),
        (timedelta(minutes=-30), "今天 12:30"),
        (timedelta(hours=13), "昨天 23:00"),
        (timedelta(hours=-14), "明天 02:00"),
        (timedelta(days=17), "11-02 12:00"),
        (timedelta(days=365), "2025-11-19 12:00"),
    ],
)
def test_a_moment_is_told_from_now(before: timedelta, words: str) -> None:
    assert relative_time(NOON - before, NOON, CHINESE) == words


def test_yesterday_is_a_day_of_the_readers_zone() -> None:
    half_past_midnight = datetime(2026, 11, 18, 16, 30, tzinfo=UTC)

    assert relative_time(half_past_midnight, NOON, CHINESE) == "今天 00:30"
    assert relative_time(half_past_midnight, NOON, CHINESE, "Europe/London") == "昨天 16:30"


def test_a_local_time_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        local_time(datetime(2026, 11, 19, 4, 0))  # noqa: DTZ001 - the mistake under test


def test_styles_of_local_time() -> None:
    styles = [local_time(NOON, style=style) for style in ("short", "minute", "long", "date", "time")]

    assert styles == ["11-19 12:00", "2026-11-19 12:00", "2026-11-19 12:00:00", "2026-11-19", "12:00"]


@pytest.mark.parametrize(("size", "words"), [(0, "0 B"), (1023, "1023 B"), (46_300, "45 KB"), (2_480_000, "2.4 MB")])
def test_file_sizes(size: int, words: str) -> None:
    assert file_size(size) == words
