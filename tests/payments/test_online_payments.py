"""Money that comes through the payment provider: booked once, disputed, won back; documents = ledger = payments."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import pytest

from app.platform.kernel.errors import NotFound
from billing.ledger import AccountKind
from billing.money import CurrencyMismatch, Money
from billing.payments.errors import DisputeMoveRefused, OnlinePaymentDiffers, OnlinePaymentKept
from billing.payments.schemas import AllocationPart, CapturedPayment, OpenedDispute, PaymentReversal, PaymentView
from billing.payments.services import BankLines, Disputes, OnlinePayments, Payments
from billing.payments.states import DisputeMove, PaymentMethod
from tests.factories.network import Network
from tests.payments.conftest import Books

pytestmark = pytest.mark.usefixtures("monday_morning")
LATE_AT_NIGHT = datetime(2026, 11, 15, 16, 30, tzinfo=UTC)
"""Half past midnight on the 16th in Shanghai."""


def captured(
    books: Books, minor: int, *parts: tuple[UUID, int], named: str = "pi_1", currency: str = "CNY"
) -> CapturedPayment:
    return CapturedPayment(
        gateway_payment_id=named,
        client_id=books.client.id,
        amount=Money(minor, currency),
        fee=Money(3_00, currency),
        application_fee=Money(1_00, currency),
        captured_at=LATE_AT_NIGHT,
        parts=tuple(AllocationPart(item, amount) for item, amount in parts),
    )


async def record(books: Books, payment: CapturedPayment) -> PaymentView:
    payment_id = await books.as_(books.partner.system, lambda work: OnlinePayments(work).record(payment))
    return await read(books, payment_id)


async def read(books: Books, payment_id: UUID) -> PaymentView:
    return await books.as_(books.partner.owner, lambda work: Payments(work).get(payment_id))


async def dispute(books: Books, minor: int, named: str = "dp_1", payment: str = "pi_1", fee: int = 15_00) -> UUID:
    opened = OpenedDispute(
        gateway_dispute_id=named,
        gateway_payment_id=payment,
        amount=Money(minor, "CNY"),
        fee=Money(fee, "CNY"),
        reason="fraudulent",
    )
    return await books.as_(books.partner.system, lambda work: Disputes(work).open(opened))


async def decide(books: Books, move: DisputeMove, *, fee_returned: bool = False) -> None:
    await books.as_(
        books.partner.system,
        lambda work: Disputes(work).decide("dp_1", move, fee_returned=fee_returned),
    )


async def test_an_online_payment_settles_its_invoice_and_fees_are_kept_apart(books: Books) -> None:
    item = await books.owes(318_00)
    payment = await record(books, captured(books, 318_00, (item, 318_00)))
    assert (payment.method, payment.unallocated, await books.open(item)) == (PaymentMethod.ONLINE, 0, 0)
    assert payment.received_on.isoformat() == "2026-11-16"
    assert await books.balance(AccountKind.GATEWAY_CLEARING) == 314_00
    assert await books.balance(AccountKind.GATEWAY_FEE) == 3_00
    assert await books.balance(AccountKind.APPLICATION_FEE) == 1_00
    await books.check()


async def test_ten_who_tell_of_a_payment_book_it_once(books: Books) -> None:
    item = await books.owes(100_00)
    told = captured(books, 100_00, (item, 100_00))
    payments = await asyncio.gather(*(record(books, told) for _ in range(10)))
    assert len({each.id for each in payments}) == 1
    assert await books.balance(AccountKind.GATEWAY_CLEARING) == 96_00
    await books.check()


async def test_two_people_who_pay_one_invoice_at_once_leave_a_deposit(books: Books) -> None:
    item = await books.owes(100_00)
    both = await asyncio.gather(
        *(record(books, captured(books, 100_00, (item, 100_00), named=named)) for named in ("pi_1", "pi_2"))
    )
    assert sorted(each.unallocated for each in both) == [0, 100_00]
    assert await books.open(item) == 0
    await books.check()


async def test_twice_the_invoice_leaves_a_deposit(books: Books) -> None:
    item = await books.owes(100_00)
    payment = await record(books, captured(books, 200_00, (item, 200_00)))
    assert (payment.unallocated, await books.open(item)) == (100_00, 0)
    await books.check()


async def test_another_currency_settles_nothing_and_is_a_deposit(books: Books) -> None:
    item = await books.owes(100_00)
    payment = await record(books, captured(books, 100_00, (item, 100_00), currency="USD"))
    assert (payment.unallocated, payment.currency, await books.open(item)) == (100_00, "USD", 100_00)


async def test_another_clients_invoice_is_not_settled(books: Books, network: Network) -> None:
    other = await network.client(books.partner)
    item = await books.owes(100_00, other.id)
    payment = await record(books, captured(books, 100_00, (item, 100_00)))
    assert (payment.unallocated, await books.open(item)) == (100_00, 100_00)
    await books.check()


async def test_the_same_payment_with_another_amount_is_refused(books: Books) -> None:
    await record(books, captured(books, 100_00))
    with pytest.raises(OnlinePaymentDiffers):
        await record(books, captured(books, 101_00))
    await books.check()


async def test_a_fee_in_another_currency_is_refused(books: Books) -> None:
    told = captured(books, 100_00)
    with pytest.raises(CurrencyMismatch):
        await record(
            books,
            CapturedPayment(
                gateway_payment_id="pi_1",
                client_id=books.client.id,
                amount=told.amount,
                fee=Money(1, "USD"),
                application_fee=told.application_fee,
                captured_at=LATE_AT_NIGHT,
            ),
        )


async def test_an_online_payment_is_not_taken_back_by_hand(books: Books) -> None:
    payment = await record(books, captured(books, 100_00))
    wanted = PaymentReversal(payment.version, "booked by mistake")
    with pytest.raises(OnlinePaymentKept):
        await books.as_(books.partner.owner, lambda work: BankLines(work).undo(payment.id, wanted))
    await books.check()


async def test_a_dispute_opens_the_invoice_again_and_a_won_one_settles_it(books: Books) -> None:
    item = await books.owes(100_00)
    payment = await record(books, captured(books, 100_00, (item, 100_00)))
    await dispute(books, 100_00)
    held = await read(books, payment.id)
    assert (held.withdrawn, held.unallocated, await books.open(item)) == (100_00, 0, 100_00)
    assert await books.balance(AccountKind.GATEWAY_FEE) == 18_00
    await books.check()
    await decide(books, DisputeMove.WIN, fee_returned=True)
    assert (await read(books, payment.id)).withdrawn == await books.open(item) == 0
    assert await books.balance(AccountKind.GATEWAY_FEE) == 3_00
    await books.check()


async def test_a_dispute_told_often_is_booked_once(books: Books) -> None:
    item = await books.owes(100_00)
    payment = await record(books, captured(books, 100_00, (item, 100_00)))
    told = await asyncio.gather(*(dispute(books, 60_00) for _ in range(10)))
    assert len(set(told)) == 1
    assert ((await read(books, payment.id)).withdrawn, await books.open(item)) == (60_00, 60_00)
    await books.check()


async def test_an_invoice_paid_meanwhile_leaves_won_money_as_a_deposit(books: Books) -> None:
    item = await books.owes(100_00)
    first = await record(books, captured(books, 100_00, (item, 100_00)))
    await dispute(books, 100_00)
    await record(books, captured(books, 100_00, (item, 100_00), named="pi_2"))
    await decide(books, DisputeMove.WIN)
    assert ((await read(books, first.id)).unallocated, await books.open(item)) == (100_00, 0)
    await books.check()


async def test_a_lost_dispute_stays_lost_however_often_it_is_told(books: Books) -> None:
    item = await books.owes(100_00)
    await record(books, captured(books, 100_00, (item, 100_00)))
    await dispute(books, 100_00)
    await decide(books, DisputeMove.LOSE)
    await decide(books, DisputeMove.LOSE)
    with pytest.raises(DisputeMoveRefused):
        await decide(books, DisputeMove.WIN)
    assert await books.open(item) == 100_00
    await books.check()


async def test_a_dispute_before_its_payment_waits_for_it(books: Books) -> None:
    with pytest.raises(NotFound):
        await dispute(books, 100_00)
    with pytest.raises(NotFound):
        await decide(books, DisputeMove.WIN)


async def test_another_partner_neither_disputes_nor_reads_a_payment(books: Books, network: Network) -> None:
    payment = await record(books, captured(books, 100_00))
    other = await network.partner()
    opened = OpenedDispute(
        gateway_dispute_id="dp_1", gateway_payment_id="pi_1", amount=Money(1_00, "CNY"), fee=Money(0, "CNY")
    )
    with pytest.raises(NotFound):
        await books.as_(other.system, lambda work: Disputes(work).open(opened))
    with pytest.raises(NotFound):
        await books.as_(other.owner, lambda work: OnlinePayments(work).receipt(payment.id))


async def test_fees_are_read_by_finance_alone(books: Books) -> None:
    payment = await record(books, captured(books, 100_00))
    await dispute(books, 60_00)
    receipt = await books.as_(books.partner.owner, lambda work: OnlinePayments(work).receipt(payment.id))
    assert (receipt.fee, receipt.application_fee, [each.amount for each in receipt.disputes]) == (3_00, 1_00, [60_00])
    with pytest.raises(NotFound):
        await books.as_(books.client.contact, lambda work: OnlinePayments(work).receipt(payment.id))
