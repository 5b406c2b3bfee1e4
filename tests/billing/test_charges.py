"""What work, blocks and milestones cost, with values worked out by hand."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.money import Money
from billing.terms import (
    Block,
    Charge,
    ChargeUnit,
    Milestone,
    PerIncident,
    PrepaidUnit,
    StationedStaff,
    TimePrices,
    WorkDone,
    block_charge,
    draw_down,
    milestone_charge,
    overage_charge,
    prepaid_needed,
    work_charges,
)
from tests.billing.agreed import A_MONDAY, HOURLY, HOURS_AHEAD, matter, retainer, terms_of


def rows(charges: list[Charge]) -> list[tuple[str, str, int]]:
    return [(charge.rule, str(charge.quantity), charge.amount.minor) for charge in charges]


class TestWork:
    @pytest.mark.parametrize(
        ("inside", "outside", "on_site", "charged"),
        [
            # 61 minutes are three half hours; 1.5 × 180.00.
            (61, 0, True, [("hours/hour", "1.5", 27000), ("hours/travel", "1", 5000)]),
            # Ten minutes by telephone count the agreed hour, and nobody travelled.
            (10, 0, False, [("hours/hour", "1", 18000)]),
            # Half an hour in the day, forty minutes after it: 0.5 × 180.00 and 1 × 270.00.
            (30, 40, True, [("hours/hour", "0.5", 9000), ("hours/overtime", "1", 27000), ("hours/travel", "1", 5000)]),
            # At night alone: the minimum counts at the night's price.
            (0, 20, False, [("hours/overtime", "1", 27000)]),
        ],
    )
    def test_time_is_counted_in_steps_and_at_least_the_minimum(
        self, inside: int, outside: int, on_site: bool, charged: list[tuple[str, str, int]]
    ) -> None:
        work = WorkDone(matter=matter(), minutes_inside=inside, minutes_outside=outside, on_site=on_site)
        assert rows(work_charges(terms_of(HOURLY), HOURLY, work)) == charged

    def test_a_retainer_includes_the_time_and_charges_overtime_and_travel_as_agreed(self) -> None:
        line = retainer(prices=TimePrices(hour=Decimal(180), overtime_hour=Decimal(270)))
        work = WorkDone(matter=matter(), minutes_inside=60, minutes_outside=15)
        assert rows(work_charges(terms_of(line), line, work)) == [("care/overtime", "0.25", 6750)]

    def test_an_incident_has_one_price(self) -> None:
        line = PerIncident(key="case", name="按次", tax="vat_6", price=Decimal("298.5"))
        (charge,) = work_charges(terms_of(line), line, WorkDone(matter=matter(), minutes_inside=500))
        assert (charge.amount.minor, charge.unit, charge.once_for) == (29850, ChargeUnit.INCIDENT, "ticket")

    def test_stationed_people_cost_overtime_alone(self) -> None:
        line = StationedStaff(
            key="onsite", name="驻场", tax="vat_6", heads=2, price=Decimal(9000), overtime_hour=Decimal(90)
        )
        overtime = WorkDone(matter=matter(), minutes_inside=60, minutes_outside=90, on_site=False)
        assert rows(work_charges(terms_of(line), line, overtime)) == [("onsite/overtime", "1.5", 13500)]

    @given(
        inside=st.integers(0, 3000),
        outside=st.integers(0, 3000),
        step=st.integers(1, 40).map(lambda number: 3 * number),
        price=st.decimals(0, 10000, places=6),
    )
    def test_quantity_times_price_is_the_amount(self, inside: int, outside: int, step: int, price: Decimal) -> None:
        prices = TimePrices(hour=price, overtime_hour=price, step_minutes=step)
        line = msgspec.structs.replace(HOURLY, prices=prices)
        terms = terms_of(line)
        for charge in work_charges(
            terms, line, WorkDone(matter=matter(), minutes_inside=inside, minutes_outside=outside)
        ):
            assert -int(charge.quantity.as_tuple().exponent) <= 2
            assert charge.amount == terms.money(charge.quantity * charge.unit_price)


class TestPaidAhead:
    def test_work_draws_whole_steps(self) -> None:
        work = WorkDone(matter=matter(), minutes_inside=50, minutes_outside=20)
        assert prepaid_needed(HOURS_AHEAD, work) == 75
        visits = msgspec.structs.replace(HOURS_AHEAD, unit=PrepaidUnit.VISIT, quantity=10)
        assert prepaid_needed(visits, work) == 1

    def test_what_lapses_first_is_used_first(self) -> None:
        old, new = Block(UUID(int=1), 30, date(2027, 4, 1)), Block(UUID(int=2), 100, date(2028, 1, 1))
        lapsed = Block(UUID(int=3), 500, A_MONDAY)
        assert draw_down([new, lapsed, old], A_MONDAY, 75) == ([(old.id, 30), (new.id, 45)], 0)
        assert draw_down([old, lapsed], A_MONDAY, 75) == ([(old.id, 30)], 45)

    @given(lefts=st.lists(st.integers(0, 500), max_size=8), needed=st.integers(0, 2000))
    def test_nothing_is_lost_and_no_block_goes_below_zero(self, lefts: list[int], needed: int) -> None:
        blocks = [Block(UUID(int=number), left, A_MONDAY + timedelta(days=number)) for number, left in enumerate(lefts)]
        drawn = draw_down(blocks, A_MONDAY, needed)
        left = {block.id: block.left for block in blocks if block.expires > A_MONDAY}
        assert sum(part for _, part in drawn.taken) + drawn.missing == needed
        assert all(0 < part <= left[block] for block, part in drawn.taken)
        assert not drawn.missing or drawn.missing == needed - sum(left.values())

    def test_a_block_and_what_goes_beyond_it_have_their_prices(self) -> None:
        line = msgspec.structs.replace(HOURS_AHEAD, overage=Decimal(200))
        terms = terms_of(line)
        assert block_charge(terms, line, A_MONDAY).amount == Money(300000, "CNY")
        assert rows(overage_charge(terms, line, A_MONDAY, 45)) == [("ahead/overage", "0.75", 15000)]
        assert overage_charge(terms, line, A_MONDAY, 0) == []
        assert overage_charge(terms, HOURS_AHEAD, A_MONDAY, 45) == []


class TestMilestones:
    def test_a_milestone_costs_what_was_agreed(self) -> None:
        line = Milestone(key="m1", name="布线完成", tax="vat_9", amount=Decimal("50000.005"))
        assert milestone_charge(terms_of(line), line, A_MONDAY).amount == Money(5000001, "CNY")
