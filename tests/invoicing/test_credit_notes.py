"""What was invoiced is given back: whole or in part, after somebody else's yes, never more than was invoiced."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.people.approvals import Verdict, decide
from app.platform.kernel.ids import new_id
from app.platform.kernel.time_source import SettableClock
from billing.invoicing import open_items
from billing.invoicing.amounts import Totals, totals_of
from billing.invoicing.crediting import NOTHING, CreditableLine, part_of
from billing.invoicing.errors import CreditBeyondLine, CreditNoteRequested, NothingToCredit
from billing.invoicing.schemas import (
    AloneApproval,
    CreditNoteRequestCreate,
    CreditNoteRequestView,
    CreditNoteView,
    InvoiceView,
    LineCredit,
)
from billing.invoicing.services.ageing import ageing, document_differences
from billing.invoicing.services.credit_notes import CREDIT_NOTE_APPROVAL, CreditNotes
from billing.invoicing.services.invoices import Invoices
from billing.invoicing.services.reminders import remind
from billing.invoicing.services.statements import statement
from billing.ledger import AccountKind
from billing.payments.schemas import AllocationPart, PaymentSharing
from billing.payments.services import Payments
from tests.conftest import START
from tests.invoicing.conftest import Finance, Item


async def ask(finance: Finance, invoice: InvoiceView, *parts: tuple[UUID, int]) -> CreditNoteRequestView:
    wanted = CreditNoteRequestCreate("工时多算了", tuple(LineCredit(*part) for part in parts))
    async with finance.units_of_work.begin(finance.writer) as work:
        return await CreditNotes(work).request(invoice.id, wanted)


async def credit(finance: Finance, invoice: InvoiceView, *parts: tuple[UUID, int]) -> CreditNoteView:
    """Asked by finance, approved by the owner."""
    asked = await ask(finance, invoice, *parts)
    async with finance.units_of_work.begin(finance.partner.owner) as work:
        await decide(work, CREDIT_NOTE_APPROVAL, asked.id, Verdict.APPROVE)
    async with finance.units_of_work.begin(finance.writer) as work:
        return (await CreditNotes(work).of_invoice(invoice.id))[-1]


async def line_ids(finance: Finance, invoice: InvoiceView) -> list[UUID]:
    async with finance.units_of_work.begin(finance.writer) as work:
        return [line.id for line in await Invoices(work).lines(invoice.id)]


async def books_differ(finance: Finance) -> list[object]:
    async with finance.units_of_work.begin(finance.writer) as work:
        return list(await document_differences(work))


@given(st.integers(1, 10**9), st.integers(0, 2_000), st.lists(st.integers(1, 10**9), max_size=8))
def test_the_parts_of_a_line_add_up_to_it(gross: int, permille: int, wanted: list[int]) -> None:
    net = gross * 1_000 // (1_000 + permille)
    line = CreditableLine(new_id(), "", Totals(net, gross - net, gross), NOTHING)
    parts: list[Totals] = []
    for each in [*wanted, gross]:
        left = gross - totals_of(parts).gross
        if left:
            parts.append(part_of(line._replace(credited=totals_of(parts)), min(each, left)))
    assert totals_of(parts) == line.invoiced
    assert all(part.net + part.tax == part.gross for part in parts)


async def test_a_whole_invoice_is_given_back(finance: Finance) -> None:
    invoice = await finance.issue(await finance.draft([Item(106_00), Item(-6_00)]))
    note = await credit(finance, invoice)
    assert (note.number, note.gross, note.invoice_number) == ("HZ-2026-000001", 100_00, invoice.number)
    assert await finance.balances() == {}
    assert await books_differ(finance) == []
    with pytest.raises(NothingToCredit):
        await ask(finance, invoice)


async def test_thirds_of_an_odd_amount_leave_nothing_over(finance: Finance) -> None:
    """335.00 was given back of 334.99 elsewhere (lago 2643)."""
    invoice = await finance.issue(await finance.draft([Item(334_99)]))
    (line,) = await line_ids(finance, invoice)
    for amount in (111_66, 111_66, 111_67):
        await credit(finance, invoice, (line, amount))
    with pytest.raises(CreditBeyondLine):
        await ask(finance, invoice, (line, 1))
    assert await finance.balances() == {}


async def test_no_more_is_given_back_than_is_left(finance: Finance) -> None:
    invoice = await finance.issue(await finance.draft([Item(106_00), Item(-100_00)]))
    first, _ = await line_ids(finance, invoice)
    for parts in (((first, 106_01),), ((first, 0),), ((first, 6_01),), ((new_id(), 1),)):
        with pytest.raises(CreditBeyondLine):
            await ask(finance, invoice, *parts)


async def test_what_was_paid_becomes_a_deposit(finance: Finance) -> None:
    invoice = await finance.issue(await finance.draft([Item(106_00)]))
    await finance.pays(100_00)
    await credit(finance, invoice)
    balances = await finance.balances()
    assert balances == {(AccountKind.BANK, ""): 100_00, (AccountKind.CLIENT_DEPOSIT, ""): 100_00}
    assert await books_differ(finance) == []


async def test_what_was_paid_for_it_pays_other_documents(finance: Finance) -> None:
    """Money of an invoice that is given back stays consumed elsewhere (killbill 1464)."""
    invoice = await finance.issue(await finance.draft([Item(106_00)]))
    payment = await finance.pays(106_00)
    (line,) = await line_ids(finance, invoice)
    await credit(finance, invoice, (line, 40_00))
    await finance.issue(await finance.draft([Item(40_00)]))
    async with finance.units_of_work.begin(finance.writer) as work:
        payments = Payments(work)
        left = await payments.get(payment.id)
        (item,) = await open_items(work, finance.client.id)
        shared = await payments.share(payment.id, PaymentSharing(left.version, (AllocationPart(item.id, 40_00),)))
    assert (left.unallocated, shared.unallocated) == (40_00, 0)
    assert await finance.balances() == {
        (AccountKind.BANK, ""): 106_00,
        (AccountKind.REVENUE, "service_fee"): 100_00,
        (AccountKind.OUTPUT_TAX, "0.06"): 6_00,
    }


async def test_money_that_the_bank_takes_back_opens_nothing_that_was_given_back(finance: Finance) -> None:
    invoice = await finance.issue(await finance.draft([Item(106_00)]))
    payment = await finance.pays(106_00)
    await credit(finance, invoice)
    async with finance.units_of_work.begin(finance.writer) as work:
        await Payments(work).reverse(payment.id, "银行冲正")
    assert await finance.balances() == {}
    assert await books_differ(finance) == []


async def test_one_request_of_an_invoice_waits_at_a_time(finance: Finance) -> None:
    invoice = await finance.issue(await finance.draft())
    asked = await ask(finance, invoice)
    with pytest.raises(CreditNoteRequested):
        await ask(finance, invoice)
    async with finance.units_of_work.begin(finance.writer) as work:
        assert (await CreditNotes(work).withdraw(asked.id, asked.version)).state == "withdrawn"
    await ask(finance, invoice)


async def test_declined_gives_nothing_back(finance: Finance) -> None:
    invoice = await finance.issue(await finance.draft())
    asked = await ask(finance, invoice)
    async with finance.units_of_work.begin(finance.partner.owner) as work:
        await decide(work, CREDIT_NOTE_APPROVAL, asked.id, Verdict.DECLINE, reason="工时核对过")
    async with finance.units_of_work.begin(finance.writer) as work:
        notes = CreditNotes(work)
        (told,) = await notes.requests(invoice.id)
        assert (told.state, told.decision_reason) == ("declined", "工时核对过")
        assert await notes.of_invoice(invoice.id) == []


async def test_a_company_of_one_gives_back_with_a_reason(finance: Finance) -> None:
    invoice = await finance.issue(await finance.draft())
    async with finance.units_of_work.begin(finance.partner.owner) as work:
        notes = CreditNotes(work)
        asked = await notes.request(invoice.id, CreditNoteRequestCreate("重复开具"))
        issued = await notes.issue_alone(asked.id, AloneApproval("只有我一个人", asked.version))
    assert issued.state == "issued"


async def test_the_statement_tells_every_document_and_its_balance(finance: Finance) -> None:
    invoice = await finance.issue(await finance.draft([Item(106_00)]))
    await finance.pays(50_00)
    (line,) = await line_ids(finance, invoice)
    note = await credit(finance, invoice, (line, 6_00))
    async with finance.units_of_work.begin(finance.writer) as work:
        told = await statement(work, finance.client.id, date(2026, 11, 1), date(2026, 11, 30))
        later = await statement(work, finance.client.id, date(2026, 12, 1), date(2026, 12, 31))
    assert (told.opening, told.closing) == (0, 50_00)
    assert [(each.number, each.balance) for each in told.lines] == [
        (invoice.number, 106_00),
        (invoice.number, 56_00),
        (note.number, 50_00),
    ]
    assert (later.opening, later.lines, later.closing) == (50_00, [], 50_00)


@pytest.mark.parametrize(("days", "step"), [(30, 0), (31, 1), (60, 1), (61, 2), (90, 2), (91, 3), (120, 3), (121, 4)])
async def test_what_is_overdue_grows_older(finance: Finance, clock: SettableClock, days: int, step: int) -> None:
    await finance.issue(await finance.draft([Item(106_00)]))
    clock.set(START + timedelta(days=days))
    async with finance.units_of_work.begin(finance.writer) as work:
        (row,) = await ageing(work)
    assert row.steps == [106_00 if place == step else 0 for place in range(5)]


async def test_reminders_go_in_three_steps_each_once(finance: Finance, clock: SettableClock) -> None:
    await finance.network.member(finance.partner.id, "许会计", ["client_finance"], finance.client.id)
    await finance.issue(await finance.draft([Item(106_00)]))
    sent: dict[int, int] = {}
    for days in (30, 32, 33, 33, 34, 40, 41, 50, 51, 90):
        clock.set(START + timedelta(days=days))
        async with finance.units_of_work.begin(finance.partner.system) as work:
            sent[days] = sent.get(days, 0) + await remind(work, "https://example.com")
    assert {days: count for days, count in sent.items() if count} == {33: 1, 40: 1, 50: 1}


async def test_what_is_paid_is_not_reminded_of(finance: Finance, clock: SettableClock) -> None:
    await finance.issue(await finance.draft([Item(106_00)]))
    await finance.pays(106_00)
    clock.set(START + timedelta(days=90))
    async with finance.units_of_work.begin(finance.partner.system) as work:
        assert await remind(work, "https://example.com") == 0
