"""What a client is told of its payments: once for each, with what it settled and what is still open."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.notifications import Notice, notify
from billing.invoicing import open_items, readers_of, tell_payer
from billing.invoicing.models import Invoice, OpenItem
from billing.money import Money, money_text
from billing.payments.models import Payment, PaymentAllocation
from billing.payments.states import PaymentState
from tenants.models import TenantProfile

PORTAL: Final = "/portal/payments"
SETTLED: Final = N_(
    "%(company)s 收到贵公司付款 %(amount)s（%(number)s），已用于 %(documents)s。"
    "存作预存款 %(deposit)s；还没有付清的账单共 %(open)s。"
)
KEPT: Final = N_(
    "%(company)s 收到贵公司付款 %(amount)s（%(number)s），还没有用于账单，先存作预存款。还没有付清的账单共 %(open)s。"
)


async def tell_of_payment(work: UnitOfWork, payment_id: UUID, *, public_url: str) -> None:
    """Tell those of the client who read its invoices, and the address that gets them; nobody of a payment that was
    taken back meanwhile."""
    payment = await work.session.scalar(select(Payment).where(Payment.id == payment_id))
    if payment is None or payment.state != PaymentState.RECEIVED:
        return
    settled = await _settled(work, payment.id)
    still_open = sum(
        item.open for item in await open_items(work, payment.client_id) if item.currency == payment.currency
    )
    notice = Notice(
        reference=f"payment:{payment.id}:received",
        text=SETTLED if settled else KEPT,
        parameters={
            "company": await work.session.scalar(select(TenantProfile.name)) or "",
            "amount": _money(payment, payment.amount),
            "number": payment.number,
            "documents": ", ".join(f"{made.document_number} {_money(payment, made.amount)}" for made in settled),
            "deposit": _money(payment, payment.unallocated),
            "open": _money(payment, still_open),
        },
        link=f"{PORTAL}/{payment.id}",
    )
    invoice_id = await _invoice_of(work, settled)
    if invoice_id is None:
        await notify(work, await readers_of(work, payment.client_id), notice, public_url=public_url)
    else:
        await tell_payer(work, payment.client_id, invoice_id, notice, public_url=public_url)


async def _settled(work: UnitOfWork, payment_id: UUID) -> Sequence[PaymentAllocation]:
    """What the payment settles now."""
    undone = aliased(PaymentAllocation)
    is_undone = exists().where(
        undone.tenant_id == PaymentAllocation.tenant_id, undone.reverses_id == PaymentAllocation.id
    )
    rows = await work.session.scalars(
        select(PaymentAllocation)
        .where(PaymentAllocation.payment_id == payment_id, PaymentAllocation.reverses_id.is_(None), ~is_undone)
        .order_by(PaymentAllocation.document_number, PaymentAllocation.id)
    )
    return rows.all()


async def _invoice_of(work: UnitOfWork, settled: Sequence[PaymentAllocation]) -> UUID | None:
    """The first invoice that it settles: what a link without an account leads to."""
    found: UUID | None = await work.session.scalar(
        select(Invoice.id)
        .join(OpenItem, (OpenItem.tenant_id == Invoice.tenant_id) & (OpenItem.document_id == Invoice.id))
        .where(OpenItem.id.in_([made.open_item_id for made in settled]))
        .order_by(Invoice.number)
        .limit(1)
    )
    return found


def _money(payment: Payment, minor: int) -> str:
    return money_text(Money(minor, payment.currency))
