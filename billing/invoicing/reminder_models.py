"""The table of reminders."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import (
    ClientRing,
    Isolation,
    TenantModel,
    client_foreign_key,
    tenant_unique,
)


class InvoiceReminder(ClientRing, TenantModel):
    """That a client was reminded of an overdue document: of each step once."""

    __tablename__ = "invoice_reminder"
    __isolation__ = Isolation.CLIENT
    __append_only__ = True
    __table_args__ = (
        tenant_unique("invoice_reminder", "open_item_id", "step"),
        client_foreign_key("open_item", "open_item_id"),
    )

    open_item_id: Mapped[UUID]
    step: Mapped[int] = mapped_column(SmallInteger)
    """1 friendly, 2 firm, 3 the last one."""
    sent_at: Mapped[datetime]
