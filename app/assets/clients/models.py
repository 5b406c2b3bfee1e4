"""Client companies and what belongs to them (C1)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, Text
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
from app.platform.kernel.time_source import PLATFORM_ZONE


class Client(TenantModel):
    """A company served by this partner. `code` is the portal address below the partner's slug."""

    __tablename__ = "client"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (tenant_unique("client", "code"), tenant_index("client", "name"))

    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    short_name: Mapped[str] = mapped_column(String(40))
    industry: Mapped[str] = mapped_column(String(40), default="")
    city_code: Mapped[str] = mapped_column(String(6), default="")
    time_zone: Mapped[str] = mapped_column(String(60), default=PLATFORM_ZONE.key)
    engagement_models: Mapped[list[Any]]
    state: Mapped[str] = mapped_column(String(12), default="active")
    remark: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]
    """Since when the company is forgotten: its row bears a pseudonym, and stays as it is."""
    version: Mapped[int] = mapped_column(default=1)


class Site(ClientRing, TenantModel):
    """A place where devices stand."""

    __tablename__ = "site"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        client_unique("site"),
        tenant_unique("site", "client_id", "name"),
        tenant_foreign_key("client", "client_id"),
    )

    name: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(200), default="")
    city_code: Mapped[str] = mapped_column(String(6), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    state: Mapped[str] = mapped_column(String(12), default="active")
    version: Mapped[int] = mapped_column(default=1)


class Department(ClientRing, TenantModel):
    """A department of the client, by which costs are grouped."""

    __tablename__ = "department"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        client_unique("department"),
        tenant_unique("department", "client_id", "name"),
        tenant_foreign_key("client", "client_id"),
    )

    name: Mapped[str] = mapped_column(String(80))
    cost_centre: Mapped[str] = mapped_column(String(40), default="")
    state: Mapped[str] = mapped_column(String(12), default="active")
    version: Mapped[int] = mapped_column(default=1)


class Contact(ClientRing, TenantModel):
    """Somebody at the client whom the partner calls: IT contact, approver, finance, reception."""

    __tablename__ = "contact"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        client_unique("contact"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("site", "site_id"),
    )

    site_id: Mapped[UUID | None]
    name: Mapped[str] = mapped_column(String(60))
    function: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    state: Mapped[str] = mapped_column(String(12), default="active")
    version: Mapped[int] = mapped_column(default=1)


class Employee(ClientRing, TenantModel):
    """A person at the client who uses devices."""

    __tablename__ = "employee"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        client_unique("employee"),
        tenant_index("employee", "client_id", "name"),
        tenant_index("employee", "phone"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("site", "site_id"),
        client_foreign_key("department", "department_id"),
    )

    site_id: Mapped[UUID | None]
    department_id: Mapped[UUID | None]
    name: Mapped[str] = mapped_column(String(60))
    employee_number: Mapped[str] = mapped_column(String(40), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    vip: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(12), default="active")
    version: Mapped[int] = mapped_column(default=1)
