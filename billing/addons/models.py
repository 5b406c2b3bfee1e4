"""Tables of add-ons. Unit prices are of the currency's main unit, with up to six places; days are the client's."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ColumnElement, Numeric, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import (
    ClientRing,
    Isolation,
    TenantModel,
    client_foreign_key,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)
from app.platform.kernel.row_scope import ScopedStaff, row_scope_of

UNIT_PRICE = Numeric(18, 6)
QUANTITY = Numeric(12, 3)
CODE_LENGTH, NAME_LENGTH, UNIT_LENGTH = 40, 80, 10


class _Priced:
    """What the catalogue says of an add-on, and an order keeps as it was ordered."""

    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    kind: Mapped[str] = mapped_column(String(12))
    service_category: Mapped[str] = mapped_column(String(40))
    unit: Mapped[str] = mapped_column(String(UNIT_LENGTH))
    unit_price: Mapped[Decimal] = mapped_column(UNIT_PRICE)
    """Of one unit; of what is subscribed, for one whole period."""
    currency: Mapped[str] = mapped_column(String(3))
    price_mode: Mapped[str] = mapped_column(String(12))
    tax: Mapped[str] = mapped_column(String(20))
    cycle: Mapped[str] = mapped_column(String(12), default="")
    """Of what is subscribed; empty for what is paid once."""
    billed: Mapped[str] = mapped_column(String(12), default="")


class Addon(_Priced, TenantModel):
    """A service that is billed beside the contract. All clients may see it: it holds nothing that they may not know."""

    __tablename__ = "addon"
    __isolation__ = Isolation.SHARED_READ
    __table_args__ = (
        tenant_unique("addon", "code"),
        CheckConstraint("unit_price >= 0", name="unit_price"),
        CheckConstraint("(kind = 'subscribed') = (cycle <> '' AND billed <> '')", name="cycle"),
    )

    code: Mapped[str] = mapped_column(String(CODE_LENGTH))
    description: Mapped[str] = mapped_column(Text, default="")
    target: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(12))
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class AddonOrder(_Priced, ClientRing, TenantModel):
    """What one client ordered, at the price of that day."""

    __tablename__ = "addon_order"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        tenant_unique("addon_order", "number"),
        tenant_index("addon_order", "client_id", "ordered_at"),
        tenant_index("addon_order", "next_on"),
        tenant_foreign_key("client", "client_id"),
        tenant_foreign_key("addon", "addon_id"),
        client_foreign_key("site", "site_id"),
        client_foreign_key("device", "device_id"),
        CheckConstraint("quantity > 0", name="quantity"),
    )

    number: Mapped[str] = mapped_column(String(24))
    addon_id: Mapped[UUID]
    site_id: Mapped[UUID | None]
    device_id: Mapped[UUID | None]
    quantity: Mapped[Decimal] = mapped_column(QUANTITY)
    time_zone: Mapped[str] = mapped_column(String(60))
    """The client's, when it ordered."""
    state: Mapped[str] = mapped_column(String(12))
    remark: Mapped[str] = mapped_column(Text, default="")
    ordered_at: Mapped[datetime]
    ordered_by: Mapped[UUID | None]
    """The membership of whoever ordered."""
    ordered_by_name: Mapped[str] = mapped_column(String(80))
    by_client: Mapped[bool]
    start_on: Mapped[date | None]
    """The first day of what is subscribed: the one that was wished for until it is confirmed."""
    last_day: Mapped[date | None]
    delivered_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why it was declined, cancelled or ended."""
    next_on: Mapped[date | None]
    """The next day on which it begins, something falls due, or it is over."""
    version: Mapped[int] = mapped_column(default=1)


class AddonDueRecord(TenantModel):
    """One amount that fell due: a delivery, or some days of a period; negative for days that are given back."""

    __tablename__ = "addon_due"
    __isolation__ = Isolation.PROVIDER
    __append_only__ = True
    __table_args__ = (
        tenant_unique("addon_due", "order_id", "number"),
        tenant_foreign_key("addon_order", "order_id"),
        CheckConstraint("(period_start IS NULL) = (period_end IS NULL)", name="period"),
    )

    order_id: Mapped[UUID]
    number: Mapped[int]
    """1, 2, 3 … of the order."""
    day: Mapped[date]
    """The day of the service by which its tax is chosen."""
    period_start: Mapped[date | None]
    period_end: Mapped[date | None]
    """The first day that is not of the period any more."""
    given_back: Mapped[bool] = mapped_column(default=False)
    amount: Mapped[int] = mapped_column(BigInteger)
    """Minor units of the order's currency, with or without tax as the order's price mode says."""
    made_at: Mapped[datetime]


@row_scope_of(AddonOrder)
def _orders(table: type[AddonOrder], staff: ScopedStaff) -> ColumnElement[bool]:
    return table.client_id.in_(staff.clients)
