"""Partners, and how a company becomes one. Application, vetting and listing belong to headquarters' tenant."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import Isolation, TenantModel, tenant_foreign_key, tenant_index, tenant_unique


class PartnerApplication(TenantModel):
    """One company's request to join (N1). Whether others resemble it is computed when a reviewer looks, so that nothing
    about it depends on who else exists."""

    __tablename__ = "partner_application"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("partner_application", "number"),
        tenant_unique("partner_application", "status_token_hash"),
        tenant_index("partner_application", "state", "submitted_at"),
        tenant_index("partner_application", "credit_code"),
    )

    number: Mapped[str] = mapped_column(String(24))
    state: Mapped[str] = mapped_column(String(16))
    legal_name: Mapped[str] = mapped_column(String(120))
    credit_code: Mapped[str] = mapped_column(String(18))
    city_code: Mapped[str] = mapped_column(String(6))
    contact_name: Mapped[str] = mapped_column(String(60))
    mobile: Mapped[str] = mapped_column(String(20))
    email: Mapped[str] = mapped_column(String(254))
    slug: Mapped[str] = mapped_column(String(40))
    plan: Mapped[str] = mapped_column(String(20))
    hotline: Mapped[str] = mapped_column(String(40), default="")
    introduction: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(8), default="zh-CN")
    mobile_verified: Mapped[bool] = mapped_column(default=False)
    status_token_hash: Mapped[str] = mapped_column(String(64))
    submitted_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    decision_reason: Mapped[str] = mapped_column(Text, default="")
    partner_tenant_id: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(default=1)


class VerificationCode(TenantModel):
    """A six-digit code sent to an e-mail address or mobile. Only its hash is kept; wrong guesses are counted by the
    throttle, because a refused request rolls back what it wrote."""

    __tablename__ = "verification_code"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (tenant_index("verification_code", "address", "purpose"),)

    purpose: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(10))
    address: Mapped[str] = mapped_column(String(254))
    code_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Partner(TenantModel):
    """Headquarters' listing of one partner: what the public directory shows. `id` is the partner's tenant id.

    Made by the approval, so that slug and credit code are taken from that moment; `approved` until the tenant stands.
    """

    __tablename__ = "partner"
    __isolation__ = Isolation.SHARED_READ
    __table_args__ = (
        tenant_unique("partner", "slug"),
        # A company whose records were erased may join again; its old address stays taken, so that no old label leads
        # to another company.
        Index(
            "uq_partner_living_credit_code",
            "tenant_id",
            "credit_code",
            unique=True,
            postgresql_where=text("state <> 'erased'"),
        ),
    )

    slug: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    credit_code: Mapped[str] = mapped_column(String(18))
    state: Mapped[str] = mapped_column(String(16))
    star_level: Mapped[int] = mapped_column(SmallInteger)
    city_code: Mapped[str] = mapped_column(String(6))
    hotline: Mapped[str] = mapped_column(String(40), default="")
    introduction: Mapped[str] = mapped_column(Text, default="")
    authorised_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class PartnerTerritory(TenantModel):
    """A city (GB/T 2260) that a partner serves. A territory may have several partners (N2)."""

    __tablename__ = "partner_territory"
    __isolation__ = Isolation.SHARED_READ
    __table_args__ = (
        tenant_unique("partner_territory", "partner_id", "city_code"),
        tenant_index("partner_territory", "city_code"),
        tenant_foreign_key("partner", "partner_id"),
    )

    partner_id: Mapped[UUID]
    city_code: Mapped[str] = mapped_column(String(6))


class PartnerAuthorisation(TenantModel):
    """A service category that a partner may deliver (N2)."""

    __tablename__ = "partner_authorisation"
    __isolation__ = Isolation.SHARED_READ
    __table_args__ = (
        tenant_unique("partner_authorisation", "partner_id", "category_code"),
        tenant_foreign_key("partner", "partner_id"),
    )

    partner_id: Mapped[UUID]
    category_code: Mapped[str] = mapped_column(String(40))


class PartnerTransition(TenantModel):
    """One step in the life of an application or partner: state, star level or territory; never overwritten."""

    __tablename__ = "partner_transition"
    __isolation__ = Isolation.PROVIDER
    __append_only__ = True
    __table_args__ = (tenant_index("partner_transition", "subject_id", "occurred_at"),)

    subject_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(20))
    before: Mapped[str] = mapped_column(Text, default="")
    after: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    actor_name: Mapped[str] = mapped_column(String(80))
    account_id: Mapped[UUID | None]
    occurred_at: Mapped[datetime]
