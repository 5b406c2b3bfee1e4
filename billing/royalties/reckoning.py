"""What revenue a month has, what rates hold for it, and what follows. Pure: no session, no clock.

Amounts are minor units of one currency; revenue is without tax. Rates are shares (0.05 for 5 %).
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

from billing.money import Money, round_half_away
from billing.money.rounding import EXACT
from billing.periods import Period, months_after, price_of_days

OTHERS: Final = ""
"""As a kind of charge: every one that no rate names."""
ANY_LEVEL: Final = 0
"""As a star level: every one that no rate names."""


class Basis(StrEnum):
    """When revenue counts. Which of the two holds for an invoice is decided by the month of its issue, so that a change
    counts nothing twice."""

    POSTED = "posted"
    PAID = "paid"


class Rate(NamedTuple):
    """A share of the revenue of a kind of charge at a star level, from a day on."""

    category: str
    star_level: int
    rate: Decimal
    effective_from: date


class StarLevel(NamedTuple):
    """A partner's level from a day on."""

    since: date
    level: int


class Revenue(NamedTuple):
    """What a day adds to the revenue of a kind of charge."""

    day: date
    category: str
    amount: int


class RoyaltyLine(msgspec.Struct, frozen=True, kw_only=True):
    """The revenue of one kind of charge on days of one rate, `first` to `last`, and the royalty of it."""

    category: str
    star_level: int
    rate: Decimal
    first: date
    last: date
    revenue: int
    amount: int


def month_period(month: date) -> Period:
    """The days of the month that begins with this day."""
    return Period(month, months_after(month, 1))


def rate_on(rates: Iterable[Rate], category: str, level: int, day: date) -> Decimal:
    """The rate that holds: the newest of the closest match — kind and level, kind, level, any; without one nothing is
    owed."""
    held = [
        ((each.category == category, each.star_level == level, each.effective_from), each.rate)
        for each in rates
        if each.effective_from <= day and each.category in (category, OTHERS) and each.star_level in (level, ANY_LEVEL)
    ]
    return max(held)[1] if held else Decimal(0)


def royalty_lines(
    month: Period, rates: Sequence[Rate], levels: Sequence[StarLevel], revenue: Iterable[Revenue]
) -> list[RoyaltyLine]:
    """The month's lines: each rate's days by themselves. Rounded once, by line. `levels` are in the order of days."""
    sums: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for each in revenue:
        if each.day in month:
            sums[each.category][each.day] += each.amount
    starts = sorted(
        {month.start}
        | {each.effective_from for each in rates if each.effective_from in month}
        | {each.since for each in levels if each.since in month}
    )
    lines = []
    for category in sorted(sums):
        stretches: list[tuple[int, Decimal, date, date]] = []
        for start, end in zip(starts, [*starts[1:], month.end], strict=True):
            level = level_on(levels, start)
            rate = rate_on(rates, category, level, start)
            alike = bool(stretches) and stretches[-1][:2] == (level, rate)
            stretches.append((level, rate, stretches.pop()[2] if alike else start, end))
        for level, rate, start, end in stretches:
            total = sum(amount for day, amount in sums[category].items() if start <= day < end)
            if total:
                lines.append(
                    RoyaltyLine(
                        category=category,
                        star_level=level,
                        rate=rate,
                        first=start,
                        last=end - timedelta(days=1),
                        revenue=total,
                        amount=round_half_away(EXACT.multiply(total, rate)),
                    )
                )
    return lines


def level_on(levels: Sequence[StarLevel], day: date) -> int:
    """The level on a day; before the first one, the first."""
    place = bisect_right([each.since for each in levels], day)
    return levels[max(place - 1, 0)].level if levels else ANY_LEVEL


def minimum_of(fee: Money, month: Period, since: date) -> int:
    """The minimum fee of a partner that has belonged to the network since a day: by days in its first month."""
    if since >= month.end:
        return 0
    return price_of_days(fee, month, Period(max(since, month.start), month.end)).minor


def due(lines: Iterable[RoyaltyLine], minimum: int) -> int:
    """What a month owes: its lines, or the minimum where there is one and they stay below it. Without a minimum a month
    may owe less than nothing."""
    total = sum(each.amount for each in lines)
    return max(total, minimum) if minimum else total
