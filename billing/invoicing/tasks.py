"""What follows runs and issued invoices."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.platform.background import Consumers, DailyJob, ReceivedEvent
from app.platform.documents import archive, edition_notice
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.retention import RetentionRule
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.invoicing.addresses import PORTAL
from billing.invoicing.credit_document import CREDIT_NOTE_DOCUMENT
from billing.invoicing.credit_models import CreditNote
from billing.invoicing.document import INVOICE_DOCUMENT
from billing.invoicing.events import CreditNoteIssued, InvoiceIssued, InvoiceRunStarted
from billing.invoicing.models import Invoice, InvoiceLink
from billing.invoicing.services.fapiaos import lapse
from billing.invoicing.services.links import OPEN_FOR, tell_payer
from billing.invoicing.services.reminders import remind
from billing.invoicing.services.runs import make_drafts
from billing.money import Money, money_text
from tenants.models import TenantProfile

consumers = Consumers()


@consumers.on(InvoiceRunStarted.topic, name="invoicing.make_drafts", lane=DueKind.OUTBOX_LONG)
async def carry_out_run(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:  # noqa: ARG001 - the proof of each step is the run's cursor, not the event
    """Make the run's drafts. Restarted after a crash, it goes on where it was."""
    await make_drafts(runtime.units_of_work, tenant_id, UUID(payload["run_id"]))


@consumers.on(InvoiceIssued.topic, name="invoicing.archive_invoice", lane=DueKind.OUTBOX_LONG)
async def archive_invoice(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """Draw the invoice's PDF once and keep it."""
    consumer, document_id = "invoicing.archive_invoice", UUID(payload["document_id"])
    await archive(runtime, tenant_id, event_id, consumer=consumer, kind=INVOICE_DOCUMENT, edition_id=document_id)


@consumers.on_batch(InvoiceIssued.topic, name="invoicing.tell_client")
async def tell_client(work: UnitOfWork, runtime: Runtime, events: Sequence[ReceivedEvent]) -> None:
    """The client hears of it, with a link to the invoice."""
    for event in events:
        if not event.is_recent(work.now):
            continue
        issued = msgspec.convert(event.payload, InvoiceIssued)
        invoice = await work.session.scalar(select(Invoice).where(Invoice.id == issued.invoice_id))
        if invoice is None:
            continue
        notice = edition_notice(
            INVOICE_DOCUMENT,
            issued.document_id,
            N_("%(company)s 开出了账单 %(number)s，应付 %(amount)s，付款期限 %(day)s。"),
            f"{PORTAL}/{invoice.id}",
            {
                "company": await work.session.scalar(select(TenantProfile.name)) or "",
                "number": invoice.number,
                "amount": money_text(Money(invoice.gross, invoice.currency)),
                "day": invoice.due_on.isoformat(),
            },
        )
        public_url = runtime.settings.public_url
        await tell_payer(work, invoice.client_id, invoice.id, notice, public_url=public_url)


@consumers.on(CreditNoteIssued.topic, name="invoicing.archive_credit_note", lane=DueKind.OUTBOX_LONG)
async def archive_credit_note(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """Draw the credit note's PDF once and keep it."""
    consumer, document_id = "invoicing.archive_credit_note", UUID(payload["document_id"])
    await archive(runtime, tenant_id, event_id, consumer=consumer, kind=CREDIT_NOTE_DOCUMENT, edition_id=document_id)


@consumers.on_batch(CreditNoteIssued.topic, name="invoicing.tell_client_of_credit_note")
async def tell_client_of_credit_note(work: UnitOfWork, runtime: Runtime, events: Sequence[ReceivedEvent]) -> None:
    """The client hears of what is given back, with a link to the invoice."""
    for event in events:
        if not event.is_recent(work.now):
            continue
        issued = msgspec.convert(event.payload, CreditNoteIssued)
        note = await work.session.scalar(select(CreditNote).where(CreditNote.id == issued.credit_note_id))
        if note is None:
            continue
        notice = edition_notice(
            CREDIT_NOTE_DOCUMENT,
            issued.document_id,
            N_("账单 %(invoice)s 退回 %(amount)s，见红字单 %(number)s。"),
            f"{PORTAL}/{note.invoice_id}",
            {
                "invoice": note.invoice_number,
                "amount": money_text(Money(note.gross, note.currency)),
                "number": note.number,
            },
        )
        public_url = runtime.settings.public_url
        await tell_payer(work, note.client_id, note.invoice_id, notice, public_url=public_url)


def daily_jobs(runtime: Runtime) -> tuple[DailyJob, ...]:
    """Reminders go in the morning; what nobody confirmed in time lapses at night."""

    async def remind_of_overdue(work: UnitOfWork) -> None:
        await remind(work, runtime.settings.public_url)

    async def lapse_fapiaos(work: UnitOfWork) -> None:
        await lapse(work)

    return (DailyJob("invoicing.remind", 9, remind_of_overdue), DailyJob("invoicing.lapse", 1, lapse_fapiaos))


retention: Final = (RetentionRule(InvoiceLink, InvoiceLink.created_at, lambda _: OPEN_FOR),)
