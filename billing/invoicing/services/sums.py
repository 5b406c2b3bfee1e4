"""What issued invoices ask for, by category, and how much of it is open."""

from collections import defaultdict
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import and_, func, select

from app.platform.kernel.unit_of_work import UnitOfWork
from billing.invoicing.credit_models import CreditNote, CreditNoteLine
from billing.invoicing.models import Invoice, InvoiceLine, OpenItem
from billing.money import split

INVOICE = "invoice"


class InvoicedSum(msgspec.Struct, frozen=True):
    """What one category of an invoice asks for with tax, what credit notes gave back of it, and what is open."""

    invoice_id: UUID
    due_on: date
    currency: str
    category: str
    billed: int
    credited: int
    open: int

    @property
    def paid(self) -> int:
        return self.billed - self.credited - self.open


async def invoiced_sums(work: UnitOfWork, first: date, end: date) -> list[InvoicedSum]:
    """Of the invoices issued from `first` on and before `end`. What is open of an invoice is spread over its categories
    in proportion to what is left of them; what a category gives back (a negative part) is never open."""
    within = and_(Invoice.issued_on >= first, Invoice.issued_on < end)
    lines = await work.session.execute(
        select(Invoice.id, Invoice.due_on, Invoice.currency, InvoiceLine.category, func.sum(InvoiceLine.gross))
        .join(InvoiceLine, and_(InvoiceLine.tenant_id == Invoice.tenant_id, InvoiceLine.invoice_id == Invoice.id))
        .where(within)
        .group_by(Invoice.tenant_id, Invoice.id, InvoiceLine.category)
        .order_by(Invoice.id, InvoiceLine.category)
    )
    notes = await work.session.execute(
        select(CreditNote.invoice_id, CreditNoteLine.category, func.sum(CreditNoteLine.gross))
        .join(
            CreditNoteLine,
            and_(CreditNoteLine.tenant_id == CreditNote.tenant_id, CreditNoteLine.credit_note_id == CreditNote.id),
        )
        .join(Invoice, and_(Invoice.tenant_id == CreditNote.tenant_id, Invoice.id == CreditNote.invoice_id))
        .where(within)
        .group_by(CreditNote.invoice_id, CreditNoteLine.category)
    )
    items = await work.session.execute(
        select(OpenItem.document_id, OpenItem.open)
        .join(Invoice, and_(Invoice.tenant_id == OpenItem.tenant_id, Invoice.id == OpenItem.document_id))
        .where(within, OpenItem.document_kind == INVOICE, OpenItem.open > 0)
    )
    credited = {(row[0], row[1]): int(row[2]) for row in notes}
    still_open: dict[UUID, int] = {row[0]: row[1] for row in items}
    by_invoice: dict[UUID, list[Any]] = defaultdict(list)
    for row in lines:
        by_invoice[row[0]].append(row)
    found = []
    for invoice_id, rows in by_invoice.items():
        left = [int(row[4]) - credited.get((invoice_id, row[3]), 0) for row in rows]
        shares = _spread(still_open.get(invoice_id, 0), left)
        for row, share in zip(rows, shares, strict=True):
            _, due_on, currency, category, billed = row
            given_back = credited.get((invoice_id, category), 0)
            found.append(InvoicedSum(invoice_id, due_on, currency, category, int(billed), given_back, share))
    return found


def _spread(whole: int, left: list[int]) -> list[int]:
    """Over what is above zero."""
    return split(whole, [max(each, 0) for each in left]) if whole else [0] * len(left)
