"""Service and product categories that a tenant works with, adopted from the network's standard (T2)."""

from sqlalchemy import SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import Isolation, TenantModel, tenant_unique


class ServiceCategory(TenantModel):
    """What kind of service a ticket asks for. `separately_billed` marks 单独计费 [S1 §7.2]."""

    __tablename__ = "service_category"
    __isolation__ = Isolation.SHARED_READ
    __table_args__ = (tenant_unique("service_category", "code"),)

    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(60))
    separately_billed: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(SmallInteger)
    active: Mapped[bool] = mapped_column(default=True)


class ProductCategory(TenantModel):
    """What kind of thing a ticket is about [S1 §7.1]."""

    __tablename__ = "product_category"
    __isolation__ = Isolation.SHARED_READ
    __table_args__ = (tenant_unique("product_category", "code"),)

    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(60))
    position: Mapped[int] = mapped_column(SmallInteger)
    active: Mapped[bool] = mapped_column(default=True)
