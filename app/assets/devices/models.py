"""Device files (一机一档), reporters, labels and PINs (D1, D3, I4)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import (
    ClientRing,
    Isolation,
    ReporterRing,
    TenantModel,
    client_foreign_key,
    client_unique,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)


class Device(ReporterRing, TenantModel):
    """One physical thing with a number. `reporter_id` is its present holder: whoever that reporter is may see it."""

    __tablename__ = "device"
    __isolation__ = Isolation.REPORTER
    __table_args__ = (
        client_unique("device"),
        tenant_unique("device", "client_id", "number"),
        tenant_index("device", "number", "id"),
        tenant_index("device", "serial_number"),
        tenant_index("device", "client_id", "ip_address"),
        tenant_index("device", "client_id", "site_id"),
        tenant_index("device", "reporter_id"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("site", "site_id"),
        client_foreign_key("department", "department_id"),
        client_foreign_key("employee", "employee_id"),
        # A shared device and its reporter name each other, so this key is added after both tables.
        client_foreign_key("reporter", "reporter_id", name="fk_device_reporter", use_alter=True),
    )

    number: Mapped[str] = mapped_column(String(40, collation="C"))
    """Half-width, upper case, no spaces. Compared byte by byte, so that a beginning finds the index in any database."""
    category: Mapped[str] = mapped_column(String(40), default="other")
    brand: Mapped[str] = mapped_column(String(100), default="")
    model: Mapped[str] = mapped_column(String(200), default="")
    serial_number: Mapped[str] = mapped_column(String(80, collation="C"), default="")
    part_number: Mapped[str] = mapped_column(String(80), default="")
    hardware: Mapped[str] = mapped_column(Text, default="")
    operating_system: Mapped[str] = mapped_column(String(200), default="")
    software: Mapped[str] = mapped_column(Text, default="")
    ip_address: Mapped[str] = mapped_column(String(45), default="")
    mac_address: Mapped[str] = mapped_column(String(17), default="")
    host_name: Mapped[str] = mapped_column(String(253), default="")
    site_id: Mapped[UUID | None]
    department_id: Mapped[UUID | None]
    employee_id: Mapped[UUID | None]
    shared: Mapped[bool] = mapped_column(default=False)
    purchased_on: Mapped[date | None]
    warranty_until: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(12), default="in_use")
    remark: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class DeviceChange(ClientRing, TenantModel):
    """One change of a device file: field, before, after, who, when."""

    __tablename__ = "device_change"
    __isolation__ = Isolation.CLIENT
    __append_only__ = True
    __table_args__ = (
        tenant_index("device_change", "device_id", "occurred_at"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("device", "device_id"),
    )

    device_id: Mapped[UUID]
    occurred_at: Mapped[datetime]
    actor_name: Mapped[str] = mapped_column(String(80))
    source: Mapped[str] = mapped_column(String(20))
    changes: Mapped[dict[str, Any]]
    """`{"field": ["before", "after"]}`"""


class DeviceLabel(ClientRing, TenantModel):
    """A printed label: an unguessable token that names the device. A revoked one leads nowhere."""

    __tablename__ = "device_label"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("device_label", "token"),
        tenant_index("device_label", "device_id"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("device", "device_id"),
    )

    device_id: Mapped[UUID]
    token: Mapped[str] = mapped_column(String(32))
    """Kept readable because labels are printed again; it opens nothing without the PIN."""
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class DevicePin(ClientRing, TenantModel):
    """The PIN of a device's present holder. Replaced when the device changes hands; only the newest is valid."""

    __tablename__ = "device_pin"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("device_pin", "device_id"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("device", "device_id"),
        client_foreign_key("reporter", "reporter_id"),
    )

    device_id: Mapped[UUID]
    reporter_id: Mapped[UUID]
    pin_hash: Mapped[str] = mapped_column(Text)
    issued_at: Mapped[datetime]
    issued_by: Mapped[str] = mapped_column(String(80))
