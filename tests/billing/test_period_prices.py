"""What the days of billing periods cost, and what is balanced when they cost something else by now; by hand."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.money import Money, PriceMode
from billing.periods import Cycle, Period, billing_periods, price_of_days, whole_period
from billing.terms import (
    Balance,
    DeviceCount,
    PeriodPrice,
    PricedDays,
    StationedStaff,
    TermLine,
    TierMode,
    balances,
    priced_days,
)
from tests.billing.agreed import GRADUATED, HOURLY, HOURS_AHEAD, JANUARY_2027, retainer, terms_of

MARCH = Period(date(2027, 3, 1), date(2027, 4, 1))


def march(first: int, after: int = 32) -> Period:
    return Period(date(2027, 3, first), date(2027, 3, 1) + timedelta(days=after - 1))


def costs(line: TermLine, whole: Period, days: Period, counts: Sequence[DeviceCount] = ()) -> list[int]:
    return [each.share(whole).minor for each in priced_days(terms_of(line), line, days, counts)]


def price(yuan: int, tax: str = "vat_6") -> PeriodPrice:
    return PeriodPrice(price=Money(yuan * 100, "CNY"), tax=tax, price_mode=PriceMode.TAX_INCLUDED)


def cost_of(found: Sequence[Balance], whole: Period) -> int:
    return sum(
        (-1 if each.gives_back else 1) * price_of_days(each.price.price, whole, each.days).minor for each in found
    )


class TestDays:
    @pytest.mark.parametrize(
        ("devices", "graduated", "volume"),
        [(0, 0, 0), (1, 60, 60), (10, 600, 600), (11, 650, 550), (50, 2600, 2500), (51, 2640, 2040)],
    )
    def test_tiers(self, devices: int, graduated: int, volume: int) -> None:
        assert GRADUATED.price_of(devices) == graduated
        assert msgspec.structs.replace(GRADUATED, mode=TierMode.VOLUME).price_of(devices) == volume

    def test_a_retainer_that_ends_within_a_month_costs_its_days(self) -> None:
        february = whole_period(date(2027, 1, 1), Cycle.MONTH, date(2027, 2, 1))
        assert costs(retainer("2800"), february, february) == [280000]
        # 10 of 28 days
        assert costs(retainer("2800"), february, Period(date(2027, 2, 1), date(2027, 2, 11))) == [100000]

    def test_devices_that_come_within_a_month_cost_the_rest_of_it(self) -> None:
        # 10 devices for 21 of 31 days at 600.00: 406.45; 11 for the last 10 days at 650.00: 209.68.
        counts = [DeviceCount(date(2027, 1, 1), 10), DeviceCount(date(2027, 3, 22), 11)]
        assert costs(GRADUATED, MARCH, MARCH, counts) == [40645, 20968]

    def test_stationed_people_cost_by_head(self) -> None:
        line = StationedStaff(key="onsite", name="驻场", tax="vat_6", heads=2, price=Decimal(9000))
        assert costs(line, MARCH, MARCH) == [1800000]

    def test_lines_without_a_price_for_periods_cost_nothing(self) -> None:
        assert [costs(line, MARCH, MARCH) for line in (HOURLY, HOURS_AHEAD, retainer("0"))] == [[], [], []]
        assert costs(GRADUATED, MARCH, MARCH, [DeviceCount(date(2027, 3, 1), 0)]) == []


class TestBalances:
    def test_what_was_never_charged_is_charged(self) -> None:
        assert balances([], [PricedDays(MARCH, price(3100))]) == [Balance(MARCH, price(3100))]

    def test_what_is_charged_already_is_left_alone(self) -> None:
        assert balances([Balance(MARCH, price(3100))], [PricedDays(MARCH, price(3100))]) == []
        parts = [PricedDays(march(1, 10), price(3100)), PricedDays(march(10), price(3100))]
        assert balances([Balance(MARCH, price(3100))], parts) == []

    def test_an_amendment_within_a_charged_month_gives_the_rest_back_and_charges_it_anew(self) -> None:
        # From the 22nd on 3,410 instead of 3,100: ten days back at 100.00 a day, ten charged at 110.00.
        due = [PricedDays(march(1, 22), price(3100)), PricedDays(march(22), price(3410))]
        found = balances([Balance(MARCH, price(3100))], due)
        assert found == [Balance(march(22), price(3100), gives_back=True), Balance(march(22), price(3410))]
        assert [cost_of([each], MARCH) for each in found] == [-100000, 110000]

    def test_a_back_dated_amendment_after_another_one_balances_the_days_between(self) -> None:
        charged = [
            Balance(MARCH, price(3100)),
            Balance(march(22), price(3100), gives_back=True),
            Balance(march(22), price(3410)),
        ]
        due = [PricedDays(march(1, 12), price(3100)), PricedDays(march(12), price(3410))]
        assert balances(charged, due) == [
            Balance(march(12, 22), price(3100), gives_back=True),
            Balance(march(12, 22), price(3410)),
        ]

    def test_an_end_brought_forward_gives_the_days_after_it_back(self) -> None:
        found = balances([Balance(MARCH, price(3100))], [PricedDays(march(1, 22), price(3100))])
        assert found == [Balance(march(22), price(3100), gives_back=True)]
        assert balances([Balance(MARCH, price(3100)), *found], [PricedDays(MARCH, price(3100))]) == [
            Balance(march(22), price(3100))
        ]

    def test_a_cheaper_year_gives_the_rest_back_and_costs_its_own_days(self) -> None:
        """A downgrade billed a full first year (lago 1481). After 100 of 365 days 36,500.00 a year becomes 18,250.00:
        265 days back at 100.00 a day, as many charged at 50.00."""
        year = Period(date(2027, 1, 1), date(2028, 1, 1))
        before, rest = Period(year.start, date(2027, 4, 11)), Period(date(2027, 4, 11), year.end)
        due = [PricedDays(before, price(36500)), PricedDays(rest, price(18250))]
        found = balances([Balance(year, price(36500))], due)
        assert [cost_of([each], year) for each in found] == [-26_500_00, 13_250_00]

    def test_another_tax_rate_is_another_price(self) -> None:
        found = balances([Balance(MARCH, price(3100))], [PricedDays(MARCH, price(3100, "vat_9"))])
        assert found == [Balance(MARCH, price(3100), gives_back=True), Balance(MARCH, price(3100, "vat_9"))]

    @given(
        steps=st.lists(
            st.dictionaries(st.integers(1, 31), st.integers(0, 4), min_size=0, max_size=5), min_size=1, max_size=6
        )
    )
    def test_after_any_amendments_in_any_order_the_month_costs_what_is_due_and_nothing_more_is_missing(
        self, steps: list[dict[int, int]]
    ) -> None:
        charged: list[Balance] = []
        for prices in steps:
            edges = [*sorted(prices), 32]
            due = [
                PricedDays(march(first, after), price(1000 + 37 * prices[first]))
                for first, after in pairwise(edges)
                if prices[first]
            ]
            charged += balances(charged, due)
            assert cost_of(charged, MARCH) == sum(each.share(MARCH).minor for each in due)
            assert balances(charged, due) == []

    @given(
        cuts=st.sets(st.integers(1, 364), max_size=6),
        amount=st.decimals(1, 10**6, places=2),
        cycle=st.sampled_from(Cycle),
    )
    def test_amendments_that_change_nothing_leave_the_price_as_it_was(
        self, cuts: set[int], amount: Decimal, cycle: Cycle
    ) -> None:
        line = retainer(str(amount))
        edges = [
            JANUARY_2027.start,
            *(JANUARY_2027.start + timedelta(days=cut) for cut in sorted(cuts)),
            JANUARY_2027.end,
        ]
        parts = [Period(start, end) for start, end in pairwise(edges)]
        wholes = list(billing_periods(JANUARY_2027.start, cycle, JANUARY_2027))
        divided = sum(
            sum(costs(line, whole, days)) for whole in wholes for part in parts if (days := whole.overlap(part))
        )
        assert divided == sum(sum(costs(line, whole, whole)) for whole in wholes)
