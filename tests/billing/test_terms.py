"""What a contract covers and what work, periods and blocks cost by it, with values worked out by hand."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.money import Money, PriceMode
from billing.periods import Cycle, Period, whole_period
from billing.terms import (
    BilledWhen,
    Block,
    Charge,
    ChargeUnit,
    CoverageReason,
    CoverageState,
    DeviceCount,
    DeviceTier,
    HourlyRate,
    Matter,
    Milestone,
    OutsideWork,
    PerDevice,
    PerIncident,
    PrepaidBlock,
    PrepaidUnit,
    Retainer,
    Scope,
    StationedStaff,
    TermLine,
    Terms,
    TierMode,
    TimePrices,
    WorkDone,
    block_charge,
    coverage,
    draw_down,
    milestone_charge,
    overage_charge,
    period_charges,
    prepaid_needed,
    problems_of,
    terms_digest,
    work_charges,
)

JANUARY_2027 = Period(date(2027, 1, 1), date(2028, 1, 1))
A_MONDAY = date(2027, 3, 1)
PRINTER, HEAD_OFFICE = UUID(int=1), UUID(int=2)


def terms_of(*lines: TermLine, outside: OutsideWork = OutsideWork.QUOTED, term: Period = JANUARY_2027) -> Terms:
    return Terms(
        currency="CNY",
        time_zone="Asia/Shanghai",
        term=term,
        anchor=term.start,
        cycle=Cycle.MONTH,
        billed=BilledWhen.IN_ARREARS,
        price_mode=PriceMode.TAX_INCLUDED,
        payment_days=30,
        lines=lines,
        outside=outside,
    )


def matter(
    service: str = "hardware",
    product: str = "printer",
    day: date = A_MONDAY,
    *,
    device: UUID | None = PRINTER,
    site: UUID | None = HEAD_OFFICE,
    outside_hours: bool = False,
) -> Matter:
    return Matter(
        day=day,
        service_category=service,
        product_category=product,
        device_id=device,
        site_id=site,
        outside_hours=outside_hours,
    )


def retainer(amount: str = "3100", scope: Scope = Scope(), prices: TimePrices = TimePrices()) -> Retainer:
    return Retainer(key="care", name="桌面维护", tax="vat_6", amount=Decimal(amount), scope=scope, prices=prices)


HOURLY = HourlyRate(
    key="hours",
    name="按小时",
    tax="vat_6",
    prices=TimePrices(
        hour=Decimal(180), overtime_hour=Decimal(270), travel=Decimal(50), step_minutes=30, minimum_minutes=60
    ),
)
HOURS_AHEAD = PrepaidBlock(
    key="ahead",
    name="预付工时",
    tax="vat_6",
    unit=PrepaidUnit.MINUTE,
    quantity=1200,
    price=Decimal(3000),
    months_valid=12,
)


class TestCoverage:
    def test_what_falls_into_the_scope_is_included(self) -> None:
        answer = coverage(terms_of(retainer()), matter(), {})
        assert (answer.state, answer.reason, answer.line_key) == (
            CoverageState.COVERED,
            CoverageReason.INCLUDED,
            "care",
        )

    @pytest.mark.parametrize(
        ("scope", "asked", "reason"),
        [
            (
                Scope(excluded_product_categories=frozenset({"consumable"})),
                matter(product="consumable"),
                CoverageReason.PRODUCT_NOT_COVERED,
            ),
            (
                Scope(service_categories=frozenset({"software"})),
                matter(service="hardware"),
                CoverageReason.SERVICE_NOT_COVERED,
            ),
            (Scope(device_ids=frozenset({PRINTER})), matter(device=uuid4()), CoverageReason.DEVICE_NOT_LISTED),
            (Scope(device_ids=frozenset({PRINTER})), matter(device=None), CoverageReason.DEVICE_NOT_LISTED),
            (Scope(site_ids=frozenset({HEAD_OFFICE})), matter(site=uuid4()), CoverageReason.SITE_NOT_LISTED),
        ],
    )
    def test_what_lies_outside_is_quoted_or_refused_with_its_reason(
        self, scope: Scope, asked: Matter, reason: CoverageReason
    ) -> None:
        quoted = coverage(terms_of(retainer(scope=scope)), asked, {})
        refused = coverage(terms_of(retainer(scope=scope), outside=OutsideWork.REFUSED), asked, {})
        assert (quoted.state, quoted.reason) == (CoverageState.NEEDS_QUOTE, reason)
        assert (refused.state, refused.reason) == (CoverageState.NOT_COVERED, reason)

    @pytest.mark.parametrize(
        ("day", "covered"), [("2026-12-31", False), ("2027-01-01", True), ("2027-12-31", True), ("2028-01-01", False)]
    )
    def test_the_first_day_belongs_to_the_term_and_the_end_does_not(self, day: str, covered: bool) -> None:
        answer = coverage(terms_of(retainer()), matter(day=date.fromisoformat(day)), {})
        assert (answer.reason is not CoverageReason.NOT_IN_FORCE) == covered

    def test_the_better_answer_wins_whatever_the_order_of_the_lines(self) -> None:
        software_only = retainer(scope=Scope(service_categories=frozenset({"software"})))
        for lines in ((software_only, HOURLY), (HOURLY, software_only)):
            assert coverage(terms_of(*lines), matter("software"), {}).line_key == "care"
            assert coverage(terms_of(*lines), matter("hardware"), {}).line_key == "hours"

    def test_what_was_paid_ahead_is_used_before_an_agreed_price(self) -> None:
        terms = terms_of(HOURLY, HOURS_AHEAD)
        assert coverage(terms, matter(), {"ahead": 30}).reason is CoverageReason.PREPAID
        assert coverage(terms, matter(), {"ahead": 0}).reason is CoverageReason.AGREED_PRICE
        assert coverage(terms_of(HOURS_AHEAD), matter(), {}).reason is CoverageReason.PREPAID_USED_UP
        with_overage = msgspec.structs.replace(HOURS_AHEAD, overage=Decimal(200))
        assert coverage(terms_of(with_overage), matter(), {}).reason is CoverageReason.PREPAID_OVERAGE

    def test_at_night_overtime_is_charged_if_it_was_agreed_and_quoted_if_not(self) -> None:
        night = matter(outside_hours=True)
        assert coverage(terms_of(retainer()), night, {}).reason is CoverageReason.OUTSIDE_HOURS
        agreed = retainer(prices=TimePrices(overtime_hour=Decimal(270)))
        assert coverage(terms_of(agreed), night, {}).reason is CoverageReason.INCLUDED_OVERTIME

    def test_a_project_covers_no_faults(self) -> None:
        project = Milestone(key="m1", name="布线完成", tax="vat_9", amount=Decimal(50000))
        assert coverage(terms_of(project), matter(), {}).state is CoverageState.NEEDS_QUOTE


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


GRADUATED = PerDevice(
    key="pcs",
    name="按台",
    tax="vat_6",
    tiers=(
        DeviceTier(first=1, last=10, price=Decimal(60)),
        DeviceTier(first=11, last=50, price=Decimal(50)),
        DeviceTier(first=51, last=None, price=Decimal(40)),
    ),
)


class TestPeriods:
    @pytest.mark.parametrize(
        ("devices", "graduated", "volume"),
        [(0, 0, 0), (1, 60, 60), (10, 600, 600), (11, 650, 550), (50, 2600, 2500), (51, 2640, 2040)],
    )
    def test_tiers(self, devices: int, graduated: int, volume: int) -> None:
        assert GRADUATED.price_of(devices) == graduated
        assert msgspec.structs.replace(GRADUATED, mode=TierMode.VOLUME).price_of(devices) == volume

    def test_a_retainer_that_ends_within_a_month_costs_its_days(self) -> None:
        term = Period(date(2027, 1, 1), date(2027, 2, 11))
        terms = terms_of(retainer("2800"), term=term)
        january, february = (whole_period(term.start, Cycle.MONTH, date(2027, month, 1)) for month in (1, 2))
        assert [rows(period_charges(terms, each, {}, A_MONDAY)) for each in (january, february)] == [
            [("care/period", "1", 280000)],
            [("care/period", "1", 100000)],  # 10 of 28 days
        ]

    def test_devices_that_come_within_a_month_cost_the_rest_of_it(self) -> None:
        # 10 devices for the 31 days of March at 600.00, the 11th for its last 10 days at 50.00 × 10 ÷ 31 = 16.13.
        counts = {"pcs": [DeviceCount(date(2027, 1, 1), 10), DeviceCount(date(2027, 3, 22), 11)]}
        march = Period(date(2027, 3, 1), date(2027, 4, 1))
        (charge,) = period_charges(terms_of(GRADUATED), march, counts, A_MONDAY)
        assert charge.amount == Money(61613, "CNY")

    def test_a_count_that_says_the_same_again_changes_nothing(self) -> None:
        march = Period(date(2027, 3, 1), date(2027, 4, 1))
        once = [DeviceCount(date(2027, 1, 1), 10)]
        again = [*once, DeviceCount(date(2027, 3, 9), 10), DeviceCount(date(2027, 3, 9), 10)]
        terms = terms_of(GRADUATED)
        assert period_charges(terms, march, {"pcs": once}, A_MONDAY) == period_charges(
            terms, march, {"pcs": again}, A_MONDAY
        )

    def test_stationed_people_cost_by_head(self) -> None:
        line = StationedStaff(
            key="onsite", name="驻场", tax="vat_6", heads=2, price=Decimal(9000), overtime_hour=Decimal(90)
        )
        terms = terms_of(line)
        march = Period(date(2027, 3, 1), date(2027, 4, 1))
        assert rows(period_charges(terms, march, {}, A_MONDAY)) == [("onsite/period", "1", 1800000)]
        overtime = WorkDone(matter=matter(), minutes_inside=0, minutes_outside=90, on_site=False)
        assert rows(work_charges(terms, line, overtime)) == [("onsite/overtime", "1.5", 13500)]

    def test_a_milestone_costs_what_was_agreed(self) -> None:
        line = Milestone(key="m1", name="布线完成", tax="vat_9", amount=Decimal("50000.005"))
        assert milestone_charge(terms_of(line), line, A_MONDAY).amount == Money(5000001, "CNY")

    def test_a_period_outside_the_term_costs_nothing(self) -> None:
        before = Period(date(2026, 12, 1), date(2027, 1, 1))
        assert period_charges(terms_of(retainer()), before, {}, A_MONDAY) == []

    @given(
        cuts=st.sets(st.integers(1, 364), max_size=6),
        amount=st.decimals(1, 10**6, places=2),
        cycle=st.sampled_from(Cycle),
    )
    def test_amendments_that_change_nothing_leave_the_price_as_it_was(
        self, cuts: set[int], amount: Decimal, cycle: Cycle
    ) -> None:
        """Versions of a contract, each for its own days and with the anchor kept, cost together what one costs."""

        def price_of(terms: Terms) -> int:
            periods = {
                whole_period(terms.anchor, cycle, JANUARY_2027.start + timedelta(days=day)) for day in range(365)
            }
            charges = [charge for whole in periods for charge in period_charges(terms, whole, {}, A_MONDAY)]
            return sum(charge.amount.minor for charge in charges)

        whole = terms_of(retainer(str(amount)))
        edges = [
            JANUARY_2027.start,
            *(JANUARY_2027.start + timedelta(days=cut) for cut in sorted(cuts)),
            JANUARY_2027.end,
        ]
        versions = [msgspec.structs.replace(whole, term=Period(start, end)) for start, end in pairwise(edges)]
        assert sum(price_of(version) for version in versions) == price_of(whole)


class TestDocument:
    def test_terms_are_read_back_as_they_were_signed(self) -> None:
        signed = terms_of(retainer(), HOURLY, HOURS_AHEAD, GRADUATED)
        kept = msgspec.json.decode(msgspec.json.encode(signed), type=Terms)
        assert kept == signed
        assert terms_digest(kept) == terms_digest(signed)

    def test_the_digest_tells_a_changed_price_and_not_a_changed_order_of_devices(self) -> None:
        ids = [UUID(int=number) for number in range(40)]

        def digest(order: list[UUID], amount: str = "3100") -> str:
            return terms_digest(terms_of(retainer(amount, Scope(device_ids=frozenset(order)))))

        assert digest(ids) == digest(ids[::-1])
        assert digest(ids) != digest(ids, "3100.01")

    def test_good_terms_have_no_problems(self) -> None:
        assert problems_of(terms_of(retainer(), HOURLY, HOURS_AHEAD, GRADUATED), {"vat_6"}) == []

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"currency": "RMB"}, "currency"),
            ({"time_zone": "Asia/Xiamen"}, "time_zone"),
            ({"lines": ()}, "lines"),
            ({"payment_days": -1}, "payment_days"),
            ({"lines": (retainer(), retainer())}, "lines.care"),
            ({"lines": (msgspec.structs.replace(retainer(), tax="vat_17"),)}, "lines.care.tax"),
            ({"lines": (retainer("-1"),)}, "lines.care.amount"),
            ({"lines": (retainer("0.1234567"),)}, "lines.care.amount"),
            ({"lines": (retainer(prices=TimePrices(step_minutes=10)),)}, "lines.care.prices.step_minutes"),
            ({"lines": (retainer(prices=TimePrices(travel=Decimal(-5))),)}, "lines.care.prices.travel"),
            ({"lines": (msgspec.structs.replace(HOURS_AHEAD, quantity=0),)}, "lines.ahead.quantity"),
        ],
    )
    def test_what_is_wrong_is_named(self, change: dict[str, object], field: str) -> None:
        wrong = msgspec.structs.replace(terms_of(retainer()), **change)
        assert [problem.field for problem in problems_of(wrong, {"vat_6"})] == [field]

    @pytest.mark.parametrize(
        "ends",
        [
            [(1, 10), (12, None)],
            [(1, 10), (10, None)],
            [(2, None)],
            [(1, 10)],
            [(1, None), (11, None)],
            [(1, 0), (1, None)],
            [],
        ],
    )
    def test_a_table_of_tiers_has_no_hole(self, ends: list[tuple[int, int | None]]) -> None:
        tiers = tuple(DeviceTier(first=first, last=last, price=Decimal(1)) for first, last in ends)
        line = msgspec.structs.replace(GRADUATED, tiers=tiers)
        assert [problem.field for problem in problems_of(terms_of(line), {"vat_6"})] == ["lines.pcs.tiers"]
