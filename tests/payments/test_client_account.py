"""What a client's people read of their own account: what is open, what was paid, receipts, the statement."""

from datetime import date
from uuid import UUID

import pytest

from app.platform.kernel.actor import Actor
from billing.invoicing.services.statements import statement
from billing.payments.schemas import AllocationPart, LineBooking, PaymentReversal
from billing.payments.services import BankLines, ClientAccount
from tests.conftest import ClientFor
from tests.factories.network import Network
from tests.payments.conftest import TODAY, Books

pytestmark = pytest.mark.usefixtures("monday_morning")
PORTAL = "/portal/payments"


@pytest.fixture
def reader(books: Books) -> Actor:
    return books.client.contact


async def _paid(books: Books, minor: int, item: UUID, part: int) -> str:
    line = await books.told(minor, "货款", payer="厦门建发集团")
    parts = (AllocationPart(item, part),) if part else ()
    payment = await books.as_(
        books.partner.owner,
        lambda work: BankLines(work).book(line.id, LineBooking(line.version, books.client.id, parts)),
    )
    return str(payment.id)


async def test_client_sees_what_is_open_what_it_paid_and_what_that_settled(
    http: ClientFor, books: Books, reader: Actor
) -> None:
    item = await books.owes(300_00, due_on=date(2026, 11, 1))
    payment_id = await _paid(books, 250_00, item, 200_00)
    browser = await http(reader)
    listed = (await browser.get(PORTAL)).text
    assert "FP-2026-000001" in listed
    assert "已逾期" in listed
    assert "SK-2026-000001" in listed
    assert "100.00" in listed, "what is still open"
    assert "50.00" in listed, "what was paid ahead"
    page = (await browser.get(f"{PORTAL}/{payment_id}")).text
    assert "FP-2026-000001" in page
    assert "200.00" in page
    receipt = await browser.get(f"{PORTAL}/{payment_id}/receipt")
    assert receipt.headers["content-type"] == "application/pdf"
    assert receipt.content.startswith(b"%PDF")
    again = await browser.get(f"/api/v1/payments/{payment_id}/receipt")
    assert again.content == receipt.content, "drawn from what stands in the records"


async def test_payment_that_was_taken_back_has_no_receipt(http: ClientFor, books: Books, reader: Actor) -> None:
    item = await books.owes(300_00)
    payment_id = await _paid(books, 300_00, item, 300_00)
    owner = await http(books.partner.owner)
    assert (await owner.get(f"/workspace/payments/{payment_id}/receipt")).status_code == 200
    back = await owner.post(f"/workspace/payments/{payment_id}/reverse", data={"version": "1", "reason": "记错了"})
    assert back.status_code == 303, back.text
    assert (await (await http(reader)).get(f"{PORTAL}/{payment_id}/receipt")).status_code == 404


async def test_other_clients_people_find_nothing(http: ClientFor, books: Books, network: Network) -> None:
    item = await books.owes(300_00)
    payment_id = await _paid(books, 300_00, item, 300_00)
    stranger = await http((await network.client(books.partner, "厦门第九中学")).contact)
    assert "SK-2026-000001" not in (await stranger.get(PORTAL)).text
    assert (await stranger.get(f"{PORTAL}/{payment_id}")).status_code == 404
    assert (await stranger.get(f"{PORTAL}/{payment_id}/receipt")).status_code == 404


async def test_statement_counts_what_was_settled_and_opened_again(http: ClientFor, books: Books, reader: Actor) -> None:
    item = await books.owes(300_00)
    payment_id = await _paid(books, 300_00, item, 200_00)

    async def own() -> list[tuple[str, int, int]]:
        told = await books.as_(reader, lambda work: ClientAccount(work).statement(TODAY, TODAY, "CNY"))
        return [(line.source_kind, line.added, line.taken_off) for line in told.lines]

    async def in_books() -> list[tuple[str, int, int]]:
        told = await books.as_(books.partner.owner, lambda work: statement(work, books.client.id, TODAY, TODAY, "CNY"))
        return [(each.source_kind, each.added, each.taken_off) for each in told.lines if each.source_kind != "invoice"]

    assert await own() == await in_books() == [("payment_allocation", 0, 200_00)]
    undoing = PaymentReversal(1, "记错了")
    await books.as_(books.partner.owner, lambda work: BankLines(work).undo(UUID(payment_id), undoing))
    assert await own() == await in_books() == [("payment_allocation", 0, 200_00), ("reversal", 200_00, 0)]
    browser = await http(reader)
    assert (await browser.get(f"{PORTAL}/statement")).status_code == 200
    document = await browser.get(f"{PORTAL}/statement/document", params={"since": "2026-11-01", "until": "2026-11-30"})
    assert document.content.startswith(b"%PDF"), document.text
