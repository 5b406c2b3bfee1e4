"""Tables of payments. Amounts are whole minor units; days are the company's."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ColumnElement, Index, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

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
from app.platform.kernel.row_scope import ScopedStaff, row_scope_of

NAME_LENGTH, ACCOUNT_LENGTH, TEXT_LENGTH, REFERENCE_LENGTH, GATEWAY_ID_LENGTH = 120, 60, 300, 80, 80
STARTED_BY_LENGTH = 80


class BankLine(TenantModel):
    """A line of a bank statement, as the bank tells it: once, however often it is brought in."""

    __tablename__ = "bank_line"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("bank_line", "fingerprint", "occurrence"),
        tenant_index("bank_line", "state", "day", "id"),
        tenant_index("bank_line", "amount", "day"),
        Index(
            "uq_bank_line_reverses_id",
            "tenant_id",
            "reverses_id",
            unique=True,
            postgresql_where=text("reverses_id IS NOT NULL"),
        ),
        CheckConstraint("amount <> 0", name="amount"),
    )

    own_account: Mapped[str] = mapped_column(String(ACCOUNT_LENGTH), default="")
    """The company's account, where the statement tells."""
    day: Mapped[date]
    amount: Mapped[int] = mapped_column(BigInteger)
    """Positive came in, negative went out."""
    currency: Mapped[str] = mapped_column(String(3))
    payer_name: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    payer_account: Mapped[str] = mapped_column(String(ACCOUNT_LENGTH), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    reference: Mapped[str] = mapped_column(String(REFERENCE_LENGTH), default="")
    """The bank's own number of the transaction."""
    balance: Mapped[int | None] = mapped_column(BigInteger)
    """Of the account after it."""
    fingerprint: Mapped[str] = mapped_column(String(64))
    """SHA-256 of what the bank tells of it."""
    occurrence: Mapped[int] = mapped_column(SmallInteger)
    """1, 2 … of lines of one statement that are told alike."""
    state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(200), default="")
    """Why it was set aside."""
    reverses_id: Mapped[UUID | None]
    """The line that this one takes back."""
    imported_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class Payment(ClientRing, TenantModel):
    """Money of a client that came in. What is not allocated is its deposit."""

    __tablename__ = "payment"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        client_unique("payment"),
        tenant_unique("payment", "number"),
        Index(
            "uq_payment_line_id",
            "tenant_id",
            "line_id",
            unique=True,
            postgresql_where=text("state = 'received'"),
        ),
        tenant_index("payment", "client_id", "received_on"),
        tenant_foreign_key("client", "client_id"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint(
            "unallocated >= 0 AND withdrawn >= 0 AND refunded >= 0 AND unallocated + withdrawn + refunded <= amount",
            name="unallocated",
        ),
    )

    number: Mapped[str] = mapped_column(String(24))
    method: Mapped[str] = mapped_column(String(10), default="transfer")
    line_id: Mapped[UUID | None]
    """The line of the bank statement. No foreign key: a client reads its payment, never the statement."""
    received_on: Mapped[date]
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    unallocated: Mapped[int] = mapped_column(BigInteger)
    """What no document has yet: the client's deposit."""
    withdrawn: Mapped[int] = mapped_column(BigInteger, default=0)
    """What the payer's bank holds back while it is disputed, or for good."""
    refunded: Mapped[int] = mapped_column(BigInteger, default=0)
    """What went back to the client."""
    payer_name: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(200), default="")
    """Why it was taken back."""
    recorded_at: Mapped[datetime]
    recorded_by_name: Mapped[str] = mapped_column(String(80))
    version: Mapped[int] = mapped_column(default=1)


class PaymentAllocation(ClientRing, TenantModel):
    """What of a payment settled a document; or, naming another in `reverses_id`, that it does not any more."""

    __tablename__ = "payment_allocation"
    __isolation__ = Isolation.CLIENT
    __append_only__ = True
    __table_args__ = (
        tenant_unique("payment_allocation", "reverses_id"),
        tenant_index("payment_allocation", "payment_id"),
        tenant_index("payment_allocation", "open_item_id"),
        client_foreign_key("payment", "payment_id"),
        client_foreign_key("open_item", "open_item_id"),
        CheckConstraint("amount > 0", name="amount"),
    )

    payment_id: Mapped[UUID]
    open_item_id: Mapped[UUID]
    document_number: Mapped[str] = mapped_column(String(28))
    amount: Mapped[int] = mapped_column(BigInteger)
    day: Mapped[date]
    made_at: Mapped[datetime]
    made_by_name: Mapped[str] = mapped_column(String(80))
    reverses_id: Mapped[UUID | None]


class Checkout(ClientRing, TenantModel):
    """One attempt of a client to pay online what it owes."""

    __tablename__ = "checkout"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        Index(
            "uq_checkout_session_id",
            "tenant_id",
            "session_id",
            unique=True,
            postgresql_where=text("session_id IS NOT NULL"),
        ),
        tenant_index("checkout", "client_id", "started_at"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("payment", "payment_id"),
        CheckConstraint("amount > 0", name="amount"),
    )

    documents: Mapped[list[Any]]
    """Open items, each with its number and what was open of it."""
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[str] = mapped_column(String(12))
    session_id: Mapped[str | None] = mapped_column(String(GATEWAY_ID_LENGTH))
    """The provider's page."""
    expires_at: Mapped[datetime | None]
    """Of the page."""
    payment_id: Mapped[UUID | None]
    started_by_name: Mapped[str] = mapped_column(String(STARTED_BY_LENGTH))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class OnlineReceipt(TenantModel):
    """What the payment provider tells of an online payment, once; fees are no client's business.

    `id` is the payment's. No foreign key: it is stored first, so that of two who record a payment one waits.
    """

    __tablename__ = "online_receipt"
    __isolation__ = Isolation.PROVIDER
    __append_only__ = True
    __table_args__ = (
        tenant_unique("online_receipt", "gateway_payment_id"),
        CheckConstraint("fee >= 0 AND application_fee >= 0", name="fees"),
    )

    gateway_payment_id: Mapped[str] = mapped_column(String(GATEWAY_ID_LENGTH))
    fee: Mapped[int] = mapped_column(BigInteger)
    """What the provider keeps."""
    application_fee: Mapped[int] = mapped_column(BigInteger)
    """What headquarters keep."""
    captured_at: Mapped[datetime]


class PaymentDispute(ClientRing, TenantModel):
    """A payer's objection to an online payment: the money is gone until it is won."""

    __tablename__ = "payment_dispute"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("payment_dispute", "gateway_dispute_id"),
        client_foreign_key("payment", "payment_id"),
        tenant_index("payment_dispute", "payment_id"),
        CheckConstraint("amount > 0 AND fee >= 0", name="amount"),
    )

    payment_id: Mapped[UUID]
    gateway_dispute_id: Mapped[str] = mapped_column(String(GATEWAY_ID_LENGTH))
    amount: Mapped[int] = mapped_column(BigInteger)
    beyond: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    """How much of the amount the payment did not hold any more: the client had it back before."""
    fee: Mapped[int] = mapped_column(BigInteger)
    """What the provider asks for dealing with it."""
    reason: Mapped[str] = mapped_column(String(REFERENCE_LENGTH), default="")
    """The provider's word."""
    opened_documents: Mapped[list[Any]]
    """Open items that the payment settled until then, each with its amount."""
    state: Mapped[str] = mapped_column(String(12))
    opened_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class PayerAccount(ClientRing, TenantModel):
    """Whose bank account it is: learnt from what people booked."""

    __tablename__ = "payer_account"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (tenant_unique("payer_account", "account"), tenant_foreign_key("client", "client_id"))

    account: Mapped[str] = mapped_column(String(ACCOUNT_LENGTH))
    payer_name: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    seen_at: Mapped[datetime]


@row_scope_of(Payment, PaymentAllocation, PayerAccount, PaymentDispute, Checkout)
def _payments(table: type[Payment], staff: ScopedStaff) -> ColumnElement[bool]:
    return table.client_id.in_(staff.clients)
