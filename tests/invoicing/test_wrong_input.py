"""What is wrong gets a clear answer, and nothing of what stands is lost."""

import asyncio
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import select

from app.platform.kernel.errors import Conflict, Invalid
from app.platform.kernel.time_source import SettableClock
from billing.invoicing.errors import AmountBeyondOpen, InvoiceDraftMoveRefused
from billing.invoicing.models import InvoiceDraft
from billing.invoicing.schemas import InvoiceRunStart
from billing.invoicing.services.drafts import Drafts
from billing.invoicing.services.issuing import issue
from billing.invoicing.services.runs import InvoiceRuns, make_drafts
from billing.ledger.errors import EntryReversed
from billing.money import CurrencyMismatch
from billing.payments.errors import PaymentMoveRefused
from billing.payments.models import BankLine
from billing.payments.schemas import AllocationPart, LineBooking, PaymentReversal
from billing.payments.services import BankLines
from tests.conftest import ClientFor
from tests.invoicing.billing_records import BillingRecords
from tests.invoicing.conftest import Finance, Item, company_that_invoices
from tests.payments.conftest import told_by_the_bank


async def records_of(finance: Finance) -> BillingRecords:
    records = await BillingRecords.read(finance.units_of_work, finance.partner)
    records.check()
    return records


@pytest.mark.parametrize("move", ["reopen", "discard", "submit"])
async def test_what_was_issued_never_goes_back_to_a_draft(finance: Finance, move: str) -> None:
    """Cancelled and issued again it drew a new number (odoo 9003)."""
    await finance.issue(await finance.draft())
    before = await records_of(finance)
    (draft,) = before.drafts.values()
    with pytest.raises(InvoiceDraftMoveRefused):
        await finance.call(finance.writer, move, draft.id, draft.version)
    assert (await records_of(finance)).differs_in(before) == []


async def test_one_company_does_not_wait_for_another_ones_number(finance: Finance) -> None:
    """One lock for all tenants was held while an invoice was computed (lago 1508)."""
    other = await company_that_invoices(finance.network.runtime, finance.network)
    draft, others = await finance.draft(), await other.draft()
    version = await finance.version(draft)
    async with finance.units_of_work.begin(finance.writer) as work:
        first = await issue(work, draft, version)
        second = await other.issue(others)
    assert first.number == second.number == "FP-2026-000001"


async def test_a_run_that_is_heard_of_again_after_its_end_ends_quietly(finance: Finance) -> None:
    """A job that waited an hour was queued twice (lago 1988)."""
    await finance.charges(Item(106_00))
    async with finance.units_of_work.begin(finance.writer) as work:
        begun = await InvoiceRuns(work).start(InvoiceRunStart(date(2026, 11, 16)))
    await make_drafts(finance.units_of_work, finance.partner.id, begun.id)
    before = await records_of(finance)
    await asyncio.gather(*(make_drafts(finance.units_of_work, finance.partner.id, begun.id) for _ in range(2)))
    assert (await records_of(finance)).differs_in(before) == []


async def test_a_day_is_the_companys_and_not_the_servers(finance: Finance, clock: SettableClock) -> None:
    """What was billed "today" was asked by UTC days (lago 879): half past midnight in Xiamen, the day before in UTC."""
    clock.set(datetime(2026, 11, 30, 16, 30, tzinfo=UTC))
    first = date(2026, 12, 1)
    await finance.charges(Item(106_00, day=first))
    async with finance.units_of_work.begin(finance.writer) as work:
        begun = await InvoiceRuns(work).start(InvoiceRunStart(first))
    await make_drafts(finance.units_of_work, finance.partner.id, begun.id)
    async with finance.units_of_work.begin(finance.writer) as work:
        drafts = list(await work.session.scalars(select(InvoiceDraft.id)))
    (draft,) = drafts
    assert (await finance.issue(draft)).issued_on == first


async def test_yen_are_paid_in_yen_and_whole(finance: Finance) -> None:
    """Yen were multiplied by a hundred and the callback divided them back (Paymenter 1258)."""
    await finance.issue(await finance.draft([Item(1_060)], currency="JPY"))
    before = await records_of_all_currencies(finance)
    (item,) = before.open_items.values()
    yuan = await told_by_the_bank(finance.units_of_work, finance.partner, 1_060)
    parts = (AllocationPart(item.id, 1_060),)
    with pytest.raises(CurrencyMismatch) as refused:
        await book(finance, yuan, parts)
    assert refused.value.code == "money.currency_mismatch"
    assert (await records_of_all_currencies(finance)).open_items == before.open_items
    yen = await told_by_the_bank(finance.units_of_work, finance.partner, 1_060)
    async with finance.units_of_work.begin(finance.partner.system) as work:
        line = await work.session.get_one(BankLine, (finance.partner.id, yen))
        line.currency = "JPY"
    await book(finance, yen, parts)
    (item,) = (await records_of_all_currencies(finance)).open_items.values()
    assert (item.total, item.open) == (1_060, 0)


async def records_of_all_currencies(finance: Finance) -> BillingRecords:
    """Without the check, which adds up one currency."""
    return await BillingRecords.read(finance.units_of_work, finance.partner)


async def book(finance: Finance, line_id: UUID, parts: tuple[AllocationPart, ...]) -> None:
    async with finance.units_of_work.begin(finance.writer) as work:
        await BankLines(work).book(line_id, LineBooking(1, finance.client.id, parts))


async def test_twice_the_invoice_is_refused_for_it_and_kept_as_a_deposit(finance: Finance, http: ClientFor) -> None:
    await finance.issue(await finance.draft([Item(106_00)]))
    before = await records_of(finance)
    (item,) = before.open_items.values()
    line = await told_by_the_bank(finance.units_of_work, finance.partner, 212_00)
    writer = await http(finance.writer)
    wanted = {
        "version": 1,
        "client_id": str(finance.client.id),
        "parts": [{"open_item_id": str(item.id), "amount": 212_00}],
    }
    answer = await writer.post(f"/api/v1/bank-lines/{line}/book", json=wanted)
    assert (answer.status_code, answer.json()["code"]) == (409, AmountBeyondOpen.code)
    assert "106.00" in answer.text
    wanted["parts"] = [{"open_item_id": str(item.id), "amount": 106_00}]
    assert (await writer.post(f"/api/v1/bank-lines/{line}/book", json=wanted)).status_code == 201
    (payment,) = (await records_of(finance)).payments.values()
    assert payment.unallocated == 106_00


async def test_a_payment_is_reversed_exactly_once(finance: Finance) -> None:
    """Failed after it was settled and then voided, one credit became two (lago 3703)."""
    await finance.issue(await finance.draft([Item(106_00)]))
    payment = await finance.pays(106_00)

    async def tried() -> None:
        async with finance.units_of_work.begin(finance.writer) as work:
            await BankLines(work).undo(payment.id, PaymentReversal(payment.version, "银行冲正"))

    refused = await asyncio.gather(*(tried() for _ in range(5)), return_exceptions=True)
    assert sorted(type(each).__name__ for each in refused if each) == [PaymentMoveRefused.__name__] * 4
    assert not any(isinstance(each, EntryReversed) for each in refused)
    records = await records_of(finance)
    assert [each.open for each in records.open_items.values()] == [106_00]


async def test_a_client_out_of_use_still_owes_and_pays(finance: Finance, http: ClientFor) -> None:
    """Taking a client out of use loses nothing that is open."""
    await finance.issue(await finance.draft([Item(106_00)]))
    before = await records_of(finance)
    owner = await http(finance.partner.owner)
    read = (await owner.get(f"/api/v1/clients/{finance.client.id}")).json()
    ended = await owner.post(
        f"/api/v1/clients/{finance.client.id}/state", json={"state": "inactive", "version": read["version"]}
    )
    assert ended.status_code in (200, 201), ended.text
    assert (await records_of(finance)).differs_in(before) == []
    await finance.pays(106_00)
    assert [each.open for each in (await records_of(finance)).open_items.values()] == [0]


async def test_a_run_of_a_day_to_come_says_so_and_makes_nothing(finance: Finance) -> None:
    await finance.charges(Item(106_00))
    with pytest.raises(Invalid) as refused:
        async with finance.units_of_work.begin(finance.writer) as work:
            await InvoiceRuns(work).start(InvoiceRunStart(date(2026, 11, 17)))
    assert refused.value.fields == {"last_day": "还没有到这一天。"}
    assert (await records_of(finance)).drafts == {}


async def test_a_draft_that_somebody_changed_meanwhile_is_not_issued(finance: Finance) -> None:
    draft = await finance.draft()
    version = await finance.version(draft)
    await finance.call(finance.writer, "submit", draft, version)
    with pytest.raises(Conflict):
        async with finance.units_of_work.begin(finance.writer) as work:
            await issue(work, draft, version)
    async with finance.units_of_work.begin(finance.writer) as work:
        assert (await Drafts(work).get(draft)).state == "submitted"
