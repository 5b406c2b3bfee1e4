"""Tables of the security service. Days and weeks are the client's; a week is named by its Monday."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.documents.models import DocumentEdition
from app.platform.kernel.model import (
    ClientRing,
    Isolation,
    TenantModel,
    client_foreign_key,
    client_unique,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)

NAME_LENGTH, VIRUSES_LENGTH = 80, 200


class SecurityWeek(ClientRing, TenantModel):
    """One week of one client. The figures are those of the assessment, 0 before it."""

    __tablename__ = "security_week"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        client_unique("security_week"),
        tenant_unique("security_week", "client_id", "monday"),
        tenant_index("security_week", "state", "monday"),
        tenant_index("security_week", "monday"),
        tenant_foreign_key("client", "client_id"),
    )

    monday: Mapped[date]
    state: Mapped[str] = mapped_column(String(10))
    opened_at: Mapped[datetime]
    expected: Mapped[int] = mapped_column(Integer, default=0)
    """Computers in use that should have antivirus software."""
    checked: Mapped[int] = mapped_column(Integer, default=0)
    protected: Mapped[int] = mapped_column(Integer, default=0)
    outdated: Mapped[int] = mapped_column(Integer, default=0)
    virus_events: Mapped[int] = mapped_column(Integer, default=0)
    unpatched: Mapped[int] = mapped_column(Integer, default=0)
    assessment: Mapped[str] = mapped_column(Text, default="")
    """What the week's virus events mean: where they came from, whether they spread."""
    assessed_at: Mapped[datetime | None]
    assessed_by_name: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    version: Mapped[int] = mapped_column(default=1)


class SecurityCheck(ClientRing, TenantModel):
    """How one device stood in one week. What the report does not say is NULL."""

    __tablename__ = "security_check"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        tenant_unique("security_check", "week_id", "device_id"),
        tenant_index("security_check", "device_id"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("security_week", "week_id"),
        client_foreign_key("device", "device_id"),
        CheckConstraint("virus_events >= 0", name="virus_events"),
        CheckConstraint("missing_patches >= 0", name="missing_patches"),
    )

    week_id: Mapped[UUID]
    device_id: Mapped[UUID]
    protection: Mapped[str] = mapped_column(String(10))
    definitions_on: Mapped[date | None]
    """The day of its virus definitions."""
    virus_events: Mapped[int | None]
    virus_names: Mapped[str] = mapped_column(String(VIRUSES_LENGTH), default="")
    missing_patches: Mapped[int | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class SecurityFinding(ClientRing, TenantModel):
    """Something that is wrong with a device; it has one ticket, or a reason why it has none."""

    __tablename__ = "security_finding"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        client_unique("security_finding"),
        tenant_unique("security_finding", "week_id", "device_id", "kind"),
        tenant_unique("security_finding", "ticket_id"),
        tenant_index("security_finding", "device_id", "kind"),
        tenant_index("security_finding", "state", "found_at"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("security_week", "week_id"),
        client_foreign_key("device", "device_id"),
        client_foreign_key("ticket", "ticket_id"),
        CheckConstraint("(state = 'ticketed') = (ticket_id IS NOT NULL)", name="ticket"),
    )

    week_id: Mapped[UUID]
    device_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(10))
    found_at: Mapped[datetime]
    ticket_id: Mapped[UUID | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why nothing is done about it."""
    decided_by_name: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    version: Mapped[int] = mapped_column(default=1)


class SecurityBulletin(ClientRing, TenantModel):
    """The bulletin of one month for one client, in the four parts of the plan [S2 §1.1.6.3.3]."""

    __tablename__ = "security_bulletin"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        client_unique("security_bulletin"),
        tenant_unique("security_bulletin", "client_id", "month"),
        tenant_index("security_bulletin", "month"),
        tenant_foreign_key("client", "client_id"),
    )

    month: Mapped[date]
    """Its first day."""
    state: Mapped[str] = mapped_column(String(10))
    summary: Mapped[str] = mapped_column(Text, default="")
    industry_news: Mapped[str] = mapped_column(Text, default="")
    urgent_notices: Mapped[str] = mapped_column(Text, default="")
    virus_notices: Mapped[str] = mapped_column(Text, default="")
    vulnerability_notices: Mapped[str] = mapped_column(Text, default="")
    opened_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    published_by_name: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    version: Mapped[int] = mapped_column(default=1)


class BulletinEdition(ClientRing, DocumentEdition):
    """The bulletin as it was published."""

    __tablename__ = "bulletin_edition"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        tenant_unique("bulletin_edition", "bulletin_id", "edition"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("security_bulletin", "bulletin_id"),
    )

    bulletin_id: Mapped[UUID]
