"""Clocks in tables: the columns that every family of them has, and the tables of promises on any record."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import Isolation, TenantModel, tenant_foreign_key, tenant_index, tenant_unique

RUNNING = "stopped_at IS NULL AND cancelled_at IS NULL"
"""The condition of an index of running clocks: few, however many records there were."""


class ClockRow(TenantModel):
    """The running measurement of one promised time: an `app.platform.promises.clock.Clock` as columns.

    The open interval stands here (`interval_started_at`, `waiting_for`), closed ones in the family's `IntervalRow`.
    `due_at` is NULL while nothing counts; then `counted_seconds` tells what has been used. All seconds are service
    seconds of the target's calendar.
    """

    __abstract__ = True

    kind: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(12))
    target_seconds: Mapped[int]
    counted_seconds: Mapped[int]
    interval_started_at: Mapped[datetime | None]
    waiting_for: Mapped[str | None] = mapped_column(String(12))
    started_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]


class IntervalRow(TenantModel):
    """One closed stretch of a clock's ledger: running, or waiting for something. Never touched again.

    One that ends where it starts corrects the seconds of those before it, when changed terms measured the past anew.
    """

    __abstract__ = True

    clock_id: Mapped[UUID]
    sequence: Mapped[int]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    waiting_for: Mapped[str | None] = mapped_column(String(12))
    seconds: Mapped[int]


class ReachedRow(TenantModel):
    """A threshold that one clock reached, recorded once. `step` is its name."""

    __abstract__ = True

    clock_id: Mapped[UUID]
    step: Mapped[str] = mapped_column(String(24))
    reached_at: Mapped[datetime]


class PromiseRecord(ClockRow):
    """One promised time of one record of any kind. `client_id` and `reporter_id` are the record's own rings, NULL
    for what belongs to no client; whoever may read the record may read its promises.

    `terms` are a `PromiseTerms` document: the clock keeps what it was started with, and later edits rewrite nothing.
    """

    __tablename__ = "promise"
    __isolation__ = Isolation.REPORTER
    __table_args__ = (
        tenant_unique("promise", "subject_kind", "subject_id", "kind"),
        tenant_index("promise", "client_id", "id", postgresql_where=text(RUNNING)),
        tenant_foreign_key("client", "client_id"),
    )

    client_id: Mapped[UUID | None]
    reporter_id: Mapped[UUID | None]
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[UUID]
    terms: Mapped[dict[str, Any]]


class PromiseInterval(IntervalRow):
    """A stretch of a promise's ledger, in the promise's rings."""

    __tablename__ = "promise_interval"
    __isolation__ = Isolation.REPORTER
    __append_only__ = True
    __table_args__ = (
        tenant_unique("promise_interval", "clock_id", "sequence"),
        tenant_foreign_key("client", "client_id"),
        tenant_foreign_key("promise", "clock_id"),
    )

    client_id: Mapped[UUID | None]
    reporter_id: Mapped[UUID | None]


class PromiseThreshold(ReachedRow):
    """A threshold that one promise reached."""

    __tablename__ = "promise_threshold"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("promise_threshold", "clock_id", "step"),
        tenant_foreign_key("promise", "clock_id"),
    )
