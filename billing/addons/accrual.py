"""What a subscription costs: which days fall due when, and what is given back when it ends earlier than was reckoned.

Periods are those of the calendar (months, quarters, years), so that all of a client's add-ons are due together; the
days before the first and after the last one are not paid for. What has fallen due is written down once; what is
written is never changed, only balanced: whatever happens to the last day, in whatever order, the shares add up to
the price of the days from the first to the last.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Final

import msgspec

from billing.money import Money
from billing.money.rounding import EXACT
from billing.periods import Cycle, Period, billing_periods, price_of_days, whole_period
from billing.terms.document import BilledWhen

CALENDAR: Final = date(2000, 1, 1)
"""The anchor of all periods of add-ons."""
ONE_DAY: Final = timedelta(days=1)


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """What was subscribed. `unit_price` is of one unit for one whole period; `end` is the first day after the last.
    Whole periods are reckoned from `anchor`."""

    unit_price: Decimal
    quantity: Decimal
    currency: str
    cycle: Cycle
    billed: BilledWhen
    start: date
    end: date | None = None
    anchor: date = CALENDAR

    @property
    def price(self) -> Money:
        """Of a whole period, rounded once."""
        return Money.of(EXACT.multiply(self.unit_price, self.quantity), self.currency)

    def runs(self, stretch: Period) -> bool:
        """Whether it runs on all days of the stretch."""
        return self.start <= stretch.start and (self.end is None or stretch.end <= self.end)

    def due_on(self, whole: Period) -> date:
        """The day on which the period's days fall due."""
        if self.billed is BilledWhen.IN_ADVANCE:
            return max(whole.start, self.start)
        return whole.end if self.end is None else min(whole.end, self.end)


class Share(msgspec.Struct, frozen=True):
    """The days `period` with their amount, which is negative where they are given back."""

    period: Period
    amount: Money
    given_back: bool = False


def fallen_due(subscription: Subscription, written: Sequence[Share], until: date) -> list[Share]:
    """The shares that are missing to what has fallen due up to the day `until`, in order of their days.

    Days that have been written stay so while it runs on them, even where they were not due yet.
    """
    missing: list[Share] = []
    for whole in _periods(subscription, written, until):
        due = subscription.due_on(whole) <= until
        inside = [share for share in written if share.period.overlap(whole)]
        for stretch in _stretches(subscription, whole, inside):
            is_written = sum(-1 if share.given_back else 1 for share in inside if _holds(share, stretch)) > 0
            is_wanted = subscription.runs(stretch) and (due or is_written)
            if is_wanted != is_written:
                amount = price_of_days(subscription.price, whole, stretch)
                missing.append(Share(stretch, amount if is_wanted else -amount, given_back=not is_wanted))
    return missing


def next_due(subscription: Subscription, after: date) -> date | None:
    """The first day after `after` on which something falls due; None once it is over."""
    day = max(after, subscription.start - ONE_DAY)
    while subscription.end is None or day < subscription.end:
        whole = whole_period(subscription.anchor, subscription.cycle, max(day, subscription.start))
        due = subscription.due_on(whole)
        if due > after:
            return due
        day = whole.end
    return None


def _periods(subscription: Subscription, written: Sequence[Share], until: date) -> Iterator[Period]:
    days = [share.period for share in written]
    start = min([subscription.start, *(period.start for period in days)])
    end = max([until + ONE_DAY, subscription.start + ONE_DAY, *(period.end for period in days)])
    return billing_periods(subscription.anchor, subscription.cycle, Period(start, end))


def _stretches(subscription: Subscription, whole: Period, inside: Sequence[Share]) -> Iterator[Period]:
    """The period cut wherever something begins or ends."""
    edges = {whole.start, whole.end, subscription.start, *(each.period.start for each in inside)}
    edges |= {each.period.end for each in inside} | ({subscription.end} if subscription.end else set())
    for start, end in pairwise(sorted(day for day in edges if whole.start <= day <= whole.end)):
        yield Period(start, end)


def _holds(share: Share, stretch: Period) -> bool:
    return share.period.start <= stretch.start and stretch.end <= share.period.end
