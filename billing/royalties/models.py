"""Tables of royalties: the partner's revenue in facts; headquarters' rates, runs and charges; statements and invoices,
which both sides have.

Facts, rates, runs and charges stand on one side only. A statement and an invoice are two mirrored rows with one id. No
row names a client. Amounts are minor units of the row's currency.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Numeric, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.background.mirrors import Mirror, MirroredLines, MirroredModel
from app.platform.kernel.actor import HQ_TENANT_ID
from app.platform.kernel.model import Isolation, TenantModel, tenant_foreign_key, tenant_index, tenant_unique
from billing.royalties.events import RoyaltyInvoiceChanged, RoyaltyStatementChanged
from billing.royalties.states import ROYALTY_INVOICE, ROYALTY_STATEMENT

NAME_LENGTH, CATEGORY_LENGTH, REASON_LENGTH, REFERENCE_LENGTH, NUMBER_LENGTH = 120, 40, 500, 80, 60


class RoyaltyMonth(TenantModel):
    """A month of a partner's invoices whose revenue was counted, by its first day; locked while it is counted anew."""

    __tablename__ = "royalty_month"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (tenant_unique("royalty_month", "month"),)

    month: Mapped[date]
    counted_at: Mapped[datetime]


class RoyaltyFact(TenantModel):
    """What a day adds to a partner's revenue of one kind of charge, from its invoices of one month; without tax.

    Rows are never removed: what counts no more is zero, so that `changed_at` tells whoever reckoned before.
    """

    __tablename__ = "royalty_fact"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("royalty_fact", "issued_month", "day", "category", "currency"),
        tenant_index("royalty_fact", "day"),
        tenant_index("royalty_fact", "changed_at"),
    )

    issued_month: Mapped[date]
    """The first day of the month in which the invoices were issued, on the partner's calendar."""
    day: Mapped[date]
    category: Mapped[str] = mapped_column(String(CATEGORY_LENGTH))
    currency: Mapped[str] = mapped_column(String(3))
    posted: Mapped[int] = mapped_column(BigInteger)
    paid: Mapped[int] = mapped_column(BigInteger)
    changed_at: Mapped[datetime]


class RoyaltyRate(TenantModel):
    """A share of revenue from a day on, at headquarters. An empty category is every other, level 0 every level."""

    __tablename__ = "royalty_rate"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("royalty_rate", "category", "star_level", "effective_from"),
        CheckConstraint("rate >= 0 AND rate <= 1", name="rate"),
        CheckConstraint("star_level BETWEEN 0 AND 5", name="star_level"),
    )

    category: Mapped[str] = mapped_column(String(CATEGORY_LENGTH))
    star_level: Mapped[int] = mapped_column(SmallInteger)
    rate: Mapped[Decimal] = mapped_column(Numeric(6, 4))
    effective_from: Mapped[date]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(80))


class RoyaltyRule(TenantModel):
    """How royalties are reckoned and invoiced from a month on, at headquarters."""

    __tablename__ = "royalty_rule"
    __isolation__ = Isolation.PROVIDER
    __append_only__ = True
    __table_args__ = (
        tenant_unique("royalty_rule", "effective_from"),
        CheckConstraint("minimum_fee >= 0 AND payment_days >= 0 AND answer_days > 0", name="numbers"),
    )

    effective_from: Mapped[date]
    """The first day of a month."""
    basis: Mapped[str] = mapped_column(String(8))
    minimum_fee: Mapped[int] = mapped_column(BigInteger)
    """Of a month."""
    currency: Mapped[str] = mapped_column(String(3))
    """Of the minimum fee; statements in other currencies have none."""
    answer_days: Mapped[int] = mapped_column(SmallInteger)
    """Within which a partner objects, or has agreed."""
    payment_days: Mapped[int] = mapped_column(SmallInteger)
    tax: Mapped[str] = mapped_column(String(20))
    """The code of the tax rate on invoices."""
    seller_title: Mapped[str] = mapped_column(String(NAME_LENGTH))
    seller_tax_number: Mapped[str] = mapped_column(String(20))
    bank_name: Mapped[str] = mapped_column(String(80))
    bank_account: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(80))


class RoyaltyRun(TenantModel):
    """Making the statements of a month at headquarters, partner by partner; `cursor` is the last one that is done."""

    __tablename__ = "royalty_run"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("royalty_run", "month"),
        Index("uq_royalty_run_running", "tenant_id", unique=True, postgresql_where=text("state = 'running'")),
    )

    month: Mapped[date]
    state: Mapped[str] = mapped_column(String(12))
    cursor: Mapped[UUID | None]
    partners: Mapped[int] = mapped_column(default=0)
    statements: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    started_by: Mapped[str] = mapped_column(String(80))
    finished_at: Mapped[datetime | None]


class RoyaltyStatement(MirroredModel):
    """One side's statement of what a partner owes for a month. `lines` are those of the present edition."""

    __tablename__ = "royalty_statement"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("royalty_statement", "partner_id", "month", "currency"),
        tenant_index("royalty_statement", "month", "id"),
        tenant_index("royalty_statement", "state", "answer_by"),
        CheckConstraint("amount >= 0", name="amount"),
    )

    number: Mapped[str] = mapped_column(String(NUMBER_LENGTH))
    partner_id: Mapped[UUID]
    partner_name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    month: Mapped[date]
    currency: Mapped[str] = mapped_column(String(3))
    made_at: Mapped[datetime]
    bases: Mapped[list[Any]]
    """From which month of issue on which revenue counts, as it was when the month was stated: `[["2026-01-01",
    "paid"], …]`."""
    minimum_fee: Mapped[int] = mapped_column(BigInteger)
    edition: Mapped[int] = mapped_column(SmallInteger, default=1)
    revenue: Mapped[int] = mapped_column(BigInteger)
    amount: Mapped[int] = mapped_column(BigInteger)
    """What is to be paid, without tax."""
    lines: Mapped[list[Any]]
    answer_by: Mapped[date]
    """The last day on which the partner may object, in headquarters' zone."""
    dispute_reason: Mapped[str] = mapped_column(Text, default="")

    @property
    def owner_tenant_id(self) -> UUID:
        return HQ_TENANT_ID

    @property
    def other_tenant_id(self) -> UUID:
        return self.partner_id


class RoyaltyStatementStep(TenantModel):
    """One step in the life of a statement; both sides have the same steps under the same ids, never overwritten."""

    __tablename__ = "royalty_statement_step"
    __isolation__ = Isolation.PROVIDER
    __append_only__ = True
    __table_args__ = (
        tenant_index("royalty_statement_step", "statement_id", "occurred_at"),
        tenant_foreign_key("royalty_statement", "statement_id"),
    )

    statement_id: Mapped[UUID]
    occurred_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(12))
    """`made`, or a move."""
    side: Mapped[str] = mapped_column(String(8))
    actor_name: Mapped[str] = mapped_column(String(80))
    amount: Mapped[int] = mapped_column(BigInteger)
    """What was to be paid from then on."""
    text: Mapped[str] = mapped_column(Text, default="")


class RoyaltyCharge(TenantModel):
    """What a statement asks for a month, at headquarters: its own month, or an earlier one that has changed since.

    The sum for a month is what it has been asked for until now. A correction adds rows.
    """

    __tablename__ = "royalty_charge"
    __isolation__ = Isolation.PROVIDER
    __append_only__ = True
    __table_args__ = (
        tenant_foreign_key("royalty_statement", "statement_id"),
        tenant_index("royalty_charge", "partner_id", "month"),
        tenant_index("royalty_charge", "statement_id"),
    )

    statement_id: Mapped[UUID]
    partner_id: Mapped[UUID]
    month: Mapped[date]
    currency: Mapped[str] = mapped_column(String(3))
    kind: Mapped[str] = mapped_column(String(12))
    amount: Mapped[int] = mapped_column(BigInteger)
    made_at: Mapped[datetime]


class RoyaltyInvoice(MirroredModel):
    """One side's copy of headquarters' invoice to a partner, for a statement or for a bill of its plan. What it says is
    a snapshot."""

    __tablename__ = "royalty_invoice"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("royalty_invoice", "number"),
        tenant_unique("royalty_invoice", "statement_id"),
        tenant_unique("royalty_invoice", "bill_id"),
        tenant_index("royalty_invoice", "partner_id", "due_on"),
        CheckConstraint("(statement_id IS NULL) <> (bill_id IS NULL)", name="subject"),
        CheckConstraint("open >= 0 AND open <= gross AND gross > 0", name="open"),
    )

    number: Mapped[str] = mapped_column(String(NUMBER_LENGTH))
    statement_id: Mapped[UUID | None]
    bill_id: Mapped[UUID | None]
    """The partner's bill of its plan (B11), which stands in the partner's tenant."""
    partner_id: Mapped[UUID]
    partner_name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    month: Mapped[date]
    currency: Mapped[str] = mapped_column(String(3))
    net: Mapped[int] = mapped_column(BigInteger)
    tax_amount: Mapped[int] = mapped_column(BigInteger)
    gross: Mapped[int] = mapped_column(BigInteger)
    issued_on: Mapped[date]
    due_on: Mapped[date]
    issued_at: Mapped[datetime]
    content: Mapped[dict[str, Any]]
    content_hash: Mapped[str] = mapped_column(String(64))
    open: Mapped[int] = mapped_column(BigInteger)

    @property
    def owner_tenant_id(self) -> UUID:
        return HQ_TENANT_ID

    @property
    def other_tenant_id(self) -> UUID:
        return self.partner_id


class RoyaltyPayment(TenantModel):
    """Money that came in for an invoice by bank transfer; or, naming another in `reverses_id`, that it did not."""

    __tablename__ = "royalty_payment"
    __isolation__ = Isolation.PROVIDER
    __append_only__ = True
    __table_args__ = (
        tenant_foreign_key("royalty_invoice", "invoice_id"),
        tenant_unique("royalty_payment", "reverses_id"),
        tenant_index("royalty_payment", "invoice_id"),
        tenant_index("royalty_payment", "reference"),
        CheckConstraint("amount > 0", name="amount"),
    )

    invoice_id: Mapped[UUID]
    received_on: Mapped[date]
    amount: Mapped[int] = mapped_column(BigInteger)
    reference: Mapped[str] = mapped_column(String(REFERENCE_LENGTH))
    """The bank's own number of the transaction."""
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    """Why it was taken back."""
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(80))
    reverses_id: Mapped[UUID | None]


ROYALTY_STATEMENTS: Final = Mirror(
    model=RoyaltyStatement,
    machine=ROYALTY_STATEMENT,
    event=RoyaltyStatementChanged,
    opening=("number", "partner_id", "partner_name", "month", "currency", "made_at", "bases", "minimum_fee"),
    owner_fields=("edition", "revenue", "amount", "lines", "answer_by"),
    other_fields=("dispute_reason",),
    lines=MirroredLines(
        RoyaltyStatementStep, "statement_id", ("occurred_at", "kind", "side", "actor_name", "amount", "text")
    ),
)

ROYALTY_INVOICES: Final = Mirror(
    model=RoyaltyInvoice,
    machine=ROYALTY_INVOICE,
    event=RoyaltyInvoiceChanged,
    opening=(
        "number",
        "statement_id",
        "bill_id",
        "partner_id",
        "partner_name",
        "month",
        "currency",
        "net",
        "tax_amount",
        "gross",
        "issued_on",
        "due_on",
        "issued_at",
        "content",
        "content_hash",
    ),
    owner_fields=("open",),
    lines=MirroredLines(
        RoyaltyPayment,
        "invoice_id",
        ("received_on", "amount", "reference", "reason", "recorded_at", "recorded_by", "reverses_id"),
    ),
)
