"""Days in a contract: half-open ranges, billing periods from an anchor, and the share of a price that belongs to days.

All days are days of the contract's own zone; nothing here knows the time of day.
"""

import calendar
from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Final, Self
from zoneinfo import ZoneInfo

import msgspec

from app.platform.kernel.errors import Invalid
from app.platform.kernel.texts import N_
from billing.money import Money, round_half_away


class PeriodEmpty(Invalid):
    """A range of days whose end does not come after its start."""

    code = "period.empty"
    text = N_("结束日期要晚于开始日期。")


class Cycle(StrEnum):
    """How often a contract is billed."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"

    @property
    def months(self) -> int:
        """Its length."""
        return {"month": 1, "quarter": 3, "half_year": 6, "year": 12}[self]


CYCLE_NAMES: Final = {
    Cycle.MONTH: N_("每月"),
    Cycle.QUARTER: N_("每季度"),
    Cycle.HALF_YEAR: N_("每半年"),
    Cycle.YEAR: N_("每年"),
}


class Period(msgspec.Struct, frozen=True, order=True):
    """Days from `start` up to, not including, `end`.

    Raises:
        PeriodEmpty: it would hold no day.
    """

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise PeriodEmpty

    @property
    def days(self) -> int:
        """How many."""
        return (self.end - self.start).days

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    def overlap(self, other: Self) -> Self | None:
        """The days of both; None where there are none."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return type(self)(start, end) if start < end else None


def day_in(zone: ZoneInfo, moment: datetime) -> date:
    """The civil day of `moment` (aware) in the contract's zone: a visit that ended at 23:59:59 there belongs to it."""
    return moment.astimezone(zone).date()


def months_after(anchor: date, months: int) -> date:
    """The anchor's day `months` later; the last day of a month that is too short. The anchor itself is kept: from
    31 January follow 28 or 29 February and 31 March."""
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    return date(year, month + 1, min(anchor.day, calendar.monthrange(year, month + 1)[1]))


def whole_period(anchor: date, cycle: Cycle, day: date) -> Period:
    """The billing period, reckoned from the anchor in both directions, that holds `day`."""
    number = ((day.year - anchor.year) * 12 + day.month - anchor.month) // cycle.months
    if months_after(anchor, number * cycle.months) > day:
        number -= 1
    return Period(months_after(anchor, number * cycle.months), months_after(anchor, (number + 1) * cycle.months))


def billing_periods(anchor: date, cycle: Cycle, term: Period) -> Iterator[Period]:
    """The billing periods that `term` touches, whole, in order; the first and last may reach beyond it."""
    day = term.start
    while day < term.end:
        period = whole_period(anchor, cycle, day)
        yield period
        day = period.end


def price_of_days(price: Money, whole: Period, part: Period) -> Money:
    """The share of a whole period's `price` that its days `part` have, by the period's actual days.

    Reckoned as what is due up to the part's end less what is due up to its start, so that the shares of any division
    of a period add up to its price.

    Raises:
        ValueError: `part` reaches beyond the period.
    """
    if part.start < whole.start or part.end > whole.end:
        raise ValueError("the part lies within the period")

    def due_until(day: date) -> int:
        return round_half_away(Fraction(price.minor * (day - whole.start).days, whole.days))

    return Money(due_until(part.end) - due_until(part.start), price.currency)
