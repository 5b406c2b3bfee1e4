"""Who did what to which record from where. The app role may insert and read these rows, never change them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.model import Isolation, TenantModel, tenant_index


class AuditEntry(TenantModel):
    """One action. `details` holds ids, states and field names; no content, no personal data, no secrets."""

    __tablename__ = "audit_entry"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_index("audit_entry", "record_kind", "record_id"),
        tenant_index("audit_entry", "occurred_at"),
    )

    occurred_at: Mapped[datetime]
    actor_kind: Mapped[str] = mapped_column(String(16))
    account_id: Mapped[UUID | None]
    membership_id: Mapped[UUID | None]
    client_id: Mapped[UUID | None]
    reporter_id: Mapped[UUID | None]
    action: Mapped[str] = mapped_column(String(80))
    record_kind: Mapped[str] = mapped_column(String(60))
    record_id: Mapped[UUID | None]
    request_id: Mapped[str | None] = mapped_column(String(64))
    network_address: Mapped[str | None] = mapped_column(String(64))
    details: Mapped[dict[str, Any]]
