"""What stands on a bill. Pure: integer minor units of the plan's currency, without tax.

A period is paid in advance; what was used beyond the plan is paid afterwards, by the highest count of the days. Another
plan inside a period gives back the rest of the old one and asks for the rest of the new one; a remainder in the
partner's favour is kept as credit and used by the next bill.
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

import msgspec

from billing.money import Money
from billing.periods import Period, price_of_days


class BillLineKind(StrEnum):
    """What a line is about."""

    FEE = "fee"
    ENGINEERS = "engineers"
    DEVICES = "devices"
    REST_OF_NEW = "rest_of_new"
    REST_OF_OLD = "rest_of_old"
    CREDIT = "credit"
    """What is used of the credit."""
    CARRIED = "carried"
    """What goes into the credit."""


class BillLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line: `amount` in minor units; days from `first` up to `last`; `quantity` of engineers or devices."""

    kind: BillLineKind
    amount: int
    plan: str = ""
    quantity: int = 0
    first: date | None = None
    last: date | None = None


class PlanPrice(NamedTuple):
    """What a plan costs in a period, and what it includes; unit prices are of a period too."""

    plan: str
    currency: str
    price: int
    included_engineers: int
    included_devices: int
    engineer_price: int
    device_price: int


class Usage(NamedTuple):
    """How many engineers and devices there are."""

    engineers: int
    devices: int


class Bill(NamedTuple):
    """Lines, their sum (never less than nothing), and the credit that is left."""

    lines: tuple[BillLine, ...]
    net: int
    credit: int


def fee(price: PlanPrice, period: Period) -> BillLine:
    """A period in advance."""
    return _line(BillLineKind.FEE, price, price.price, period)


def beyond_the_plan(price: PlanPrice, used: Usage, whole: Period, part: Period) -> list[BillLine]:
    """What was used in `part` of the period `whole` beyond what the plan includes."""
    found = []
    for kind, count, included, unit in (
        (BillLineKind.ENGINEERS, used.engineers, price.included_engineers, price.engineer_price),
        (BillLineKind.DEVICES, used.devices, price.included_devices, price.device_price),
    ):
        beyond = max(count - included, 0)
        amount = price_of_days(Money(beyond * unit, price.currency), whole, part).minor
        if amount:
            found.append(_line(kind, price, amount, part, quantity=beyond))
    return found


def change(old: PlanPrice, new: PlanPrice, whole: Period, today: date) -> list[BillLine]:
    """Another plan from `today` on, inside the period `whole`."""
    rest = Period(today, whole.end)
    back = price_of_days(Money(old.price, old.currency), whole, rest).minor
    asked = price_of_days(Money(new.price, new.currency), whole, rest).minor
    return [
        _line(BillLineKind.REST_OF_OLD, old, -back, rest),
        _line(BillLineKind.REST_OF_NEW, new, asked, rest),
    ]


def close(lines: Sequence[BillLine], credit: int) -> Bill:
    """The bill of these lines, with the credit that there is."""
    total = sum(line.amount for line in lines)
    if total < 0:
        return Bill((*lines, BillLine(kind=BillLineKind.CARRIED, amount=-total)), 0, credit - total)
    used = min(credit, total)
    if used:
        lines = [*lines, BillLine(kind=BillLineKind.CREDIT, amount=-used)]
    return Bill(tuple(lines), total - used, credit - used)


def _line(kind: BillLineKind, price: PlanPrice, amount: int, days: Period, quantity: int = 0) -> BillLine:
    return BillLine(kind=kind, amount=amount, plan=price.plan, quantity=quantity, first=days.start, last=days.end)
