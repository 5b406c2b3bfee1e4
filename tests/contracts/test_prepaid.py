"""Hours bought ahead are drawn down once, and come back once."""

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from app.platform.kernel.ids import new_id
from app.platform.kernel.outbox import OutboxEvent
from billing.contracts import (
    ContractView,
    MovementSource,
    PrepaidPurchase,
    draw_down_blocks,
    give_back,
)
from billing.contracts.errors import PrepaidLineMissing
from billing.contracts.models import PrepaidBlockRow
from billing.contracts.prepaid import blocks_of
from billing.terms import DrawDown, PrepaidBlock, PrepaidUnit
from tests.contracts.contracts import Contracts, care, terms_of

TODAY = date(2026, 11, 16)
AHEAD = PrepaidBlock(
    key="ahead",
    name="预付工时",
    tax="vat_6",
    unit=PrepaidUnit.MINUTE,
    quantity=600,
    price=Decimal(2000),
    months_valid=12,
)
pytestmark = pytest.mark.usefixtures("monday_morning")


class Hours:
    """The hours of one contract."""

    def __init__(self, contracts: Contracts, contract: ContractView) -> None:
        self.contracts, self.contract = contracts, contract

    async def draw(self, minutes: int, source: MovementSource | None = None, day: date = TODAY) -> DrawDown:
        async with self.contracts.units_of_work.begin(self.contracts.partner.system) as work:
            return await draw_down_blocks(
                work, self.contract.id, "ahead", day, minutes, source=source or MovementSource("visit", new_id())
            )

    async def back(self, source: MovementSource) -> int:
        async with self.contracts.units_of_work.begin(self.contracts.partner.system) as work:
            return await give_back(work, source)

    async def left(self) -> list[int]:
        async with self.contracts.units_of_work.begin(self.contracts.partner.owner) as work:
            return [block.left for block in await blocks_of(work, self.contract.id)]

    async def buy(self, day: date = TODAY) -> None:
        await self.contracts.call("buy_block", self.contract.id, PrepaidPurchase("ahead", day))

    async def events(self, topic: str) -> list[dict[str, Any]]:
        async with self.contracts.units_of_work.begin(self.contracts.partner.system) as work:
            return list(await work.session.scalars(select(OutboxEvent.payload).where(OutboxEvent.topic == topic)))


@pytest.fixture
async def hours(contracts: Contracts) -> Hours:
    return Hours(contracts, await contracts.active(terms_of(AHEAD)))


async def test_activation_buys_the_first_block(hours: Hours) -> None:
    assert await hours.left() == [600]
    assert len(await hours.events("prepaid_block.bought")) == 1


async def test_the_block_that_lapses_first_is_used_first(hours: Hours) -> None:
    await hours.buy()
    drawn = await hours.draw(700)
    assert ([quantity for _, quantity in drawn.taken], drawn.missing) == ([600, 100], 0)
    assert await hours.left() == [0, 500]


async def test_what_no_block_has_left_is_missing(hours: Hours) -> None:
    assert (await hours.draw(630)).missing == 30


async def test_the_same_visit_draws_once(hours: Hours) -> None:
    visit = MovementSource("visit", new_id())
    first = await hours.draw(700, visit)
    assert await hours.draw(700, visit) == first
    assert await hours.left() == [0]


async def test_what_was_given_back_can_be_drawn_anew(hours: Hours) -> None:
    visit = MovementSource("visit", new_id())
    await hours.draw(90, visit)
    assert [await hours.back(visit), await hours.back(visit)] == [90, 0]
    assert await hours.left() == [600]
    await hours.draw(45, visit._replace(revision=1))
    assert await hours.left() == [555]


@pytest.mark.slow(6, "many transactions at once")
async def test_fifty_at_once_never_take_more_than_there_is(hours: Hours) -> None:
    drawn = await asyncio.gather(*(hours.draw(15) for _ in range(50)))
    assert sum(each.missing for each in drawn) == 50 * 15 - 600
    assert await hours.left() == [0]


async def test_the_database_refuses_a_balance_below_nothing(hours: Hours) -> None:
    """A prepaid balance went negative (lago 4985)."""
    with pytest.raises(DBAPIError, match="ck_prepaid_block_left"):
        async with hours.contracts.units_of_work.begin(hours.contracts.partner.system) as work:
            await work.session.execute(update(PrepaidBlockRow).values(left=-1))
    assert await hours.left() == [600]


async def test_people_are_told_once_when_a_fifth_is_left(hours: Hours) -> None:
    for minutes in (450, 45, 15):
        await hours.draw(minutes)
    (told,) = await hours.events("prepaid_block.nearly_used")
    assert (told["left"], UUID(told["contract_id"])) == (105, hours.contract.id)


async def test_work_before_the_block_was_bought_finds_none(hours: Hours) -> None:
    with pytest.raises(PrepaidLineMissing):
        await hours.draw(15, day=date(2026, 10, 31))


async def test_a_line_that_sells_nothing_ahead(contracts: Contracts) -> None:
    hours = Hours(contracts, await contracts.active(terms_of(care())))
    with pytest.raises(PrepaidLineMissing):
        await hours.draw(15)


async def test_a_renewal_buys_the_next_block(hours: Hours) -> None:
    await hours.contracts.agree(await hours.contracts.call("renew", hours.contract.id, hours.contract.version))
    assert await hours.left() == [600, 600]
