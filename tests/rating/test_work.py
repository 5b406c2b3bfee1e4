"""What finished work costs: by contract, by what was paid ahead, by the price book, or not, and why."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.rating.outcomes import Outcome, Unrated
from billing.terms import CoverageState, OutsideWork, PerIncident, Scope, TermLine, Terms, TimePrices
from tests.billing.agreed import HOURLY, HOURS_AHEAD, retainer, terms_of
from tests.rating.work_scene import YEAR, WorkScene, at

pytestmark = pytest.mark.usefixtures("monday_morning")


def terms(*lines: TermLine, calendar: UUID | None = None, outside: OutsideWork = OutsideWork.QUOTED) -> Terms:
    agreed = terms_of(*lines, term=YEAR, outside=outside)
    return msgspec.structs.replace(agreed, calendar_version_id=calendar)


class TestByContract:
    async def test_time_and_travel_by_the_hour(self, scene: WorkScene) -> None:
        await scene.agree(terms(HOURLY))
        ticket_id, visit_id = await scene.done(at(16, 10), 61)
        assert await scene.rate(ticket_id) == (2, 0)
        # 61 minutes are three half hours at 180.00; one way to the site at 50.00.
        assert await scene.standing() == [
            ("hours/hour", Decimal("1.5"), 27000),
            ("hours/travel", Decimal(1), 5000),
        ]
        assert await scene.outcome(visit_id) == (Outcome.CHARGED, "")

    async def test_rated_again_nothing_changes(self, scene: WorkScene) -> None:
        await scene.agree(terms(HOURLY))
        ticket_id, _ = await scene.done(at(16, 10))
        await scene.rate(ticket_id)
        assert await scene.rate(ticket_id) == (0, 0)
        assert await scene.rate(ticket_id) == (0, 0)
        assert len(await scene.charges()) == 2

    async def test_work_beyond_the_service_hours_is_overtime(self, scene: WorkScene) -> None:
        await scene.agree(terms(HOURLY, calendar=await scene.calendar()))
        # From 17.30 for 90 minutes: half an hour until 18.00, an hour after it.
        ticket_id, _ = await scene.done(at(16, 17, 30), 90)
        await scene.rate(ticket_id)
        assert await scene.standing() == [
            ("hours/hour", Decimal("0.5"), 9000),
            ("hours/overtime", Decimal(1), 27000),
            ("hours/travel", Decimal(1), 5000),
        ]

    async def test_a_visit_that_ends_at_the_last_second_of_a_day_belongs_to_it(self, scene: WorkScene) -> None:
        await scene.agree(msgspec.structs.replace(terms(HOURLY)))
        ticket_id = await scene.ticket()
        await scene.visit(ticket_id, at(16, 22, 59), 60)
        await scene.rate(ticket_id)
        assert {row.day for row in await scene.charges()} == {date(2026, 11, 16)}

    async def test_a_retainer_includes_the_work(self, scene: WorkScene) -> None:
        await scene.agree(terms(retainer()))
        ticket_id, visit_id = await scene.done(at(16, 10))
        assert await scene.rate(ticket_id) == (0, 0)
        assert await scene.outcome(visit_id) == (Outcome.INCLUDED, "")

    async def test_the_terms_of_the_day_of_the_work_hold(self, scene: WorkScene) -> None:
        contract_id = await scene.agree(terms(HOURLY))
        dearer = msgspec.structs.replace(HOURLY, prices=msgspec.structs.replace(HOURLY.prices, hour=Decimal(200)))
        await scene.amend(contract_id, terms(dearer), date(2026, 11, 17))
        before, _ = await scene.done(at(16, 10))
        after, _ = await scene.done(at(17, 10))
        await scene.rate(before, after)
        assert [amount for rule, _, amount in await scene.standing() if rule == "hours/hour"] == [18000, 20000]

    async def test_a_corrected_visit_is_taken_back_and_charged_anew(self, scene: WorkScene) -> None:
        await scene.agree(terms(HOURLY))
        ticket_id, visit_id = await scene.done(at(16, 10), 60)
        await scene.rate(ticket_id)
        await scene.correct(visit_id, 90)
        assert await scene.rate(ticket_id) == (1, 1)
        hours = [(row.revision, row.amount) for row in await scene.charges() if row.rule == "hours/hour"]
        assert sorted(hours) == [(0, -18000), (0, 18000), (1, 27000)]

    async def test_a_back_dated_contract_takes_over_what_was_done_before(self, scene: WorkScene) -> None:
        await scene.book("300")
        ticket_id, visit_id = await scene.done(at(16, 10))
        await scene.rate(ticket_id)
        assert await scene.owed() == 30000
        await scene.agree(terms(retainer()))
        await scene.rate(ticket_id)
        assert await scene.owed() == 0
        assert await scene.outcome(visit_id) == (Outcome.INCLUDED, "")


class TestIncidents:
    LINE = PerIncident(key="case", name="按次", tax="vat_6", price=Decimal(120), prices=TimePrices(travel=Decimal(50)))

    async def test_a_ticket_has_one_price_however_many_visits_it_took(self, scene: WorkScene) -> None:
        await scene.agree(terms(self.LINE))
        ticket_id = await scene.ticket()
        await scene.visit(ticket_id, at(16, 10))
        await scene.rate(ticket_id)
        assert [rule for rule, _, _ in await scene.standing()] == ["case/travel"]
        await scene.visit(ticket_id, at(17, 10))
        await scene.happened(ticket_id, "resolved", at(17, 11))
        await scene.rate(ticket_id)
        assert [rule for rule, _, _ in await scene.standing()] == ["case/incident", "case/travel", "case/travel"]

    async def test_a_reopened_ticket_does_not_charge_again(self, scene: WorkScene) -> None:
        await scene.agree(terms(self.LINE))
        ticket_id, _ = await scene.done(at(16, 10))
        await scene.rate(ticket_id)
        before = await scene.standing()
        await scene.happened(ticket_id, "reopened", at(17, 9))
        again = await scene.visit(ticket_id, at(17, 10))
        await scene.happened(ticket_id, "resolved", at(17, 11))
        await scene.rate(ticket_id)
        assert await scene.standing() == before
        assert await scene.outcome(again) == (Outcome.REWORK, "")


class TestPaidAhead:
    LINE = msgspec.structs.replace(HOURS_AHEAD, overage=Decimal(200))

    async def test_work_draws_from_the_block_and_charges_what_is_beyond_it(self, scene: WorkScene) -> None:
        contract_id = await scene.agree(terms(self.LINE))
        block_id = await scene.block(contract_id, self.LINE, date(2026, 11, 1), 100)
        first, _ = await scene.done(at(16, 10), 60)
        second, _ = await scene.done(at(17, 10), 60)
        await scene.rate(first, second)
        # 60 and 60 of 100: 20 minutes beyond it are 0.333 hours at 200.00.
        assert await scene.left(block_id) == 0
        assert [(rule, amount) for rule, _, amount in await scene.standing()] == [("ahead/overage", 6660)]

    async def test_rated_again_nothing_is_drawn(self, scene: WorkScene) -> None:
        contract_id = await scene.agree(terms(self.LINE))
        block_id = await scene.block(contract_id, self.LINE, date(2026, 11, 1), 100)
        ticket_id, visit_id = await scene.done(at(16, 10), 60)
        for _ in range(3):
            await scene.rate(ticket_id)
        assert await scene.left(block_id) == 40
        assert await scene.outcome(visit_id) == (Outcome.PREPAID, "")

    async def test_a_correction_gives_back_and_draws_anew(self, scene: WorkScene) -> None:
        contract_id = await scene.agree(terms(self.LINE))
        block_id = await scene.block(contract_id, self.LINE, date(2026, 11, 1), 100)
        ticket_id, visit_id = await scene.done(at(16, 10), 60)
        await scene.rate(ticket_id)
        await scene.correct(visit_id, 90)
        await scene.rate(ticket_id)
        assert await scene.left(block_id) == 10
        await scene.correct(visit_id, 30)
        await scene.rate(ticket_id)
        assert await scene.left(block_id) == 70

    async def test_what_no_block_has_left_and_no_price_is_agreed_for_is_told(self, scene: WorkScene) -> None:
        contract_id = await scene.agree(terms(HOURS_AHEAD))
        block_id = await scene.block(contract_id, HOURS_AHEAD, date(2026, 11, 1), 30)
        ticket_id, visit_id = await scene.done(at(16, 10), 60)
        await scene.rate(ticket_id)
        assert await scene.outcome(visit_id) == (Outcome.UNRATED, Unrated.PREPAID_USED_UP)
        assert await scene.left(block_id) == 0
        further = await scene.block(contract_id, HOURS_AHEAD, date(2026, 11, 10), 100)
        await scene.rate(ticket_id)
        assert await scene.outcome(visit_id) == (Outcome.PREPAID, "")
        assert (await scene.left(block_id), await scene.left(further)) == (0, 70)


class TestWithoutAContract:
    async def test_it_costs_the_price_books_hour_of_that_day(self, scene: WorkScene) -> None:
        await scene.book("180")
        await scene.book("200", day=date(2026, 11, 17))
        before, _ = await scene.done(at(16, 10), 40)
        after, _ = await scene.done(at(17, 10), 40)
        await scene.rate(before, after)
        # 40 minutes are three quarters of an hour.
        assert await scene.standing() == [
            ("price_book/hour", Decimal("0.75"), 13500),
            ("price_book/hour", Decimal("0.75"), 15000),
        ]

    async def test_without_a_price_it_is_told_and_charged_once_there_is_one(self, scene: WorkScene) -> None:
        ticket_id, visit_id = await scene.done(at(16, 10))
        await scene.rate(ticket_id)
        assert await scene.outcome(visit_id) == (Outcome.UNRATED, Unrated.PRICE_MISSING)
        await scene.book()
        await scene.rate(ticket_id)
        assert await scene.owed() == 18000

    async def test_without_minutes_it_is_told(self, scene: WorkScene) -> None:
        await scene.book()
        ticket_id = await scene.ticket()
        visit_id = await scene.visit(ticket_id, at(16, 10), None)
        await scene.rate(ticket_id)
        assert await scene.outcome(visit_id) == (Outcome.UNRATED, Unrated.MINUTES_MISSING)


class TestUncovered:
    async def test_work_outside_the_scope_waits_for_a_quote(self, scene: WorkScene) -> None:
        await scene.agree(terms(retainer(scope=Scope(service_categories=frozenset({"network"})))))
        ticket_id, visit_id = await scene.done(at(16, 10))
        await scene.rate(ticket_id)
        assert await scene.outcome(visit_id) == (Outcome.UNRATED, Unrated.QUOTE_MISSING)

    async def test_work_that_the_contract_refuses_is_told(self, scene: WorkScene) -> None:
        narrow = retainer(scope=Scope(service_categories=frozenset({"network"})))
        await scene.agree(terms(narrow, outside=OutsideWork.REFUSED))
        ticket_id, visit_id = await scene.done(at(16, 10))
        await scene.rate(ticket_id)
        assert await scene.outcome(visit_id) == (Outcome.UNRATED, Unrated.REFUSED)


class TestWhatAMemberSaid:
    @pytest.mark.parametrize(
        ("said", "owed", "outcome"),
        [
            (CoverageState.COVERED, 0, Outcome.INCLUDED),
            (CoverageState.NOT_COVERED, 18000, Outcome.CHARGED),
            (CoverageState.NEEDS_QUOTE, 0, Outcome.UNRATED),
        ],
    )
    async def test_it_goes_before_the_contract(
        self, scene: WorkScene, said: CoverageState, owed: int, outcome: Outcome
    ) -> None:
        """Work that no line covers is included, costs the price book's hour, or waits for a quote."""
        await scene.book()
        await scene.agree(terms(retainer(scope=Scope(service_categories=frozenset({"network"})))))
        ticket_id, visit_id = await scene.done(at(16, 10))
        await scene.say(ticket_id, said)
        await scene.rate(ticket_id)
        assert await scene.owed() == owed
        assert (await scene.outcome(visit_id))[0] == outcome


class TestAnyOrder:
    @settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(order=st.permutations(["first", "second", "resolved", "correction", "again"]))
    async def test_whatever_is_heard_first_the_same_is_owed(self, scene: WorkScene, order: list[str]) -> None:
        """Two visits by the hour, one corrected to 90 minutes: 180.00 + 270.00 and travel twice."""
        await scene.agree(terms(HOURLY)) if not await scene.charges() else None
        owed = await scene.owed()
        ticket_id = await scene.ticket()
        first = await scene.visit(ticket_id, at(16, 10), 60)
        second: UUID | None = None
        for step in order:
            match step:
                case "second":
                    second = await scene.visit(ticket_id, at(17, 10), 60)
                case "resolved":
                    await scene.happened(ticket_id, "resolved", at(17, 12))
                case "correction":
                    await scene.correct(first, 90)
            await scene.rate(ticket_id)
        assert second
        assert await scene.owed() - owed == 27000 + 18000 + 2 * 5000
