"""The hash chain over a tenant's audit entries, and its daily anchors (I7)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import Isolation, Model, tenant_unique


class AuditLink(Model):
    """One entry's place in its tenant's chain. The rule of the hashes stands in `app.people.audit.digest`."""

    __tablename__ = "audit_link"
    __isolation__ = Isolation.PROVIDER
    __append_only__ = True
    __table_args__ = (tenant_unique("audit_link", "entry_id"),)

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """Counts from 1 without gaps."""
    entry_id: Mapped[UUID]
    entry_digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    previous_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class AuditAnchor(Model):
    """The chain's head on one local day: the only part that is worth keeping outside of this database."""

    __tablename__ = "audit_anchor"
    __isolation__ = Isolation.PROVIDER
    __append_only__ = True

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))
    """Hexadecimal, as it is printed and mailed."""
    made_at: Mapped[datetime]
