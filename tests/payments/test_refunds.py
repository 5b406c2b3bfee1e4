"""Money that goes back to a client: asked for, approved by somebody else, paid by bank transfer, once."""

import asyncio
from datetime import date, timedelta
from uuid import UUID

import httpx
import pytest

from app.people.approvals import Verdict, decide
from app.platform.kernel.actor import Actor
from app.platform.kernel.errors import DomainError, Forbidden, Invalid, NotFound, StaleVersion
from billing.ledger import AccountKind
from billing.payments.errors import (
    PaymentExceeded,
    RefundExceeds,
    RefundLineDiffers,
    RefundMoveRefused,
    RefundSomebodyElseDecides,
    RefundStands,
)
from billing.payments.refund_schemas import (
    RefundLine,
    RefundPaid,
    RefundReason,
    RefundRequest,
    RefundVersion,
    RefundView,
)
from billing.payments.refund_states import RefundState
from billing.payments.schemas import (
    AllocationPart,
    LineBooking,
    PaymentReversal,
    PaymentSharing,
    PaymentView,
)
from billing.payments.services import BankLines, Payments, Refunds
from billing.payments.services.refunds import REFUND_APPROVAL
from billing.payments.states import BankLineState
from tests.conftest import ClientFor
from tests.factories.network import Network
from tests.payments.conftest import TODAY, Books

pytestmark = pytest.mark.usefixtures("monday_morning")


@pytest.fixture
async def finance(network: Network, books: Books) -> Actor:
    return await network.member(books.partner.id, "小财", ["partner_finance"])


async def deposit(books: Books, minor: int = 100_00) -> PaymentView:
    """A client has paid for no invoice yet."""
    line = await books.told(minor, "预付款", payer="厦门建发集团")
    wanted = LineBooking(line.version, books.client.id)
    return await books.as_(books.partner.owner, lambda work: BankLines(work).book(line.id, wanted))


async def payment_now(books: Books, payment_id: UUID) -> PaymentView:
    return await books.as_(books.partner.owner, lambda work: Payments(work).get(payment_id))


async def refund_now(books: Books, refund_id: UUID) -> RefundView:
    return await books.as_(books.partner.owner, lambda work: Refunds(work).get(refund_id))


async def ask(books: Books, by: Actor, payment: PaymentView, minor: int) -> RefundView:
    wanted = RefundRequest((await payment_now(books, payment.id)).version, minor, "合同终止，退预付款")
    return await books.as_(by, lambda work: Refunds(work).request(payment.id, wanted))


async def say(books: Books, by: Actor, refund: RefundView, verdict: Verdict = Verdict.APPROVE) -> RefundView:
    await books.as_(by, lambda work: decide(work, REFUND_APPROVAL, refund.id, verdict, reason="看过"))
    return await refund_now(books, refund.id)


async def approved(books: Books, by: Actor, payment: PaymentView, minor: int) -> RefundView:
    return await say(books, books.partner.owner, await ask(books, by, payment, minor))


async def pay(books: Books, by: Actor, refund: RefundView, paid_on: date = TODAY) -> RefundView:
    return await books.as_(by, lambda work: Refunds(work).pay(refund.id, RefundPaid(refund.version, paid_on)))


async def test_a_deposit_goes_back_after_somebody_elses_yes(books: Books, finance: Actor) -> None:
    payment = await deposit(books)
    asked = await ask(books, finance, payment, 40_00)
    assert (asked.number, asked.state) == ("TK-2026-000001", RefundState.REQUESTED)
    await books.check()
    agreed = await say(books, books.partner.owner, asked)
    assert agreed.state is RefundState.APPROVED
    assert await books.balance(AccountKind.BANK) == 100_00
    paid = await pay(books, finance, agreed)
    left = await payment_now(books, payment.id)
    assert (paid.state, paid.paid_on, left.unallocated, left.refunded) == (RefundState.PAID, TODAY, 60_00, 40_00)
    assert await books.balance(AccountKind.BANK) == await books.balance(AccountKind.CLIENT_DEPOSIT) == 60_00
    await books.check()


async def test_no_more_goes_back_than_the_payment_has_left(books: Books, finance: Actor) -> None:
    payment = await deposit(books)
    await ask(books, finance, payment, 60_00)
    with pytest.raises(RefundExceeds) as refused:
        await ask(books, finance, payment, 40_01)
    assert refused.value.parameters == {"wanted": "¥40.01", "left": "¥40.00"}
    await ask(books, finance, payment, 40_00)
    await books.check()


async def test_what_settles_an_invoice_does_not_go_back(books: Books, finance: Actor) -> None:
    item = await books.owes(100_00)
    payment = await deposit(books)
    parts = (AllocationPart(item, 70_00),)
    await books.as_(finance, lambda work: Payments(work).share(payment.id, PaymentSharing(payment.version, parts)))
    with pytest.raises(RefundExceeds):
        await ask(books, finance, payment, 30_01)


async def test_what_is_promised_back_settles_no_invoice(books: Books, finance: Actor) -> None:
    item = await books.owes(100_00)
    payment = await deposit(books)
    refund = await ask(books, finance, payment, 60_00)
    version = (await payment_now(books, payment.id)).version
    wanted = PaymentSharing(version, (AllocationPart(item, 40_01),))
    with pytest.raises(PaymentExceeded):
        await books.as_(finance, lambda work: Payments(work).share(payment.id, wanted))
    await books.as_(finance, lambda work: Refunds(work).withdraw(refund.id, RefundVersion(refund.version)))
    assert (await refund_now(books, refund.id)).state is RefundState.WITHDRAWN
    await books.as_(finance, lambda work: Payments(work).share(payment.id, wanted))
    await books.check()


async def test_who_asks_does_not_approve(books: Books, network: Network) -> None:
    payment = await deposit(books)
    await network.member(books.partner.id, "另一位负责人", ["partner_owner"])
    refund = await ask(books, books.partner.owner, payment, 40_00)
    with pytest.raises(DomainError):
        await say(books, books.partner.owner, refund)
    alone = RefundReason(refund.version, "急")
    with pytest.raises(RefundSomebodyElseDecides):
        await books.as_(books.partner.owner, lambda work: Refunds(work).approve_alone(refund.id, alone))
    assert (await refund_now(books, refund.id)).state is RefundState.REQUESTED


async def test_finance_approves_nothing(books: Books, finance: Actor) -> None:
    refund = await ask(books, books.partner.owner, await deposit(books), 40_00)
    with pytest.raises(Forbidden):
        await say(books, finance, refund)


async def test_the_owner_of_a_company_of_one_approves_with_a_reason(books: Books) -> None:
    refund = await ask(books, books.partner.owner, await deposit(books), 40_00)
    alone = RefundReason(refund.version, "公司只有我一个人")
    agreed = await books.as_(books.partner.owner, lambda work: Refunds(work).approve_alone(refund.id, alone))
    assert (agreed.state, agreed.decision_reason) == (RefundState.APPROVED, "公司只有我一个人")
    assert (await pay(books, books.partner.owner, agreed)).state is RefundState.PAID
    await books.check()


async def test_a_declined_refund_is_a_deposit_as_before(books: Books, finance: Actor) -> None:
    payment = await deposit(books)
    refund = await say(books, books.partner.owner, await ask(books, finance, payment, 100_00), Verdict.DECLINE)
    assert refund.state is RefundState.DECLINED
    with pytest.raises(RefundMoveRefused):
        await pay(books, finance, refund)
    await ask(books, finance, payment, 100_00)
    await books.check()


async def test_a_refund_that_could_not_be_paid_is_a_deposit_as_before(books: Books, finance: Actor) -> None:
    payment = await deposit(books)
    refund = await approved(books, finance, payment, 100_00)
    wrong = RefundReason(refund.version, "账号不对")
    failed = await books.as_(finance, lambda work: Refunds(work).fail(refund.id, wrong))
    assert (failed.state, failed.failure_reason) == (RefundState.FAILED, "账号不对")
    assert (await payment_now(books, payment.id)).unallocated == 100_00
    await books.check()


async def test_the_banks_line_pays_the_refund(books: Books, finance: Actor) -> None:
    refund = await approved(books, finance, await deposit(books), 40_00)
    other, line = await books.told(-40_01), await books.told(-40_00, "退款", payer="厦门建发集团")
    suggested = await books.as_(finance, lambda work: Refunds(work).outgoing(refund))
    assert [each.id for each in suggested] == [line.id]
    with pytest.raises(RefundLineDiffers):
        await books.as_(finance, lambda work: Refunds(work).book_line(refund.id, RefundLine(refund.version, other.id)))
    wanted = RefundLine(refund.version, line.id)
    paid = await books.as_(finance, lambda work: Refunds(work).book_line(refund.id, wanted))
    assert (paid.state, paid.line_id, paid.paid_on) == (RefundState.PAID, line.id, line.day)
    assert (await books.line(line.id)).state is BankLineState.BOOKED
    await books.check()


async def test_said_twice_it_is_paid_once(books: Books, finance: Actor) -> None:
    payment = await deposit(books)
    wanted = RefundRequest(payment.version, 40_00, "多付了")
    refund = await books.as_(finance, lambda work: Refunds(work).request(payment.id, wanted))
    with pytest.raises(StaleVersion):
        await books.as_(finance, lambda work: Refunds(work).request(payment.id, wanted))
    agreed = await say(books, books.partner.owner, refund)
    with pytest.raises(DomainError):
        await say(books, books.partner.owner, refund)
    await pay(books, finance, agreed)
    with pytest.raises(RefundMoveRefused):
        await pay(books, finance, agreed)
    assert await books.balance(AccountKind.BANK) == 60_00
    await books.check()


async def test_a_payment_of_which_money_went_back_was_no_mistake(books: Books, finance: Actor) -> None:
    payment = await deposit(books)
    refund = await approved(books, finance, payment, 40_00)
    await pay(books, finance, refund)
    wanted = PaymentReversal((await payment_now(books, payment.id)).version, "认领错了")
    with pytest.raises(RefundStands):
        await books.as_(finance, lambda work: BankLines(work).undo(payment.id, wanted))
    await books.check()


async def test_a_refund_is_paid_neither_before_the_payment_nor_in_the_future(books: Books, finance: Actor) -> None:
    refund = await approved(books, finance, await deposit(books), 40_00)
    for day in (TODAY - timedelta(days=1), TODAY + timedelta(days=1)):
        with pytest.raises(Invalid):
            await pay(books, finance, refund, day)


async def test_another_company_neither_asks_nor_reads(books: Books, finance: Actor, network: Network) -> None:
    payment = await deposit(books)
    refund = await ask(books, finance, payment, 40_00)
    other = await network.partner()
    with pytest.raises(NotFound):
        await books.as_(other.owner, lambda work: Refunds(work).get(refund.id))
    with pytest.raises(NotFound):
        await books.as_(
            other.owner, lambda work: Refunds(work).request(payment.id, RefundRequest(1, 1_00, "不是我们的"))
        )
    with pytest.raises(Forbidden):
        await books.as_(books.client.contact, lambda work: Refunds(work).get(refund.id))


@pytest.mark.slow(30, "fifty transactions that wait for one row")
async def test_fifty_who_ask_and_share_at_once_use_what_is_there(books: Books, finance: Actor) -> None:
    item = await books.owes(1_000_00)
    payment = await deposit(books)

    async def one(number: int) -> None:
        async with books.units_of_work.begin(finance) as work:
            version = (await Payments(work).get(payment.id)).version
            if number % 2:
                await Refunds(work).request(payment.id, RefundRequest(version, 7_00, "多付了"))
            else:
                parts = (AllocationPart(item, 7_00),)
                await Payments(work).share(payment.id, PaymentSharing(version, parts))

    async def until_it_is_read_fresh(number: int) -> bool:
        while True:
            try:
                await one(number)
            except StaleVersion:
                continue
            except (RefundExceeds, PaymentExceeded):
                return False
            return True

    done = await asyncio.gather(*(until_it_is_read_fresh(number) for number in range(50)))
    assert sum(done) == 14
    asked = await books.as_(finance, lambda work: Refunds(work).of_payment(payment.id))
    left = await payment_now(books, payment.id)
    assert left.unallocated - sum(each.amount for each in asked) == 2_00
    await books.check()


async def test_fifty_who_pay_one_refund_pay_it_once(books: Books, finance: Actor) -> None:
    refund = await approved(books, finance, await deposit(books), 40_00)
    results = await asyncio.gather(*(pay(books, finance, refund) for _ in range(50)), return_exceptions=True)
    assert sum(isinstance(each, RefundView) for each in results) == 1
    assert {type(each) for each in results} == {RefundView, RefundMoveRefused}
    assert await books.balance(AccountKind.BANK) == 60_00
    await books.check()


@pytest.mark.slow(6, "ten pages, each a request")
async def test_on_the_payments_page_it_is_asked_for_approved_and_paid(
    books: Books, finance: Actor, http: ClientFor
) -> None:
    payment = await deposit(books)
    writer, owner = await http(finance), await http(books.partner.owner)
    page = f"/workspace/payments/{payment.id}"
    assert "最多可退 ¥100.00" in (await writer.get(page)).text
    form = {"version": str(payment.version), "refund_amount": "100.01", "refund_reason": "多付了"}
    too_much = await writer.post(f"{page}/refunds", data=form)
    assert too_much.status_code == 422
    assert "退款 ¥100.01，超过这笔收款可退的 ¥100.00" in too_much.text
    empty = await writer.post(f"{page}/refunds", data={**form, "refund_amount": "一百"})
    assert (empty.status_code, "最多两位小数" in empty.text) == (422, True)
    asked = await writer.post(f"{page}/refunds", data={**form, "refund_amount": "40"})
    assert asked.status_code == 303, asked.text
    (refund,) = (await writer.get(f"/api/v1/payments/{payment.id}/refunds")).json()["items"]
    waits = (await owner.get(page)).text
    assert "TK-2026-000001" in waits
    assert "批准退款" in waits
    assert "批准退款" not in (await writer.get(page)).text
    row = f"{page}/refunds/{refund['id']}"
    said = await owner.post(f"{row}/decide", data={"action": "approve"})
    assert said.status_code == 303, said.text
    assert "已批准，待付款" in (await writer.get(page)).text
    line = await books.told(-40_00, "退款")
    assert str(line.id) in (await writer.get(page)).text
    paid = await writer.post(f"{row}/pay", data={"version": "2", "bank_line_id": str(line.id)})
    assert paid.status_code == 303, paid.text
    assert "已退款" in (await writer.get(page)).text
    await books.check()


async def test_the_api_tells_refuses_and_pays(books: Books, finance: Actor, http: ClientFor) -> None:
    payment = await deposit(books)
    writer: httpx.AsyncClient = await http(finance)
    asked = await writer.post(
        f"/api/v1/payments/{payment.id}/refunds",
        json={"version": payment.version, "amount": 100_01, "reason": "多付了"},
    )
    assert (asked.status_code, asked.json()["code"]) == (422, "refund.exceeds")
    refund = await approved(books, finance, payment, 40_00)
    paid = await writer.post(
        f"/api/v1/refunds/{refund.id}/pay", json={"version": refund.version, "paid_on": TODAY.isoformat()}
    )
    assert (paid.status_code, paid.json()["state"]) == (201, "paid")
    assert (await writer.get(f"/api/v1/refunds/{refund.id}")).json()["paid_on"] == TODAY.isoformat()
