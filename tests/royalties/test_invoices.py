"""Headquarters invoices agreed statements under its own numbers, records what comes in, and its books say the same."""

import asyncio
import re
from datetime import date
from decimal import Decimal
from io import BytesIO
from uuid import UUID

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from app.platform.kernel.actor import HQ_TENANT_ID
from app.platform.kernel.errors import Forbidden, Invalid
from app.platform.kernel.ids import new_id
from billing.ledger import AccountKind, detail_balances
from billing.royalties import Agreement, PaymentRecord, RoyaltyInvoices, RoyaltyStatements, verify_royalties
from billing.royalties.commands import HEADQUARTERS as HEADQUARTERS_NAME
from billing.royalties.errors import (
    PaymentKnown,
    PaymentTakenBack,
    PaymentTooLarge,
    RoyaltyStatementMoveRefused,
)
from billing.royalties.models import RoyaltyInvoice, RoyaltyStatement
from billing.royalties.schemas import PaymentTaking, RoyaltyInvoiceView
from billing.royalties.services.ageing import royalty_ageing
from tenants.partners.models import Partner
from tests.conftest import ClientFor
from tests.invoicing.conftest import Item
from tests.royalties.conftest import HEADQUARTERS, Royalties, at

TODAY = date(2026, 12, 1)


async def agreed(royalties: Royalties) -> UUID:
    """A statement of 1,000 on 20,000 of revenue that the partner agrees to."""
    await royalties.rule()
    await royalties.rate("5")
    await royalties.finance.issue(await royalties.finance.draft([Item(21_200_00)]))
    await royalties.follow()
    royalties.clock.set(at(12, 1))
    await royalties.state()
    own = await royalties.statement(own=True)
    async with royalties.units_of_work.begin(royalties.finance.writer) as work:
        await RoyaltyStatements(work).agree(own.id, Agreement(own.version))
    await royalties.mirror()
    return own.id


async def invoiced(royalties: Royalties) -> RoyaltyInvoiceView:
    """The statement's invoice: 1,060 with tax."""
    statement_id = await agreed(royalties)
    version = (await royalties.statement()).version
    async with royalties.units_of_work.begin(royalties.by) as work:
        invoices = RoyaltyInvoices(work)
        await invoices.issue(statement_id, version)
        return await invoices.get(await invoices.id_of(statement_id))


async def pay(
    royalties: Royalties, invoice_id: UUID, amount: str, reference: str = "F1", day: date = TODAY
) -> RoyaltyInvoiceView:
    async with royalties.units_of_work.begin(royalties.by) as work:
        return await RoyaltyInvoices(work).record_payment(invoice_id, PaymentRecord(day, Decimal(amount), reference))


async def in_books(royalties: Royalties) -> int:
    """What the partner owes by headquarters' books."""
    async with royalties.units_of_work.begin(HEADQUARTERS) as work:
        balances = await detail_balances(work, AccountKind.PARTNER_RECEIVABLE)
        return balances.get((str(royalties.finance.partner.id), "CNY"), 0)


async def nothing_is_wrong(royalties: Royalties) -> None:
    found = (await verify_royalties(royalties.runtime))[HEADQUARTERS_NAME]
    assert [each for each in found if each.record != "" and royalties.finance.partner.name not in each.record] == []


async def test_an_agreed_statement_is_invoiced_and_both_sides_and_the_books_say_the_same(
    royalties: Royalties, http: ClientFor
) -> None:
    invoice = await invoiced(royalties)
    assert (invoice.net, invoice.tax_amount, invoice.gross, invoice.open) == (1_000_00, 60_00, 1_060_00, 1_060_00)
    assert re.fullmatch(r"TX-2026-\d{6}", invoice.number)
    assert invoice.due_on == date(2026, 12, 16)
    assert await in_books(royalties) == 1_060_00
    await royalties.mirror()
    own = await royalties.statement(own=True)
    assert own.state == "invoiced"
    assert own.invoice is not None
    assert (own.invoice.number, own.invoice.open) == (invoice.number, 1_060_00)
    papers = []
    for actor, home in ((royalties.by, "/hq"), (royalties.finance.writer, "/workspace")):
        caller = await http(actor)
        answer = await caller.get(f"{home}/royalties/invoices/{invoice.id}/document")
        assert answer.status_code == 200
        papers.append(answer.content)
    assert papers[0] == papers[1]
    words = "".join(page.extract_text() for page in PdfReader(BytesIO(papers[0])).pages)
    assert invoice.number in words
    assert "¥1,060.00" in words


async def test_a_bank_transfer_settles_the_invoice_and_taking_it_back_opens_it(royalties: Royalties) -> None:
    invoice = await invoiced(royalties)
    assert (await pay(royalties, invoice.id, "60")).open == 1_000_00
    paid = await pay(royalties, invoice.id, "1000", "F2")
    assert (paid.state, paid.open, await in_books(royalties)) == ("paid", 0, 0)
    async with royalties.units_of_work.begin(royalties.by) as work:
        back = await RoyaltyInvoices(work).take_payment_back(paid.payments[1].id, PaymentTaking("银行退回"))
    assert (back.state, back.open, await in_books(royalties)) == ("open", 1_000_00, 1_000_00)
    async with royalties.units_of_work.begin(royalties.by) as work:
        with pytest.raises(PaymentTakenBack):
            await RoyaltyInvoices(work).take_payment_back(paid.payments[1].id, PaymentTaking("又一次"))
    assert (await pay(royalties, invoice.id, "1000", "F2")).state == "paid"
    await royalties.mirror()
    async with royalties.units_of_work.begin(royalties.finance.writer) as work:
        own = await RoyaltyInvoices(work).get(invoice.id)
    assert (own.state, len(own.payments)) == ("paid", 4)
    await nothing_is_wrong(royalties)


async def test_a_payment_that_cannot_be_is_refused(royalties: Royalties) -> None:
    invoice = await invoiced(royalties)
    with pytest.raises(PaymentTooLarge):
        await pay(royalties, invoice.id, "1060.01")
    for amount in ("0", "-5", "0.001", "NaN"):
        with pytest.raises(Invalid):
            await pay(royalties, invoice.id, amount)
    with pytest.raises(Invalid):
        await pay(royalties, invoice.id, "5", day=date(2026, 12, 2))
    with pytest.raises(Invalid):
        await pay(royalties, invoice.id, "5", day=date(2026, 11, 30))
    await pay(royalties, invoice.id, "5")
    with pytest.raises(PaymentKnown):
        await pay(royalties, invoice.id, "5")


async def test_only_what_the_partner_agreed_to_is_invoiced_and_once(royalties: Royalties) -> None:
    statement_id = await agreed(royalties)
    version = (await royalties.statement()).version
    async with royalties.units_of_work.begin(royalties.by) as work:
        await RoyaltyInvoices(work).issue(statement_id, version)
    version = (await royalties.statement()).version
    async with royalties.units_of_work.begin(royalties.by) as work:
        with pytest.raises(RoyaltyStatementMoveRefused):
            await RoyaltyInvoices(work).issue(statement_id, version)
    async with royalties.units_of_work.begin(royalties.finance.writer) as work:
        with pytest.raises(Forbidden):
            await RoyaltyInvoices(work).issue(statement_id, version)


async def test_ageing_is_by_the_days_after_the_due_day(royalties: Royalties) -> None:
    await invoiced(royalties)
    for moment, step in ((at(12, 16), 0), (at(12, 17), 1), (at(1, 20, 2027), 2), (at(4, 1, 2027), 4)):
        royalties.clock.set(moment)
        async with royalties.units_of_work.begin(royalties.by) as work:
            rows = await royalty_ageing(work)
        (row,) = [each for each in rows if each.partner_id == royalties.finance.partner.id]
        assert row.steps[step] == row.total == row.ledger == 1_060_00


async def test_fifty_invoices_at_once_have_fifty_numbers_in_a_row(royalties: Royalties) -> None:
    await royalties.rule(minimum="100")
    async with royalties.units_of_work.begin(HEADQUARTERS) as work:
        for number in range(50):
            work.session.add(
                Partner(
                    tenant_id=HQ_TENANT_ID,
                    id=new_id(),
                    slug=f"many-{number}-{royalties.finance.partner.slug}",
                    name=f"服务商 {number}",
                    credit_code=f"M{new_id().hex[-17:]}".upper(),
                    state="active",
                    star_level=3,
                    city_code="350200",
                    authorised_at=at(1, 5),
                )
            )
    royalties.clock.set(at(12, 1))
    await royalties.state()
    royalties.clock.set(at(12, 20))
    async with royalties.units_of_work.begin(HEADQUARTERS) as work:
        await RoyaltyStatements(work).lapse_due()
        rows = (
            await work.session.scalars(
                select(RoyaltyStatement).where(
                    RoyaltyStatement.state == "agreed", RoyaltyStatement.partner_name.like("服务商 %")
                )
            )
        ).all()
        wanted = [(row.id, row.state_revision + row.owner_revision + row.other_revision) for row in rows]
    assert len(wanted) == 50

    async def issue(statement_id: UUID, version: int) -> None:
        async with royalties.units_of_work.begin(royalties.by) as work:
            await RoyaltyInvoices(work).issue(statement_id, version)

    await asyncio.gather(*(issue(*each) for each in wanted))
    async with royalties.units_of_work.begin(HEADQUARTERS) as work:
        numbers = sorted(await work.session.scalars(select(RoyaltyInvoice.number)))
    counted = [int(number.rpartition("-")[2]) for number in numbers]
    assert counted == list(range(counted[0], counted[0] + 50))


async def test_fifty_record_the_same_transfer_and_it_counts_once(royalties: Royalties) -> None:
    invoice = await invoiced(royalties)
    done = await asyncio.gather(*(pay(royalties, invoice.id, "20") for _ in range(50)), return_exceptions=True)
    assert sum(isinstance(each, RoyaltyInvoiceView) for each in done) == 1
    assert {type(each) for each in done} == {RoyaltyInvoiceView, PaymentKnown}
    assert await in_books(royalties) == 1_040_00
