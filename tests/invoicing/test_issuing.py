"""A draft becomes an invoice: number, lines, shares, what is owed, and what the ledger says of it."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.assets.clients.models import Client
from app.people.approvals import Verdict, decide
from app.people.approvals.errors import OwnRequest
from app.platform.documents import document_pdf
from app.platform.kernel.errors import Forbidden, NotFound, StaleVersion
from app.platform.kernel.texts import SOURCE_LANGUAGE, translator
from billing.invoicing import open_items, reopen, settle
from billing.invoicing.document import INVOICE_DOCUMENT, InvoiceContent
from billing.invoicing.errors import (
    AmountBeyondOpen,
    DraftEmpty,
    DraftNeedsApproval,
    DraftNegative,
    InvoiceDraftMoveRefused,
    SellerUnknown,
    SomebodyElseApproves,
)
from billing.invoicing.findings import Finding
from billing.invoicing.models import ChargeClaim, Invoice, InvoiceDocument, SellerProfile
from billing.invoicing.schemas import AloneApproval, BillingProfileWrite, DraftChange, InvoiceDraftView, LinesToLeaveOut
from billing.invoicing.services.drafts import DRAFT_APPROVAL, Drafts
from billing.invoicing.services.invoices import Invoices
from billing.invoicing.services.profiles import Profiles
from billing.invoicing.states import DraftState
from billing.ledger import AccountKind
from billing.money import CurrencyMismatch, Money
from tests.conftest import ClientFor
from tests.documents.pdf_reading import text_of
from tests.invoicing.conftest import THIRTEEN, TODAY, Finance, Item


async def test_an_invoice_has_its_number_its_lines_and_is_owed(finance: Finance) -> None:
    draft = await finance.draft([Item(106_00), Item(113_00, "打印机保养", THIRTEEN, "work")])
    invoice = await finance.issue(draft)
    assert invoice.number == "FP-2026-000001"
    assert (invoice.net, invoice.tax_amount, invoice.gross, invoice.open) == (200_00, 19_00, 219_00, 219_00)
    assert (invoice.issued_on, invoice.due_on) == (TODAY, TODAY + timedelta(days=30))
    async with finance.units_of_work.begin(finance.writer) as work:
        assert [line.gross for line in await Invoices(work).lines(invoice.id)] == [106_00, 113_00]
        (item,) = await open_items(work, finance.client.id)
    assert (item.number, item.open, item.due_on) == (invoice.number, 219_00, invoice.due_on)


async def test_the_ledger_says_what_the_document_says(finance: Finance) -> None:
    await finance.issue(await finance.draft([Item(106_00), Item(-53_00), Item(113_00, rate=THIRTEEN, category="work")]))
    assert await finance.balances() == {
        (AccountKind.RECEIVABLE, ""): 166_00,
        (AccountKind.REVENUE, "service_fee"): 50_00,
        (AccountKind.REVENUE, "work"): 100_00,
        (AccountKind.OUTPUT_TAX, "0.06"): 3_00,
        (AccountKind.OUTPUT_TAX, "0.13"): 13_00,
    }


async def test_an_invoice_over_nothing_has_a_number_and_is_not_owed(finance: Finance) -> None:
    invoice = await finance.issue(await finance.draft([Item(0, "桌面故障处理（免收）")]))
    assert (invoice.gross, invoice.open) == (0, 0)
    assert await finance.balances() == {}


async def test_a_draft_that_is_refused_eats_no_number(finance: Finance) -> None:
    for items in ([], [Item(-1)]):
        draft = await finance.draft(items)
        with pytest.raises((DraftEmpty, DraftNegative)):
            await finance.issue(draft)
    assert (await finance.issue(await finance.draft())).number == "FP-2026-000001"


async def test_a_draft_is_issued_once(finance: Finance) -> None:
    draft = await finance.draft()
    results = await asyncio.gather(*(finance.issue(draft) for _ in range(5)), return_exceptions=True)
    assert sum(not isinstance(result, BaseException) for result in results) == 1
    assert {type(each) for each in results if isinstance(each, BaseException)} <= {
        InvoiceDraftMoveRefused,
        StaleVersion,
    }


async def test_a_company_that_has_not_said_who_it_is_issues_nothing(finance: Finance) -> None:
    async with finance.units_of_work.begin(finance.partner.system) as work:
        await work.session.execute(delete(SellerProfile))
    with pytest.raises(SellerUnknown):
        await finance.issue(await finance.draft())


async def test_the_agreed_term_of_payment_decides_when_it_is_due(finance: Finance) -> None:
    async with finance.units_of_work.begin(finance.writer) as work:
        await Profiles(work).write_buyer(finance.client.id, BillingProfileWrite(payment_days=7))
    assert (await finance.issue(await finance.draft())).due_on == TODAY + timedelta(days=7)


async def test_departments_shares_add_up_and_stand_on_the_paper(finance: Finance) -> None:
    department = finance.client.department_id
    invoice = await finance.issue(await finance.draft([Item(106_00), Item(53_00, department_id=department)]))
    async with finance.units_of_work.begin(finance.writer) as work:
        shares = await Invoices(work).shares(invoice.id)
        row = (await work.session.scalars(select(InvoiceDocument))).one()
    assert [(share.department, share.gross) for share in shares] == [("财务部", 53_00), ("", 106_00)]
    content = msgspec.convert(row.content, InvoiceContent)
    pdf = document_pdf(INVOICE_DOCUMENT.layout, content, translate=translator(SOURCE_LANGUAGE), made_at=row.created_at)
    text = text_of(pdf)
    for words in (invoice.number, "¥159.00", "壹佰伍拾玖元整", "财务部", "厦门建发集团", "91350200MA2XNB1234"):
        assert words in text


async def test_issued_documents_are_never_changed_by_the_app_role(finance: Finance) -> None:
    await finance.issue(await finance.draft())
    for statement in (update(Invoice).values(gross=1), delete(Invoice)):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with finance.units_of_work.begin(finance.partner.system) as work:
                await work.session.execute(statement)


async def test_a_client_that_owes_is_not_erased(finance: Finance) -> None:
    await finance.issue(await finance.draft())
    with pytest.raises(IntegrityError):
        async with finance.units_of_work.begin(finance.partner.system) as work:
            await work.session.execute(delete(Client).where(Client.id == finance.client.id))


# What is open


async def test_what_is_settled_and_opened_again_stays_between_nothing_and_the_whole(finance: Finance) -> None:
    await finance.issue(await finance.draft([Item(100_00)]))
    async with finance.units_of_work.begin(finance.partner.system) as work:
        (item,) = await open_items(work, finance.client.id)
        assert await settle(work, item.id, Money(40_00, "CNY")) == Money(60_00, "CNY")
        with pytest.raises(AmountBeyondOpen):
            await settle(work, item.id, Money(60_01, "CNY"))
        with pytest.raises(AmountBeyondOpen):
            await reopen(work, item.id, Money(40_01, "CNY"))
        with pytest.raises(CurrencyMismatch):
            await settle(work, item.id, Money(1, "USD"))
        assert await reopen(work, item.id, Money(40_00, "CNY")) == Money(100_00, "CNY")
        assert await settle(work, item.id, Money(100_00, "CNY")) == Money(0, "CNY")
        assert await open_items(work, finance.client.id) == []


async def test_two_who_settle_the_same_at_once_settle_it_once(finance: Finance) -> None:
    await finance.issue(await finance.draft([Item(100_00)]))
    async with finance.units_of_work.begin(finance.partner.system) as work:
        (item,) = await open_items(work, finance.client.id)

    async def pay() -> None:
        async with finance.units_of_work.begin(finance.partner.system) as work:
            await settle(work, item.id, Money(60_00, "CNY"))

    results = await asyncio.gather(pay(), pay(), return_exceptions=True)
    assert [type(each) for each in results if each is not None] == [AmountBeyondOpen]


# Drafts


async def test_a_line_that_is_left_out_frees_its_charge(finance: Finance) -> None:
    draft_id = await finance.draft([Item(106_00), Item(53_00)])
    async with finance.units_of_work.begin(finance.writer) as work:
        drafts = Drafts(work)
        first, _ = await drafts.lines(draft_id)
        after = await drafts.leave_out(draft_id, LinesToLeaveOut([first.id], 1))
        claimed = (await work.session.scalars(select(ChargeClaim.id))).all()
    assert (after.gross, after.net, after.tax_amount) == (53_00, 50_00, 3_00)
    assert first.charge_id not in claimed
    with pytest.raises(NotFound):
        await finance.call(finance.writer, "leave_out", draft_id, LinesToLeaveOut([first.id], after.version))


async def test_a_discarded_draft_releases_its_charges(finance: Finance) -> None:
    draft_id = await finance.draft()
    await finance.call(finance.writer, "discard", draft_id, 1)
    async with finance.units_of_work.begin(finance.writer) as work:
        assert (await work.session.scalars(select(ChargeClaim.id))).all() == []
    with pytest.raises(InvoiceDraftMoveRefused):
        await finance.issue(draft_id)


async def test_a_first_invoice_is_told_and_a_second_alike_is_not(finance: Finance) -> None:
    async with finance.units_of_work.begin(finance.writer) as work:
        buyer = BillingProfileWrite(tax_number="91350200MA2XNB9999", recipient_email="pay@example.com")
        await Profiles(work).write_buyer(finance.client.id, buyer)
    first = await finance.draft()
    assert (await _seen(finance, first)).findings == [Finding.FIRST_INVOICE]
    await finance.issue(first)
    assert (await _seen(finance, await finance.draft())).findings == []
    assert (await _seen(finance, await finance.draft([Item(159_00)]))).findings == [Finding.MUCH_MORE]


async def _seen(finance: Finance, draft_id: object) -> InvoiceDraftView:
    found = await finance.call(finance.writer, "get", draft_id)
    assert isinstance(found, InvoiceDraftView)
    return found


# Approval


async def test_above_the_limit_somebody_else_approves(finance: Finance) -> None:
    await finance.profile(approval_above=Decimal(100))
    draft_id = await finance.draft([Item(106_00)])
    with pytest.raises(DraftNeedsApproval):
        await finance.issue(draft_id)
    await finance.call(finance.writer, "submit", draft_id, 1)
    with pytest.raises(InvoiceDraftMoveRefused):
        await finance.issue(draft_id)
    async with finance.units_of_work.begin(finance.partner.owner) as work:
        await decide(work, DRAFT_APPROVAL, draft_id, Verdict.APPROVE)
    assert (await _seen(finance, draft_id)).approved_by_name == finance.partner.owner.display_name
    assert (await finance.issue(draft_id)).number == "FP-2026-000001"


async def test_the_author_does_not_approve(finance: Finance) -> None:
    await finance.profile(approval_above=Decimal(100))
    draft_id = await finance.draft([Item(106_00)])
    await finance.call(finance.partner.owner, "submit", draft_id, 1)
    with pytest.raises(OwnRequest):
        async with finance.units_of_work.begin(finance.partner.owner) as work:
            await decide(work, DRAFT_APPROVAL, draft_id, Verdict.APPROVE)


async def test_what_is_declined_can_be_changed_and_asked_again(finance: Finance) -> None:
    await finance.profile(approval_above=Decimal(100))
    draft_id = await finance.draft([Item(106_00)])
    await finance.call(finance.writer, "submit", draft_id, 1)
    async with finance.units_of_work.begin(finance.partner.owner) as work:
        await decide(work, DRAFT_APPROVAL, draft_id, Verdict.DECLINE, reason="工时不对")
    declined = await _seen(finance, draft_id)
    assert (declined.state, declined.approval_reason) == (DraftState.DRAFT, "工时不对")
    await finance.call(finance.writer, "change", draft_id, DraftChange("已核对工时", declined.version))
    await finance.call(finance.writer, "submit", draft_id, declined.version + 1)


async def test_a_company_of_one_approves_alone_with_a_reason(finance: Finance) -> None:
    await finance.profile(approval_above=Decimal(100))
    draft_id = await finance.draft([Item(106_00)])
    await finance.call(finance.partner.owner, "approve_alone", draft_id, AloneApproval("只有我一个负责人", 1))
    assert (await finance.issue(draft_id, finance.partner.owner)).gross == 106_00


async def test_with_a_second_owner_nobody_approves_alone(finance: Finance) -> None:
    await finance.network.member(finance.partner.id, "李总", ["partner_owner"])
    draft_id = await finance.draft()
    with pytest.raises(SomebodyElseApproves):
        await finance.call(finance.partner.owner, "approve_alone", draft_id, AloneApproval("着急", 1))


# Who sees it


async def test_a_clients_finance_reads_its_own_invoices_and_nothing_else(finance: Finance, http: ClientFor) -> None:
    other = await finance.network.client(finance.partner, "厦门第九中学")
    own, foreign = await finance.issue(await finance.draft()), await finance.issue(await finance.draft(client=other))
    accountant = await finance.network.member(finance.partner.id, "许会计", ["client_finance"], finance.client.id)
    caller = await http(accountant)
    listed = await caller.get("/api/v1/invoices")
    assert [each["number"] for each in listed.json()["items"]] == [own.number]
    assert (await caller.get(f"/api/v1/invoices/{foreign.id}")).status_code == 404
    page = await caller.get("/portal/invoices")
    assert own.number in page.text
    assert foreign.number not in page.text
    assert (await caller.get(f"/portal/invoices/{own.id}")).status_code == 200
    document = await caller.get(f"/portal/invoices/{own.id}/document")
    assert document.content.startswith(b"%PDF-")
    assert (await caller.get("/api/v1/invoice-drafts")).status_code == 403


async def test_an_it_contact_and_a_dispatcher_read_no_invoices(finance: Finance, http: ClientFor) -> None:
    for actor in (finance.client.contact, finance.partner.dispatcher):
        assert (await (await http(actor)).get("/api/v1/invoices")).status_code == 403
    with pytest.raises(Forbidden):
        await finance.issue(await finance.draft(), finance.partner.dispatcher)


async def test_the_pages_of_finance_are_drawn(finance: Finance, http: ClientFor) -> None:
    invoice, draft_id = await finance.issue(await finance.draft()), await finance.draft([Item(-5_00), Item(9_00)])
    caller = await http(finance.writer)
    for address in (
        "/workspace/invoices",
        "/workspace/invoices?standing=overdue",
        f"/workspace/invoices/{invoice.id}",
        "/workspace/invoices/drafts",
        f"/workspace/invoices/drafts/{draft_id}",
        "/workspace/invoices/runs",
        "/workspace/invoices/ageing",
        f"/workspace/invoices/{invoice.id}/credit",
        "/workspace/seller-profile",
    ):
        answer = await caller.get(address)
        assert answer.status_code == 200, (address, answer.text[:500])
    owner = await http(finance.partner.owner)
    tab = await owner.get(f"/workspace/clients/{finance.client.id}/billing")
    assert invoice.number in tab.text
    said = await owner.get(f"/workspace/clients/{finance.client.id}/statement")
    assert invoice.number in said.text


async def test_what_a_missed_promise_gives_back_takes_nothing_from_revenue(finance: Finance) -> None:
    await finance.issue(await finance.draft([Item(106_00), Item(-53_00, "服务赔付", category="credit")]))
    assert await finance.balances() == {
        (AccountKind.RECEIVABLE, ""): 53_00,
        (AccountKind.REVENUE, "service_fee"): 100_00,
        (AccountKind.CREDIT_GRANTED, ""): 50_00,
        (AccountKind.OUTPUT_TAX, "0.06"): 3_00,
    }
