"""The tenants of the network, and each one's profile."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import Isolation, Model, TenantModel
from app.platform.kernel.time_source import PLATFORM_ZONE

WORKING_STATES = ("trial", "active")
"""Tenant states in which its people work and what falls due is done."""
OPEN_STATES = (*WORKING_STATES, "suspended")
"""States in which its people, its clients and their employees may sign in; while suspended they read and export only
(N1)."""
TERMINATED = "terminated"
"""The contract has ended: the data is kept for the time of retention, and the owner may export it."""
KEPT_STATES = (*OPEN_STATES, TERMINATED)
"""States in which the tenant's records are there, whole."""


class Tenant(Model):
    """A partner company, or headquarters itself. `slug` is the portal address; states as in N1."""

    __tablename__ = "tenant"
    __isolation__ = Isolation.GLOBAL

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    reopened_at: Mapped[datetime | None]
    """When its last suspension ended. While suspended nobody could answer, so automatic closing counts from here."""
    erase_after: Mapped[datetime | None]
    """Once terminated: when the retention ends, UTC."""
    authorised_categories: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    """Codes of the service categories that headquarters authorised it for (N2), as the public directory shows them."""
    version: Mapped[int] = mapped_column(default=1)


class TenantProfile(TenantModel):
    """A tenant's profile, readable by all inside it: hot-line, time zone, rules. One row; `id` is the tenant's id."""

    __tablename__ = "tenant_profile"
    __isolation__ = Isolation.SHARED_READ

    name: Mapped[str] = mapped_column(String(120))
    slug: Mapped[str] = mapped_column(String(40))
    hotline: Mapped[str] = mapped_column(String(40), default="")
    city_code: Mapped[str] = mapped_column(String(6), default="")
    time_zone: Mapped[str] = mapped_column(String(60), default=PLATFORM_ZONE.key)
    auto_close_days: Mapped[int] = mapped_column(SmallInteger, default=3)
    """Working days after which a resolved ticket without an answer closes itself, after two reminders (T4)."""
    version: Mapped[int] = mapped_column(default=1)
