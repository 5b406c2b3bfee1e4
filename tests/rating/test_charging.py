"""Charges: each once, taken back and charged anew where something changes, and what of them is not billed yet."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update
from sqlalchemy.exc import ProgrammingError

from billing.rating import MarkKind, SourceKind
from billing.rating.errors import ChargeMarked, ChargeReversed, MarkMissing
from billing.rating.models import Charge
from tests.conftest import ClientFor
from tests.factories.network import Network
from tests.rating.conftest import A_DAY, ChargeScene

pytestmark = pytest.mark.usefixtures("monday_morning")


async def amounts(charges: ChargeScene) -> list[tuple[str, int, int]]:
    """Rule, revision and amount of all, what takes back marked by its revision of −1."""
    return [(row.rule, -1 if row.reverses_id else row.revision, row.amount) for row in await charges.all()]


class TestOnce:
    async def test_the_same_again_is_charged_once(self, charges: ChargeScene) -> None:
        assert await charges.settle(charges.due("180")) == (1, 0)
        assert await charges.settle(charges.due("180")) == (0, 0)
        assert await amounts(charges) == [("care/hour", 0, 18000)]

    async def test_ten_at_once_charge_once(self, charges: ChargeScene) -> None:
        made = await asyncio.gather(*(charges.settle(charges.due("180")) for _ in range(10)))
        assert await amounts(charges) == [("care/hour", 0, 18000)]
        assert len(made) == 10

    async def test_what_costs_something_else_is_taken_back_and_charged_anew(self, charges: ChargeScene) -> None:
        await charges.settle(charges.due("180"), charges.due("50", "care/travel"))
        assert await charges.settle(charges.due("270"), charges.due("50", "care/travel")) == (1, 1)
        assert sorted(await amounts(charges)) == [
            ("care/hour", -1, -18000),
            ("care/hour", 0, 18000),
            ("care/hour", 1, 27000),
            ("care/travel", 0, 5000),
        ]

    async def test_what_is_due_no_more_is_taken_back_and_may_come_again(self, charges: ChargeScene) -> None:
        await charges.settle(charges.due("180"))
        assert await charges.settle() == (0, 1)
        assert await charges.settle() == (0, 0)
        assert await charges.settle(charges.due("180")) == (1, 0)
        assert sum(amount for _, _, amount in await amounts(charges)) == 18000

    @pytest.mark.slow(8, "ten examples of up to six transactions each")
    @settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(steps=st.lists(st.dictionaries(st.sampled_from("abc"), st.integers(1, 3)), min_size=1, max_size=6))
    async def test_after_any_steps_exactly_what_is_due_stands(
        self, charges: ChargeScene, steps: list[dict[str, int]]
    ) -> None:
        charges.source = (SourceKind.MILESTONE, uuid4())
        for prices in steps:
            due = [charges.due(str(price), rule) for rule, price in prices.items()]
            await charges.settle(*due)
            assert await charges.settle(*due) == (0, 0)
            own = [row for row in await charges.all() if charges.source[1] == await _origin(charges, row)]
            assert sum(row.amount for row in own) == sum(each.amount.minor for each in due)
            standing = {row.id for row in own if row.reverses_id is None} - {row.reverses_id for row in own}
            assert len(standing) == len(due)

    async def test_the_app_can_neither_change_nor_delete_a_charge(self, charges: ChargeScene) -> None:
        await charges.settle(charges.due("180"))
        for statement in (update(Charge).values(amount=1), delete(Charge)):
            with pytest.raises(ProgrammingError):
                async with charges.units_of_work.begin(charges.partner.system) as work:
                    await work.session.execute(statement)

    async def test_the_database_refuses_a_second_reversal(
        self, charges: ChargeScene, superuser: asyncpg.Connection
    ) -> None:
        await charges.settle(charges.due("180"))
        await charges.settle()
        with pytest.raises(asyncpg.UniqueViolationError):
            await superuser.execute(
                "INSERT INTO charge SELECT (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(), "
                "'rule', 'other'))).* FROM charge c WHERE reverses_id IS NOT NULL AND tenant_id = $1",
                charges.partner.id,
            )


async def _origin(charges: ChargeScene, row: Charge) -> UUID:
    if row.reverses_id is None:
        return row.source_id
    return next(each.source_id for each in await charges.all() if each.id == row.reverses_id)


class TestUnbilled:
    async def test_charges_of_days_before_are_told(self, charges: ChargeScene) -> None:
        await charges.settle(charges.due("180"))
        assert [each.amount for each in await charges.unbilled(A_DAY + timedelta(days=1))] == [18000]
        assert await charges.unbilled(A_DAY) == []

    async def test_what_was_taken_back_before_anybody_asked_for_it_is_not_told(self, charges: ChargeScene) -> None:
        await charges.settle(charges.due("180"))
        await charges.settle(charges.due("270"))
        assert [each.amount for each in await charges.unbilled()] == [27000]

    async def test_a_disputed_charge_waits_until_it_is_settled(self, charges: ChargeScene) -> None:
        await charges.settle(charges.due("180"))
        (charge,) = await charges.unbilled()
        await charges.mark(charge.id, MarkKind.DISPUTED)
        assert await charges.unbilled() == []
        await charges.lift(charge.id, MarkKind.DISPUTED)
        assert await charges.unbilled() == [charge]

    async def test_a_waived_charge_is_told_with_nothing_to_pay(self, charges: ChargeScene) -> None:
        await charges.settle(charges.due("180"))
        (charge,) = await charges.unbilled()
        await charges.mark(charge.id, MarkKind.GOODWILL, "老客户")
        (waived,) = await charges.unbilled()
        assert (waived.amount, waived.waived, waived.goodwill) == (0, 18000, "老客户")

    async def test_work_that_was_finished_as_goodwill_is_waived_from_the_beginning(self, charges: ChargeScene) -> None:
        await charges.settle(charges.due("180"), goodwill="保修期内")
        (waived,) = await charges.unbilled()
        assert (waived.amount, waived.goodwill) == (0, "保修期内")

    async def test_a_mark_passes_on_to_what_is_charged_anew(self, charges: ChargeScene) -> None:
        await charges.settle(charges.due("180"))
        await charges.mark((await charges.unbilled())[0].id, MarkKind.GOODWILL, "老客户")
        await charges.settle(charges.due("270"))
        assert [(each.amount, each.waived, each.goodwill) for each in await charges.unbilled()] == [
            (0, 27000, "老客户")
        ]


class TestMarks:
    async def test_a_mark_stands_once_and_is_lifted_once(self, charges: ChargeScene) -> None:
        await charges.settle(charges.due("180"))
        (charge,) = await charges.unbilled()
        await charges.mark(charge.id, MarkKind.GOODWILL)
        with pytest.raises(ChargeMarked):
            await charges.mark(charge.id, MarkKind.GOODWILL)
        await charges.lift(charge.id, MarkKind.GOODWILL)
        with pytest.raises(MarkMissing):
            await charges.lift(charge.id, MarkKind.GOODWILL)
        await charges.mark(charge.id, MarkKind.GOODWILL)

    async def test_what_was_taken_back_is_not_marked(self, charges: ChargeScene) -> None:
        await charges.settle(charges.due("180"))
        await charges.settle()
        for row in await charges.all():
            with pytest.raises(ChargeReversed):
                await charges.mark(row.id, MarkKind.DISPUTED)

    async def test_an_engineer_sees_none(self, charges: ChargeScene, network: Network, http: ClientFor) -> None:
        await charges.settle(charges.due("180"))
        engineer = await network.engineer(charges.partner)
        client = await http(engineer)
        assert (await client.get("/api/v1/charges")).status_code == 403
        assert (await client.get("/workspace/charges")).status_code == 403


class TestPages:
    async def test_the_list_narrows_by_state_and_category(self, charges: ChargeScene, http: ClientFor) -> None:
        await charges.settle(charges.due("180"), charges.due("50", "care/travel"))
        owner = await http(charges.partner.owner)
        (first, *_) = await charges.unbilled()
        waived = await owner.post(f"/api/v1/charges/{first.id}/goodwill", json={"reason": "老客户"})
        assert waived.status_code == 201, waived.text
        for query, count in (("", 2), ("?state=goodwill", 1), ("?state=disputed", 0), ("?category=work", 2)):
            answer = await owner.get(f"/api/v1/charges{query}")
            assert len(answer.json()["items"]) == count, query
            page = await owner.get(f"/workspace/charges{query}")
            assert page.status_code == 200, page.text

    async def test_a_charge_tells_where_it_comes_from(self, charges: ChargeScene, http: ClientFor) -> None:
        await charges.settle(charges.due("180"))
        owner = await http(charges.partner.owner)
        (charge,) = await charges.unbilled()
        page = await owner.get(f"/workspace/charges/{charge.id}")
        assert page.status_code == 200, page.text
        assert "care/hour" in page.text
        assert "180.00" in page.text
        form = await owner.get(f"/workspace/charges/{charge.id}/goodwill")
        assert form.status_code == 200, form.text
