"""Tables of credit notes: what somebody asks to be given back, and the issued documents."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Numeric, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.documents.models import DocumentEdition
from app.platform.kernel.model import (
    ClientRing,
    Isolation,
    TenantModel,
    client_foreign_key,
    client_unique,
    tenant_index,
    tenant_unique,
)
from billing.invoicing.models import NAME_LENGTH, IssuedDocument


class CreditNoteRequest(ClientRing, TenantModel):
    """That an invoice, or some of its lines, is to be given back; somebody else says yes."""

    __tablename__ = "credit_note_request"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        client_foreign_key("invoice", "invoice_id"),
        tenant_index("credit_note_request", "invoice_id"),
        tenant_index("credit_note_request", "state", "created_at", "id"),
    )

    invoice_id: Mapped[UUID]
    lines: Mapped[list[Any]]
    """Id of the invoice's line and how much of it, with tax; empty: all that is left of every line."""
    gross: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(Text)
    """The client reads it."""
    state: Mapped[str] = mapped_column(String(12))
    author_id: Mapped[UUID | None]
    author_name: Mapped[str] = mapped_column(String(80))
    decided_by_name: Mapped[str] = mapped_column(String(80), default="")
    decision_reason: Mapped[str] = mapped_column(Text, default="")
    credit_note_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class CreditNote(IssuedDocument, TenantModel):
    """What was given back of an invoice. Amounts are above zero."""

    __tablename__ = "credit_note"
    __isolation__ = Isolation.CLIENT
    __append_only__ = True
    __table_args__ = (
        client_unique("credit_note"),
        tenant_unique("credit_note", "number"),
        tenant_unique("credit_note", "request_id"),
        client_foreign_key("invoice", "invoice_id"),
        tenant_index("credit_note", "client_id", "issued_on"),
        tenant_index("credit_note", "invoice_id"),
    )

    invoice_id: Mapped[UUID]
    invoice_number: Mapped[str] = mapped_column(String(28))
    request_id: Mapped[UUID]
    reason: Mapped[str] = mapped_column(Text)


class CreditNoteLine(ClientRing, TenantModel):
    """What was given back of one line of the invoice."""

    __tablename__ = "credit_note_line"
    __isolation__ = Isolation.CLIENT
    __append_only__ = True
    __table_args__ = (
        client_foreign_key("credit_note", "credit_note_id"),
        client_foreign_key("invoice_line", "invoice_line_id"),
        tenant_index("credit_note_line", "credit_note_id", "position"),
        tenant_index("credit_note_line", "invoice_line_id"),
    )

    credit_note_id: Mapped[UUID]
    invoice_line_id: Mapped[UUID]
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    tax_rate: Mapped[Decimal | None] = mapped_column(Numeric(6, 4))
    category: Mapped[str] = mapped_column(String(40))
    net: Mapped[int] = mapped_column(BigInteger)
    tax_amount: Mapped[int] = mapped_column(BigInteger)
    gross: Mapped[int] = mapped_column(BigInteger)


class CreditNoteDocument(ClientRing, DocumentEdition):
    """What a credit note says on paper; the file of its PDF names it."""

    __tablename__ = "credit_note_document"
    __isolation__ = Isolation.CLIENT
    __append_only__ = True
    __table_args__ = (
        tenant_unique("credit_note_document", "credit_note_id", "edition"),
        client_foreign_key("credit_note", "credit_note_id"),
    )

    credit_note_id: Mapped[UUID]
