"""What work, blocks and milestones cost by the terms (B6); periods: `billing.terms.period_prices`.

Every charge is its quantity times its unit price, rounded once. `rule` says which part of which line it comes from;
with its source it is charged once.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

import msgspec

from billing.money import Money, round_half_away
from billing.money.rounding import EXACT
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


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    """One amount that the client owes by a rule of the terms; with or without tax as the terms' price mode says."""

    rule: str
    once_for: ChargedOnce
    day: date
    quantity: Decimal
    unit: ChargeUnit
    unit_price: Decimal
    amount: Money
    tax: str


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


def hours(minutes: int) -> Decimal:
    """Minutes as hours with up to three places; with steps of three minutes exactly. Blocks that were brought along may
    leave other minutes over."""
    thousandths = round_half_away(Fraction(minutes * 1000, MINUTES_OF_AN_HOUR))
    return EXACT.divide(Decimal(thousandths), Decimal(1000))


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
