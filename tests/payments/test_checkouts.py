"""A client that wants to pay online: what it may pay, and what becomes of it."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import pytest

from app.platform.kernel.actor import Actor
from app.platform.kernel.errors import Forbidden, NotFound
from billing.gateway import GatewayPayment
from billing.gateway import PaymentState as Told
from billing.ledger import AccountKind
from billing.money import Money
from billing.payments.appliers import apply_payment
from billing.payments.errors import CheckoutMoveRefused, CheckoutNothingOpen
from billing.payments.schemas import CheckoutStart, CheckoutView, CollectedPayment, PaymentView
from billing.payments.services import Checkouts, Payments
from billing.payments.states import CheckoutMove, CheckoutState
from tests.factories.network import Network
from tests.payments.conftest import Books

pytestmark = pytest.mark.usefixtures("monday_morning")
SOON = datetime(2026, 11, 16, 4, tzinfo=UTC)


@pytest.fixture
async def finance(books: Books, network: Network) -> Actor:
    await books.takes_payments()
    return await network.member(books.partner.id, "许会计", ["client_finance"], books.client.id)


async def start(books: Books, actor: Actor, *items: UUID) -> CheckoutView:
    return await books.as_(actor, lambda work: Checkouts(work).start(CheckoutStart(items)))


async def read(books: Books, actor: Actor, checkout: CheckoutView) -> CheckoutView:
    return await books.as_(actor, lambda work: Checkouts(work).get(checkout.id))


async def opened(books: Books, checkout: CheckoutView, session_id: str = "cs_1") -> None:
    await books.as_(books.partner.system, lambda work: Checkouts(work).opened(checkout.id, session_id, SOON))


async def end(books: Books, checkout: CheckoutView, move: CheckoutMove) -> None:
    await books.as_(books.partner.system, lambda work: Checkouts(work).end(checkout.id, move))


async def collect(books: Books, checkout: CheckoutView, named: str = "pi_1") -> PaymentView:
    taken = CollectedPayment(
        gateway_payment_id=named,
        amount=Money(checkout.amount, "CNY"),
        fee=Money(3_00, "CNY"),
        application_fee=Money(1_00, "CNY"),
        captured_at=SOON,
    )
    payment_id = await books.as_(books.partner.system, lambda work: Checkouts(work).collect(checkout.id, taken))
    return await books.as_(books.partner.owner, lambda work: Payments(work).get(payment_id))


async def test_finance_pays_two_invoices_at_once(books: Books, finance: Actor) -> None:
    first, second = await books.owes(100_00), await books.owes(50_00)
    checkout = await start(books, finance, first, second)
    assert (checkout.amount, checkout.state, checkout.started_by_name) == (150_00, CheckoutState.OPENING, "许会计")
    await opened(books, checkout)
    assert (await collect(books, checkout)).unallocated == 0
    paid = await read(books, finance, checkout)
    assert paid.state is CheckoutState.PAID
    assert paid.ended_at is not None
    assert (await books.open(first), await books.open(second)) == (0, 0)
    await books.check()


async def test_the_approver_may_pay_and_the_companys_other_people_may_not(books: Books, network: Network) -> None:
    item = await books.owes(100_00)
    await books.takes_payments()
    approver = await network.member(books.partner.id, "李总", ["client_approver"], books.client.id)
    assert (await start(books, approver, item)).amount == 100_00
    contact = await network.member(books.partner.id, "王工", ["client_contact"], books.client.id)
    for actor in (contact, books.partner.owner):
        with pytest.raises(Forbidden):
            await start(books, actor, item)


async def test_a_paid_invoice_is_not_paid_again(books: Books, finance: Actor) -> None:
    item = await books.owes(100_00)
    await collect(books, await start(books, finance, item))
    with pytest.raises(CheckoutNothingOpen) as refused:
        await start(books, finance, item)
    assert refused.value.parameters == {"number": "FP-2026-000001"}


async def test_another_clients_invoice_is_not_there(books: Books, finance: Actor, network: Network) -> None:
    other = await network.client(books.partner)
    own, others = await books.owes(100_00), await books.owes(100_00, other.id)
    for items in ((others,), (own, others)):
        with pytest.raises(NotFound):
            await start(books, finance, *items)


async def test_of_two_who_pay_one_invoice_the_second_ones_money_is_a_deposit(books: Books, finance: Actor) -> None:
    item = await books.owes(100_00)
    first, second = await start(books, finance, item), await start(books, finance, item)
    both = await asyncio.gather(collect(books, first), collect(books, second, "pi_2"))
    assert sorted(each.unallocated for each in both) == [0, 100_00]
    assert await books.open(item) == 0
    await books.check()


async def test_a_payment_told_ten_times_is_booked_once(books: Books, finance: Actor) -> None:
    item = await books.owes(100_00)
    checkout = await start(books, finance, item)
    told = await asyncio.gather(*(collect(books, checkout) for _ in range(10)))
    assert len({each.id for each in told}) == 1
    await books.check()


async def test_money_counts_after_the_page_expired_and_before_it_opened(books: Books, finance: Actor) -> None:
    item = await books.owes(100_00)
    expired = await start(books, finance, item)
    await end(books, expired, CheckoutMove.EXPIRE)
    await collect(books, expired)
    assert (await read(books, finance, expired)).state is CheckoutState.PAID
    await end(books, expired, CheckoutMove.EXPIRE)
    assert (await read(books, finance, expired)).state is CheckoutState.PAID
    await books.check()


async def test_a_page_that_comes_late_does_not_open_what_is_over(books: Books, finance: Actor) -> None:
    item = await books.owes(100_00)
    checkout = await start(books, finance, item)
    await end(books, checkout, CheckoutMove.CANCEL)
    with pytest.raises(CheckoutMoveRefused):
        await opened(books, checkout)


async def test_a_page_told_twice_is_the_same_page(books: Books, finance: Actor) -> None:
    checkout = await start(books, finance, await books.owes(100_00))
    await opened(books, checkout)
    await opened(books, checkout)
    assert (await read(books, finance, checkout)).state is CheckoutState.OPEN
    with pytest.raises(CheckoutMoveRefused):
        await opened(books, checkout, "cs_2")


async def test_a_fee_in_another_currency_is_left_to_the_comparison_of_the_books(books: Books, finance: Actor) -> None:
    """An account in Hong Kong dollars is paid in renminbi."""
    checkout = await start(books, finance, await books.owes(318_00))
    paid = GatewayPayment(
        id="pi_1",
        state=Told.SUCCEEDED,
        amount=Money(318_00, "CNY"),
        refunded=Money(0, "CNY"),
        fee=Money(11_80, "HKD"),
        application_fee=Money(1_00, "CNY"),
        reference=str(checkout.id),
        captured_at=SOON,
    )
    await books.as_(books.partner.system, lambda work: apply_payment(work, paid))
    assert (await read(books, finance, checkout)).state == CheckoutState.PAID
    assert await books.balance(AccountKind.GATEWAY_FEE) == 0
    await books.check()
