"""What the provider says of refunds, in any order and number: payment, documents and ledger say the same."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import pytest

from app.platform.kernel.errors import NotFound
from billing.gateway import GatewayRefund
from billing.gateway import RefundState as Told
from billing.ledger import AccountKind
from billing.money import Money
from billing.payments.errors import RefundBeyondPayment
from billing.payments.refund_schemas import RefundView
from billing.payments.refund_states import RefundState
from billing.payments.schemas import AllocationPart, CapturedPayment, OpenedDispute, PaymentView
from billing.payments.services import Disputes, OnlinePayments, OnlineRefunds, Payments, Refunds
from billing.payments.states import DisputeMove, PaymentStanding, standing_of
from tests.payments.conftest import Books

pytestmark = pytest.mark.usefixtures("monday_morning")


async def paid(books: Books, minor: int, *parts: tuple[UUID, int]) -> UUID:
    """The provider has taken so much; 1.00 of it is headquarters' fee, 3.00 its own."""
    captured = CapturedPayment(
        gateway_payment_id="pi_1",
        client_id=books.client.id,
        amount=Money(minor, "CNY"),
        fee=Money(3_00, "CNY"),
        application_fee=Money(1_00, "CNY"),
        captured_at=datetime(2026, 11, 16, 1, tzinfo=UTC),
        parts=tuple(AllocationPart(item, amount) for item, amount in parts),
    )
    return await books.as_(books.partner.system, lambda work: OnlinePayments(work).record(captured))


def refund(minor: int, state: Told = Told.SUCCEEDED, named: str = "re_1", fee: int = 0) -> GatewayRefund:
    return GatewayRefund(
        id=named,
        payment_id="pi_1",
        amount=Money(minor, "CNY"),
        state=state,
        application_fee=Money(fee, "CNY"),
        failure_reason="declined" if state is Told.FAILED else "",
        reference="",
        payment_reference="",
    )


async def tell(books: Books, *told: GatewayRefund) -> None:
    for each in told:
        async with books.units_of_work.begin(books.partner.system) as work:
            await OnlineRefunds(work).told(each)
        await books.check()


async def payment_now(books: Books, payment_id: UUID) -> PaymentView:
    return await books.as_(books.partner.owner, lambda work: Payments(work).get(payment_id))


async def refunds_now(books: Books, payment_id: UUID) -> list[RefundView]:
    return await books.as_(books.partner.owner, lambda work: Refunds(work).of_payment(payment_id))


async def test_a_part_comes_from_the_deposit_before_any_document_is_opened(books: Books) -> None:
    item = await books.owes(60_00)
    payment_id = await paid(books, 100_00, (item, 60_00))
    await tell(books, refund(40_00))
    assert await books.open(item) == 0
    await tell(books, refund(10_00, named="re_2"))
    assert await books.open(item) == 10_00
    left = await payment_now(books, payment_id)
    assert (left.unallocated, left.refunded, left.standing) == (0, 50_00, PaymentStanding.PARTLY_RETURNED)


async def test_each_refund_counts_by_its_own_id_and_not_by_what_is_refunded_so_far(books: Books) -> None:
    payment_id = await paid(books, 100_00)
    first, second = refund(30_00), refund(30_00, named="re_2")
    await tell(books, first, second, first, second)
    assert [each.amount for each in await refunds_now(books, payment_id)] == [30_00, 30_00]
    assert (await payment_now(books, payment_id)).refunded == 60_00


@pytest.mark.parametrize(
    "heard",
    [
        (Told.FAILED,),
        (Told.PENDING, Told.FAILED),
        (Told.PENDING, Told.SUCCEEDED, Told.FAILED, Told.FAILED),
        (Told.SUCCEEDED, Told.PENDING, Told.CANCELLED),
        (Told.FAILED, Told.SUCCEEDED),
    ],
)
async def test_what_came_back_at_last_is_there_again(books: Books, heard: tuple[Told, ...]) -> None:
    item = await books.owes(100_00)
    payment_id = await paid(books, 100_00, (item, 100_00))
    await tell(books, *(refund(100_00, state) for state in heard))
    (row,) = await refunds_now(books, payment_id)
    left = await payment_now(books, payment_id)
    assert (row.state, left.refunded, await books.open(item)) == (RefundState.FAILED, 0, 0)
    assert left.standing is PaymentStanding.RECEIVED


async def test_while_it_waits_for_the_payers_bank_the_money_is_gone_and_it_is_not_paid(books: Books) -> None:
    payment_id = await paid(books, 100_00)
    await tell(books, refund(100_00, Told.PENDING, fee=1_00))
    (row,) = await refunds_now(books, payment_id)
    assert row.state is RefundState.SENDING
    assert await books.balance(AccountKind.GATEWAY_CLEARING) == -3_00
    assert await books.balance(AccountKind.APPLICATION_FEE) == 0
    await tell(books, refund(100_00, fee=1_00))
    (row,) = await refunds_now(books, payment_id)
    assert row.state is RefundState.PAID


@pytest.mark.parametrize(("kept", "fee_stands"), [(1_00, 0), (0, 1_00)])
async def test_the_fee_after_a_failure_is_what_the_provider_says(books: Books, kept: int, fee_stands: int) -> None:
    await paid(books, 100_00)
    await tell(books, refund(100_00, fee=1_00), refund(100_00, Told.FAILED, fee=kept))
    assert await books.balance(AccountKind.APPLICATION_FEE) == fee_stands


async def test_more_than_the_payment_holds_waits_for_other_news(books: Books) -> None:
    payment_id = await paid(books, 100_00)
    await tell(books, refund(60_00))
    with pytest.raises(RefundBeyondPayment):
        await tell(books, refund(60_00, named="re_2"))
    await tell(books, refund(60_00, Told.FAILED), refund(60_00, named="re_2"))
    assert (await payment_now(books, payment_id)).refunded == 60_00


async def test_a_refund_before_its_payment_is_tried_again(books: Books) -> None:
    with pytest.raises(NotFound):
        await tell(books, refund(1_00))


async def test_ten_who_tell_of_it_at_once_book_it_once(books: Books) -> None:
    payment_id = await paid(books, 100_00)
    await asyncio.gather(*(tell(books, refund(40_00)) for _ in range(10)))
    assert (await payment_now(books, payment_id)).refunded == 40_00
    assert len(await refunds_now(books, payment_id)) == 1


@pytest.mark.parametrize(
    ("state", "withdrawn", "refunded", "standing"),
    [
        ("received", 0, 0, PaymentStanding.RECEIVED),
        ("received", 0, 1, PaymentStanding.PARTLY_RETURNED),
        ("received", 99, 0, PaymentStanding.PARTLY_RETURNED),
        ("received", 0, 100, PaymentStanding.REFUNDED),
        ("received", 100, 0, PaymentStanding.DISPUTED),
        ("received", 40, 60, PaymentStanding.RETURNED),
        ("reversed", 0, 0, PaymentStanding.REVERSED),
    ],
)
def test_what_is_so_of_a_payment(state: str, withdrawn: int, refunded: int, standing: PaymentStanding) -> None:
    assert standing_of(state, 100, withdrawn, refunded) is standing


async def disputed(books: Books, minor: int) -> None:
    opened = OpenedDispute(
        gateway_dispute_id="dp_1",
        gateway_payment_id="pi_1",
        amount=Money(minor, "CNY"),
        fee=Money(0, "CNY"),
        reason="fraudulent",
    )
    await books.as_(books.partner.system, lambda work: Disputes(work).open(opened))
    await books.check()


@pytest.mark.parametrize("refund_first", [True, False])
@pytest.mark.parametrize(("move", "written_off"), [(DisputeMove.WIN, 0), (DisputeMove.LOSE, 70_00)])
async def test_what_a_client_had_back_and_its_bank_takes_too_waits_for_the_decision(
    books: Books, move: DisputeMove, written_off: int, *, refund_first: bool
) -> None:
    """In whichever order the provider tells of the refund of 70 and the dispute of all 100."""
    item = await books.owes(100_00)
    payment_id = await paid(books, 100_00, (item, 100_00))
    if refund_first:
        await tell(books, refund(70_00))
    await disputed(books, 100_00)
    if not refund_first:
        await tell(books, refund(70_00))
    held = await payment_now(books, payment_id)
    assert (held.refunded, held.withdrawn, held.unallocated, await books.open(item)) == (70_00, 30_00, 0, 100_00)
    assert await books.balance(AccountKind.DISPUTED_PAYMENT) == 70_00

    await books.as_(books.partner.system, lambda work: Disputes(work).decide("dp_1", move))
    await books.check()
    assert await books.balance(AccountKind.DISPUTED_PAYMENT) == 0
    assert await books.balance(AccountKind.WRITE_OFF) == written_off
    assert await books.open(item) == (70_00 if move is DisputeMove.WIN else 100_00)


async def test_a_refund_that_came_back_leaves_the_dispute_the_whole_payment(books: Books) -> None:
    payment_id = await paid(books, 100_00)
    await tell(books, refund(70_00))
    await disputed(books, 100_00)
    await tell(books, refund(70_00, Told.FAILED))
    held = await payment_now(books, payment_id)
    assert (held.refunded, held.withdrawn, held.unallocated) == (0, 100_00, 0)
    assert await books.balance(AccountKind.DISPUTED_PAYMENT) == 0
