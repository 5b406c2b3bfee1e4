"""What a device costs to insure: by its category, age and insured value; and which days of it have fallen due.

A premium is a subscription in advance whose periods are reckoned from the policy's first day: for a year or a month
it is paid whole, days after a device left are given back. The rate is found when the device comes under the policy,
and stays for as long as it is there.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Final

import msgspec

from app.platform.kernel.input_text import CODE
from billing.addons import Share, Subscription, fallen_due, next_due
from billing.insurance.states import Peril
from billing.money import Money
from billing.periods import Cycle, months_after
from billing.terms.document import BilledWhen

ANY: Final = ""
"""A rate's category that fits all devices for which no rate of their own is written."""


class PremiumRate(msgspec.Struct, frozen=True):
    """Percent of the insured value for one year, of devices of a category that are younger than `below_years`."""

    category: Annotated[str, CODE, msgspec.Meta(max_length=40)]
    below_years: int
    percent: Decimal


class CoverTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What is covered and how far; amounts in minor units. A limit of 0 is the insured value."""

    perils: tuple[Peril, ...]
    waiting_days: int
    deductible: int
    claim_limit: int
    year_limit: int


def rate_for(rates: Sequence[PremiumRate], category: str, purchased_on: date | None, day: date) -> PremiumRate | None:
    """The rate of a device on a day: that of its category, else that of all; of those that its age is below, the
    youngest. A device whose day of purchase is unknown is taken for the oldest that is insured. None: no rate fits."""
    own = [rate for rate in rates if rate.category == category] or [rate for rate in rates if rate.category == ANY]
    by_age = sorted(own, key=lambda rate: rate.below_years)
    if purchased_on is None:
        return by_age[-1] if by_age else None
    return next((rate for rate in by_age if day < months_after(purchased_on, 12 * rate.below_years)), None)


def premium_of(rate: PremiumRate, insured_value: Money, cycle: Cycle) -> Money:
    """Of one whole period, rounded once."""
    return Money.of(insured_value.value * rate.percent * cycle.months / 1_200, insured_value.currency)


class Cover(msgspec.Struct, frozen=True, kw_only=True):
    """A device under a policy: `premium` of a whole period, from `start` up to, not including, `end`."""

    premium: Money
    cycle: Cycle
    anchor: date
    """The policy's first day."""
    start: date
    end: date | None = None

    @property
    def subscription(self) -> Subscription:
        """As the rules of what falls due take it."""
        return Subscription(
            unit_price=self.premium.value,
            quantity=Decimal(1),
            currency=self.premium.currency,
            cycle=self.cycle,
            billed=BilledWhen.IN_ADVANCE,
            start=self.start,
            end=self.end,
            anchor=self.anchor,
        )


def premiums_due(cover: Cover, written: Sequence[Share], until: date) -> list[Share]:
    """The shares that are missing to what has fallen due up to the day `until`: negative where days are given back."""
    return fallen_due(cover.subscription, written, until)


def next_premium(cover: Cover, after: date) -> date | None:
    """The first day after `after` on which a premium falls due; None where none does any more."""
    return next_due(cover.subscription, after)
