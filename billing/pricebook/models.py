"""Tables of prices. Unit prices are of the currency's main unit, with up to six places."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Numeric, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import Isolation, Model, TenantModel, tenant_foreign_key, tenant_index, tenant_unique

UNIT_PRICE = Numeric(18, 6)
CODE_LENGTH, NAME_LENGTH, UNIT_LENGTH = 40, 80, 10


class TaxRate(Model):
    """A rate of value-added tax by code, from a day on. `rate` is a share: 0.06 for 6 %; NULL for exempt (免税)."""

    __tablename__ = "tax_rate"
    __isolation__ = Isolation.GLOBAL

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    rate: Mapped[Decimal | None] = mapped_column(Numeric(6, 4))
    valid_until: Mapped[date | None]
    """The first day on which it does not hold any more."""


class TaxItem(Model):
    """As what a kind of charge is taxed where nobody says otherwise, from a day on. `category` is that of charges; the
    empty one is all others."""

    __tablename__ = "tax_item"
    __isolation__ = Isolation.GLOBAL

    category: Mapped[str] = mapped_column(String(20), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    """项目名称 on a 发票."""
    code: Mapped[str] = mapped_column(String(19))
    """税收分类编码."""
    tax: Mapped[str] = mapped_column(String(20))
    valid_until: Mapped[date | None]
    """The first day on which it does not hold any more."""


class StandardPrice(Model):
    """A service product of the network, and between which prices partners sell it. Headquarters writes it."""

    __tablename__ = "standard_price"
    __isolation__ = Isolation.GLOBAL
    __table_args__ = (CheckConstraint("floor <= suggested AND suggested <= ceiling", name="bounds"),)

    code: Mapped[str] = mapped_column(String(CODE_LENGTH), primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    unit: Mapped[str] = mapped_column(String(UNIT_LENGTH))
    service_category: Mapped[str] = mapped_column(String(40))
    currency: Mapped[str] = mapped_column(String(3))
    suggested: Mapped[Decimal] = mapped_column(UNIT_PRICE)
    floor: Mapped[Decimal] = mapped_column(UNIT_PRICE)
    ceiling: Mapped[Decimal] = mapped_column(UNIT_PRICE)
    tax: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(default=1)


class PriceBookVersion(TenantModel):
    """One version of a company's prices; published, it holds from `effective_from` until a later version does."""

    __tablename__ = "price_book_version"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("price_book_version", "number"),
        tenant_index("price_book_version", "state", "effective_from"),
    )

    number: Mapped[int] = mapped_column(SmallInteger)
    """1, 2, 3 … in the order in which they were begun."""
    state: Mapped[str] = mapped_column(String(12))
    currency: Mapped[str] = mapped_column(String(3))
    effective_from: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    published_by: Mapped[str] = mapped_column(String(80), default="")
    version: Mapped[int] = mapped_column(default=1)


class PriceBookLine(TenantModel):
    """One price of one version."""

    __tablename__ = "price_book_line"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("price_book_line", "version_id", "code"),
        tenant_foreign_key("price_book_version", "version_id"),
        CheckConstraint("unit_price >= 0", name="unit_price"),
    )

    version_id: Mapped[UUID]
    code: Mapped[str] = mapped_column(String(CODE_LENGTH))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    unit: Mapped[str] = mapped_column(String(UNIT_LENGTH))
    service_category: Mapped[str] = mapped_column(String(40))
    unit_price: Mapped[Decimal] = mapped_column(UNIT_PRICE)
    price_mode: Mapped[str] = mapped_column(String(12))
    """Whether the price holds its tax: `billing.money.PriceMode`."""
    tax: Mapped[str] = mapped_column(String(20))
