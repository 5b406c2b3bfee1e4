"""The partner opens a line of its statement down to its own invoices. Headquarters has none of these records."""

from datetime import date
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import and_, select

from app.platform.kernel.actor import HQ_TENANT_ID
from app.platform.kernel.errors import Forbidden, NotFound
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.invoicing import CreditNote
from billing.invoicing.models import Invoice, OpenItem
from billing.payments.models import PaymentAllocation
from billing.royalties.counting import INVOICE, invoice_records, month_of
from billing.royalties.models import RoyaltyStatement
from billing.royalties.permissions import RoyaltyPermission
from billing.royalties.reckoning import Basis
from billing.royalties.recognition import recognised
from billing.royalties.schemas import ChargeKind, CountedInvoice
from billing.royalties.services.records import lines_of
from billing.royalties.standing import basis_on

SHOWN: Final = 200
"""On a page."""


async def counted_invoices(
    work: UnitOfWork, statement_id: UUID, place: int, *, after: str = "", limit: int = SHOWN
) -> list[CountedInvoice]:
    """What the partner's own invoices add to the line at a place (from 0) of its statement, by number, those after a
    number. They are read as the records are now.

    Raises:
        Forbidden: at headquarters, or without `royalty:read`.
        NotFound: no such statement, or no line of revenue there.
    """
    work.actor.require(RoyaltyPermission.ROYALTY_READ)
    if work.tenant_id == HQ_TENANT_ID:
        raise Forbidden
    row = await work.session.scalar(select(RoyaltyStatement).where(RoyaltyStatement.id == statement_id))
    lines = lines_of(row) if row is not None else []
    if row is None or place >= len(lines) or lines[place].kind is not ChargeKind.REVENUE:
        raise NotFound
    line = lines[place]
    if line.first is None or line.last is None:
        raise NotFound
    bases = msgspec.convert(row.bases, list[tuple[date, Basis]])
    found = []
    touched = Invoice.id.in_(await _touched(work, line.first, line.last))
    for invoice in await invoice_records(work, and_(touched, Invoice.currency == row.currency, Invoice.number > after)):
        posted = basis_on(bases, month_of(invoice.record.issued_on)) is Basis.POSTED
        revenue = sum(
            added.posted if posted else added.paid
            for (day, category), added in recognised(invoice.record).items()
            if category == line.category and line.first <= day <= line.last
        )
        if revenue:
            found.append(
                CountedInvoice(
                    invoice_id=invoice.id,
                    number=invoice.number,
                    issued_on=invoice.record.issued_on,
                    revenue=revenue,
                )
            )
    return found[:limit]


async def _touched(work: UnitOfWork, first: date, last: date) -> set[UUID]:
    """Invoices to which something happened on these days."""
    issued = await work.session.scalars(select(Invoice.id).where(Invoice.issued_on.between(first, last)))
    credited = await work.session.scalars(
        select(CreditNote.invoice_id).where(CreditNote.issued_on.between(first, last)).distinct()
    )
    paid = await work.session.scalars(
        select(OpenItem.document_id)
        .join(
            PaymentAllocation,
            and_(PaymentAllocation.tenant_id == OpenItem.tenant_id, PaymentAllocation.open_item_id == OpenItem.id),
        )
        .where(OpenItem.document_kind == INVOICE, PaymentAllocation.day.between(first, last))
        .distinct()
    )
    return {*issued, *credited, *paid}
