"""Confidentiality agreements with clients, and the engineers whom they admit."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import (
    ClientRing,
    Isolation,
    TenantModel,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)


class ConfidentialityAgreement(ClientRing, TenantModel):
    """An agreement between the partner and one client [S3 §3.9.5]. In force from `signed_on` until it ends.

    While one that has `admission_required` is in force, only admitted engineers work for the client.
    """

    __tablename__ = "confidentiality_agreement"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        tenant_index("confidentiality_agreement", "client_id", "signed_on"),
        tenant_foreign_key("client", "client_id"),
    )

    title: Mapped[str] = mapped_column(String(120))
    signed_on: Mapped[date]
    valid_until: Mapped[date | None]
    client_signatory: Mapped[str] = mapped_column(String(80))
    partner_signatory: Mapped[str] = mapped_column(String(80))
    admission_required: Mapped[bool]
    remark: Mapped[str] = mapped_column(Text, default="")
    ended_on: Mapped[date | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class EngineerAdmission(ClientRing, TenantModel):
    """An engineer whom a client lets in, with the pass that the client gave [S3 §3.9.1, §3.9.6]."""

    __tablename__ = "engineer_admission"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        tenant_unique("engineer_admission", "client_id", "engineer_id"),
        tenant_index("engineer_admission", "badge_expires_on"),
        tenant_foreign_key("client", "client_id"),
        tenant_foreign_key("engineer", "engineer_id"),
    )

    engineer_id: Mapped[UUID]
    admitted_on: Mapped[date]
    pledged_on: Mapped[date | None]
    """When the engineer signed a pledge of their own."""
    badge_number: Mapped[str] = mapped_column(String(40), default="")
    badge_expires_on: Mapped[date | None]
    """The last day on which the pass is valid."""
    ended_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
