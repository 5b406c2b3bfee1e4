"""Requests about personal data, kept as evidence (PIPL)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import (
    ClientRing,
    Isolation,
    TenantModel,
    client_foreign_key,
    tenant_foreign_key,
    tenant_index,
)


class PersonalDataRequest(ClientRing, TenantModel):
    """One request about one employee. `result` holds counts and fixed texts, never personal data."""

    __tablename__ = "personal_data_request"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        tenant_index("personal_data_request", "client_id", "requested_at"),
        tenant_index("personal_data_request", "employee_id"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("employee", "employee_id"),
    )

    employee_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(10))
    """export or erasure"""
    state: Mapped[str] = mapped_column(String(10))
    """requested or done"""
    reason: Mapped[str] = mapped_column(String(300))
    requested_by: Mapped[UUID | None]
    requested_by_name: Mapped[str] = mapped_column(String(80))
    requested_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any]]


class ClientErasure(ClientRing, TenantModel):
    """One request to forget a client's company. `result` holds what stood in the way, or counts and fixed texts."""

    __tablename__ = "client_erasure"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_index("client_erasure", "client_id", "requested_at"),
        tenant_foreign_key("client", "client_id"),
    )

    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(300))
    requested_by: Mapped[UUID | None]
    requested_by_name: Mapped[str] = mapped_column(String(80))
    requested_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any]]
    account_ids: Mapped[list[Any]]
    """Accounts of the client's people that are looked at after the commit; empty once that is done."""
