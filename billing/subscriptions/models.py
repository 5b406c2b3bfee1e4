"""Tables of partners' plans: what headquarters sells, and in each partner's tenant its subscription, usage and bills.

Amounts are minor units of the row's currency, without tax. Invoices are headquarters' (`billing/royalties`), each with
a copy in the partner's tenant.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import Isolation, Model, TenantModel, tenant_foreign_key, tenant_index, tenant_unique

CODE_LENGTH = 20


class PlanVersion(Model):
    """What a plan costs and includes from a day on. Headquarters writes it; never changed."""

    __tablename__ = "plan_version"
    __isolation__ = Isolation.GLOBAL
    __table_args__ = (
        UniqueConstraint("code", "effective_from", name="uq_plan_version_code_effective_from"),
        CheckConstraint("price >= 0 AND engineer_price >= 0 AND device_price >= 0", name="prices"),
        CheckConstraint("included_engineers >= 0 AND included_devices >= 0", name="included"),
        CheckConstraint("trial_days >= 0 AND past_due_days >= 0 AND grace_days >= 0", name="days"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(CODE_LENGTH))
    effective_from: Mapped[date]
    currency: Mapped[str] = mapped_column(String(3))
    price: Mapped[int] = mapped_column(BigInteger)
    """Of a month."""
    included_engineers: Mapped[int]
    included_devices: Mapped[int]
    engineer_price: Mapped[int] = mapped_column(BigInteger)
    """Of one engineer more, for a month."""
    device_price: Mapped[int] = mapped_column(BigInteger)
    """Of one device more, for a month."""
    trial_days: Mapped[int] = mapped_column(SmallInteger)
    past_due_days: Mapped[int] = mapped_column(SmallInteger)
    """After the due day, until the grace begins."""
    grace_days: Mapped[int] = mapped_column(SmallInteger)
    """Until the company is read-only."""
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(80))


class PlanSubscription(TenantModel):
    """A partner's plan; one of each, whose id is the tenant's. Headquarters reads it on the network role's connections.

    The period is half-open; in a trial it is the trial. The anchor's day of the month is kept.
    """

    __tablename__ = "plan_subscription"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        CheckConstraint("credit >= 0", name="credit"),
        CheckConstraint("period_start <= counted_from AND counted_from <= period_end", name="period"),
        Index("ix_plan_subscription_state", "tenant_id", "state"),
    )

    plan_code: Mapped[str] = mapped_column(String(CODE_LENGTH))
    version_id: Mapped[UUID]
    """The price that holds in the period."""
    state: Mapped[str] = mapped_column(String(12))
    anchor: Mapped[date]
    period_start: Mapped[date]
    period_end: Mapped[date]
    counted_from: Mapped[date]
    """From which day of the period usage is still to be billed."""
    ending: Mapped[bool] = mapped_column(default=False)
    currency: Mapped[str] = mapped_column(String(3))
    credit: Mapped[int] = mapped_column(BigInteger, default=0)
    engineers: Mapped[int] = mapped_column(default=0)
    devices: Mapped[int] = mapped_column(default=0)
    """As counted last."""
    started_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class PlanSubscriptionStep(TenantModel):
    """One step in a subscription's life; never overwritten."""

    __tablename__ = "plan_subscription_step"
    __isolation__ = Isolation.PROVIDER
    __append_only__ = True
    __table_args__ = (
        tenant_index("plan_subscription_step", "subscription_id", "occurred_at"),
        tenant_foreign_key("plan_subscription", "subscription_id"),
    )

    subscription_id: Mapped[UUID]
    occurred_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(12))
    """`start`, `cancel`, `keep`, or a move."""
    state: Mapped[str] = mapped_column(String(12))
    """Afterwards."""
    plan_code: Mapped[str] = mapped_column(String(CODE_LENGTH))
    actor_name: Mapped[str] = mapped_column(String(80))


class PlanUsage(TenantModel):
    """The highest counts of a day."""

    __tablename__ = "plan_usage"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (tenant_unique("plan_usage", "day"),)

    day: Mapped[date]
    engineers: Mapped[int]
    devices: Mapped[int]


class PlanBill(TenantModel):
    """What a subscription asks for at one occasion, once. What asks for nothing has no invoice."""

    __tablename__ = "plan_bill"
    __isolation__ = Isolation.PROVIDER
    __append_only__ = True
    __table_args__ = (
        tenant_unique("plan_bill", "subscription_id", "occasion"),
        tenant_foreign_key("plan_subscription", "subscription_id"),
        CheckConstraint("net >= 0 AND credit >= 0", name="amounts"),
    )

    subscription_id: Mapped[UUID]
    occasion: Mapped[str] = mapped_column(String(40))
    """`period:2026-12-01`, `change:7`, `end:2027-01-01`."""
    day: Mapped[date]
    currency: Mapped[str] = mapped_column(String(3))
    lines: Mapped[list[Any]]
    net: Mapped[int] = mapped_column(BigInteger)
    credit: Mapped[int] = mapped_column(BigInteger)
    """What was left of the credit."""
    made_at: Mapped[datetime]
