"""Archives that owners ask for, and erasures with their certificates."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import Isolation, TenantModel


class TenantExport(TenantModel):
    """One archive of the tenant that an owner asked for: how far it has come, and how long it can be fetched."""

    __tablename__ = "tenant_export"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        Index(
            "uq_tenant_export_unfinished",
            "tenant_id",
            unique=True,
            postgresql_where=text("state::text IN ('queued', 'running')"),
        ),
    )

    state: Mapped[str] = mapped_column(String(12))
    """queued, running, ready, failed or expired"""
    requested_by: Mapped[str] = mapped_column(String(80))
    requested_at: Mapped[datetime]
    rows_done: Mapped[int] = mapped_column(BigInteger, default=0)
    files_done: Mapped[int] = mapped_column(BigInteger, default=0)
    failures: Mapped[int] = mapped_column(SmallInteger, default=0)
    size: Mapped[int | None] = mapped_column(BigInteger)
    """Bytes of the finished archive."""
    sha256: Mapped[str] = mapped_column(String(64), default="")
    """Of the archive's manifest."""
    finished_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]


class TenantErasure(TenantModel):
    """At headquarters: one partner's erasure. `id` is the partner's; what it removes is counted before it begins."""

    __tablename__ = "tenant_erasure"
    __isolation__ = Isolation.PROVIDER

    begun_at: Mapped[datetime]
    decided_at: Mapped[datetime]
    decided_by: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(Text)
    rows: Mapped[dict[str, Any]]
    """Table to the number of rows that are removed."""
    kept: Mapped[dict[str, Any]]
    """Table to the number of rows that stay."""
    files: Mapped[int] = mapped_column(BigInteger)
    file_bytes: Mapped[int] = mapped_column(BigInteger)
    account_ids: Mapped[list[Any]]
    """The people of the memberships, until it is settled who of them belongs nowhere else."""
    accounts_erased: Mapped[int] = mapped_column(default=0)
    logs_from: Mapped[datetime]
    """Audit entries from this moment on stay until they are old enough."""
    finished_at: Mapped[datetime | None]
    logs_erased_at: Mapped[datetime | None]
    certificate: Mapped[dict[str, Any]]
    certificate_sha256: Mapped[str] = mapped_column(String(64), default="")
