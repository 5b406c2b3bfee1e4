"""What of an invoice counts as revenue, by day and kind of charge: when it is posted, and when it is paid. Pure.

Amounts are minor units without tax. What counts on a day follows from the documents and payments up to that day alone,
so the order in which they became known is of no matter.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from itertools import accumulate
from typing import NamedTuple

import msgspec


class CreditedPart(NamedTuple):
    """What a credit note gave back of one kind of charge."""

    day: date
    category: str
    net: int
    gross: int


class PaidPart(NamedTuple):
    """What settled the invoice on a day, with tax; negative where it was taken back."""

    day: date
    amount: int


class InvoiceRecord(msgspec.Struct, kw_only=True):
    """One invoice with what happened to it. `net` is by kind of charge."""

    issued_on: date
    gross: int
    net: dict[str, int]
    credited: list[CreditedPart] = msgspec.field(default_factory=list)
    paid: list[PaidPart] = msgspec.field(default_factory=list)


class Recognised(NamedTuple):
    """What a day adds to revenue: as posted, and as paid."""

    posted: int
    paid: int


def recognised(invoice: InvoiceRecord) -> dict[tuple[date, str], Recognised]:
    """Day and kind of charge → what the day adds.

    The days of each kind add up to what credit notes have left of it, and, once nothing is open, so do the paid ones.
    """
    days = sorted({invoice.issued_on, *(each.day for each in invoice.credited), *(each.day for each in invoice.paid)})
    asked = _running(
        days, [(invoice.issued_on, invoice.gross), *((each.day, -each.gross) for each in invoice.credited)]
    )
    received = _running(days, invoice.paid)
    found: dict[tuple[date, str], Recognised] = {}
    for category in invoice.net.keys() | {each.category for each in invoice.credited}:
        changes = [(invoice.issued_on, invoice.net.get(category, 0))]
        changes += [(each.day, -each.net) for each in invoice.credited if each.category == category]
        posted_before = paid_before = 0
        for place, posted in enumerate(_running(days, changes)):
            paid = _share(posted, received[place], asked[place])
            added = Recognised(posted - posted_before, paid - paid_before)
            if any(added):
                found[days[place], category] = added
            posted_before, paid_before = posted, paid
    return found


def _running(days: Sequence[date], changes: Sequence[tuple[date, int]]) -> list[int]:
    """The sum of the changes up to each of the days."""
    by_day: dict[date, int] = defaultdict(int)
    for day, amount in changes:
        by_day[day] += amount
    return list(accumulate(by_day[day] for day in days))


def _share(net: int, received: int, asked: int) -> int:
    """What of `net` is paid when so much is received of what is asked for; rounded half away from zero. Whatever asks
    for nothing is settled."""
    if asked <= 0:
        return net
    counted = min(max(received, 0), asked)
    nearest = (2 * abs(net) * counted + asked) // (2 * asked)
    return nearest if net >= 0 else -nearest
