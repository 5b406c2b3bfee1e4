"""What a subscription costs, with values worked out by hand."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.addons.accrual import CALENDAR, Share, Subscription, fallen_due, next_due
from billing.money import Money
from billing.periods import Cycle, Period, billing_periods, price_of_days
from billing.terms.document import BilledWhen

START = date(2026, 11, 16)
ADVANCE, ARREARS = BilledWhen.IN_ADVANCE, BilledWhen.IN_ARREARS
DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))


def watch(
    end: date | None = None, billed: BilledWhen = ADVANCE, cycle: Cycle = Cycle.MONTH, start: date = START
) -> Subscription:
    return Subscription(
        unit_price=Decimal(300),
        quantity=Decimal(1),
        currency="CNY",
        cycle=cycle,
        billed=billed,
        start=start,
        end=end,
    )


def shares(subscription: Subscription, until: date, written: Sequence[Share] = ()) -> list[tuple[str, str, int]]:
    """First day, first day after, minor units."""
    found = fallen_due(subscription, written, until)
    return [(f"{each.period.start:%m-%d}", f"{each.period.end:%m-%d}", each.amount.minor) for each in found]


def test_a_start_inside_a_month_costs_its_days() -> None:
    assert shares(watch(), START) == [("11-16", "12-01", 150_00)]
    assert shares(watch(), date(2026, 12, 1)) == [("11-16", "12-01", 150_00), ("12-01", "01-01", 300_00)]


def test_in_arrears_a_month_falls_due_when_it_is_over() -> None:
    assert shares(watch(billed=ARREARS), date(2026, 11, 30)) == []
    assert shares(watch(billed=ARREARS), date(2026, 12, 1)) == [("11-16", "12-01", 150_00)]


def test_an_end_inside_a_month_that_was_paid_gives_the_rest_back() -> None:
    written = fallen_due(watch(), [], date(2026, 12, 1))
    assert shares(watch(date(2026, 12, 11)), date(2026, 12, 5), written) == [("12-11", "01-01", -203_23)]
    assert 300_00 - 203_23 == 96_77  # ten days of 31


def test_an_end_that_is_known_before_the_month_costs_its_days_alone() -> None:
    written = fallen_due(watch(), [], START)
    assert shares(watch(date(2026, 12, 11)), date(2026, 12, 1), written) == [("12-01", "12-11", 96_77)]


def test_what_goes_on_after_all_costs_the_rest_again() -> None:
    written = fallen_due(watch(), [], date(2026, 12, 1))
    written += fallen_due(watch(date(2026, 12, 11)), written, date(2026, 12, 5))
    assert shares(watch(), date(2026, 12, 6), written) == [("12-11", "01-01", 203_23)]


def test_an_end_that_is_over_already_gives_whole_months_back() -> None:
    written = fallen_due(watch(), [], date(2027, 1, 1))
    assert shares(watch(date(2026, 12, 1)), date(2027, 1, 5), written) == [
        ("12-01", "01-01", -300_00),
        ("01-01", "02-01", -300_00),
    ]


def test_february_is_shared_by_its_own_days() -> None:
    assert shares(watch(start=date(2027, 2, 15)), date(2027, 2, 15)) == [("02-15", "03-01", 150_00)]
    assert shares(watch(start=date(2028, 2, 15)), date(2028, 2, 15)) == [("02-15", "03-01", 155_17)]


def test_a_quarter_and_a_year_are_those_of_the_calendar() -> None:
    assert shares(watch(cycle=Cycle.QUARTER), START) == [("11-16", "01-01", 150_00)]  # 46 of 92 days
    assert shares(watch(cycle=Cycle.YEAR), START) == [("11-16", "01-01", 37_81)]  # 46 of 365 days


def test_a_day_costs_a_day() -> None:
    assert shares(watch(START + timedelta(days=1)), START) == [("11-16", "11-17", 10_00)]


@pytest.mark.parametrize(
    ("subscription", "after", "day"),
    [
        (watch(), date(2026, 11, 1), START),
        (watch(), START, date(2026, 12, 1)),
        (watch(date(2026, 11, 20)), START, None),
        (watch(billed=ARREARS), START, date(2026, 12, 1)),
        (watch(date(2026, 11, 20), ARREARS), START, date(2026, 11, 20)),
        (watch(date(2026, 11, 20), ARREARS), date(2026, 11, 20), None),
    ],
)
def test_the_next_day_on_which_something_falls_due(subscription: Subscription, after: date, day: date | None) -> None:
    assert next_due(subscription, after) == day


Step = tuple[int, int | None]
"""Days until it happens; how many days after the first the end is put, None for no end."""


@given(
    start=DAYS,
    price=st.decimals(0, 10_000, places=6),
    quantity=st.decimals(Decimal("0.001"), 50, places=3),
    cycle=st.sampled_from(Cycle),
    billed=st.sampled_from(BilledWhen),
    steps=st.lists(st.tuples(st.integers(0, 200), st.none() | st.integers(1, 700)), max_size=6),
    last=st.integers(1, 700),
)
def test_the_shares_add_up_to_the_days_whatever_happened_to_the_end(
    start: date, price: Decimal, quantity: Decimal, cycle: Cycle, billed: BilledWhen, steps: list[Step], last: int
) -> None:
    def with_end(days: int | None) -> Subscription:
        end = None if days is None else start + timedelta(days=days)
        return Subscription(
            unit_price=price, quantity=quantity, currency="CNY", cycle=cycle, billed=billed, start=start, end=end
        )

    written: list[Share] = []
    today = start
    for later, days in steps:
        today += timedelta(days=later)
        written += fallen_due(with_end(days), written, today)
        assert fallen_due(with_end(days), written, today) == []
    ended = with_end(last)
    assert ended.end is not None
    written += fallen_due(ended, written, max(today, ended.end))
    whole = Money.total(
        (
            price_of_days(ended.price, period, part)
            for period in billing_periods(CALENDAR, cycle, Period(start, ended.end))
            if (part := period.overlap(Period(start, ended.end))) is not None
        ),
        "CNY",
    )
    assert Money.total((share.amount for share in written), "CNY") == whole
