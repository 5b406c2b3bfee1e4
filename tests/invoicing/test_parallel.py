"""Fifty at once: money settles a document once, whoever is quickest, and nobody waits for each other in a circle."""

import asyncio
from collections.abc import Awaitable
from uuid import UUID

import pytest

from app.platform.kernel.errors import Conflict, DomainError, StaleVersion
from app.platform.kernel.settings import Settings
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.invoicing.services.invoices import Invoices
from billing.payments.errors import PaymentExceeded
from billing.payments.schemas import AllocationPart, LineBooking, PaymentReversal, PaymentSharing
from billing.payments.services import BankLines, Payments
from tests.invoicing.billing_records import BillingRecords
from tests.invoicing.conftest import Finance, Item
from tests.invoicing.test_credit_notes import credit, line_ids
from tests.payments.conftest import told_by_the_bank

AT_ONCE = 50
pytestmark = pytest.mark.slow(30, "fifty transactions that wait for one row")


@pytest.fixture(scope="module")
def test_settings(test_settings: Settings) -> Settings:
    """Connections for fifty who pay at once."""
    return test_settings.model_copy(update={"database_pool_size": AT_ONCE})


async def owed(finance: Finance, gross: int) -> UUID:
    """The open item of an invoice."""
    invoice = await finance.issue(await finance.draft([Item(gross)]))
    records = await BillingRecords.read(finance.units_of_work, finance.partner)
    item: UUID = next(each.id for each in records.open_items.values() if each.document_id == invoice.id)
    return item


async def book(finance: Finance, line_id: UUID, *parts: AllocationPart) -> None:
    async with finance.units_of_work.begin(finance.writer) as work:
        await BankLines(work).book(line_id, LineBooking(1, finance.client.id, parts))


async def share(finance: Finance, payment_id: UUID, item_id: UUID, amount: int, version: int) -> None:
    async with finance.units_of_work.begin(finance.writer) as work:
        await Payments(work).share(payment_id, PaymentSharing(version, (AllocationPart(item_id, amount),)))


async def together(*calls: Awaitable[object]) -> list[BaseException]:
    """The refusals; anything else is a fault."""
    results = await asyncio.gather(*calls, return_exceptions=True)
    refused = [each for each in results if isinstance(each, BaseException)]
    assert [each for each in refused if not isinstance(each, DomainError)] == []
    return refused


async def _version(work: UnitOfWork, payment_id: UUID) -> int:
    return (await Payments(work).get(payment_id)).version


async def checked(finance: Finance) -> BillingRecords:
    records = await BillingRecords.read(finance.units_of_work, finance.partner)
    records.check()
    return records


async def test_fifty_payments_of_one_document_settle_it_once(finance: Finance) -> None:
    item = await owed(finance, 100_00)
    lines = [await told_by_the_bank(finance.units_of_work, finance.partner, 30_00) for _ in range(AT_ONCE)]
    refused = await together(*(book(finance, line, AllocationPart(item, 30_00)) for line in lines))
    records = await checked(finance)
    assert (len(records.payments), len(refused)) == (3, AT_ONCE - 3)
    assert records.open_items[item].open == 10_00


async def test_fifty_bookings_of_one_line_are_one_payment(finance: Finance) -> None:
    line = await told_by_the_bank(finance.units_of_work, finance.partner, 30_00)
    refused = await together(*(book(finance, line) for _ in range(AT_ONCE)))
    assert (len((await checked(finance)).payments), len(refused)) == (1, AT_ONCE - 1)
    assert all(isinstance(each, Conflict) for each in refused)


async def test_fifty_who_share_one_payment_share_what_it_has(finance: Finance) -> None:
    """Two tabs used the same credit (erpnext 50797): who read it before somebody else shared it is refused."""
    item = await owed(finance, 5_000_00)
    await book(finance, await told_by_the_bank(finance.units_of_work, finance.partner, 100_00))
    (payment,) = (await checked(finance)).payments.values()
    refused = await together(*(share(finance, payment.id, item, 100_00, payment.version) for _ in range(AT_ONCE)))
    records = await checked(finance)
    assert (len(refused), {type(each) for each in refused}) == (AT_ONCE - 1, {StaleVersion})
    assert (records.payments[payment.id].unallocated, records.open_items[item].open) == (0, 4_900_00)
    with pytest.raises(PaymentExceeded):
        await share(finance, payment.id, item, 1, records.payments[payment.id].version)


async def test_fifty_payments_that_are_shared_at_once_settle_a_document_to_nothing(finance: Finance) -> None:
    item = await owed(finance, 30_00)
    for _ in range(AT_ONCE):
        await book(finance, await told_by_the_bank(finance.units_of_work, finance.partner, 1_00))
    payments = list((await checked(finance)).payments.values())
    refused = await together(*(share(finance, each.id, item, 1_00, each.version) for each in payments))
    records = await checked(finance)
    assert (records.open_items[item].open, len(refused)) == (0, AT_ONCE - 30)


async def test_fifty_issues_of_one_draft_are_one_invoice(finance: Finance) -> None:
    draft = await finance.draft([Item(100_00)])
    refused = await together(*(finance.issue(draft) for _ in range(AT_ONCE)))
    assert (len((await checked(finance)).invoices), len(refused)) == (1, AT_ONCE - 1)


async def test_money_that_goes_back_while_its_document_is_given_back(finance: Finance) -> None:
    """A credit note holds payments before the document, as whoever takes a payment back does."""
    item = await owed(finance, 50_00)
    lines = [await told_by_the_bank(finance.units_of_work, finance.partner, 1_00) for _ in range(AT_ONCE)]
    for line in lines:
        await book(finance, line, AllocationPart(item, 1_00))
    records = await checked(finance)
    (invoice,) = records.invoices.values()
    async with finance.units_of_work.begin(finance.writer) as work:
        given = await Invoices(work).get(invoice.id)
    (first,) = await line_ids(finance, given)

    async def undo(payment_id: UUID) -> None:
        async with finance.units_of_work.begin(finance.writer) as work:
            await BankLines(work).undo(payment_id, PaymentReversal(await _version(work, payment_id), "认领错了"))

    undone = (undo(each) for each in list(records.payments)[:10])
    refused = await together(*undone, credit(finance, given, (first, 45_00)))
    assert {type(each) for each in refused} <= {StaleVersion}, "the credit note was quicker"
    records = await checked(finance)
    assert sum(each.gross for each in records.credit_notes.values()) == 45_00
