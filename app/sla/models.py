"""What was promised, and how it is being kept (S1–S4). Calendars and policies are versioned: changes never rewrite the
past, because each clock names the versions that it runs by."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.model import (
    Isolation,
    ReporterRing,
    TenantModel,
    client_key,
    client_unique,
    tenant_index,
    tenant_key,
    tenant_unique,
)


class ServiceCalendarRecord(TenantModel):
    """A calendar by name; its contents stand in its versions."""

    __tablename__ = "service_calendar"
    __isolation__ = Isolation.SHARED_READ
    __table_args__ = (tenant_unique("service_calendar", "name"),)

    name: Mapped[str] = mapped_column(String(80))
    template: Mapped[str] = mapped_column(String(40), default="")
    current_version_id: Mapped[UUID]
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)


class ServiceCalendarVersion(TenantModel):
    """One state of a calendar: a `ServiceCalendar` document."""

    __tablename__ = "service_calendar_version"
    __isolation__ = Isolation.SHARED_READ
    __table_args__ = (tenant_index("service_calendar_version", "calendar_id"),)

    calendar_id: Mapped[UUID]
    document: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(80))


class SlaPolicy(TenantModel):
    """A service-level policy by name; its promises stand in its versions."""

    __tablename__ = "sla_policy"
    __isolation__ = Isolation.SHARED_READ
    __table_args__ = (tenant_unique("sla_policy", "name"),)

    name: Mapped[str] = mapped_column(String(80))
    template: Mapped[str] = mapped_column(String(40), default="")
    current_version_id: Mapped[UUID]
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)


class SlaPolicyVersion(TenantModel):
    """One state of a policy: an `SlaPolicyDocument`."""

    __tablename__ = "sla_policy_version"
    __isolation__ = Isolation.SHARED_READ
    __table_args__ = (tenant_index("sla_policy_version", "policy_id"),)

    policy_id: Mapped[UUID]
    document: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(80))


class SlaAssignment(TenantModel):
    """Which policy and calendar a client is served by; `client_id` NULL is the tenant's default."""

    __tablename__ = "sla_assignment"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        tenant_unique("sla_assignment", "client_id"),
        tenant_key("client", "client_id"),
        tenant_key("sla_policy", "policy_id"),
        tenant_key("service_calendar", "calendar_id"),
    )

    client_id: Mapped[UUID | None]
    policy_id: Mapped[UUID]
    calendar_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(default=1)


class ClockRecord(ReporterRing, TenantModel):
    """The running measurement of one promised time on one ticket.

    `due_at` is NULL while the clock is paused or has ended; then `remaining_seconds` says what is left (service time,
    negative when late).
    """

    __tablename__ = "clock"
    __isolation__ = Isolation.REPORTER
    __table_args__ = (
        client_unique("clock"),
        tenant_unique("clock", "ticket_id", "target"),
        tenant_key("client", "client_id"),
        client_key("ticket", "ticket_id"),
        client_key("reporter", "reporter_id"),
    )

    ticket_id: Mapped[UUID]
    target: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(12))
    target_seconds: Mapped[int]
    basis: Mapped[str] = mapped_column(String(12))
    policy_version_id: Mapped[UUID]
    calendar_version_id: Mapped[UUID]
    started_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    remaining_seconds: Mapped[int]
    breached_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    next_threshold: Mapped[int | None] = mapped_column(SmallInteger)
    """Per cent of the target at which the next escalation stands."""


class ClockInterval(ReporterRing, TenantModel):
    """One stretch of a clock's life in the ledger: what happened to it, when, and how much had been used by then."""

    __tablename__ = "clock_interval"
    __isolation__ = Isolation.REPORTER
    __table_args__ = (
        tenant_index("clock_interval", "clock_id", "sequence"),
        tenant_key("client", "client_id"),
        client_key("clock", "clock_id"),
    )

    clock_id: Mapped[UUID]
    sequence: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(20), default="")
    at: Mapped[datetime]
    target_seconds: Mapped[int]
    elapsed_seconds: Mapped[int]
    calendar_version_id: Mapped[UUID]


class EscalationContact(TenantModel):
    """Whom a level's escalations reach; without rows a level falls back to roles (S4)."""

    __tablename__ = "escalation_contact"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("escalation_contact", "level", "membership_id"),
        tenant_key("membership", "membership_id"),
    )

    level: Mapped[int] = mapped_column(SmallInteger)
    membership_id: Mapped[UUID]


class Escalation(TenantModel):
    """A threshold that was passed and told, once."""

    __tablename__ = "escalation"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("escalation", "clock_id", "threshold"),
        tenant_index("escalation", "ticket_id"),
        tenant_key("clock", "clock_id"),
    )

    clock_id: Mapped[UUID]
    ticket_id: Mapped[UUID]
    target: Mapped[str] = mapped_column(String(20))
    threshold: Mapped[int] = mapped_column(SmallInteger)
    level: Mapped[int] = mapped_column(SmallInteger)
    reached_at: Mapped[datetime]
