"""Background tasks: what happens to invoices, payments and credits updates the figures of their months."""

from collections.abc import Sequence
from uuid import UUID

from app.platform.background import Consumers, ReceivedEvent
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.credits import ServiceCreditDecided
from billing.invoicing import CreditNoteIssued, InvoiceIssued
from billing.payments import PaymentAllocated, PaymentDisputed, PaymentReceived, PaymentReversed
from tenants.partner_finance.counting import record_credits, record_invoices, record_payments

consumers = Consumers()
_LANE = DueKind.OUTBOX_FIGURES


@consumers.on_batch(InvoiceIssued.topic, name="partner_finance.record_invoice", lane=_LANE)
@consumers.on_batch(CreditNoteIssued.topic, name="partner_finance.record_credit_note", lane=_LANE)
async def record_documents(work: UnitOfWork, _: Runtime, events: Sequence[ReceivedEvent]) -> None:
    """Each month once, however many events tell of it."""
    await record_invoices(work, _ids(events, "invoice_id"))


@consumers.on_batch(PaymentReceived.topic, name="partner_finance.record_payment", lane=_LANE)
@consumers.on_batch(PaymentAllocated.topic, name="partner_finance.record_allocation", lane=_LANE)
@consumers.on_batch(PaymentReversed.topic, name="partner_finance.record_reversal", lane=_LANE)
@consumers.on_batch(PaymentDisputed.topic, name="partner_finance.record_dispute", lane=_LANE)
async def record_money(work: UnitOfWork, _: Runtime, events: Sequence[ReceivedEvent]) -> None:
    await record_payments(work, _ids(events, "payment_id"))


@consumers.on_batch(ServiceCreditDecided.topic, name="partner_finance.record_credit", lane=_LANE)
async def record_decisions(work: UnitOfWork, _: Runtime, events: Sequence[ReceivedEvent]) -> None:
    await record_credits(work, _ids(events, "credit_id"))


def _ids(events: Sequence[ReceivedEvent], name: str) -> set[UUID]:
    return {UUID(event.payload[name]) for event in events}
