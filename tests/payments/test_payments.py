"""Money that comes in: booked, shared among documents, taken back; documents = ledger = payments."""

import asyncio
import random
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import pytest

from app.platform.kernel.errors import Conflict, DomainError, Forbidden, NotFound
from app.platform.kernel.runtime import Runtime
from billing.ledger import AccountKind
from billing.payments.errors import (
    AllocationReversed,
    BankLineMoveRefused,
    BankLineNoReceipt,
    BankLineNotReversed,
    PaymentExceeded,
    PaymentMoveRefused,
)
from billing.payments.events import SureLinesLeft
from billing.payments.schemas import (
    AllocationPart,
    BankLineView,
    LineBooking,
    LineSetAside,
    LineVersion,
    PaymentReversal,
    PaymentSharing,
    PaymentView,
)
from billing.payments.services import BankLines, Payments
from billing.payments.services.sure_lines import accept_all_sure, accept_left
from billing.payments.states import BankLineState, PaymentState
from tests.factories.background import run_due_work
from tests.factories.network import Network
from tests.payments.conftest import TODAY, Books
from tests.statements.counting import statements

pytestmark = pytest.mark.usefixtures("monday_morning")


async def book(
    books: Books, line: BankLineView, *parts: tuple[UUID, int], client_id: UUID | None = None
) -> PaymentView:
    wanted = LineBooking(
        line.version, client_id or books.client.id, tuple(AllocationPart(item, minor) for item, minor in parts)
    )
    return await books.as_(books.partner.owner, lambda work: BankLines(work).book(line.id, wanted))


async def accept(books: Books, line: BankLineView) -> PaymentView:
    return await books.as_(books.partner.owner, lambda work: BankLines(work).accept(line.id, line.version))


async def test_a_payment_that_fits_settles_its_document(books: Books) -> None:
    item = await books.owes(318_00)
    payment = await accept(books, await books.told(318_00, "支付 FP-2026-000001"))
    assert (payment.number, payment.unallocated, await books.open(item)) == ("SK-2026-000001", 0, 0)
    assert await books.balance(AccountKind.BANK) == 318_00
    assert await books.balance(AccountKind.RECEIVABLE) == 0
    await books.check()


async def test_part_of_what_is_owed_leaves_the_rest_open(books: Books) -> None:
    item = await books.owes(318_00)
    await book(books, await books.told(100_00), (item, 100_00))
    assert await books.open(item) == 218_00
    await books.check()


async def test_twice_the_invoice_leaves_a_deposit_that_pays_the_next_one(books: Books) -> None:
    first = await books.owes(100_00)
    payment = await book(books, await books.told(200_00), (first, 100_00))
    assert payment.unallocated == 100_00
    assert await books.balance(AccountKind.CLIENT_DEPOSIT) == 100_00
    second = await books.owes(70_00)
    shared = PaymentSharing(payment.version, (AllocationPart(second, 70_00),))
    left = await books.as_(books.partner.owner, lambda work: Payments(work).share(payment.id, shared))
    assert (left.unallocated, await books.open(second)) == (30_00, 0)
    await books.check()


async def test_more_than_was_paid_is_not_shared(books: Books) -> None:
    item = await books.owes(500_00)
    line = await books.told(100_00)
    with pytest.raises(PaymentExceeded):
        await book(books, line, (item, 100_01))
    with pytest.raises(PaymentExceeded):
        await book(books, line, (item, 50_00), (item, 50_00))
    assert (await books.line(line.id)).state is BankLineState.OPEN
    await books.check()


async def test_more_than_is_open_is_not_settled(books: Books) -> None:
    item = await books.owes(50_00)
    with pytest.raises(DomainError):
        await book(books, await books.told(100_00), (item, 60_00))
    await books.check()


async def test_another_clients_document_is_not_paid(books: Books, network: Network) -> None:
    other = await network.client(books.partner)
    item = await books.owes(50_00, other.id)
    with pytest.raises(NotFound):
        await book(books, await books.told(50_00), (item, 50_00))


async def test_of_ten_who_book_a_line_one_does(books: Books) -> None:
    item = await books.owes(1_000_00)
    line = await books.told(100_00)
    outcomes = await asyncio.gather(*(book(books, line, (item, 100_00)) for _ in range(10)), return_exceptions=True)
    assert sum(isinstance(each, Conflict) for each in outcomes) == 9
    assert await books.open(item) == 900_00
    await books.check()


async def test_two_payments_of_one_document_settle_it_once(books: Books) -> None:
    item = await books.owes(100_00)
    lines = [await books.told(100_00), await books.told(100_00)]
    outcomes = await asyncio.gather(*(book(books, line, (item, 100_00)) for line in lines), return_exceptions=True)
    assert sum(isinstance(each, DomainError) for each in outcomes) == 1
    assert await books.open(item) == 0
    await books.check()


async def test_a_document_is_opened_again_once(books: Books) -> None:
    item = await books.owes(100_00)
    payment = await book(books, await books.told(100_00), (item, 100_00))
    (made,) = await books.as_(books.partner.owner, lambda work: Payments(work).allocations(payment.id))
    back = await books.as_(
        books.partner.owner, lambda work: Payments(work).take_back(payment.id, made.id, payment.version)
    )
    assert (back.unallocated, await books.open(item)) == (100_00, 100_00)
    with pytest.raises(AllocationReversed):
        await books.as_(books.partner.owner, lambda work: Payments(work).take_back(payment.id, made.id, back.version))
    await books.check()


async def test_a_payment_that_was_booked_by_mistake_waits_again(books: Books) -> None:
    item = await books.owes(100_00)
    line = await books.told(150_00)
    payment = await book(books, line, (item, 100_00))
    reversal = PaymentReversal(payment.version, "客户选错了")
    undone = await books.as_(books.partner.owner, lambda work: BankLines(work).undo(payment.id, reversal))
    assert (undone.state, undone.unallocated, await books.open(item)) == (PaymentState.REVERSED, 0, 100_00)
    await books.check()
    again = PaymentReversal(undone.version, "再撤一次")
    with pytest.raises(PaymentMoveRefused):
        await books.as_(books.partner.owner, lambda work: BankLines(work).undo(payment.id, again))
    await book(books, await books.line(line.id), (item, 100_00))
    assert await books.open(item) == 0
    await books.check()


async def test_the_bank_takes_a_receipt_back(books: Books) -> None:
    item = await books.owes(100_00)
    line = await books.told(100_00, payer="海峡", account="6222")
    payment = await book(books, line, (item, 100_00))
    back = await books.told(-100_00, "冲正", payer="海峡", account="6222", day=TODAY + timedelta(days=1))
    done = await books.as_(
        books.partner.owner, lambda work: BankLines(work).take_back(back.id, LineVersion(back.version))
    )
    assert (done.state, done.reverses_id) == (BankLineState.REVERSED, line.id)
    assert (await books.line(line.id)).state is BankLineState.REVERSED
    read = await books.as_(books.partner.owner, lambda work: Payments(work).get(payment.id))
    assert (read.state, read.reason, await books.open(item)) == (PaymentState.REVERSED, "冲正", 100_00)
    await books.check()
    twice = await books.told(-100_00, "冲正", payer="海峡", account="6222", day=TODAY + timedelta(days=1))
    with pytest.raises(BankLineNotReversed):
        await books.as_(
            books.partner.owner, lambda work: BankLines(work).take_back(twice.id, LineVersion(twice.version))
        )


async def test_a_receipt_that_nobody_booked_is_taken_back_too(books: Books) -> None:
    line, back = await books.told(80_00, account="1"), await books.told(-80_00, "退汇", account="1")
    await books.as_(books.partner.owner, lambda work: BankLines(work).take_back(back.id, LineVersion(back.version)))
    with pytest.raises(BankLineMoveRefused):
        await book(books, await books.line(line.id))
    await books.check()


async def test_money_that_went_out_is_no_payment(books: Books) -> None:
    with pytest.raises(BankLineNoReceipt):
        await book(books, await books.told(-5_00))


async def test_what_was_booked_teaches_whose_the_account_is(books: Books) -> None:
    await book(books, await books.told(10_00, payer="王老板", account="6230"))
    await books.owes(42_00)
    line = await books.told(42_00, payer="王老板", account="6230")
    found = await books.as_(books.partner.owner, lambda work: BankLines(work).suggestions([line]))
    assert (found[line.id].client_id, found[line.id].sure) == (books.client.id, True)


async def test_all_that_is_sure_is_booked_at_once(books: Books) -> None:
    items = [await books.owes(minor) for minor in (100_00, 200_00, 300_00)]
    for place, minor in enumerate((100_00, 200_00), 1):
        await books.told(minor, f"FP-2026-{place:06}")
    guess = await books.told(1_23, "利息")
    booked = await books.as_(books.partner.owner, lambda work: BankLines(work).accept_sure(200))
    assert (booked.booked, [await books.open(item) for item in items]) == (2, [0, 0, 300_00])
    assert (await books.line(guess.id)).state is BankLineState.OPEN
    await books.check()


async def test_all_sure_lines_are_booked_however_many_wait_before_them(books: Books, runtime: Runtime) -> None:
    for place in range(1, 4):
        await books.told(7_00 + place, "不知道是谁")
    items = [await books.owes(place * 10_00) for place in range(1, 6)]
    for place in range(1, 6):
        await books.told(place * 10_00, f"FP-2026-{place:06}")
    first = await books.as_(books.partner.owner, lambda work: accept_all_sure(work, 2))
    assert (first.booked, first.more is not None) == (0, True)
    await run_due_work(runtime)
    assert [await books.open(item) for item in items] == [0] * 5
    payments = await books.as_(books.partner.owner, lambda work: Payments(work).of_client(books.client.id))
    assert len(payments) == 5
    left = SureLinesLeft(day=TODAY.isoformat(), line_id=UUID(int=0), asked_by="周会计")
    assert await accept_left(runtime.units_of_work, books.partner.id, left, 2) == 0, "delivered twice it finds nothing"
    await books.check()


async def test_what_is_owed_is_read_once_for_many_sure_lines(books: Books, runtime: Runtime) -> None:
    for place in range(1, 6):
        await books.owes(place * 10_00)
        await books.told(place * 10_00, f"FP-2026-{place:06}")
    with statements(runtime) as seen:
        booked = await books.as_(books.partner.owner, lambda work: BankLines(work).accept_sure(200))
    assert (booked.booked, sum("FROM billing_profile" in each for each in seen)) == (5, 1)
    assert sum("FROM bank_line" in each for each in seen) == 1, "the lines are read once, and held"
    await books.check()


async def test_one_document_is_not_paid_twice_by_two_sure_lines(books: Books) -> None:
    item = await books.owes(100_00)
    lines = [await books.told(100_00, "FP-2026-000001") for _ in range(2)]
    booked = await books.as_(books.partner.owner, lambda work: BankLines(work).accept_sure(200))
    assert (booked.booked, await books.open(item)) == (1, 0)
    assert (await books.line(lines[1].id)).state is BankLineState.OPEN
    await books.check()


async def test_what_is_no_clients_payment_is_set_aside_and_taken_up(books: Books) -> None:
    line = await books.told(1_23, "利息")
    aside = LineSetAside(line.version, "利息")
    set_aside = await books.as_(books.partner.owner, lambda work: BankLines(work).set_aside(line.id, aside))
    assert (set_aside.state, set_aside.reason) == (BankLineState.SET_ASIDE, "利息")
    with pytest.raises(BankLineMoveRefused):
        await book(books, set_aside)
    up = LineVersion(set_aside.version)
    assert (await books.as_(books.partner.owner, lambda work: BankLines(work).take_up(line.id, up))).state == "open"


async def test_who_dispatches_books_nothing(books: Books) -> None:
    for call in (lambda work: BankLines(work).waiting(1), lambda work: Payments(work).of_client(books.client.id)):
        with pytest.raises(Forbidden):
            await books.as_(books.partner.dispatcher, call)


@pytest.mark.slow(20, "sixty steps, each in a transaction and checked")
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_documents_ledger_and_payments_say_the_same_whatever_happens(
    books: Books, network: Network, seed: int
) -> None:
    chance = random.Random(seed)
    clients = [books.client.id, (await network.client(books.partner)).id]
    items = [(await books.owes(chance.randint(1, 500_00), client), client) for client in clients for _ in range(3)]
    lines: list[UUID] = []
    payments: list[UUID] = []
    owner = books.partner.owner

    async def booking() -> None:
        line = await books.line(chance.choice(lines))
        client = chance.choice(clients)
        own = [item for item, whose in items if whose == client]
        parts = [(item, chance.randint(1, 300_00)) for item in chance.sample(own, chance.randint(0, 2))]
        payments.append((await book(books, line, *parts, client_id=client)).id)

    async def sharing() -> None:
        payment = await books.as_(owner, lambda work: Payments(work).get(chance.choice(payments)))
        parts = (AllocationPart(chance.choice(items)[0], chance.randint(1, 300_00)),)
        wanted = PaymentSharing(payment.version, parts)
        await books.as_(owner, lambda work: Payments(work).share(payment.id, wanted))

    async def opening() -> None:
        payment = await books.as_(owner, lambda work: Payments(work).get(chance.choice(payments)))
        made = await books.as_(owner, lambda work: Payments(work).allocations(payment.id))
        chosen = chance.choice(made).id
        await books.as_(owner, lambda work: Payments(work).take_back(payment.id, chosen, payment.version))

    async def undoing() -> None:
        payment = await books.as_(owner, lambda work: Payments(work).get(chance.choice(payments)))
        await books.as_(owner, lambda work: BankLines(work).undo(payment.id, PaymentReversal(payment.version, "有误")))

    async def reversing() -> None:
        line = await books.line(chance.choice(lines))
        back = await books.told(-line.amount, "冲正", account=line.payer_account)
        await books.as_(owner, lambda work: BankLines(work).take_back(back.id, LineVersion(back.version)))

    for _ in range(60):
        if not lines or chance.random() < 0.25:
            minor = chance.randint(1, 500_00)
            lines.append((await books.told(minor, account=f"A{chance.randint(1, 3)}")).id)
        step = chance.choice((booking, booking, sharing, opening, undoing, reversing))
        with suppress(DomainError, IndexError):  # refused, and nothing has changed
            await step()
    await books.check()
