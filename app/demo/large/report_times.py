"""Distribution of report times over weekdays, holidays, seasons and hours. Pure."""

import random
from bisect import bisect
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import accumulate
from typing import Final

from app.agreements.sla import CALENDAR_TEMPLATES
from app.platform.kernel.time_source import PLATFORM_ZONE

_CALENDAR = next(each.calendar for each in CALENDAR_TEMPLATES if each.code == "five_by_eight_lunch")
_MONTH_FACTORS: Final = {1: 1.1, 2: 0.8, 5: 1.05, 6: 1.2, 7: 1.35, 8: 1.3, 10: 0.95, 11: 1.05, 12: 1.25}
_WEEKDAY_FACTORS: Final = (1.25, 1.05, 1.0, 1.0, 0.9, 1.0, 1.0)
"""Factors from Monday to Sunday; Saturday and Sunday apply to make-up workdays."""
_DAY_OFF_FACTOR: Final = 0.06
_BEFORE_HOLIDAY_FACTOR: Final = 0.6
_AFTER_HOLIDAY_FACTOR: Final = 1.5
_GROWTH: Final = 0.3
"""Relative growth of reports from the first day to the last."""
_HOURS: Final = (8, 9, 9, 9, 9, 10, 10, 10, 11, 11, 13, 14, 14, 14, 15, 15, 16, 16, 17, 17, 18, 20)
_LONG_HOLIDAY_DAYS: Final = 5
_HOT_MONTHS: Final = (6, 7, 8, 9)
_PRINTING_MONTHS: Final = (12, 1)


@cache
def is_workday(day: date) -> bool:
    """Whether offices are open, by the public holidays and their make-up workdays."""
    return bool(_CALENDAR.windows_on(day))


@cache
def _closed_days_from(day: date) -> int:
    days = 0
    while not is_workday(day + timedelta(days=days)) and days < 2 * _LONG_HOLIDAY_DAYS:
        days += 1
    return days


@cache
def _closed_days_before(day: date) -> int:
    days = 0
    while not is_workday(day - timedelta(days=days + 1)) and days < 2 * _LONG_HOLIDAY_DAYS:
        days += 1
    return days


def day_weight(day: date) -> float:
    """The relative number of reports on a day."""
    season = _MONTH_FACTORS.get(day.month, 1.0)
    if not is_workday(day):
        return season * _DAY_OFF_FACTOR
    if any(_closed_days_from(day + timedelta(days=ahead)) >= _LONG_HOLIDAY_DAYS for ahead in range(1, 5)):
        season *= _BEFORE_HOLIDAY_FACTOR
    if _closed_days_before(day) >= _LONG_HOLIDAY_DAYS:
        season *= _AFTER_HOLIDAY_FACTOR
    return season * _WEEKDAY_FACTORS[day.weekday()]


def report_times(rng: random.Random, first: date, days: int, count: int) -> list[datetime]:
    """`count` random aware times within `days` days from `first`, sorted."""
    calendar = [first + timedelta(days=number) for number in range(days)]
    weights = [day_weight(day) * (1 + _GROWTH * index / days) for index, day in enumerate(calendar)]
    sums = list(accumulate(weights))
    found = []
    for _ in range(count):
        day = calendar[min(bisect(sums, rng.random() * sums[-1]), days - 1)]
        hour = time(rng.choice(_HOURS), rng.randrange(60), rng.randrange(60))
        found.append(datetime.combine(day, hour, PLATFORM_ZONE))
    return sorted(found)


def next_working_time(moment: datetime, rng: random.Random) -> datetime:
    """`moment` if it is in working hours, else a time on the next working morning."""
    local = moment.astimezone(PLATFORM_ZONE)
    if local.hour >= 18:
        local += timedelta(days=1)
    elif local.hour >= 8 and is_workday(local.date()):
        return moment
    while not is_workday(local.date()):
        local += timedelta(days=1)
    return local.replace(hour=9, minute=rng.randrange(2, 55)).astimezone(moment.tzinfo)


def symptom_weights(month: int) -> Mapping[str, float]:
    """Weights of symptoms by month: power supplies and fans in the heat, printers at the end of the year."""
    if month in _HOT_MONTHS:
        return {"power": 1.7, "other": 1.9}
    if month in _PRINTING_MONTHS:
        return {"print": 2.0}
    return {"account": 1.6} if month in {2, 10} else {}
