"""Answers kept for repeated requests with the same Idempotency-Key."""

from datetime import datetime

from sqlalchemy import LargeBinary, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import Isolation, TenantModel, tenant_unique


class IdempotencyKey(TenantModel):
    """One key of one actor: what was asked (hash) and what was answered. Kept for a day."""

    __tablename__ = "idempotency_key"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (tenant_unique("idempotency_key", "actor_key", "key"),)

    actor_key: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(80))
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int] = mapped_column(SmallInteger)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
