"""Formatting of times, durations and file sizes; language and time zone are arguments. Pure."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.platform.kernel.texts import Translator
from app.platform.kernel.time_source import PLATFORM_ZONE

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_TIME_FORMATS = {
    "short": "%m-%d %H:%M",
    "long": "%Y-%m-%d %H:%M:%S",
    "minute": "%Y-%m-%d %H:%M",
    "date": "%Y-%m-%d",
    "time": "%H:%M",
}


def local_time(value: datetime, zone: str = PLATFORM_ZONE.key, style: str = "short") -> str:
    """`value` (aware) in the time zone `zone` (empty: Asia/Shanghai); styles: short, minute, long, date, time.

    Raises:
        ValueError: when `value` has no time zone.
    """
    if value.tzinfo is None:
        raise ValueError("a time on a page needs a time zone")
    return value.astimezone(ZoneInfo(zone or PLATFORM_ZONE.key)).strftime(_TIME_FORMATS[style])


def duration(seconds: float, translate: Translator) -> str:
    """ "1 小时 20 分" for a length in seconds; signs are dropped and less than a minute is one minute."""
    minutes = max(1, int(abs(seconds) // MINUTE))
    days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
    if days:
        if hours:
            return translate("%(days)s 天 %(hours)s 小时", days=days, hours=hours)
        return translate("%(days)s 天", days=days)
    if hours:
        if rest:
            return translate("%(hours)s 小时 %(minutes)s 分", hours=hours, minutes=rest)
        return translate("%(hours)s 小时", hours=hours)
    return translate("%(minutes)s 分钟", minutes=rest)


def relative_time(value: datetime, now: datetime, translate: Translator, zone: str = PLATFORM_ZONE.key) -> str:
    """`value` relative to `now`: "3 分钟前", "今天 16:30", "昨天 14:20", "11-02 09:15".

    Days are the calendar days of `zone`. Beyond the year the year is written too.
    """
    seconds = (now - value).total_seconds()
    if abs(seconds) < MINUTE:
        return translate("刚刚")
    if 0 < seconds < HOUR:
        return translate("%(minutes)s 分钟前", minutes=int(seconds // MINUTE))
    here = ZoneInfo(zone or PLATFORM_ZONE.key)
    day, today = value.astimezone(here).date(), now.astimezone(here).date()
    at = local_time(value, zone, "time")
    if day == today:
        return translate("今天 %(time)s", time=at)
    if day == today - timedelta(days=1):
        return translate("昨天 %(time)s", time=at)
    if day == today + timedelta(days=1):
        return translate("明天 %(time)s", time=at)
    return local_time(value, zone, "short" if day.year == today.year else "minute")


def day_before(end: date) -> date:
    """The last day of a range that ends before `end`: people read both days of a range as part of it."""
    return end - timedelta(days=1)


def file_size(size: int) -> str:
    """Bytes as "812 B", "46 KB" or "2.4 MB" (units of 1024)."""
    if size < 1024:
        return f"{size} B"
    if size < 1024 * 1024:
        return f"{size / 1024:.0f} KB"
    return f"{size / 1024 / 1024:.1f} MB"
