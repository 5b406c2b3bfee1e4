"""Access grants: two mirrored rows with one id, in headquarters' tenant and in the partner's (N8)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import Isolation, TenantModel, tenant_index


class AccessGrant(TenantModel):
    """Headquarters' leave to read a partner's records: why, what, whose and until when. Each side's row is written by
    its own people; events keep the two in step, and reading takes both to be open."""

    __tablename__ = "access_grant"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (tenant_index("access_grant", "requested_at", "id"), tenant_index("access_grant", "state"))

    partner_id: Mapped[UUID]
    partner_name: Mapped[str] = mapped_column(String(120))
    requested_by: Mapped[UUID]
    """The membership at headquarters of the one person who may read."""
    requested_by_name: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(Text)
    record_kinds: Mapped[list[Any]]
    hours: Mapped[int] = mapped_column(SmallInteger)
    emergency: Mapped[bool] = mapped_column(default=False)
    """Opened by headquarters without consent, for the stated reason."""
    client_id: Mapped[UUID | None]
    """The one client of the partner that may be read; NULL for all of them."""
    state: Mapped[str] = mapped_column(String(12))
    requested_at: Mapped[datetime]
    decided_by_name: Mapped[str] = mapped_column(String(80), default="")
    decided_at: Mapped[datetime | None]
    decision: Mapped[str] = mapped_column(Text, default="")
    expires_at: Mapped[datetime]
    """While requested: until when it can be answered; while open: until when it can be read."""
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
