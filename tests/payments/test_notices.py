"""A client hears once that its money came in, what it settled and what is still open (B8)."""

import pytest
from sqlalchemy import select

from app.platform.kernel.runtime import Runtime
from app.platform.notifications.models import Delivery, Notification
from billing.payments.schemas import AllocationPart, LineBooking, PaymentReversal, PaymentSharing
from billing.payments.services import BankLines, Payments
from tests.factories.background import run_due_work
from tests.factories.network import Network
from tests.payments.conftest import Books

pytestmark = pytest.mark.usefixtures("monday_morning")


async def _book(books: Books, minor: int, *parts: AllocationPart) -> None:
    line = await books.told(minor, "货款")
    wanted = LineBooking(line.version, books.client.id, parts)
    await books.as_(books.partner.owner, lambda work: BankLines(work).book(line.id, wanted))


async def _told(books: Books, runtime: Runtime) -> list[str]:
    await run_due_work(runtime)
    async with books.units_of_work.begin(books.partner.system) as work:
        mine = Notification.reference.startswith("payment:")
        return list(await work.session.scalars(select(Notification.text).where(mine).order_by(Notification.id)))


async def _finance(books: Books, network: Network) -> None:
    await network.member(books.partner.id, "周会计", ["client_finance"], books.client.id)


async def test_who_reads_the_invoices_hears_what_it_settled_and_what_is_left(
    books: Books, runtime: Runtime, network: Network
) -> None:
    await _finance(books, network)
    await network.member(books.partner.id, "李工", ["client_contact"], books.client.id)
    first, second = await books.owes(300_00), await books.owes(200_00)
    await _book(books, 450_00, AllocationPart(first, 300_00), AllocationPart(second, 100_00))
    (text,) = await _told(books, runtime)
    assert "¥450.00" in text
    assert "¥300.00" in text
    assert "预存款 ¥50.00" in text
    assert "共 ¥100.00" in text
    async with books.units_of_work.begin(books.partner.system) as work:
        letters = await work.session.scalars(select(Delivery.text).where(Delivery.reference.startswith("payment:")))
        assert [text in letter for letter in letters] == [True]


async def test_of_each_payment_once(books: Books, runtime: Runtime, network: Network) -> None:
    await _finance(books, network)
    item = await books.owes(300_00)
    await _book(books, 300_00)
    (text,) = await _told(books, runtime)
    assert "先存作预存款" in text
    payment = (await books.as_(books.partner.owner, lambda work: Payments(work).of_client(books.client.id)))[0]
    sharing = PaymentSharing(payment.version, (AllocationPart(item, 300_00),))
    await books.as_(books.partner.owner, lambda work: Payments(work).share(payment.id, sharing))
    assert await _told(books, runtime) == [text]


async def test_of_what_was_taken_back_at_once_nobody_hears(books: Books, runtime: Runtime, network: Network) -> None:
    await _finance(books, network)
    await _book(books, 300_00)
    payment = (await books.as_(books.partner.owner, lambda work: Payments(work).of_client(books.client.id)))[0]
    reversal = PaymentReversal(payment.version, "记错了客户")
    await books.as_(books.partner.owner, lambda work: BankLines(work).undo(payment.id, reversal))
    assert await _told(books, runtime) == []
