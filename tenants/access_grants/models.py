"""Access grants: two mirrored rows with one id, in headquarters' tenant and in the partner's (N8)."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.background.mirrors import Mirror, MirroredModel
from app.platform.kernel.actor import HQ_TENANT_ID
from app.platform.kernel.model import Isolation, tenant_index
from tenants.access_grants.events import AccessGrantChanged
from tenants.access_grants.lifecycle import ACCESS_GRANT


class AccessGrant(MirroredModel):
    """Headquarters' leave to read a partner's records: why, what, whose and until when. Each side's row is written by
    its own people; events keep the two in step, and reading takes both to be open."""

    __tablename__ = "access_grant"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (tenant_index("access_grant", "requested_at", "id"), tenant_index("access_grant", "state"))

    partner_id: Mapped[UUID]
    partner_name: Mapped[str] = mapped_column(String(120))
    requested_by: Mapped[UUID]
    """The membership at headquarters of the one person who may read."""
    requested_by_account: Mapped[UUID | None]
    """The same person may be a member of the partner too, and does not decide there."""
    requested_by_name: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(Text)
    record_kinds: Mapped[list[Any]]
    hours: Mapped[int] = mapped_column(SmallInteger)
    emergency: Mapped[bool] = mapped_column(default=False)
    """Opened by headquarters without consent, for the stated reason."""
    client_id: Mapped[UUID | None]
    """The one client of the partner that may be read; NULL for all of them."""
    requested_at: Mapped[datetime]
    decided_by_name: Mapped[str] = mapped_column(String(80), default="")
    decided_at: Mapped[datetime | None]
    decision: Mapped[str] = mapped_column(Text, default="")
    expires_at: Mapped[datetime]
    """While requested: until when it can be answered; while open: until when it can be read."""
    ended_at: Mapped[datetime | None]

    @property
    def owner_tenant_id(self) -> UUID:
        return HQ_TENANT_ID

    @property
    def other_tenant_id(self) -> UUID:
        return self.partner_id


ACCESS_GRANTS: Final = Mirror(
    model=AccessGrant,
    machine=ACCESS_GRANT,
    event=AccessGrantChanged,
    opening=(
        "partner_id",
        "partner_name",
        "requested_by",
        "requested_by_account",
        "requested_by_name",
        "reason",
        "record_kinds",
        "hours",
        "emergency",
        "requested_at",
    ),
    other_fields=("client_id", "decided_by_name", "decided_at"),
    state_fields=("decision", "expires_at", "ended_at"),
)
