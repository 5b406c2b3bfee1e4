"""The table of refunds."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ColumnElement, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import (
    ClientRing,
    Isolation,
    TenantModel,
    client_foreign_key,
    tenant_index,
    tenant_unique,
)
from app.platform.kernel.row_scope import ScopedStaff, row_scope_of


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
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(12))
    author_id: Mapped[UUID | None]
    author_name: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    decided_by_name: Mapped[str] = mapped_column(String(80), default="")
    decision_reason: Mapped[str] = mapped_column(String(1000), default="")
    paid_on: Mapped[date | None]
    line_id: Mapped[UUID | None]
    """The line of the bank statement with which it went out. No foreign key: a client reads its refund, never the
    statement."""
    failure_reason: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(default=1)


@row_scope_of(Refund)
def _refunds(table: type[Refund], staff: ScopedStaff) -> ColumnElement[bool]:
    return table.client_id.in_(staff.clients)
