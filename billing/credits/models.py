"""Tables of credits: what a breach proposed, for staff; and what was decided, for the client."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Numeric, String, Text
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

REASON_LENGTH = 300


class _Reckoned:
    """How a credit was reckoned: by which rule, of what, and its limit. Amounts are minor units, tax included or not as
    the contract's prices are."""

    ticket_id: Mapped[UUID]
    ticket_number: Mapped[str] = mapped_column(String(24))
    kind: Mapped[str] = mapped_column(String(16))
    """Which promise was missed: `app.agreements.sla.TargetKind`."""
    contract_number: Mapped[str] = mapped_column(String(40))
    breached_at: Mapped[datetime]
    period_start: Mapped[date]
    period_end: Mapped[date]
    """The first day that does not belong to it any more."""
    fee: Mapped[int] = mapped_column(BigInteger)
    basis: Mapped[str] = mapped_column(String(8))
    """`billing.terms.PenaltyBasis`"""
    share: Mapped[Decimal | None] = mapped_column(Numeric(6, 4))
    """Of the fee; NULL where something else was agreed."""
    rate: Mapped[int | None] = mapped_column(BigInteger)
    """The sum for each missed promise, started hour or day; NULL for a share."""
    units: Mapped[int]
    """Started hours or days; 1 where it is no matter how late."""
    most: Mapped[Decimal | None] = mapped_column(Numeric(6, 4))
    """The share of the fee that is the limit; NULL where a sum was agreed."""
    period_limit: Mapped[int] = mapped_column(BigInteger)
    """What the contract gives back of the billing period at most."""
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text, default="")


class ServiceCredit(_Reckoned, ClientRing, TenantModel):
    """What the client gets back for one missed promise of one ticket. There is one for both, whatever happens to the
    ticket later."""

    __tablename__ = "service_credit"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("service_credit", "ticket_id", "kind"),
        tenant_index("service_credit", "contract_id", "period_start"),
        tenant_index("service_credit", "state", "created_at"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("ticket", "ticket_id"),
    )

    contract_id: Mapped[UUID]
    contract_version_id: Mapped[UUID]
    price_mode: Mapped[str] = mapped_column(String(12))
    parts: Mapped[dict[str, Any]]
    """Code of the tax rate → its part of the amount."""
    decided_at: Mapped[datetime | None]
    decided_by_name: Mapped[str] = mapped_column(String(80), default="")
    alone: Mapped[bool] = mapped_column(default=False)
    """Decided by somebody who was sent to the ticket, in a company where nobody else may."""
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class ServiceCreditNotice(_Reckoned, ClientRing, TenantModel):
    """What the client reads of a credit that was decided; its id is the credit's."""

    __tablename__ = "service_credit_notice"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        tenant_index("service_credit_notice", "client_id", "decided_at"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("ticket", "ticket_id"),
    )

    decided_at: Mapped[datetime]
