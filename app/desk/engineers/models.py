"""Engineers' public profiles, and their skills for the partner only (E1)."""

from uuid import UUID

from sqlalchemy import SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import Isolation, TenantModel, tenant_foreign_key, tenant_unique


class Engineer(TenantModel):
    """An engineer's profile, readable in the whole tenant. `id` is the engineer's membership.

    Levels by the network's grading standard [S1 §6.4]: junior, middle, senior.
    """

    __tablename__ = "engineer"
    __isolation__ = Isolation.SHARED_READ
    __table_args__ = (tenant_foreign_key("membership", "id"),)

    display_name: Mapped[str] = mapped_column(String(80))
    level: Mapped[str] = mapped_column(String(12))
    phone: Mapped[str] = mapped_column(String(40), default="")
    state: Mapped[str] = mapped_column(String(12), default="active")
    version: Mapped[int] = mapped_column(default=1)


class EngineerSkill(TenantModel):
    """How well an engineer masters a product category: 1 (knows) to 3 (masters)."""

    __tablename__ = "engineer_skill"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("engineer_skill", "engineer_id", "product_category"),
        tenant_foreign_key("engineer", "engineer_id"),
    )

    engineer_id: Mapped[UUID]
    product_category: Mapped[str] = mapped_column(String(40))
    grade: Mapped[int] = mapped_column(SmallInteger)
