"""Stretches of time that figures are asked for: days, months or quarters from one to another. Pure."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

import msgspec

from app.platform.kernel.errors import Invalid
from app.platform.kernel.texts import N_

MONTHS_IN_QUARTER: Final = 3


class Grain(StrEnum):
    """How long one step is."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"


LONGEST: Final = {Grain.DAY: 62, Grain.MONTH: 36, Grain.QUARTER: 12}
"""Steps that one question may span."""

TREND: Final = {Grain.DAY: 14, Grain.MONTH: 12, Grain.QUARTER: 8}
"""Steps that a trend shows at least."""

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
_QUARTER: Final = re.compile(r"(\d{4})-?[Qq]([1-4])")


class Period(msgspec.Struct, frozen=True):
    """The steps from `first` to `last`, both included; each is named by its first day."""

    grain: Grain
    first: date
    last: date

    @property
    def end(self) -> date:
        """The last day of the last step."""
        return following(self.grain, self.last) - timedelta(days=1)

    @property
    def steps(self) -> Sequence[date]:
        """The first day of each step, in order."""
        found = [self.first]
        while found[-1] < self.last:
            found.append(following(self.grain, found[-1]))
        return found

    def trend(self) -> "Period":
        """The same, begun earlier where it is too short to show a trend."""
        first = self.last
        for _ in range(TREND[self.grain] - 1):
            first = preceding(self.grain, first)
        return Period(self.grain, min(first, self.first), self.last)

    def before(self) -> "Period":
        """As many steps, right before this one: what a change is measured against."""
        last = first = preceding(self.grain, self.first)
        for _ in pairwise(self.steps):
            first = preceding(self.grain, first)
        return Period(self.grain, first, last)


def beginning(grain: Grain, day: date) -> date:
    """The first day of the step that `day` lies in."""
    match grain:
        case Grain.DAY:
            return day
        case Grain.MONTH:
            return day.replace(day=1)
        case Grain.QUARTER:
            return day.replace(day=1, month=day.month - (day.month - 1) % MONTHS_IN_QUARTER)


def following(grain: Grain, first: date) -> date:
    """The first day of the next step."""
    match grain:
        case Grain.DAY:
            return first + timedelta(days=1)
        case Grain.MONTH:
            return beginning(grain, first + timedelta(days=31))
        case Grain.QUARTER:
            return beginning(grain, first + timedelta(days=92))


def preceding(grain: Grain, first: date) -> date:
    """The first day of the step before."""
    return beginning(grain, first - timedelta(days=1))


def label(grain: Grain, first: date) -> str:
    """How a step is written in addresses and on axes: `2026-11-03`, `2026-11`, `2026-Q4`."""
    match grain:
        case Grain.DAY:
            return first.isoformat()
        case Grain.MONTH:
            return f"{first:%Y-%m}"
        case Grain.QUARTER:
            return f"{first:%Y}-Q{(first.month + 2) // MONTHS_IN_QUARTER}"


def period_from(grain: str, first: str, last: str, today: date) -> Period:
    """What an address asks for. Without `last` the present step, without `first` that step alone.

    A day is written `2026-11-03`, a month `2026-11`, a quarter `2026-Q4`; each grain understands the others' writing
    and takes the step that such a stretch begins in.

    Raises:
        Invalid: no such grain or date, the end before the beginning, or more steps than `LONGEST`.
    """
    try:
        chosen = Grain(grain or Grain.MONTH)
    except ValueError as error:
        raise Invalid(fields={"grain": N_("请选择按日、按月或按季。")}) from error
    ending = beginning(chosen, _day(last, "to") if last else today)
    begun = beginning(chosen, _day(first, "from")) if first else ending
    if begun > ending:
        raise Invalid(fields={"from": N_("开始时间不能晚于结束时间。")})
    if _steps_between(chosen, begun, ending) > LONGEST[chosen]:
        raise Invalid(fields={"from": N_("时间太长：最多 62 天、36 个月或 12 个季度。")})
    return Period(chosen, begun, ending)


def _steps_between(grain: Grain, first: date, last: date) -> int:
    months = (last.year - first.year) * 12 + last.month - first.month
    match grain:
        case Grain.DAY:
            return (last - first).days + 1
        case Grain.MONTH:
            return months + 1
        case Grain.QUARTER:
            return months // MONTHS_IN_QUARTER + 1


def _day(text: str, field: str) -> date:
    quarter = _QUARTER.fullmatch(text)
    try:
        if quarter:
            day = date(int(quarter[1]), int(quarter[2]) * MONTHS_IN_QUARTER - 2, 1)
        else:
            day = date.fromisoformat(text if len(text) > len("2026-11") else f"{text}-01")
    except ValueError as error:
        raise Invalid(fields={field: N_("请选择时间。")}) from error
    if not EARLIEST <= day < LATEST:
        raise Invalid(fields={field: N_("请选择时间。")})
    return day
