"""What work, periods, blocks and milestones cost by the terms (B6).

Every charge is its quantity times its unit price, rounded once. `rule` says which part of which line it comes from;
with its source it is charged once.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

import msgspec

from billing.money import Money
from billing.money.rounding import EXACT
from billing.periods import Period, price_of_days
from billing.terms.document import Terms
from billing.terms.lines import (
    MINUTES_OF_AN_HOUR,
    HourlyRate,
    Milestone,
    PerDevice,
    PerIncident,
    PrepaidBlock,
    PrepaidUnit,
    Retainer,
    StationedStaff,
    TermLine,
    TimePrices,
)
from billing.terms.scope import Matter


class ChargeUnit(StrEnum):
    """What a quantity counts."""

    HOUR = "hour"
    TRIP = "trip"
    VISIT = "visit"
    INCIDENT = "incident"
    PERIOD = "period"
    BLOCK = "block"
    MILESTONE = "milestone"


class ChargedOnce(StrEnum):
    """For which record a charge is made once."""

    VISIT = "visit"
    TICKET = "ticket"
    PERIOD = "period"
    BLOCK = "block"
    MILESTONE = "milestone"


class WorkDone(msgspec.Struct, frozen=True, kw_only=True):
    """One finished visit: minutes worked inside and outside the contract's service hours."""

    matter: Matter
    minutes_inside: int
    minutes_outside: int = 0
    on_site: bool = True


class DeviceCount(msgspec.Struct, frozen=True, order=True):
    """So many devices from this day on, until the next count."""

    day: date
    devices: int


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    """One amount that the client owes by a rule of the terms; with or without tax as the terms' price mode says.

    `period` are the days that it is for, where it is for days.
    """

    rule: str
    once_for: ChargedOnce
    day: date
    quantity: Decimal
    unit: ChargeUnit
    unit_price: Decimal
    amount: Money
    tax: str
    period: Period | None = None


def work_charges(terms: Terms, line: TermLine, work: WorkDone) -> list[Charge]:
    """What a visit costs by the line that covers it. A prepaid line charges nothing here: `prepaid_needed` says what is
    drawn down, `overage_charge` what was not left."""
    charges = _Charges(terms, line, work.matter.day)
    match line:
        case HourlyRate():
            charges.time(line.prices, work)
        case Retainer() | PerDevice():
            charges.time(msgspec.structs.replace(line.prices, hour=None), work)
        case PerIncident():
            charges.add("incident", ChargedOnce.TICKET, ChargeUnit.INCIDENT, Decimal(1), line.price)
            charges.time(msgspec.structs.replace(line.prices, hour=None), work)
        case StationedStaff():
            charges.time(TimePrices(overtime_hour=line.overtime_hour), work)
        case PrepaidBlock() | Milestone():
            pass
    return charges.made


def prepaid_needed(line: PrepaidBlock, work: WorkDone) -> int:
    """The minutes, in whole steps, or visits that the work draws from the block."""
    if line.unit is PrepaidUnit.VISIT:
        return 1
    return -(-(work.minutes_inside + work.minutes_outside) // line.step_minutes) * line.step_minutes


def overage_charge(terms: Terms, line: PrepaidBlock, day: date, missing: int) -> list[Charge]:
    """What the minutes or visits cost that the blocks did not have left; nothing where the terms have no price."""
    charges = _Charges(terms, line, day)
    if missing and line.overage is not None:
        if line.unit is PrepaidUnit.VISIT:
            charges.add("overage", ChargedOnce.VISIT, ChargeUnit.VISIT, Decimal(missing), line.overage)
        else:
            charges.add("overage", ChargedOnce.VISIT, ChargeUnit.HOUR, hours(missing), line.overage)
    return charges.made


def block_charge(terms: Terms, line: PrepaidBlock, day: date) -> Charge:
    """One block, bought on `day`."""
    charges = _Charges(terms, line, day)
    charges.add("block", ChargedOnce.BLOCK, ChargeUnit.BLOCK, Decimal(1), line.price)
    return charges.made[0]


def milestone_charge(terms: Terms, line: Milestone, day: date) -> Charge:
    """The milestone, accepted on `day`."""
    charges = _Charges(terms, line, day)
    charges.add("milestone", ChargedOnce.MILESTONE, ChargeUnit.MILESTONE, Decimal(1), line.amount)
    return charges.made[0]


def period_charges(terms: Terms, whole: Period, counts: Mapping[str, Sequence[DeviceCount]], day: date) -> list[Charge]:
    """What the billing period `whole` costs by all lines that have a price for periods, for its days within the term.
    `counts` has the devices in use by the key of each line that is priced by them; `day` is when it is billed."""
    part = whole.overlap(terms.term)
    if part is None:
        return []
    made = []
    for line in terms.lines:
        amount = _price_of_period(terms, line, whole, part, counts)
        if amount is not None:
            made.append(
                Charge(
                    rule=f"{line.key}/period",
                    once_for=ChargedOnce.PERIOD,
                    day=day,
                    quantity=Decimal(1),
                    unit=ChargeUnit.PERIOD,
                    unit_price=amount.value,
                    amount=amount,
                    tax=line.tax,
                    period=part,
                )
            )
    return made


def hours(minutes: int) -> Decimal:
    """Minutes as hours; with steps of three minutes never more than two places."""
    return EXACT.divide(Decimal(minutes), Decimal(MINUTES_OF_AN_HOUR))


def _price_of_period(
    terms: Terms, line: TermLine, whole: Period, part: Period, counts: Mapping[str, Sequence[DeviceCount]]
) -> Money | None:
    match line:
        case Retainer():
            return price_of_days(terms.money(line.amount), whole, part)
        case StationedStaff():
            return price_of_days(terms.money(line.heads * line.price), whole, part)
        case PerDevice():
            return Money.total(
                (
                    price_of_days(terms.money(line.price_of(devices)), whole, stretch)
                    for stretch, devices in _stretches(part, counts.get(line.key, ()))
                ),
                terms.currency,
            )
        case _:
            return None


def _stretches(part: Period, counts: Sequence[DeviceCount]) -> Iterator[tuple[Period, int]]:
    """The days of `part` in stretches with one number of devices each; days before the first count have none."""
    edges = sorted({part.start, part.end, *(count.day for count in counts if count.day in part)})
    for start, end in pairwise(edges):
        before = [count for count in counts if count.day <= start]
        if before:
            yield Period(start, end), max(before).devices


class _Charges:
    """Collects the charges of one line on one day."""

    def __init__(self, terms: Terms, line: TermLine, day: date) -> None:
        self.made: list[Charge] = []
        self._terms, self._line, self._day = terms, line, day

    def add(
        self, part: str, once_for: ChargedOnce, unit: ChargeUnit, quantity: Decimal, unit_price: Decimal | None
    ) -> None:
        """One more, unless it has no quantity or no price."""
        if not quantity or unit_price is None:
            return
        self.made.append(
            Charge(
                rule=f"{self._line.key}/{part}",
                once_for=once_for,
                day=self._day,
                quantity=quantity,
                unit=unit,
                unit_price=unit_price,
                amount=self._terms.money(EXACT.multiply(quantity, unit_price)),
                tax=self._line.tax,
            )
        )

    def time(self, prices: TimePrices, work: WorkDone) -> None:
        """Time inside and outside the service hours, and the way to the site."""
        inside, outside = prices.counted(work.minutes_inside, work.minutes_outside)
        self.add("hour", ChargedOnce.VISIT, ChargeUnit.HOUR, hours(inside), prices.hour)
        self.add("overtime", ChargedOnce.VISIT, ChargeUnit.HOUR, hours(outside), prices.overtime_hour)
        if work.on_site:
            self.add("travel", ChargedOnce.VISIT, ChargeUnit.TRIP, Decimal(1), prices.travel)
