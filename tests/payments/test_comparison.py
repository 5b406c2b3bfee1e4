"""Documents ↔ ledger ↔ payments: compared each night and on a page; what differs is told to finance."""

import pytest
from sqlalchemy import select, update

from app.platform.notifications.models import Notification
from billing.invoicing.models import OpenItem
from billing.payments.comparison import PAGE, compare_books
from billing.payments.models import Payment
from tests.conftest import ClientFor
from tests.payments.conftest import TODAY, Books
from tests.payments.test_payments import accept, book

pytestmark = pytest.mark.usefixtures("monday_morning")


async def _compared(books: Books) -> int:
    return await books.as_(books.partner.system, lambda work: compare_books(work, "https://example.test"))


async def _notices(books: Books) -> list[str]:
    async with books.units_of_work.begin(books.partner.system) as work:
        rows = await work.session.scalars(select(Notification.reference))
        return [each for each in rows if each.startswith("books:")]


async def test_books_that_agree_disturb_nobody(books: Books, http: ClientFor) -> None:
    await books.owes(318_00)
    await accept(books, await books.told(318_00, "支付 FP-2026-000001"))
    await book(books, await books.told(50_00))
    assert await _compared(books) == 0
    assert await _notices(books) == []
    assert "一致" in (await (await http(books.partner.owner)).get(PAGE)).text


async def test_what_differs_is_told_once_a_day_and_shown(books: Books, http: ClientFor) -> None:
    item = await books.owes(318_00)
    payment = await book(books, await books.told(50_00))
    async with books.units_of_work.begin(books.partner.system) as work:
        await work.session.execute(update(OpenItem).where(OpenItem.id == item).values(open=300_00))
        await work.session.execute(update(Payment).where(Payment.id == payment.id).values(unallocated=40_00))
    assert await _compared(books) == 2
    assert await _compared(books) == 2
    assert set(await _notices(books)) == {f"books:{TODAY}"}
    owner = await http(books.partner.owner)
    shown = (await owner.get(PAGE)).text
    assert "应收账款" in shown
    assert "预收账款" in shown
    found = (await owner.get("/api/v1/payments/comparison")).json()["items"]
    assert [(each["account"], each["records"], each["ledger"]) for each in found] == [
        ("receivable", 300_00, 318_00),
        ("client_deposit", 40_00, 50_00),
    ]


async def test_operators_see_in_how_many_places_books_differ(books: Books, http: ClientFor) -> None:
    visitor = await http(None)

    async def shown() -> str:
        text = (await visitor.get("/metrics")).text
        return next(line for line in text.splitlines() if line.startswith("yinghuo_books_differences "))

    await book(books, await books.told(50_00))
    await _compared(books)
    before = float((await shown()).split()[1])
    async with books.units_of_work.begin(books.partner.system) as work:
        await work.session.execute(update(Payment).values(unallocated=40_00))
    await _compared(books)
    assert float((await shown()).split()[1]) == before + 1
