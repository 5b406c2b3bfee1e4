"""Headquarters' figures: what each ticket contributes, and the sums by day and by month (N7). Numbers only."""

from datetime import date, datetime

from sqlalchemy import Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import Isolation, TenantModel, tenant_index, tenant_unique


class QualityFact(TenantModel):
    """One ticket's contribution to the figures of the local day it was reported on. `id` is the ticket's id.

    Each figure is 0 or 1, but for `score_sum`; `tenants.partner_metrics.facts` tells what each means.
    """

    __tablename__ = "quality_fact"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (tenant_index("quality_fact", "day"),)

    day: Mapped[date]
    tickets: Mapped[int] = mapped_column(SmallInteger)
    resolved: Mapped[int] = mapped_column(SmallInteger)
    reopened: Mapped[int] = mapped_column(SmallInteger)
    response_met: Mapped[int] = mapped_column(SmallInteger)
    response_breached: Mapped[int] = mapped_column(SmallInteger)
    remote_access_met: Mapped[int] = mapped_column(SmallInteger)
    remote_access_breached: Mapped[int] = mapped_column(SmallInteger)
    arrival_met: Mapped[int] = mapped_column(SmallInteger)
    arrival_breached: Mapped[int] = mapped_column(SmallInteger)
    resolution_met: Mapped[int] = mapped_column(SmallInteger)
    resolution_breached: Mapped[int] = mapped_column(SmallInteger)
    visited: Mapped[int] = mapped_column(SmallInteger)
    first_visit_fixed: Mapped[int] = mapped_column(SmallInteger)
    on_device: Mapped[int] = mapped_column(SmallInteger)
    repeated: Mapped[int] = mapped_column(SmallInteger)
    rated: Mapped[int] = mapped_column(SmallInteger)
    score_sum: Mapped[int] = mapped_column(SmallInteger)
    resolved_at: Mapped[datetime | None]
    """The ticket's resolution with which the later tickets of its device were last compared, UTC."""


class Sums:
    """The sums of the facts of one stretch of time."""

    tickets: Mapped[int]
    resolved: Mapped[int]
    reopened: Mapped[int]
    response_met: Mapped[int]
    response_breached: Mapped[int]
    remote_access_met: Mapped[int]
    remote_access_breached: Mapped[int]
    arrival_met: Mapped[int]
    arrival_breached: Mapped[int]
    resolution_met: Mapped[int]
    resolution_breached: Mapped[int]
    visited: Mapped[int]
    first_visit_fixed: Mapped[int]
    on_device: Mapped[int]
    repeated: Mapped[int]
    rated: Mapped[int]
    score_sum: Mapped[int]
    updated_at: Mapped[datetime]


class QualityRollup(Sums, TenantModel):
    """The sums of one partner's month (its first local day). Quarters are sums of months."""

    __tablename__ = "quality_rollup"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (tenant_unique("quality_rollup", "month"), Index("ix_quality_rollup_month", "month"))

    month: Mapped[date]


class QualityDay(Sums, TenantModel):
    """The sums of one partner's local day."""

    __tablename__ = "quality_day"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (tenant_unique("quality_day", "day"), Index("ix_quality_day_day", "day"))

    day: Mapped[date]
