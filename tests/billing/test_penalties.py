"""What is given back for missed promises never goes beyond the period's limit."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from billing.money import Money
from billing.terms import Penalty, credit_due, limit_of

SHARES = st.decimals(Decimal("0.01"), Decimal(1), places=2)


@given(fee=st.integers(0, 10**9), shares=st.tuples(SHARES, SHARES), missed=st.integers(0, 40))
def test_any_number_of_missed_promises_gives_back_the_limit_at_most(
    fee: int, shares: tuple[Decimal, Decimal], missed: int
) -> None:
    penalty, period_fee = Penalty(share=min(shares), most=max(shares)), Money(fee, "CNY")
    given_back = Money(0, "CNY")
    for _ in range(missed):
        due = credit_due(penalty, period_fee, given_back)
        assert Money(0, "CNY") <= due <= period_fee.times(penalty.share)
        given_back += due
    assert given_back <= limit_of(penalty, period_fee)
    if credit_due(penalty, period_fee, given_back):
        assert given_back == Money(period_fee.times(penalty.share).minor * missed, "CNY")
