"""Structs of prices."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec

from app.platform.kernel.errors import Invalid
from app.platform.kernel.input_text import CODE, LINE, Input, Label
from app.platform.kernel.texts import N_
from billing.money import PriceMode
from billing.pricebook.models import CODE_LENGTH, NAME_LENGTH, UNIT_LENGTH
from billing.pricebook.states import PriceBookState

LARGEST_PRICE = Decimal(10**11)
PLACES = 6
PRICE_MODE_NAMES = {PriceMode.TAX_INCLUDED: N_("含税"), PriceMode.TAX_EXCLUDED: N_("不含税")}
PRICE_REFUSED = N_("请填写不小于零的金额，最多六位小数。")

CODE_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"

ProductCode = Annotated[
    str,
    LINE,
    msgspec.Meta(min_length=1, max_length=CODE_LENGTH, pattern=CODE_PATTERN),
    Label(N_("编号"), N_("编号由字母、数字、点、横线组成。")),
]
ProductName = Annotated[str, LINE, msgspec.Meta(min_length=1, max_length=NAME_LENGTH), Label(N_("服务"))]
Unit = Annotated[str, LINE, msgspec.Meta(min_length=1, max_length=UNIT_LENGTH), Label(N_("单位"))]


def refuse_impossible_prices(**prices: Decimal) -> None:
    """
    Raises:
        Invalid: a price is below zero, no number, too large, or has more than six places; `fields` names each.
    """
    wrong = {
        name: PRICE_REFUSED
        for name, price in prices.items()
        if not (price.is_finite() and 0 <= price < LARGEST_PRICE)
        or -int(price.normalize().as_tuple().exponent) > PLACES
    }
    if wrong:
        raise Invalid(fields=wrong)


class PriceLineWrite(Input, frozen=True, forbid_unknown_fields=True):
    """One price, in the main unit of the version's currency.

    Raises:
        Invalid: the price is no amount of money.
    """

    code: ProductCode
    name: ProductName
    unit: Unit
    service_category: Annotated[str, CODE, msgspec.Meta(max_length=40), Label(N_("服务类别"))]
    unit_price: Annotated[Decimal, Label(N_("单价"), PRICE_REFUSED)]
    tax: Annotated[str, CODE, msgspec.Meta(max_length=20), Label(N_("税率"))]
    price_mode: Annotated[PriceMode, Label(N_("是否含税"))] = PriceMode.TAX_INCLUDED

    def __post_init__(self) -> None:
        super().__post_init__()
        refuse_impossible_prices(unit_price=self.unit_price)


class PriceBookPublish(Input, frozen=True, forbid_unknown_fields=True):
    """From which day of the company's zone the version holds; `version` is the one that was read."""

    effective_from: Annotated[date, Label(N_("生效日期"))]
    version: int
    note: Annotated[str, LINE, msgspec.Meta(max_length=200), Label(N_("说明"))] = ""


class PriceLineView(msgspec.Struct, frozen=True):
    """One price."""

    id: UUID
    version_id: UUID
    code: str
    name: str
    unit: str
    service_category: str
    unit_price: Decimal
    tax: str
    price_mode: PriceMode

    def as_written(self) -> PriceLineWrite:
        """What makes the same price in another version."""
        return PriceLineWrite(
            self.code, self.name, self.unit, self.service_category, self.unit_price, self.tax, self.price_mode
        )


class PriceBookVersionView(msgspec.Struct, frozen=True):
    """One version of the price book."""

    id: UUID
    number: int
    state: PriceBookState
    currency: str
    effective_from: date | None
    note: str
    created_at: datetime
    published_at: datetime | None
    published_by: str
    version: int


class PriceChangeKind(StrEnum):
    """What became of a price between two versions."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class PriceChange(msgspec.Struct, frozen=True):
    """One difference between two versions; `before` is null for what was added, `after` for what was removed."""

    kind: PriceChangeKind
    code: str
    name: str
    before: PriceLineView | None
    after: PriceLineView | None


class StandardPriceWrite(Input, frozen=True, forbid_unknown_fields=True):
    """A service product of the network with the bounds of its price. `version` is the one that was read; 0 makes it.

    Raises:
        Invalid: a price is no amount of money.
    """

    name: ProductName
    unit: Unit
    service_category: Annotated[str, CODE, msgspec.Meta(max_length=40), Label(N_("服务类别"))]
    suggested: Annotated[Decimal, Label(N_("建议价"), PRICE_REFUSED)]
    floor: Annotated[Decimal, Label(N_("下限"), PRICE_REFUSED)]
    ceiling: Annotated[Decimal, Label(N_("上限"), PRICE_REFUSED)]
    tax: Annotated[str, CODE, msgspec.Meta(max_length=20), Label(N_("税率"))]
    version: int

    def __post_init__(self) -> None:
        super().__post_init__()
        refuse_impossible_prices(suggested=self.suggested, floor=self.floor, ceiling=self.ceiling)


class StandardPriceView(msgspec.Struct, frozen=True):
    """A service product of the network."""

    code: str
    name: str
    unit: str
    service_category: str
    currency: str
    suggested: Decimal
    floor: Decimal
    ceiling: Decimal
    tax: str
    version: int


class TaxRateView(msgspec.Struct, frozen=True):
    """A tax rate; `rate` is a share (0.06), null for exempt. It holds before the day `valid_until`."""

    code: str
    name: str
    rate: Decimal | None
    valid_from: date
    valid_until: date | None


class TaxItemView(msgspec.Struct, frozen=True):
    """As what a kind of charge is taxed where nobody says otherwise; `category` is empty for all that have no item of
    their own, `tax` the code of a rate. It holds before the day `valid_until`."""

    category: str
    name: str
    code: str
    tax: str
    valid_from: date
    valid_until: date | None
