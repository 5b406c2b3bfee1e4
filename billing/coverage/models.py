"""Tables of coverage: the answer in words for the client, and for staff how it came about."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import (
    ClientRing,
    Isolation,
    TenantModel,
    client_foreign_key,
    tenant_foreign_key,
    tenant_unique,
)


class TicketCoverage(ClientRing, TenantModel):
    """The present answer about one ticket, as far as the client sees it."""

    __tablename__ = "ticket_coverage"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        tenant_unique("ticket_coverage", "ticket_id"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("ticket", "ticket_id"),
    )

    ticket_id: Mapped[UUID]
    answer: Mapped[str] = mapped_column(String(12))
    """`billing.terms.CoverageState`"""
    note: Mapped[str] = mapped_column(String(12))
    """`billing.coverage.texts.ClientNote`"""
    contract_number: Mapped[str] = mapped_column(String(40), default="")
    decided_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(SmallInteger)
    """How often it was answered: the revision of the reason that holds. 0 only inside the transaction that makes the
    row, so that two who answer at once do it one after the other."""


class TicketCoverageReason(ClientRing, TenantModel):
    """One answer and its reason: a contract's, or a member's who said otherwise. Rows are only added."""

    __tablename__ = "ticket_coverage_reason"
    __isolation__ = Isolation.PROVIDER
    __append_only__ = True
    __table_args__ = (
        tenant_unique("ticket_coverage_reason", "ticket_id", "revision"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("ticket", "ticket_id"),
    )

    ticket_id: Mapped[UUID]
    revision: Mapped[int] = mapped_column(SmallInteger)
    answer: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(24))
    """`billing.terms.CoverageReason`, or `override` where a member said otherwise."""
    contract_id: Mapped[UUID | None]
    contract_version_id: Mapped[UUID | None]
    contract_number: Mapped[str] = mapped_column(String(40), default="")
    line_key: Mapped[str] = mapped_column(String(40), default="")
    line_name: Mapped[str] = mapped_column(String(120), default="")
    question: Mapped[dict[str, Any]]
    """`billing.coverage.schemas.AskedAbout`"""
    explanation: Mapped[str] = mapped_column(Text, default="")
    """Why a member said otherwise."""
    decided_at: Mapped[datetime]
    decided_by: Mapped[UUID | None]
    """The member; NULL for the contract's own answer."""
    decided_by_name: Mapped[str] = mapped_column(String(80), default="")
