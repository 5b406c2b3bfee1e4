"""Tables of invoices: profiles, runs, drafts with what they claim, issued documents, and what is open of them.

Amounts are minor units of the row's currency. Issued documents are snapshots: they are added and read, never changed.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Numeric, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.documents.models import DocumentEdition
from app.platform.kernel.model import (
    ClientRing,
    Isolation,
    TenantModel,
    client_foreign_key,
    client_unique,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)

TITLE_LENGTH, TAX_NUMBER_LENGTH, ADDRESS_LENGTH, PHONE_LENGTH, BANK_LENGTH, ACCOUNT_LENGTH = 120, 20, 200, 40, 80, 40
NAME_LENGTH, UNIT_LENGTH = 200, 10


class InvoicedParty:
    """How a company stands on an invoice."""

    title: Mapped[str] = mapped_column(String(TITLE_LENGTH), default="")
    """抬头: its registered name."""
    tax_number: Mapped[str] = mapped_column(String(TAX_NUMBER_LENGTH), default="")
    address: Mapped[str] = mapped_column(String(ADDRESS_LENGTH), default="")
    phone: Mapped[str] = mapped_column(String(PHONE_LENGTH), default="")
    bank_name: Mapped[str] = mapped_column(String(BANK_LENGTH), default="")
    bank_account: Mapped[str] = mapped_column(String(ACCOUNT_LENGTH), default="")


class SellerProfile(InvoicedParty, TenantModel):
    """How the company itself invoices. One row; `id` is the tenant's."""

    __tablename__ = "seller_profile"
    __isolation__ = Isolation.PROVIDER

    payment_days: Mapped[int] = mapped_column(SmallInteger, default=30)
    """Where neither client nor contract says otherwise."""
    approval_above: Mapped[int | None] = mapped_column(BigInteger)
    """Invoices above it are approved by somebody else; NULL: none."""
    reminder_days: Mapped[list[Any]]
    """Days after the due day on which the three reminders go."""
    tax_items: Mapped[dict[str, Any]]
    """Kind of charge → 项目名称 and 税收分类编码 on a 发票; the key "" is for all others."""
    version: Mapped[int] = mapped_column(default=1)


class BillingProfile(ClientRing, InvoicedParty, TenantModel):
    """How a client is invoiced. `id` is the client's."""

    __tablename__ = "billing_profile"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        tenant_foreign_key("client", "client_id"),
        tenant_foreign_key("client", "payer_client_id"),
        tenant_index("billing_profile", "payer_client_id"),
    )

    fapiao_kind: Mapped[str] = mapped_column(String(12))
    recipient_email: Mapped[str] = mapped_column(String(254), default="")
    payment_days: Mapped[int | None] = mapped_column(SmallInteger)
    payer_client_id: Mapped[UUID | None]
    """The company of the group that pays this client's invoices."""
    version: Mapped[int] = mapped_column(default=1)


class InvoiceRun(TenantModel):
    """Making the drafts of a period, client by client; `cursor` is the last client that is done."""

    __tablename__ = "invoice_run"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        Index("uq_invoice_run_running", "tenant_id", unique=True, postgresql_where=text("state = 'running'")),
    )

    period_start: Mapped[date]
    period_end: Mapped[date]
    """The first day whose charges are left for later."""
    state: Mapped[str] = mapped_column(String(12))
    cursor: Mapped[UUID | None]
    clients_all: Mapped[int]
    clients_done: Mapped[int] = mapped_column(default=0)
    drafts: Mapped[int] = mapped_column(default=0)
    lines: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    started_by: Mapped[str] = mapped_column(String(80))
    finished_at: Mapped[datetime | None]


class InvoiceDraft(TenantModel):
    """An invoice in the making; it has no number. `client_id` is who pays."""

    __tablename__ = "invoice_draft"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_foreign_key("client", "client_id"),
        tenant_index("invoice_draft", "state", "created_at", "id"),
        tenant_index("invoice_draft", "client_id", "state"),
    )

    client_id: Mapped[UUID]
    run_id: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(String(12))
    currency: Mapped[str] = mapped_column(String(3))
    period_start: Mapped[date]
    period_end: Mapped[date]
    payment_days: Mapped[int | None] = mapped_column(SmallInteger)
    """As the contracts of its charges say, the shortest of several; NULL: they say nothing."""
    note: Mapped[str] = mapped_column(Text, default="")
    """What the client reads under the lines."""
    net: Mapped[int] = mapped_column(BigInteger, default=0)
    tax_amount: Mapped[int] = mapped_column(BigInteger, default=0)
    gross: Mapped[int] = mapped_column(BigInteger, default=0)
    findings: Mapped[list[Any]]
    """What is unusual, as codes."""
    previous_gross: Mapped[int | None] = mapped_column(BigInteger)
    """The client's last invoice in this currency."""
    author_id: Mapped[UUID | None]
    author_account_id: Mapped[UUID | None]
    author_name: Mapped[str] = mapped_column(String(80))
    approved_by_name: Mapped[str] = mapped_column(String(80), default="")
    approval_reason: Mapped[str] = mapped_column(Text, default="")
    invoice_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class TaxedLine:
    """A line of a draft or an invoice. The tax is that of the line's day."""

    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    day: Mapped[date]
    period_start: Mapped[date | None]
    period_end: Mapped[date | None]
    quantity: Mapped[Decimal] = mapped_column(Numeric(12, 3))
    unit: Mapped[str] = mapped_column(String(UNIT_LENGTH))
    unit_price: Mapped[Decimal] = mapped_column(Numeric(18, 6))
    price_mode: Mapped[str] = mapped_column(String(12))
    tax: Mapped[str] = mapped_column(String(20))
    """The code of the rate."""
    tax_rate: Mapped[Decimal | None] = mapped_column(Numeric(6, 4))
    """A share; NULL: exempt."""
    net: Mapped[int] = mapped_column(BigInteger)
    tax_amount: Mapped[int] = mapped_column(BigInteger)
    gross: Mapped[int] = mapped_column(BigInteger)
    category: Mapped[str] = mapped_column(String(40))


class InvoiceDraftLine(TaxedLine, TenantModel):
    """One charge on a draft. `branch_id` is the client whose charge it is: of a group's invoice, not the payer."""

    __tablename__ = "invoice_draft_line"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_foreign_key("invoice_draft", "draft_id"),
        tenant_foreign_key("client", "branch_id"),
        tenant_index("invoice_draft_line", "draft_id", "position"),
    )

    draft_id: Mapped[UUID]
    branch_id: Mapped[UUID]
    department_id: Mapped[UUID | None]
    ticket_id: Mapped[UUID | None]


class ChargeClaim(TenantModel):
    """That a charge stands on a line: on one at most. `id` is the charge's; the line of the invoice has the id of the
    draft's."""

    __tablename__ = "charge_claim"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_foreign_key("charge", "id"),
        tenant_foreign_key("invoice_draft_line", "draft_line_id"),
        tenant_unique("charge_claim", "draft_line_id"),
    )

    draft_line_id: Mapped[UUID]


class ChargeDeferral(TenantModel):
    """A charge that was left out: runs up to `until`, that day included, leave it for a later one. `id` is the
    charge's."""

    __tablename__ = "charge_deferral"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (tenant_foreign_key("client", "client_id"), tenant_index("charge_deferral", "client_id"))

    client_id: Mapped[UUID]
    until: Mapped[date]
    deferred_by: Mapped[str] = mapped_column(String(80))
    deferred_at: Mapped[datetime]


class IssuedDocument(ClientRing):
    """Sums of an issued document."""

    number: Mapped[str] = mapped_column(String(28))
    issued_on: Mapped[date]
    """A day of the company's zone."""
    currency: Mapped[str] = mapped_column(String(3))
    net: Mapped[int] = mapped_column(BigInteger)
    tax_amount: Mapped[int] = mapped_column(BigInteger)
    gross: Mapped[int] = mapped_column(BigInteger)
    issued_at: Mapped[datetime]
    issued_by: Mapped[str] = mapped_column(String(80))


class Invoice(IssuedDocument, TenantModel):
    """An issued invoice."""

    __tablename__ = "invoice"
    __isolation__ = Isolation.CLIENT
    __append_only__ = True
    __table_args__ = (
        client_unique("invoice"),
        tenant_unique("invoice", "number"),
        tenant_unique("invoice", "draft_id"),
        tenant_foreign_key("client", "client_id"),
        tenant_index("invoice", "client_id", "issued_on"),
        tenant_index("invoice", "issued_on", "id"),
    )

    draft_id: Mapped[UUID]
    due_on: Mapped[date]
    period_start: Mapped[date]
    period_end: Mapped[date]
    buyer_title: Mapped[str] = mapped_column(String(TITLE_LENGTH))


class InvoiceLine(ClientRing, TaxedLine, TenantModel):
    """One line; names are those of the day of issue. `id` is the draft line's, by which its charge is found."""

    __tablename__ = "invoice_line"
    __isolation__ = Isolation.CLIENT
    __append_only__ = True
    __table_args__ = (
        client_unique("invoice_line"),
        client_foreign_key("invoice", "invoice_id"),
        tenant_index("invoice_line", "invoice_id", "position"),
    )

    invoice_id: Mapped[UUID]
    branch: Mapped[str] = mapped_column(String(120), default="")
    """Of a group's invoice, whose line it is."""
    department: Mapped[str] = mapped_column(String(80), default="")
    ticket_number: Mapped[str] = mapped_column(String(28), default="")


class InvoiceDepartmentShare(ClientRing, TenantModel):
    """What of an invoice belongs to a department; the shares add up to it."""

    __tablename__ = "invoice_department_share"
    __isolation__ = Isolation.CLIENT
    __append_only__ = True
    __table_args__ = (
        client_foreign_key("invoice", "invoice_id"),
        tenant_index("invoice_department_share", "invoice_id", "position"),
    )

    invoice_id: Mapped[UUID]
    position: Mapped[int]
    branch: Mapped[str] = mapped_column(String(120), default="")
    department: Mapped[str] = mapped_column(String(80), default="")
    """Empty: what belongs to no department."""
    cost_centre: Mapped[str] = mapped_column(String(40), default="")
    net: Mapped[int] = mapped_column(BigInteger)
    tax_amount: Mapped[int] = mapped_column(BigInteger)
    gross: Mapped[int] = mapped_column(BigInteger)


class InvoiceDocument(ClientRing, DocumentEdition):
    """What an invoice says on paper; the file of its PDF names it."""

    __tablename__ = "invoice_document"
    __isolation__ = Isolation.CLIENT
    __append_only__ = True
    __table_args__ = (
        tenant_unique("invoice_document", "invoice_id", "edition"),
        client_foreign_key("invoice", "invoice_id"),
    )

    invoice_id: Mapped[UUID]


class OpenItem(ClientRing, TenantModel):
    """What a document asks for, and what of it is still open. Payments and credit notes settle it."""

    __tablename__ = "open_item"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        client_unique("open_item"),
        tenant_unique("open_item", "document_kind", "document_id"),
        tenant_foreign_key("client", "client_id"),
        CheckConstraint("open >= 0 AND open <= total", name="between"),
        tenant_index("open_item", "client_id", "due_on"),
        tenant_index("open_item", "due_on", "id", postgresql_where=text("open > 0")),
    )

    document_kind: Mapped[str] = mapped_column(String(20))
    document_id: Mapped[UUID]
    number: Mapped[str] = mapped_column(String(28))
    issued_on: Mapped[date]
    due_on: Mapped[date]
    currency: Mapped[str] = mapped_column(String(3))
    total: Mapped[int] = mapped_column(BigInteger)
    open: Mapped[int] = mapped_column(BigInteger)


class InvoiceLink(TenantModel):
    """A way to read one invoice without an account, sent by e-mail. The token itself is kept nowhere."""

    __tablename__ = "invoice_link"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("invoice_link", "token_hash"),
        tenant_foreign_key("invoice", "invoice_id"),
        tenant_index("invoice_link", "invoice_id"),
    )

    invoice_id: Mapped[UUID]
    token_hash: Mapped[str] = mapped_column(String(64))
    email: Mapped[str] = mapped_column(String(254))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
