"""Money that was paid online goes back through the provider: asked for here, or made on the provider's own pages."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select

from app.platform.background.worker import Worker
from app.platform.kernel.outbox import DueEntry, OutboxEvent
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings
from billing.ledger import AccountKind
from billing.payments.events import RefundApproved
from billing.payments.models import Payment
from billing.payments.refund_models import OnlineRefund, Refund
from billing.payments.refund_states import RefundState
from billing.payments.services import Refunds
from billing.payments.services.refund_sending import ask_again, send_refund
from billing.payments.states import PaymentStanding
from tests.conftest import ClientFor
from tests.gateway.payer import CONSUMERS, GROSS, Payer
from tests.payments.deaths import Died, dying_at

pytestmark = [
    pytest.mark.usefixtures("fresh_counters"),
    pytest.mark.slow(10, "an account at the stand-in, payments there and all that is told of them"),
]


@pytest.fixture(autouse=True)
def with_fee(test_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Headquarters keep 1.5 %: 1.59 of 106.00."""
    monkeypatch.setattr(test_settings, "application_fee_basis_points", 150)


async def test_a_deposit_goes_back_once_however_often_it_is_told(payer: Payer) -> None:
    await payer.pays_twice()
    before = await payer.books.balance(AccountKind.GATEWAY_CLEARING)
    refund = await payer.asks_back(await payer.deposit(), GROSS)
    assert refund.state is RefundState.APPROVED
    await payer.work_is_done()
    await payer.provider_tells(random.Random(4), duplicates=2)
    (made,) = payer.at.platform.objects(payer.at.account, "refund")
    assert (made["amount"], made["metadata"]) == (GROSS, {"yinghuo_reference": str(refund.id)})
    (told,) = await payer.rows(OnlineRefund)
    assert (told.id, told.gateway_refund_id, told.application_fee) == (refund.id, made["id"], 1_59)
    assert (await payer.refund(refund.id)).state is RefundState.PAID
    assert await payer.books.balance(AccountKind.GATEWAY_CLEARING) == before - GROSS + 1_59
    assert await payer.books.balance(AccountKind.APPLICATION_FEE) == 1_59, "that of the payment that stands"
    assert "已付清" in await payer.invoice_page()
    await payer.books.check()


async def test_an_answer_that_was_lost_is_found_out_and_nothing_goes_back_twice(payer: Payer) -> None:
    await payer.pays_twice()
    refund = await payer.asks_back(await payer.deposit(), 40_00)
    for wrong in ("lost answer", "error", "lost request"):
        payer.at.platform.goes_wrong(wrong, "/v1/refunds")
    await payer.work_is_done()
    (made,) = payer.at.platform.objects(payer.at.account, "refund")
    assert made["amount"] == 40_00
    assert (await payer.refund(refund.id)).state is RefundState.PAID
    await payer.books.check()


async def test_what_was_never_answered_waits_and_nobody_can_use_it(payer: Payer) -> None:
    await payer.pays_twice()
    deposit = await payer.deposit()
    refund = await payer.asks_back(deposit, GROSS)
    for _ in range(20):
        payer.at.platform.goes_wrong("lost request", "/v1/refunds")
    await payer.work_is_done()
    assert (await payer.refund(refund.id)).state is RefundState.SENDING
    left = await payer.deposit()
    assert (left.unallocated, left.refunded) == (GROSS, 0)
    owner = payer.at.partner.owner
    assert await payer.books.as_(owner, lambda work: Refunds(work).refundable(deposit.id)) == 0
    await payer.books.check()


async def test_whoever_was_never_answered_is_asked_for_again_each_day(payer: Payer) -> None:
    """The event has been tried for the last time long ago."""
    await payer.pays_twice()
    refund = await payer.asks_back(await payer.deposit(), GROSS)
    async with payer.runtime.units_of_work.begin(payer.at.partner.system) as work:
        await work.session.execute(delete(DueEntry))
    assert await payer.books.as_(payer.at.partner.system, ask_again) == 0
    payer.clock.set(payer.clock.now() + timedelta(days=8))
    payer.at.platform.set_clock(payer.clock.now())
    assert await payer.books.as_(payer.at.partner.system, ask_again) == 1
    await payer.work_is_done()
    assert len(payer.at.platform.objects(payer.at.account, "refund")) == 1
    assert (await payer.refund(refund.id)).state is RefundState.PAID
    assert await payer.books.as_(payer.at.partner.system, ask_again) == 0


async def test_a_wish_that_is_older_than_the_providers_memory_is_looked_up_first(payer: Payer) -> None:
    await payer.pays_twice()
    refund = await payer.asks_back(await payer.deposit(), GROSS)
    payer.at.platform.goes_wrong("lost answer", "/v1/refunds")
    await Worker(payer.runtime, CONSUMERS).run_once()
    assert (await payer.refund(refund.id)).state is RefundState.SENDING
    payer.at.platform.set_clock(datetime.now(UTC) + timedelta(hours=25))
    await payer.work_is_done()
    assert len(payer.at.platform.objects(payer.at.account, "refund")) == 1
    assert (await payer.refund(refund.id)).state is RefundState.PAID


@pytest.mark.slow(15, "some thirty workers that die, each at another statement")
async def test_wherever_the_worker_dies_that_asks_the_money_goes_back_once(payer: Payer, runtime: Runtime) -> None:
    await payer.pays_twice()
    refund = await payer.asks_back(await payer.deposit(), GROSS)
    async with runtime.units_of_work.begin(payer.at.partner.system) as work:
        event_id = await work.session.scalar(select(OutboxEvent.id).where(OutboxEvent.topic == RefundApproved.topic))
    assert event_id is not None
    deaths = set()
    for fatal in range(1, 60):
        with dying_at(runtime, fatal) as steps:
            try:
                await send_refund(runtime, payer.at.partner.id, event_id, refund.id)
                break
            except Died:
                deaths.add(steps.taken)
    assert len(deaths) > 20
    await payer.provider_tells()
    assert len(payer.at.platform.objects(payer.at.account, "refund")) == 1
    assert [each.state for each in await payer.rows(Refund)] == ["paid"]
    await payer.books.check()


async def test_what_the_payers_bank_sends_back_is_a_deposit_again(payer: Payer) -> None:
    await payer.pays_twice()
    refund = await payer.asks_back(await payer.deposit(), GROSS)
    await payer.work_is_done()
    (made,) = payer.at.platform.objects(payer.at.account, "refund")
    assert (await payer.refund(refund.id)).state is RefundState.PAID
    payer.at.platform.decide_refund(payer.at.account, made["id"], paid=False)
    await payer.provider_tells(random.Random(8), duplicates=1)
    came_back = await payer.refund(refund.id)
    assert (came_back.state, came_back.failure_reason) == (RefundState.FAILED, "expired_or_canceled_card")
    assert (await payer.deposit()).unallocated == GROSS
    await payer.books.check()


async def test_a_refund_that_the_provider_refuses_leaves_the_deposit(payer: Payer) -> None:
    paid = await payer.pays_twice()
    deposit = await payer.deposit()
    refund = await payer.asks_back(deposit, GROSS)
    for each in paid:
        payer.at.platform.open_dispute(payer.at.account, each)
    await payer.work_is_done()
    failed = await payer.refund(refund.id)
    assert (failed.state, failed.failure_reason) == (RefundState.FAILED, "charge_disputed")
    assert (await payer.deposit()).unallocated == GROSS
    await payer.provider_tells()
    await payer.books.check()


async def test_what_a_dispute_has_taken_is_not_asked_for(payer: Payer) -> None:
    paid = await payer.pays_twice()
    asked = await payer.asks(await payer.deposit(), GROSS)
    for each in paid:
        payer.at.platform.open_dispute(payer.at.account, each)
    await payer.provider_tells()
    await payer.agrees(asked)
    await payer.work_is_done()
    failed = await payer.refund(asked.id)
    assert (failed.state, failed.failure_reason) == (RefundState.FAILED, "payment_too_small")
    assert payer.at.platform.objects(payer.at.account, "refund") == []
    await payer.books.check()


async def test_a_refund_on_the_providers_pages_opens_what_was_paid(payer: Payer) -> None:
    await payer.goes_on(await payer.starts())
    (session,) = payer.sessions()
    paid = payer.pays(session)
    await payer.provider_tells()
    assert "已付清" in await payer.invoice_page()
    await payer.refunds_on_the_dashboard(paid, 30_00)
    await payer.provider_tells(random.Random(2), duplicates=2)
    (part,) = await payer.rows(Refund)
    assert (part.amount, part.state, part.author_id, part.author_name) == (30_00, "paid", None, "")
    payment = await payer.payment_at(paid)
    assert (payment.unallocated, payment.refunded) == (0, 30_00)
    assert await payer.books.balance(AccountKind.RECEIVABLE) == 30_00
    assert await payer.books.balance(AccountKind.APPLICATION_FEE) == 1_59, "nobody asked for it back"
    await payer.books.check()
    await payer.refunds_on_the_dashboard(paid)
    await payer.provider_tells(random.Random(3))
    assert sorted(each.amount for each in await payer.rows(Refund)) == [30_00, 76_00]
    assert await payer.books.balance(AccountKind.RECEIVABLE) == GROSS
    assert "已付清" not in await payer.invoice_page()
    shown = await payer.read("/portal/payments")
    assert "已全部退款" in shown
    await payer.books.check()


async def test_a_refund_that_is_told_before_its_payment_waits_for_it(payer: Payer) -> None:
    await payer.goes_on(await payer.starts())
    (session,) = payer.sessions()
    await payer.refunds_on_the_dashboard(payer.pays(session), 30_00)
    await payer.provider_tells(random.Random(5), duplicates=1)
    (payment,) = await payer.rows(Payment)
    assert payment.refunded == 30_00
    await payer.books.check()


async def test_parts_give_the_whole_fee_back_as_the_provider_counts_it(payer: Payer) -> None:
    await payer.pays_twice()
    deposit = await payer.deposit()
    for minor in (33_33, 33_33, 39_34):
        await payer.asks_back((await payer.deposit()), minor)
        await payer.work_is_done()
    assert sum(each.application_fee for each in await payer.rows(OnlineRefund)) == 1_59
    fees = payer.at.platform.client().v1.application_fees
    given_back = sorted([each.amount_refunded for each in (await fees.list_async()).data])
    assert given_back == [0, 1_59]
    (whole,) = [each for each in await payer.rows(Payment) if each.id == deposit.id]
    assert (whole.unallocated, whole.refunded) == (0, GROSS)
    await payer.books.check()


async def test_the_page_tells_how_it_goes_back_and_nobody_ends_it_by_hand(payer: Payer, http: ClientFor) -> None:
    await payer.pays_twice()
    deposit = await payer.deposit()
    writer = await http(payer.finance.writer)
    page = f"/workspace/payments/{deposit.id}"
    assert "经支付平台原路退给付款人" in (await writer.get(page)).text
    refund = await payer.asks_back(deposit, GROSS)
    waits = (await writer.get(page)).text
    assert "正在请支付平台退款" in waits
    assert "付款日期" not in waits
    for step, more in (("pay", {"paid_on": "2026-11-16"}), ("fail", {"reason": "银行拒付"})):
        by_hand = await writer.post(f"/api/v1/refunds/{refund.id}/{step}", json={"version": refund.version, **more})
        assert (by_hand.status_code, by_hand.json()["code"]) == (409, "refund.not_online")
    await payer.work_is_done()
    read = (await writer.get(f"/api/v1/payments/{deposit.id}")).json()
    assert (read["standing"], read["refunded"]) == (PaymentStanding.REFUNDED, GROSS)
    (listed,) = (await writer.get(f"/api/v1/payments/{deposit.id}/refunds")).json()["items"]
    assert (listed["method"], listed["state"]) == ("online", "paid")
    assert "已全部退款" in (await writer.get(page)).text


async def test_a_disputed_payment_does_not_stand_as_received(payer: Payer, http: ClientFor) -> None:
    await payer.goes_on(await payer.starts())
    (session,) = payer.sessions()
    payer.at.platform.open_dispute(payer.at.account, payer.pays(session))
    await payer.provider_tells()
    (payment,) = await payer.rows(Payment)
    staff = await (await http(payer.finance.writer)).get("/workspace/payments")
    for shown in (staff.text, await payer.read("/portal/payments"), await payer.read(f"/portal/payments/{payment.id}")):
        assert "因争议被扣回" in shown
        assert "已收款" not in shown
