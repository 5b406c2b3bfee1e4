"""Who did what to which record from where. The app role may insert and read these rows, never change them.

A row is written in the transaction of what it tells of, together with one of `audit_pending`: "not linked yet". The job
of `app.people.audit` links pending rows into the tenant's chain afterwards, however late their transaction committed.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import Isolation, TenantModel, tenant_index


class AuditEntry(TenantModel):
    """One action. `details` holds ids, states and field names; no content, no personal data, no secrets.

    `client_id` and `reporter_id` are the actor's own. A client therefore reads what its people did, and nothing of the
    partner's staff, whose rows have none.
    """

    __tablename__ = "audit_entry"
    __isolation__ = Isolation.CLIENT
    __append_only__ = True
    __table_args__ = (
        tenant_index("audit_entry", "record_kind", "record_id"),
        tenant_index("audit_entry", "occurred_at"),
        tenant_index("audit_entry", "client_id", "occurred_at", "id", postgresql_where=text("client_id IS NOT NULL")),
        tenant_index(
            "audit_entry", "membership_id", "occurred_at", "id", postgresql_where=text("membership_id IS NOT NULL")
        ),
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


class AuditPending(TenantModel):
    """An entry that the chain does not hold yet; `id` is the entry's. Removed by the transaction that links it."""

    __tablename__ = "audit_pending"
    __isolation__ = Isolation.PROVIDER
