"""Tables of notifications in the application and of messages sent through channels (X1)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import Isolation, TenantModel, tenant_foreign_key, tenant_index, tenant_unique


class Notification(TenantModel):
    """One line in a member's bell. `client_id` is set when the member belongs to a client."""

    __tablename__ = "notification"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        tenant_index("notification", "membership_id", "created_at"),
        # The bell counts what is unread, of people who have read thousands.
        Index("ix_notification_unread", "tenant_id", "membership_id", postgresql_where=text("read_at IS NULL")),
        tenant_unique("notification", "membership_id", "reference"),
        tenant_foreign_key("client", "client_id"),
        tenant_foreign_key("membership", "membership_id"),
    )

    client_id: Mapped[UUID | None]
    membership_id: Mapped[UUID]
    reference: Mapped[str] = mapped_column(String(120))
    """What it is about, once: `escalation:<clock>:50`. A second notice of the same is dropped."""
    severity: Mapped[str] = mapped_column(String(12), default="info")
    text: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class Delivery(TenantModel):
    """One message to one address through one channel, with its delivery state.

    The body is kept as long as it may have to be sent again, and in the demo's mailbox; then it is emptied: links and
    codes in it work like keys.
    """

    __tablename__ = "delivery"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("delivery", "channel", "address", "reference"),
        tenant_index("delivery", "created_at"),
    )

    channel: Mapped[str] = mapped_column(String(12))
    address: Mapped[str] = mapped_column(String(254))
    reference: Mapped[str] = mapped_column(String(120))
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text, default="")
    template: Mapped[str] = mapped_column(String(40), default="")
    """Our name of the SMS text that carriers approved; empty for e-mail."""
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(12))
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    last_error: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    taken_by: Mapped[UUID | None]
    """The event for which a worker is speaking to the other side now, or died doing so. That event is delivered until
    it is done; another one leaves the message alone."""
