"""What invoicing tells others."""

from typing import ClassVar
from uuid import UUID

from app.platform.kernel.outbox import DueKind, Event


class InvoiceRunStarted(Event, frozen=True, kw_only=True):
    """A run waits for the worker."""

    topic: ClassVar[str] = "invoice_run.started"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_LONG

    run_id: UUID


class InvoiceIssued(Event, frozen=True, kw_only=True):
    """An invoice has its number and is owed."""

    topic: ClassVar[str] = "invoice.issued"

    invoice_id: UUID
    document_id: UUID
    client_id: UUID


class CreditNoteIssued(Event, frozen=True, kw_only=True):
    """Something of an invoice was given back."""

    topic: ClassVar[str] = "credit_note.issued"

    credit_note_id: UUID
    document_id: UUID
    invoice_id: UUID
    client_id: UUID
