"""A company's identity provider."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import Isolation, TenantModel, tenant_foreign_key


class ReportersBy(StrEnum):
    """How a client's employees may sign in to report."""

    PIN = "pin"
    """With a device number and its PIN only."""
    BOTH = "both"
    PROVIDER = "provider"
    """With the client's identity provider only; PINs are refused."""


class IdentityProvider(TenantModel):
    """The OpenID Connect provider of a partner (no `client_id`) or of one of its clients: one for each.

    `sealed_secret` is readable by the program only (`app.platform.kernel.encryption`). `role_mapping` leads from a
    value of the
    claim `role_claim` to roles; whoever has no such value gets `default_roles`, and without any is not let in.
    """

    __tablename__ = "identity_provider"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        Index(
            "uq_identity_provider_client_id",
            "tenant_id",
            "client_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        tenant_foreign_key("client", "client_id"),
    )

    client_id: Mapped[UUID | None]
    issuer: Mapped[str] = mapped_column(String(300))
    oidc_client_id: Mapped[str] = mapped_column(String(300))
    """What the provider calls this program; OpenID Connect's `client_id`, which has nothing to do with a client
    company."""
    sealed_secret: Mapped[str] = mapped_column(Text)
    email_domains: Mapped[list[Any]]
    """Where not empty, e-mail addresses of other domains are not believed."""
    role_claim: Mapped[str] = mapped_column(String(80))
    role_mapping: Mapped[dict[str, Any]]
    default_roles: Mapped[list[Any]]
    reporters_by: Mapped[str] = mapped_column(String(10), default="pin")
    active: Mapped[bool] = mapped_column(default=True)
    set_up_by: Mapped[list[Any]]
    """The roles of the person who saved these settings; the provider opens no membership with more permissions."""
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
