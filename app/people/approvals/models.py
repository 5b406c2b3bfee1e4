"""Tables of approvals: what waits for somebody's decision, and the links by which people without an account decide."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import Isolation, TenantModel, tenant_foreign_key, tenant_index, tenant_unique


class Approval(TenantModel):
    """What one person asks and another decides: title and facts as they were shown, and the hash of the record then.

    `client_id` is the client whose people decide; NULL: the company's own.
    """

    __tablename__ = "approval"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        tenant_index("approval", "subject_kind", "subject_id"),
        tenant_index("approval", "state", "expires_at", "id"),
        Index(
            "uq_approval_waiting",
            "tenant_id",
            "subject_kind",
            "subject_id",
            unique=True,
            postgresql_where=text("state = 'requested' OR state = 'first_approved'"),
        ),
    )

    client_id: Mapped[UUID | None]
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[UUID]
    content_hash: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(Text)
    """A source text with named parameters."""
    parameters: Mapped[dict[str, Any]]
    facts: Mapped[list[Any]]
    amount_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="")
    limits: Mapped[dict[str, Any]]
    """Role → up to which amount it decides, in minor units; null is any amount. Empty: no limits."""
    second_above_minor: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(16))
    requested_by: Mapped[UUID | None]
    requested_by_account: Mapped[UUID | None]
    requested_by_name: Mapped[str] = mapped_column(String(80))
    requested_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    first_decided_by: Mapped[UUID | None]
    """A membership, or the link that was used."""
    first_decided_by_account: Mapped[UUID | None]
    first_decided_by_name: Mapped[str] = mapped_column(String(80), default="")
    first_decided_by_email: Mapped[str] = mapped_column(String(254), default="")
    first_decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    decided_by_name: Mapped[str] = mapped_column(String(80), default="")
    decided_by_email: Mapped[str] = mapped_column(String(254), default="")
    """Where the link went that was used; empty for members."""
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")


class ApprovalLink(TenantModel):
    """A way to decide one approval without an account; deleted when it is used and when the approval ends."""

    __tablename__ = "approval_link"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("approval_link", "token_hash"),
        tenant_unique("approval_link", "approval_id", "email"),
        tenant_foreign_key("approval", "approval_id"),
    )

    approval_id: Mapped[UUID]
    token_hash: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(80))
    email: Mapped[str] = mapped_column(String(254))
    created_at: Mapped[datetime]
