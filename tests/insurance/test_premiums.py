"""What a device costs to insure, and that premiums and refunds of any life of a policy add up."""

from datetime import date, timedelta
from decimal import Decimal

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from billing.addons import Share
from billing.insurance.premiums import Cover, PremiumRate, premium_of, premiums_due, rate_for
from billing.money import Money
from billing.periods import Cycle, Period, billing_periods, price_of_days

RATES = [
    PremiumRate("laptop", 5, Decimal(6)),
    PremiumRate("laptop", 2, Decimal("4.5")),
    PremiumRate("", 8, Decimal(3)),
]
DAY = date(2026, 3, 1)


def test_a_rate_is_that_of_the_category_and_age() -> None:
    def percent(category: str, purchased_on: date | None) -> Decimal | None:
        rate = rate_for(RATES, category, purchased_on, DAY)
        return rate.percent if rate else None

    assert percent("laptop", date(2024, 3, 2)) == Decimal("4.5")
    assert percent("laptop", date(2024, 3, 1)) == 6, "two years old today"
    assert percent("laptop", date(2021, 3, 1)) is None, "too old, and the rate of all others is not for laptops"
    assert percent("laptop", None) == 6, "of unknown age: as the oldest that is insured"
    assert percent("printer", date(2020, 1, 1)) == 3


def test_a_premium_is_rounded_once() -> None:
    rate = PremiumRate("", 5, Decimal("4.5"))
    assert premium_of(rate, Money(500_000, "CNY"), Cycle.YEAR) == Money(22_500, "CNY")
    assert premium_of(rate, Money(499_999, "CNY"), Cycle.MONTH) == Money(1_875, "CNY"), "18.7499625 yuan"


@given(
    premium=st.integers(0, 10**7),
    cycle=st.sampled_from([Cycle.MONTH, Cycle.YEAR]),
    joined=st.integers(0, 500),
    looked_at=st.lists(st.tuples(st.integers(0, 900), st.none() | st.integers(0, 900)), min_size=1, max_size=8),
)
def test_premiums_and_refunds_of_any_life_add_up(
    premium: int, cycle: Cycle, joined: int, looked_at: list[tuple[int, int | None]]
) -> None:
    """Whatever day the policy is looked at, and however often its end is changed: what was charged is the price of
    the days that are insured in the periods that have begun, to the last 分; nothing is charged twice."""
    anchor = date(2024, 1, 31)
    price = Money(premium, "CNY")
    cover = Cover(premium=price, cycle=cycle, anchor=anchor, start=anchor + timedelta(days=joined))
    written: list[Share] = []
    for after, length in sorted(looked_at, key=lambda each: each[0]):
        until = anchor + timedelta(days=after)
        end = None if length is None else cover.start + timedelta(days=length)
        cover = msgspec.structs.replace(cover, end=end)
        written += premiums_due(cover, written, until)
        assert premiums_due(cover, written, until) == []
        horizon = max([until + timedelta(days=1), *(share.period.end for share in written if not share.given_back)])
        insured = min(horizon, end) if end else horizon
        expected = Money.zero("CNY")
        if cover.start <= until and cover.start < insured:
            for whole in billing_periods(anchor, cycle, Period(cover.start, insured)):
                part = Period(max(whole.start, cover.start), min(whole.end, end) if end else whole.end)
                expected += price_of_days(price, whole, part)
        charged = sum((share.amount for share in written), Money.zero("CNY"))
        if cover.start <= until:
            assert charged == expected
