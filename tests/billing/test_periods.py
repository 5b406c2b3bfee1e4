"""Billing periods and shares of a price, with values worked out by hand."""

from datetime import UTC, date, datetime
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.money import Money
from billing.periods import (
    Cycle,
    Period,
    PeriodEmpty,
    billing_periods,
    day_in,
    months_after,
    price_of_days,
    whole_period,
)

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


def yuan(minor: int) -> Money:
    return Money(minor, "CNY")


def test_the_anchor_of_the_31st_is_kept_through_short_months() -> None:
    term = Period(date(2027, 1, 31), date(2028, 1, 31))
    starts = [each.start for each in islice(billing_periods(term.start, Cycle.MONTH, term), 5)]
    assert starts == [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30), date(2027, 5, 31)]
    assert months_after(date(2028, 1, 31), 1) == date(2028, 2, 29)


@given(anchor=DAYS, cycle=st.sampled_from(Cycle), day=DAYS)
def test_every_day_has_one_period_and_periods_leave_no_gap(anchor: date, cycle: Cycle, day: date) -> None:
    period = whole_period(anchor, cycle, day)
    assert day in period
    assert whole_period(anchor, cycle, period.start) == period
    assert whole_period(anchor, cycle, period.end).start == period.end


@given(anchor=DAYS, cycle=st.sampled_from(Cycle), start=DAYS, days=st.integers(1, 1500))
def test_the_periods_of_a_term_cover_it_without_overlap(anchor: date, cycle: Cycle, start: date, days: int) -> None:
    term = Period(start, date.fromordinal(start.toordinal() + days))
    periods = list(billing_periods(anchor, cycle, term))
    assert term.start in periods[0]
    assert periods[-1].end >= term.end > periods[-1].start
    assert all(before.end == after.start for before, after in pairwise(periods))


def test_a_term_of_one_day_has_one_period() -> None:
    term = Period(date(2028, 2, 29), date(2028, 3, 1))
    assert list(billing_periods(term.start, Cycle.YEAR, term)) == [Period(date(2028, 2, 29), date(2029, 2, 28))]


@pytest.mark.parametrize("end", [date(2027, 1, 1), date(2026, 12, 31)])
def test_an_end_that_does_not_come_after_the_start_is_refused(end: date) -> None:
    with pytest.raises(PeriodEmpty):
        Period(date(2027, 1, 1), end)


def test_a_day_is_the_zones_and_not_the_servers() -> None:
    late = datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)
    assert day_in(ZoneInfo("Asia/Shanghai"), late) == date(2026, 12, 31)
    assert day_in(ZoneInfo("Asia/Tokyo"), late) == date(2027, 1, 1)


def test_a_civil_day_is_a_day_where_the_clock_changes_too() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert day_in(berlin, datetime(2027, 3, 27, 23, 30, tzinfo=UTC)) == date(2027, 3, 28)
    assert Period(date(2027, 3, 28), date(2027, 3, 29)).days == 1


@pytest.mark.parametrize(
    ("price", "whole", "part", "share"),
    [
        # 42 of the 91 days of a quarter: 9,100.00 × 42 ÷ 91.
        (910000, ("2027-04-01", "2027-07-01"), ("2027-05-20", "2027-07-01"), 420000),
        # February is divided by its own 28 days, in a leap year by 29.
        (280000, ("2027-02-01", "2027-03-01"), ("2027-02-15", "2027-03-01"), 140000),
        (290000, ("2028-02-01", "2028-03-01"), ("2028-02-15", "2028-03-01"), 150000),
        # Both ends of "1st to 30th" count: the range ends before the 1st of the next month.
        (300000, ("2027-06-01", "2027-07-01"), ("2027-06-01", "2027-07-01"), 300000),
        (300000, ("2027-06-01", "2027-07-01"), ("2027-06-30", "2027-07-01"), 10000),
        # A third of a cent is rounded once: 1,000.00 × 10 ÷ 31 = 322.580…
        (100000, ("2027-01-01", "2027-02-01"), ("2027-01-01", "2027-01-11"), 32258),
    ],
)
def test_the_share_of_some_days(price: int, whole: tuple[str, str], part: tuple[str, str], share: int) -> None:
    (a, b), (c, d) = map(date.fromisoformat, whole), map(date.fromisoformat, part)
    assert price_of_days(yuan(price), Period(a, b), Period(c, d)) == yuan(share)


@given(
    price=st.integers(-(10**9), 10**9),
    start=DAYS,
    cycle=st.sampled_from(Cycle),
    cuts=st.sets(st.integers(1, 400), max_size=12),
)
def test_the_shares_of_any_division_add_up_to_the_price(price: int, start: date, cycle: Cycle, cuts: set[int]) -> None:
    whole = whole_period(start, cycle, start)
    inside = [date.fromordinal(whole.start.toordinal() + cut) for cut in sorted(cuts) if cut < whole.days]
    parts = [Period(a, b) for a, b in pairwise([whole.start, *inside, whole.end])]
    assert Money.total((price_of_days(yuan(price), whole, part) for part in parts), "CNY") == yuan(price)


def test_days_beyond_the_period_have_no_share() -> None:
    january = Period(date(2027, 1, 1), date(2027, 2, 1))
    with pytest.raises(ValueError, match="within"):
        price_of_days(yuan(100), january, Period(date(2027, 1, 31), date(2027, 2, 2)))
