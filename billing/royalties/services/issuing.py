"""Headquarters issues an invoice to a partner: number, snapshot, books, and the partner's copy."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.platform.background.mirrors import MirrorSide
from app.platform.documents import content_hash
from app.platform.kernel.counters import Period, next_number
from app.platform.kernel.errors import Invalid
from app.platform.kernel.invariants import present
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.ledger import AccountKind, EntrySource, Ledger, LedgerAccountName, Transfer
from billing.money import Money, PriceMode, taxed
from billing.pricebook import tax_rates_on
from billing.royalties.invoice_document import InvoiceParty, RoyaltyInvoiceContent
from billing.royalties.models import ROYALTY_INVOICES, RoyaltyInvoice
from billing.royalties.schemas import StatementLine
from billing.royalties.standing import rules_in_force
from billing.royalties.states import RoyaltyInvoiceState
from tenants.company_time import company_day
from tenants.partners.models import Partner

RECORD: Final = "royalty_invoice"
STATEMENTS_SERIES: Final = "TX"
"""特许: the series of invoices for statements."""
PLANS_SERIES: Final = "TC"
"""套餐: the series of invoices for partners' plans."""


class InvoiceSubject(msgspec.Struct, frozen=True, kw_only=True):
    """What is invoiced: a statement, or a bill of the partner's plan. `net` is in minor units, without tax."""

    partner_id: UUID
    month: date
    """Whose rule says tax, seller and days to pay: its first day."""
    currency: str
    net: int
    lines: tuple[StatementLine, ...]
    statement_id: UUID | None = None
    statement_number: str = ""
    bill_id: UUID | None = None


async def issue_invoice(work: UnitOfWork, subject: InvoiceSubject) -> RoyaltyInvoice:
    """In headquarters' tenant. Once for each subject.

    Raises:
        NoRule: headquarters has not said how it invoices.
        Invalid: the rule's tax rate does not hold any more.
    """
    rule, today = (await rules_in_force(work)).of(subject.month), await company_day(work)
    rates = await tax_rates_on(work, today)
    if rule.tax not in rates:
        raise Invalid(fields={"tax": N_("没有这个税率。")})
    amounts = taxed(Money(subject.net, subject.currency), rates[rule.tax], PriceMode.TAX_EXCLUDED)
    partner = present(
        await work.session.scalar(select(Partner).where(Partner.id == subject.partner_id)), "it is invoiced"
    )
    of_plan = subject.bill_id is not None
    # The number is taken late: whoever invoices beside waits only for what is below.
    series = PLANS_SERIES if of_plan else STATEMENTS_SERIES
    number = await next_number(work.session, work.actor, series, today, Period.YEAR)
    content = RoyaltyInvoiceContent(
        number=number,
        statement_number=subject.statement_number,
        month=subject.month,
        issued_on=today,
        due_on=today + timedelta(days=rule.payment_days),
        currency=subject.currency,
        seller=InvoiceParty(
            title=rule.seller_title,
            tax_number=rule.seller_tax_number,
            bank_name=rule.bank_name,
            bank_account=rule.bank_account,
        ),
        buyer=InvoiceParty(title=partner.name, tax_number=partner.credit_code),
        lines=subject.lines,
        net=amounts.net.minor,
        tax_code=rule.tax,
        tax=amounts.tax.minor,
        gross=amounts.gross.minor,
        tax_rate=amounts.rate,
        of_plan=of_plan,
    )
    row = _row(work, subject, partner, content)
    work.session.add(row)
    owed = LedgerAccountName(AccountKind.PARTNER_RECEIVABLE, detail=str(subject.partner_id))
    income = AccountKind.PLAN_INCOME if of_plan else AccountKind.ROYALTY
    await Ledger(work).post(
        EntrySource(RECORD, row.id, "issue"),
        today,
        [
            Transfer(owed, LedgerAccountName(income), amounts.net),
            Transfer(owed, LedgerAccountName(AccountKind.OUTPUT_TAX, detail=rule.tax), amounts.tax),
        ],
        number,
    )
    work.audit("royalty_invoice.issued", RECORD, row.id, number=number)
    await work.session.flush()
    ROYALTY_INVOICES.publish(work, row, "issued")
    return row


def _row(work: UnitOfWork, subject: InvoiceSubject, partner: Partner, content: RoyaltyInvoiceContent) -> RoyaltyInvoice:
    return RoyaltyInvoice(
        tenant_id=work.tenant_id,
        id=work.new_id(),
        number=content.number,
        statement_id=subject.statement_id,
        bill_id=subject.bill_id,
        partner_id=partner.id,
        partner_name=partner.name,
        month=subject.month,
        currency=content.currency,
        net=content.net,
        tax_amount=content.tax,
        gross=content.gross,
        issued_on=content.issued_on,
        due_on=content.due_on,
        issued_at=work.now,
        content=msgspec.to_builtins(content),
        content_hash=content_hash(content),
        open=content.gross,
        state=RoyaltyInvoiceState.OPEN,
        state_revision=1,
        settled_by=MirrorSide.OWNER,
        owner_revision=0,
        other_revision=0,
    )
