"""What the payment provider sends to the bank: booked once, taken back when it comes back, and matched with the line of
the bank's without being booked again."""

import asyncio
import itertools
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from app.platform.kernel.ids import new_id
from app.platform.kernel.runtime import Runtime
from billing.gateway import GatewayPayout
from billing.gateway import PayoutState as Told
from billing.ledger import AccountKind
from billing.ledger.models import LedgerEntry
from billing.money import Money
from billing.payments.errors import BankLineMoveRefused
from billing.payments.payouts.errors import PayoutFailed, PayoutLineDiffers, PayoutMatched
from billing.payments.payouts.models import Payout
from billing.payments.payouts.schemas import PayoutLine, PayoutVersion, PayoutView
from billing.payments.payouts.service import Payouts
from billing.payments.payouts.states import PayoutState
from billing.payments.schemas import BankLineView, LineSetAside
from billing.payments.services import BankLines
from billing.payments.states import BankLineState
from tests.conftest import ClientFor
from tests.payments.conftest import TODAY, Books
from tests.payments.deaths import Died, dying_at

pytestmark = pytest.mark.usefixtures("monday_morning")
SENT = 960_00
ENOUGH_STEPS = 20


def payout(state: Told, minor: int = SENT, named: str = "po_1") -> GatewayPayout:
    reason = "account_closed" if state is Told.FAILED else ""
    return GatewayPayout(id=named, amount=Money(minor, "CNY"), state=state, arrives_on=TODAY, failure_reason=reason)


async def told(books: Books, state: Told, minor: int = SENT, named: str = "po_1") -> UUID:
    return await books.as_(books.partner.system, lambda work: Payouts(work).told(payout(state, minor, named)))


async def read(books: Books, payout_id: UUID) -> PayoutView:
    return await books.as_(books.partner.owner, lambda work: Payouts(work).get(payout_id))


async def match(books: Books, payout_id: UUID, line: BankLineView) -> PayoutView:
    wanted = PayoutLine((await read(books, payout_id)).version, line.id)
    return await books.as_(books.partner.owner, lambda work: Payouts(work).match(payout_id, wanted))


async def stands(books: Books) -> tuple[int, int]:
    """At the bank, and at the provider."""
    return await books.balance(AccountKind.BANK), await books.balance(AccountKind.GATEWAY_CLEARING)


async def entries(books: Books) -> int:
    async with books.units_of_work.begin(books.partner.system) as work:
        return len((await work.session.scalars(select(LedgerEntry.id))).all())


async def test_money_on_its_way_is_nowhere_yet(books: Books) -> None:
    on_its_way = await told(books, Told.ON_ITS_WAY)
    assert (await read(books, on_its_way)).state is PayoutState.ON_ITS_WAY
    assert await stands(books) == (0, 0)


async def test_what_is_paid_out_is_at_the_bank_and_not_at_the_provider(books: Books) -> None:
    await told(books, Told.PAID)
    assert await stands(books) == (SENT, -SENT)


async def test_what_the_company_owes_the_provider_leaves_the_bank(books: Books) -> None:
    await told(books, Told.PAID, -20_00)
    assert await stands(books) == (-20_00, 20_00)


async def test_what_comes_back_is_at_the_provider_again(books: Books) -> None:
    await told(books, Told.PAID)
    failed = await read(books, await told(books, Told.FAILED))
    assert (failed.state, failed.failure_reason) == (PayoutState.FAILED, "account_closed")
    assert await stands(books) == (0, 0)


async def test_in_whatever_order_and_however_often_it_comes_to_the_same(books: Books) -> None:
    news = (Told.ON_ITS_WAY, Told.PAID, Told.FAILED)
    for number, order in enumerate(itertools.permutations(news)):
        named = f"po_{number}"
        for state in [*order, *random.Random(number).choices(order, k=4), Told.FAILED]:
            await told(books, state, named=named)
    assert await stands(books) == (0, 0)
    async with books.units_of_work.begin(books.partner.system) as work:
        assert set(await work.session.scalars(select(Payout.state))) == {"failed"}


async def test_fifty_workers_apply_one_payout_once(books: Books) -> None:
    ids = await asyncio.gather(*(told(books, Told.PAID) for _ in range(50)))
    assert len(set(ids)) == 1
    assert await entries(books) == 1
    assert await stands(books) == (SENT, -SENT)


async def test_wherever_a_worker_dies_it_is_booked_once(books: Books, runtime: Runtime) -> None:
    deaths = 0
    for fatal in range(1, ENOUGH_STEPS):
        with dying_at(runtime, fatal):
            try:
                await told(books, Told.PAID)
            except Died:
                deaths += 1
    await told(books, Told.PAID)
    assert deaths > 5
    assert await entries(books) == 1
    assert await stands(books) == (SENT, -SENT)


async def test_its_line_of_the_banks_is_suggested_and_books_nothing_more(books: Books) -> None:
    sent = await told(books, Told.PAID)
    other = await books.told(SENT, "货款", day=TODAY - timedelta(days=3))
    line = await books.told(SENT, "STRIPE PAYOUT po_1")
    await books.told(SENT + 1, "STRIPE PAYOUT po_1")
    await books.told(SENT, "STRIPE", day=TODAY - timedelta(days=40))

    async def suggested_lines() -> list[UUID]:
        async with books.units_of_work.begin(books.partner.owner) as work:
            payouts = Payouts(work)
            return [each.id for each in await payouts.lines_for(await payouts.get(sent))]

    assert await suggested_lines() == [line.id, other.id]
    matched = await match(books, sent, line)
    assert matched.bank_line_id == line.id
    assert (await books.line(line.id)).state is BankLineState.BOOKED
    assert await suggested_lines() == []
    assert await stands(books) == (SENT, -SENT)
    assert await entries(books) == 1


async def test_a_line_that_came_before_the_news_waits_for_the_books(books: Books) -> None:
    sent = await told(books, Told.ON_ITS_WAY)
    await match(books, sent, await books.told(SENT))
    assert await stands(books) == (0, 0)
    await told(books, Told.PAID)
    assert await stands(books) == (SENT, -SENT)


async def test_of_two_who_match_one_line_one_does(books: Books) -> None:
    first, second = await told(books, Told.PAID), await told(books, Told.PAID, named="po_2")
    line = await books.told(SENT)
    done = await asyncio.gather(match(books, first, line), match(books, second, line), return_exceptions=True)
    assert sorted(isinstance(each, BankLineMoveRefused) for each in done) == [False, True]


async def test_what_does_not_fit_is_refused(books: Books) -> None:
    sent, back = await told(books, Told.PAID), await told(books, Told.FAILED, named="po_2")
    line = await books.told(SENT)
    with pytest.raises(PayoutLineDiffers):
        await match(books, sent, await books.told(SENT - 1))
    with pytest.raises(PayoutFailed):
        await match(books, back, line)
    await match(books, sent, line)
    with pytest.raises(PayoutMatched):
        await match(books, sent, await books.told(SENT))


async def test_a_line_that_was_set_aside_may_be_the_payout(books: Books) -> None:
    sent, line = await told(books, Told.PAID), await books.told(SENT)
    aside = LineSetAside(line.version, "支付平台")
    await books.as_(books.partner.owner, lambda work: BankLines(work).set_aside(line.id, aside))
    await match(books, sent, line)
    found = await books.line(line.id)
    assert (found.state, found.reason) == (BankLineState.BOOKED, "")


async def test_matched_by_mistake_the_line_waits_again(books: Books) -> None:
    sent, line = await told(books, Told.PAID), await books.told(SENT)
    matched = await match(books, sent, line)
    await books.as_(books.partner.owner, lambda work: Payouts(work).release(sent, PayoutVersion(matched.version)))
    assert (await books.line(line.id)).state is BankLineState.OPEN
    assert await stands(books) == (SENT, -SENT)


async def test_what_comes_back_lets_its_line_go_which_the_bank_then_takes_back(books: Books) -> None:
    sent, line = await told(books, Told.PAID), await books.told(SENT, "STRIPE")
    await match(books, sent, line)
    back = await books.told(-SENT, "退回")

    async def original() -> BankLineView | None:
        return await books.as_(books.partner.owner, lambda work: BankLines(work).original_of(back))

    assert await original() is None
    await told(books, Told.FAILED)
    assert (await read(books, sent)).bank_line_id is None
    found = await original()
    assert found is not None
    assert (found.id, found.state) == (line.id, BankLineState.OPEN)


Page = Callable[[str], Awaitable[str]]


async def test_on_pages_a_payout_is_found_and_matched(books: Books, http: ClientFor) -> None:
    sent, line = await told(books, Told.PAID), await books.told(SENT, "STRIPE")
    owner = await http(books.partner.owner)
    base = "/workspace/payments/payouts"
    assert "po_1" in (await owner.get(base)).text
    assert f'href="{base}"' in (await owner.get("/workspace/payments")).text
    assert "就是这笔结算" in (await owner.get("/workspace/payments/matching")).text
    assert "就是这笔" in (await owner.get(f"{base}/{sent}")).text
    data = {
        "version": "2",
        "bank_line_id": str(line.id),
        "then": "matching",
        "idempotency_key": new_id().hex,
    }
    matched = await owner.post(f"{base}/{sent}/match", data=data)
    assert (matched.status_code, matched.headers["location"]) == (303, "/workspace/payments/matching")
    assert "取消核对" in (await owner.get(f"{base}/{sent}")).text
    released = await owner.post(f"{base}/{sent}/release", data={"version": "3"})
    assert released.status_code == 303


async def test_programs_read_and_match_payouts(books: Books, http: ClientFor) -> None:
    sent, line = await told(books, Told.PAID), await books.told(SENT, "STRIPE")
    owner = await http(books.partner.owner)
    found = (await owner.get("/api/v1/payouts", params={"state": "paid"})).json()["items"]
    assert [each["gateway_payout_id"] for each in found] == ["po_1"]
    lines = (await owner.get(f"/api/v1/payouts/{sent}/suggestions")).json()["items"]
    assert [each["id"] for each in lines] == [str(line.id)]
    wanted = {"version": 2, "bank_line_id": str(line.id)}
    headers = {"idempotency-key": new_id().hex}
    matched = await owner.post(f"/api/v1/payouts/{sent}/match", json=wanted, headers=headers)
    assert matched.json()["bank_line_id"] == str(line.id), matched.text
    released = await owner.post(
        f"/api/v1/payouts/{sent}/release", json={"version": 3}, headers={"idempotency-key": new_id().hex}
    )
    assert released.json()["bank_line_id"] is None
