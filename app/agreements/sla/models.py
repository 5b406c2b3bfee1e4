"""Calendars, policies, assignments, clocks and escalations (S1–S4). Calendars and policies are versioned: changes never
rewrite the past, because each clock names the versions that it runs by."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import (
    Isolation,
    ReporterRing,
    TenantModel,
    client_foreign_key,
    client_unique,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)
from app.platform.promises.models import RUNNING, ClockRow, IntervalRow, ReachedRow

NAME_LENGTH = 80
"""Characters that the name of a calendar or policy may have."""


class ServiceCalendarRecord(TenantModel):
    """A calendar by name; its contents stand in its versions.

    One with `derived_from` was made of that calendar and one client's exceptions: it follows every change of both, has
    no name of its own and is chosen by nobody.
    """

    __tablename__ = "service_calendar"
    __isolation__ = Isolation.SHARED_READ
    __table_args__ = (tenant_unique("service_calendar", "name"),)

    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    template: Mapped[str] = mapped_column(String(40), default="")
    derived_from: Mapped[UUID | None]
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

    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
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
    """Which policy and calendar a client is served by; `client_id` NULL is the tenant's default.

    `exceptions` are the client's own dates (`DateException` documents). Their notes stand here only, inside the
    client's ring: calendars are read by every client of the tenant.
    """

    __tablename__ = "sla_assignment"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        tenant_unique("sla_assignment", "client_id"),
        tenant_foreign_key("client", "client_id"),
        tenant_foreign_key("sla_policy", "policy_id"),
        tenant_foreign_key("service_calendar", "calendar_id"),
    )

    client_id: Mapped[UUID | None]
    policy_id: Mapped[UUID]
    calendar_id: Mapped[UUID]
    exceptions: Mapped[list[Any]] = mapped_column(default=list)
    version: Mapped[int] = mapped_column(default=1)


class ClockRecord(ReporterRing, ClockRow):
    """The running measurement of one promised time on one ticket.

    The target's calendar follows from the policy version, the priority and the calendar version.
    """

    __tablename__ = "clock"
    __isolation__ = Isolation.REPORTER
    __table_args__ = (
        client_unique("clock"),
        tenant_unique("clock", "ticket_id", "kind"),
        tenant_index("clock", "client_id", "id", postgresql_where=text(RUNNING)),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("ticket", "ticket_id"),
        client_foreign_key("reporter", "reporter_id"),
    )

    ticket_id: Mapped[UUID]
    priority: Mapped[str] = mapped_column(String(2))
    policy_version_id: Mapped[UUID]
    calendar_version_id: Mapped[UUID]


class ClockInterval(ReporterRing, IntervalRow):
    """One closed stretch of a ticket's clock."""

    __tablename__ = "clock_interval"
    __isolation__ = Isolation.REPORTER
    __append_only__ = True
    __table_args__ = (
        tenant_unique("clock_interval", "clock_id", "sequence"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("clock", "clock_id"),
    )


class EscalationContact(TenantModel):
    """Whom a level's escalations reach; without rows a level falls back to roles (S4)."""

    __tablename__ = "escalation_contact"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("escalation_contact", "level", "membership_id"),
        tenant_foreign_key("membership", "membership_id"),
    )

    level: Mapped[int] = mapped_column(SmallInteger)
    membership_id: Mapped[UUID]


class Escalation(ReachedRow):
    """A step of the escalation matrix that one clock reached, recorded once."""

    __tablename__ = "escalation"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("escalation", "clock_id", "step"),
        tenant_index("escalation", "ticket_id"),
        tenant_foreign_key("clock", "clock_id"),
    )

    ticket_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(16))
    level: Mapped[int] = mapped_column(SmallInteger)
    channels: Mapped[list[Any]]
