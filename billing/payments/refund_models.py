"""Tables of refunds."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ColumnElement, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import (
    ClientRing,
    Isolation,
    TenantModel,
    client_foreign_key,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)
from app.platform.kernel.row_scope import ScopedStaff, row_scope_of
from billing.payments.models import GATEWAY_ID_LENGTH


class Refund(ClientRing, TenantModel):
    """Money of a payment that goes back to its client, after somebody else's yes."""

    __tablename__ = "refund"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        tenant_unique("refund", "number"),
        client_foreign_key("payment", "payment_id"),
        tenant_index("refund", "payment_id"),
        Index("uq_refund_line_id", "tenant_id", "line_id", unique=True, postgresql_where=text("line_id IS NOT NULL")),
        CheckConstraint("amount > 0", name="amount"),
    )

    number: Mapped[str] = mapped_column(String(24))
    payment_id: Mapped[UUID]
    method: Mapped[str] = mapped_column(String(10))
    """That of the payment."""
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(12))
    author_id: Mapped[UUID | None]
    """None for one that was made on the payment provider's own pages; so is the name empty."""
    author_name: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    decided_by_name: Mapped[str] = mapped_column(String(80), default="")
    decision_reason: Mapped[str] = mapped_column(String(1000), default="")
    paid_on: Mapped[date | None]
    """When the money left: of an online one before the payer's bank has it."""
    line_id: Mapped[UUID | None]
    """The line of the bank statement with which it went out. No foreign key: a client reads its refund, never the
    statement."""
    failure_reason: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(default=1)


class OnlineRefund(TenantModel):
    """What the payment provider tells of a refund, written down once; fees are no client's business. `id` is the
    refund's."""

    __tablename__ = "online_refund"
    __isolation__ = Isolation.PROVIDER
    __append_only__ = True
    __table_args__ = (
        tenant_unique("online_refund", "gateway_refund_id"),
        tenant_foreign_key("refund", "id"),
        CheckConstraint("application_fee >= 0", name="application_fee"),
    )

    gateway_refund_id: Mapped[str] = mapped_column(String(GATEWAY_ID_LENGTH))
    application_fee: Mapped[int] = mapped_column(BigInteger)
    """What headquarters gave back of its fee."""
    opened_documents: Mapped[list[Any]]
    """Open items that the payment settled until then, each with its amount."""
    told_at: Mapped[datetime]


@row_scope_of(Refund)
def _refunds(table: type[Refund], staff: ScopedStaff) -> ColumnElement[bool]:
    return table.client_id.in_(staff.clients)
