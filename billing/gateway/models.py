"""Tables of the payment provider: the company's account there, and what the provider has told of."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import Isolation, TenantModel, tenant_unique

ID_LENGTH, EMAIL_LENGTH, TYPE_LENGTH = 80, 254, 80


class GatewayConnection(TenantModel):
    """The company's account with the payment provider. Its `id` is the key under which the account is opened, so that
    it is opened once."""

    __tablename__ = "gateway_connection"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        Index(
            "uq_gateway_connection_tenant_id",
            "tenant_id",
            unique=True,
            postgresql_where=text("state <> 'disconnected'"),
        ),
        # What the provider tells names the account alone; the signin role looks up whose it is.
        Index("ix_gateway_connection_account_id", "account_id"),
    )

    account_id: Mapped[str] = mapped_column(String(ID_LENGTH), default="")
    """The provider's; empty until it has answered."""
    email: Mapped[str] = mapped_column(String(EMAIL_LENGTH))
    """Where the provider writes to."""
    state: Mapped[str] = mapped_column(String(12))
    payouts_enabled: Mapped[bool] = mapped_column(default=False)
    currency: Mapped[str] = mapped_column(String(3), default="")
    missing: Mapped[list[Any]] = mapped_column(default=list)
    """What the provider still wants to know, in its own words."""
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(80))
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class GatewayEvent(TenantModel):
    """What the provider has told, once however often it tells it."""

    __tablename__ = "gateway_event"
    __isolation__ = Isolation.PROVIDER
    __append_only__ = True
    __table_args__ = (tenant_unique("gateway_event", "event_id"),)

    event_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    account_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    type: Mapped[str] = mapped_column(String(TYPE_LENGTH))
    object_kind: Mapped[str] = mapped_column(String(10))
    object_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    received_at: Mapped[datetime]


class GatewayObject(TenantModel):
    """Something that the provider keeps, and how often it was told that it has changed."""

    __tablename__ = "gateway_object"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (tenant_unique("gateway_object", "object_id"),)

    kind: Mapped[str] = mapped_column(String(10))
    object_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    account_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    generation: Mapped[int]
    """Rises with every event."""
    applied: Mapped[int] = mapped_column(default=0)
    """The generation that was fetched and applied last."""
    applied_at: Mapped[datetime | None]
