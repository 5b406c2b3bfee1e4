"""Billing periods of contracts: charged once, balanced when something of them changes; amounts by hand."""

import asyncio
from datetime import date, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.periods import Period
from billing.rating.models import Charge
from billing.terms import BilledWhen, Terms
from tests.billing.agreed import retainer, terms_of
from tests.rating.work_scene import WorkScene

pytestmark = pytest.mark.usefixtures("monday_morning")
NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))
A_DAY = timedelta(days=1)


def care(
    monthly: str = "3000", term: Period = NOVEMBER, billed: BilledWhen = BilledWhen.IN_ADVANCE, tax: str = "vat_6"
) -> Terms:
    line = msgspec.structs.replace(retainer(monthly), tax=tax)
    return msgspec.structs.replace(terms_of(line, term=term), billed=billed)


async def told(scene: WorkScene) -> list[tuple[date, date, int]]:
    """First and last day with the amount, in the order of the days."""
    return sorted(_told(row) for row in await scene.charges())


def _told(row: Charge) -> tuple[date, date, int]:
    assert row.period_start
    assert row.period_end
    return row.period_start, row.period_end - A_DAY, row.amount


def day(number: int) -> date:
    return date(2026, 11, number)


class TestWhen:
    async def test_in_advance_on_the_first_day(self, scene: WorkScene) -> None:
        contract_id = await scene.agree(care())
        assert await scene.rate_contract(contract_id, day(1)) == (0, 0)
        assert await scene.rate_contract(contract_id, day(2)) == (1, 0)
        assert await told(scene) == [(day(1), day(30), 300000)]
        assert [row.day for row in await scene.charges()] == [day(1)]

    async def test_in_arrears_once_it_is_over(self, scene: WorkScene) -> None:
        contract_id = await scene.agree(care(billed=BilledWhen.IN_ARREARS))
        assert await scene.rate_contract(contract_id, date(2026, 12, 1)) == (0, 0)
        assert await scene.rate_contract(contract_id, date(2026, 12, 2)) == (1, 0)
        assert [row.day for row in await scene.charges()] == [day(30)]

    async def test_run_twice_or_earlier_again_nothing_changes(self, scene: WorkScene) -> None:
        contract_id = await scene.agree(care(term=Period(date(2026, 9, 1), date(2027, 9, 1))))
        assert await scene.rate_contract(contract_id, date(2026, 12, 2)) == (4, 0)
        for until in (date(2026, 12, 2), date(2026, 10, 1), date(2026, 12, 2)):
            assert await scene.rate_contract(contract_id, until) == (0, 0)

    async def test_ten_at_once_charge_once(self, scene: WorkScene) -> None:
        contract_id = await scene.agree(care())
        await asyncio.gather(*(scene.rate_contract(contract_id, day(2)) for _ in range(10)))
        assert await told(scene) == [(day(1), day(30), 300000)]

    async def test_months_from_the_31st_keep_their_anchor(self, scene: WorkScene) -> None:
        contract_id = await scene.agree(care(term=Period(date(2026, 1, 31), date(2026, 5, 31))))
        await scene.rate_contract(contract_id, date(2026, 6, 1))
        assert [start for start, _, _ in await told(scene)] == [
            date(2026, 1, 31),
            date(2026, 2, 28),
            date(2026, 3, 31),
            date(2026, 4, 30),
        ]

    async def test_a_back_dated_contract_is_charged_from_its_first_day(self, scene: WorkScene) -> None:
        contract_id = await scene.agree(care(term=Period(date(2026, 8, 1), date(2027, 8, 1))))
        assert await scene.rate_contract(contract_id, day(17)) == (4, 0)
        assert await scene.owed() == 4 * 300000


class TestChanges:
    async def test_an_amendment_within_a_charged_month_gives_the_rest_back_and_charges_it_anew(
        self, scene: WorkScene
    ) -> None:
        contract_id = await scene.agree(care("3000"))
        await scene.rate_contract(contract_id, day(2))
        await scene.amend(contract_id, care("3600"), day(21))
        assert await scene.rate_contract(contract_id, day(2)) == (2, 0)
        # Ten of thirty days: 1,000.00 back, 1,200.00 charged.
        assert await told(scene) == [
            (day(1), day(30), 300000),
            (day(21), day(30), -100000),
            (day(21), day(30), 120000),
        ]
        assert await scene.rate_contract(contract_id, day(2)) == (0, 0)

    async def test_an_amendment_that_leaves_the_price_charges_nothing(self, scene: WorkScene) -> None:
        contract_id = await scene.agree(care("3000"))
        await scene.rate_contract(contract_id, day(2))
        await scene.amend(contract_id, care("3000"), day(21))
        assert await scene.rate_contract(contract_id, day(30)) == (0, 0)

    async def test_an_end_brought_forward_gives_the_days_after_it_back(self, scene: WorkScene) -> None:
        contract_id = await scene.agree(care("3000"))
        await scene.rate_contract(contract_id, day(2))
        await scene.end(contract_id, day(16))
        await scene.rate_contract(contract_id, day(2))
        assert await told(scene) == [(day(1), day(30), 300000), (day(16), day(30), -150000)]

    async def test_in_arrears_each_part_has_its_price(self, scene: WorkScene) -> None:
        contract_id = await scene.agree(care("3000", billed=BilledWhen.IN_ARREARS))
        await scene.amend(contract_id, care("3600", billed=BilledWhen.IN_ARREARS), day(21))
        await scene.rate_contract(contract_id, date(2026, 12, 2))
        assert await told(scene) == [(day(1), day(20), 200000), (day(21), day(30), 120000)]

    @pytest.mark.slow(10, "eight examples of up to four amendments each")
    @settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(changes=st.lists(st.tuples(st.integers(2, 30), st.sampled_from(("3000", "3600", "4500"))), max_size=4))
    async def test_whatever_changes_in_whatever_order_the_month_costs_its_days(
        self, scene: WorkScene, changes: list[tuple[int, str]]
    ) -> None:
        before = await scene.owed()
        contract_id = await scene.agree(care("3000"))
        await scene.rate_contract(contract_id, day(2))
        prices = dict.fromkeys(range(1, 31), Decimal(3000))
        for first, price in changes:
            await scene.amend(contract_id, care(price), day(first))
            prices |= dict.fromkeys(range(first, 31), Decimal(price))
            await scene.rate_contract(contract_id, day(30))
            assert await scene.rate_contract(contract_id, day(30)) == (0, 0)
        assert await scene.owed() - before == sum(int(price * 100) // 30 for price in prices.values())
