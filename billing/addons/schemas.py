"""Structs of add-ons."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, NamedTuple
from uuid import UUID

import msgspec

from app.platform.kernel.errors import Invalid
from app.platform.kernel.input_text import CODE, LINE, TEXT, Input, Label
from app.platform.kernel.texts import N_
from billing.addons.models import CODE_LENGTH, NAME_LENGTH, UNIT_LENGTH
from billing.addons.states import AddonKind, AddonOrderMove, AddonOrderState, AddonState, AddonTarget
from billing.money import Money, PriceMode
from billing.periods import Cycle, Period
from billing.terms.document import BilledWhen

LARGEST_PRICE = Decimal(10**11)
PRICE_PLACES, QUANTITY_PLACES = 6, 3
LARGEST_QUANTITY = Decimal(10**6)
PRICE_REFUSED = N_("请填写不小于零的金额，最多六位小数。")
QUANTITY_REFUSED = N_("请填写大于零的数量，最多三位小数。")
CODE_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"

UnitPrice = Annotated[Decimal, Label(N_("单价"), PRICE_REFUSED)]
Reason = Annotated[str, TEXT, msgspec.Meta(min_length=1, max_length=500), Label(N_("原因"), N_("请写明原因。"))]
Remark = Annotated[str, TEXT, msgspec.Meta(max_length=1_000), Label(N_("备注"))]


def _refuse_price(price: Decimal) -> None:
    if not (price.is_finite() and 0 <= price < LARGEST_PRICE) or _places(price) > PRICE_PLACES:
        raise Invalid(fields={"unit_price": PRICE_REFUSED})


def _places(value: Decimal) -> int:
    return -int(value.normalize().as_tuple().exponent)


class AddonWrite(Input, frozen=True, forbid_unknown_fields=True):
    """A service of the catalogue. `unit_price` is in yuan, for one unit and, where it is subscribed, one whole period.
    `version` is the one that was read; 0 makes it.

    Raises:
        Invalid: the price is no amount of money.
    """

    code: Annotated[
        str,
        LINE,
        msgspec.Meta(min_length=1, max_length=CODE_LENGTH, pattern=CODE_PATTERN),
        Label(N_("编号"), N_("编号由字母、数字、点、横线组成。")),
    ]
    name: Annotated[str, LINE, msgspec.Meta(min_length=1, max_length=NAME_LENGTH), Label(N_("服务"))]
    service_category: Annotated[str, CODE, msgspec.Meta(max_length=40), Label(N_("服务类别"))]
    kind: Annotated[AddonKind, Label(N_("付费方式"))]
    target: Annotated[AddonTarget, Label(N_("订购对象"))]
    unit: Annotated[str, LINE, msgspec.Meta(min_length=1, max_length=UNIT_LENGTH), Label(N_("单位"))]
    unit_price: UnitPrice
    tax: Annotated[str, CODE, msgspec.Meta(max_length=20), Label(N_("税率"))]
    version: int
    cycle: Annotated[Cycle | None, Label(N_("计费周期"), hint=N_("订阅的服务才填。首尾不满一期的按天计算。"))] = None
    billed: Annotated[BilledWhen | None, Label(N_("计费时间"), hint=N_("订阅的服务才填。"))] = None
    description: Annotated[
        str, TEXT, msgspec.Meta(max_length=1_000), Label(N_("说明"), hint=N_("客户订购时看到的介绍。"))
    ] = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        _refuse_price(self.unit_price)


class AddonQuickEdit(Input, frozen=True, forbid_unknown_fields=True):
    """What is edited in the table: name, unit and price. `version` is the one that was read.

    Raises:
        Invalid: the price is no amount of money.
    """

    id: UUID
    name: Annotated[str, LINE, msgspec.Meta(min_length=1, max_length=NAME_LENGTH), Label(N_("服务"))]
    unit: Annotated[str, LINE, msgspec.Meta(min_length=1, max_length=UNIT_LENGTH), Label(N_("单位"))]
    unit_price: UnitPrice
    version: int

    def __post_init__(self) -> None:
        super().__post_init__()
        _refuse_price(self.unit_price)


class AddonStateChange(Input, frozen=True, forbid_unknown_fields=True):
    """Offer it, or withdraw it. `version` is the one that was read."""

    state: AddonState
    version: int


class AddonView(msgspec.Struct, frozen=True):
    """A service of the catalogue."""

    id: UUID
    code: str
    name: str
    description: str
    kind: AddonKind
    target: AddonTarget
    service_category: str
    unit: str
    unit_price: Decimal
    currency: str
    price_mode: PriceMode
    tax: str
    cycle: str
    billed: str
    state: AddonState
    created_at: datetime
    version: int


class AddonOrderCreate(Input, frozen=True, forbid_unknown_fields=True):
    """An order. `client_id` is the client that it is for; a client's own people may leave it out. `start_on` is the
    first day of what is subscribed, today where it is left out.

    Raises:
        Invalid: no quantity that can be ordered.
    """

    addon_id: Annotated[UUID, Label(N_("服务"))]
    quantity: Annotated[Decimal, Label(N_("数量"), QUANTITY_REFUSED)]
    client_id: UUID | None = None
    site_id: UUID | None = None
    device_id: UUID | None = None
    start_on: Annotated[date | None, Label(N_("开始日期"))] = None
    remark: Remark = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        quantity = self.quantity
        if not (quantity.is_finite() and 0 < quantity < LARGEST_QUANTITY) or _places(quantity) > QUANTITY_PLACES:
            raise Invalid(fields={"quantity": QUANTITY_REFUSED})


class AddonConfirm(Input, frozen=True, forbid_unknown_fields=True):
    """Accept what the client ordered. `start_on` is the first day of what is subscribed; left out, the day that was
    wished for. `version` is the one that was read."""

    version: int
    start_on: Annotated[date | None, Label(N_("开始日期"))] = None


class AddonRefusal(Input, frozen=True, forbid_unknown_fields=True):
    """Why the order is declined or cancelled; the client reads it."""

    version: int
    reason: Reason


class AddonDelivery(Input, frozen=True, forbid_unknown_fields=True):
    """The day on which it was delivered."""

    version: int
    delivered_on: Annotated[date, Label(N_("交付日期"))]


class AddonEnd(Input, frozen=True, forbid_unknown_fields=True):
    """The last day on which it runs."""

    version: int
    last_day: Annotated[date, Label(N_("最后一天"))]
    reason: Annotated[str, TEXT, msgspec.Meta(max_length=500), Label(N_("原因"))] = ""


class AddonOrderVersion(Input, frozen=True, forbid_unknown_fields=True):
    """The version that was read."""

    version: int


class AddonOrderView(msgspec.Struct, frozen=True):
    """An order, at the price of the day on which it was made. `moves` are those that the reader may make."""

    id: UUID
    number: str
    client_id: UUID
    client_name: str
    addon_id: UUID
    site_id: UUID | None
    site_name: str
    device_id: UUID | None
    device_number: str
    name: str
    kind: AddonKind
    service_category: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    currency: str
    price_mode: PriceMode
    tax: str
    cycle: str
    billed: str
    time_zone: str
    state: AddonOrderState
    remark: str
    ordered_at: datetime
    ordered_by_name: str
    by_client: bool
    start_on: date | None
    last_day: date | None
    delivered_on: date | None
    reason: str
    version: int
    moves: list[AddonOrderMove] = []

    @property
    def price(self) -> Money:
        """Of the whole quantity, for one whole period where it is subscribed."""
        return Money.of(self.unit_price * self.quantity, self.currency)


class AddonShareView(msgspec.Struct, frozen=True):
    """An amount that fell due, in minor units; `period_start` up to, not including, `period_end`, both null for a
    delivery. Days that are given back have a negative amount."""

    id: UUID
    day: date
    period_start: date | None
    period_end: date | None
    given_back: bool
    amount: int
    currency: str


class AddonDue(NamedTuple):
    """An amount that a client owes for an add-on, with or without tax as `price_mode` says; negative for days that are
    given back. `id` names it for good, `rule` says what of the order it is. `quantity` times `unit_price` is the amount
    before it is rounded; of days it is one period at the price of these days."""

    id: UUID
    rule: str
    order_id: UUID
    order_number: str
    client_id: UUID
    site_id: UUID | None
    device_id: UUID | None
    day: date
    period: Period | None
    name: str
    service_category: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    amount: Money
    tax: str
    price_mode: PriceMode
