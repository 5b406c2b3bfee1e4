"""Answers to satisfaction surveys (Q2)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import (
    Isolation,
    ReporterRing,
    TenantModel,
    client_foreign_key,
    tenant_foreign_key,
    tenant_unique,
)


class SurveyResponse(ReporterRing, TenantModel):
    """One answer about a ticket: 1 (bad) to 5 (very good), with an optional comment."""

    __tablename__ = "survey_response"
    __isolation__ = Isolation.REPORTER
    __table_args__ = (
        tenant_unique("survey_response", "ticket_id"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("ticket", "ticket_id"),
        client_foreign_key("reporter", "reporter_id"),
    )

    ticket_id: Mapped[UUID]
    score: Mapped[int] = mapped_column(SmallInteger)
    comment: Mapped[str] = mapped_column(Text, default="")
    channel: Mapped[str] = mapped_column(String(12))
    answered_at: Mapped[datetime]
