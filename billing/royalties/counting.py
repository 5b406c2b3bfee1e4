"""Keeping the facts: a month of invoices is counted anew from the records whenever something happened to one of them.

Nothing is counted up from what an event says: duplicates, late arrivals and any order do no harm. The month is locked
before its records are read. What is found is compared with what stands, and only differences are written.
"""

from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert

from app.platform.kernel.unit_of_work import UnitOfWork
from billing.invoicing import CreditNote, CreditNoteLine
from billing.invoicing.models import Invoice, InvoiceLine, OpenItem
from billing.payments.models import PaymentAllocation
from billing.periods import months_after
from billing.royalties.models import RoyaltyFact, RoyaltyMonth
from billing.royalties.recognition import CreditedPart, InvoiceRecord, PaidPart, recognised

INVOICE = "invoice"
"""The kind of open item."""


class FactKey(NamedTuple):
    """Which fact is meant."""

    issued_month: date
    day: date
    category: str
    currency: str


class KnownInvoice(NamedTuple):
    """An invoice of the partner as it is recognised."""

    id: UUID
    number: str
    currency: str
    record: InvoiceRecord


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


async def record_invoices(work: UnitOfWork, invoice_ids: Collection[UUID]) -> None:
    """Bring the months of these invoices up to date."""
    days = await work.session.scalars(select(Invoice.issued_on).where(Invoice.id.in_(invoice_ids)).distinct())
    await count_months(work, map(month_of, days))


async def record_payments(work: UnitOfWork, payment_ids: Collection[UUID]) -> None:
    """Bring the months of what these payments settle, or settled once, up to date."""
    days = await work.session.scalars(
        select(OpenItem.issued_on)
        .join(
            PaymentAllocation,
            and_(PaymentAllocation.tenant_id == OpenItem.tenant_id, PaymentAllocation.open_item_id == OpenItem.id),
        )
        .where(PaymentAllocation.payment_id.in_(payment_ids), OpenItem.document_kind == INVOICE)
        .distinct()
    )
    await count_months(work, map(month_of, days))


async def rebuild(work: UnitOfWork) -> int:
    """Count every month of the tenant anew; how many facts were not as they are."""
    days = [
        *await work.session.scalars(select(Invoice.issued_on).distinct()),
        *await work.session.scalars(select(RoyaltyMonth.month)),
    ]
    return await count_months(work, map(month_of, days))


async def differences(work: UnitOfWork) -> int:
    """How many facts are not what the records say; nothing is changed."""
    return len(_changed(await _standing(work, true()), await counted(work, true())))


async def count_months(work: UnitOfWork, months: Iterable[date]) -> int:
    """Count these months of invoices; how many facts changed."""
    wanted = sorted(set(months))
    if not wanted:
        return 0
    rows = [
        {"tenant_id": work.tenant_id, "id": work.new_id(), "month": month, "counted_at": work.now} for month in wanted
    ]
    await work.session.execute(insert(RoyaltyMonth).on_conflict_do_nothing(index_elements=["tenant_id", "month"]), rows)
    await work.session.execute(
        select(RoyaltyMonth.month).where(RoyaltyMonth.month.in_(wanted)).order_by(RoyaltyMonth.month).with_for_update()
    )
    standing = await _standing(work, RoyaltyFact.issued_month.in_(wanted))
    changed = _changed(standing, await counted(work, _issued_in(wanted)))
    if changed:
        statement = insert(RoyaltyFact)
        await work.session.execute(
            statement.on_conflict_do_update(
                index_elements=["tenant_id", "issued_month", "day", "category", "currency"],
                set_={name: statement.excluded[name] for name in ("posted", "paid", "changed_at")},
            ),
            [
                {
                    "tenant_id": work.tenant_id,
                    "id": work.new_id(),
                    **key._asdict(),
                    "posted": posted,
                    "paid": paid,
                    "changed_at": work.now,
                }
                for key, (posted, paid) in sorted(changed.items())
            ],
        )
    await work.session.execute(update(RoyaltyMonth).where(RoyaltyMonth.month.in_(wanted)).values(counted_at=work.now))
    return len(changed)


async def counted(work: UnitOfWork, which: ColumnElement[bool]) -> dict[FactKey, tuple[int, int]]:
    """The facts as the records of these invoices tell them."""
    facts: dict[FactKey, tuple[int, int]] = {}
    for invoice in await invoice_records(work, which):
        month = month_of(invoice.record.issued_on)
        for (day, category), added in recognised(invoice.record).items():
            key = FactKey(month, day, category, invoice.currency)
            posted, paid = facts.get(key, (0, 0))
            facts[key] = (posted + added.posted, paid + added.paid)
    return facts


async def invoice_records(work: UnitOfWork, which: ColumnElement[bool]) -> list[KnownInvoice]:
    """These invoices with all that happened to them, by number: three statements, however many there are."""
    lines = await work.session.execute(
        select(
            Invoice.id,
            Invoice.number,
            Invoice.currency,
            Invoice.issued_on,
            Invoice.gross,
            InvoiceLine.category,
            func.sum(InvoiceLine.net),
        )
        .join(InvoiceLine, and_(InvoiceLine.tenant_id == Invoice.tenant_id, InvoiceLine.invoice_id == Invoice.id))
        .where(which)
        .group_by(Invoice.tenant_id, Invoice.id, InvoiceLine.category)
        .order_by(Invoice.number, InvoiceLine.category)
    )
    known: dict[UUID, KnownInvoice] = {}
    for invoice_id, number, currency, issued_on, gross, category, net in lines:
        if invoice_id not in known:
            record = InvoiceRecord(issued_on=issued_on, gross=gross, net={})
            known[invoice_id] = KnownInvoice(invoice_id, number, currency, record)
        known[invoice_id].record.net[category] = int(net)
    notes = await work.session.execute(
        select(
            CreditNote.invoice_id,
            CreditNote.issued_on,
            CreditNoteLine.category,
            func.sum(CreditNoteLine.net),
            func.sum(CreditNoteLine.gross),
        )
        .join(
            CreditNoteLine,
            and_(CreditNoteLine.tenant_id == CreditNote.tenant_id, CreditNoteLine.credit_note_id == CreditNote.id),
        )
        .join(Invoice, and_(Invoice.tenant_id == CreditNote.tenant_id, Invoice.id == CreditNote.invoice_id))
        .where(which)
        .group_by(CreditNote.invoice_id, CreditNote.issued_on, CreditNoteLine.category)
    )
    for invoice_id, day, category, net, gross in notes:
        known[invoice_id].record.credited.append(CreditedPart(day, category, int(net), int(gross)))
    amount = case((PaymentAllocation.reverses_id.is_(None), PaymentAllocation.amount), else_=-PaymentAllocation.amount)
    payments = await work.session.execute(
        select(OpenItem.document_id, PaymentAllocation.day, func.sum(amount))
        .join(
            PaymentAllocation,
            and_(PaymentAllocation.tenant_id == OpenItem.tenant_id, PaymentAllocation.open_item_id == OpenItem.id),
        )
        .join(Invoice, and_(Invoice.tenant_id == OpenItem.tenant_id, Invoice.id == OpenItem.document_id))
        .where(which, OpenItem.document_kind == INVOICE)
        .group_by(OpenItem.document_id, PaymentAllocation.day)
    )
    for invoice_id, day, paid in payments:
        known[invoice_id].record.paid.append(PaidPart(day, int(paid)))
    return list(known.values())


def _issued_in(months: Iterable[date]) -> ColumnElement[bool]:
    within = [and_(Invoice.issued_on >= month, Invoice.issued_on < months_after(month, 1)) for month in months]
    return or_(false(), *within)


async def _standing(work: UnitOfWork, which: ColumnElement[bool]) -> dict[FactKey, tuple[int, int]]:
    rows = await work.session.execute(
        select(
            RoyaltyFact.issued_month,
            RoyaltyFact.day,
            RoyaltyFact.category,
            RoyaltyFact.currency,
            RoyaltyFact.posted,
            RoyaltyFact.paid,
        ).where(which)
    )
    return {FactKey(*row[:4]): (row[4], row[5]) for row in rows}


def _changed(
    standing: dict[FactKey, tuple[int, int]], found: dict[FactKey, tuple[int, int]]
) -> dict[FactKey, tuple[int, int]]:
    """What is to be written, so that the facts are what was found."""
    nothing = (0, 0)
    return {
        key: found.get(key, nothing)
        for key in standing.keys() | found.keys()
        if standing.get(key, nothing) != found.get(key, nothing)
    }
