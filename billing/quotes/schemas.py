"""Structs of quotes. Amounts are whole minor units of the quote's currency; prices and costs of its main unit."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from app.platform.kernel.errors import Invalid
from app.platform.kernel.input_text import CODE, LINE, TEXT, Input, Label
from app.platform.kernel.texts import N_
from billing.money import Money, PriceMode
from billing.quotes.states import LineDecision, LineKind, OfferState, QuoteMove, QuoteState

LARGEST_PRICE = Decimal(10**11)
LARGEST_QUANTITY = Decimal(10**6)
PRICE_REFUSED = N_("请填写不小于零的金额，最多六位小数。")
QUANTITY_REFUSED = N_("请填写大于零的数量，最多三位小数。")
PERCENT_REFUSED = N_("请填写 0 到 100 之间的百分数，最多两位小数。")

Title = Annotated[str, LINE, Meta(min_length=1, max_length=120), Label(N_("标题"))]
Words = Annotated[str, TEXT, Meta(max_length=2_000), Label(N_("给客户的说明"))]
ValidUntil = Annotated[date | None, Label(N_("有效期至"), hint=N_("不填就按公司规定的天数。"))]
Quantity = Annotated[Decimal, Label(N_("数量"), QUANTITY_REFUSED)]
Discount = Annotated[Decimal, Label(N_("折扣（%）"), PERCENT_REFUSED, N_("10 表示便宜 10%。"))]
Cost = Annotated[Decimal | None, Label(N_("单位成本"), PRICE_REFUSED, N_("不含税；客户看不到。"))]


def _fits(value: Decimal, places: int, largest: Decimal) -> bool:
    return value.is_finite() and 0 <= value <= largest and -int(value.normalize().as_tuple().exponent) <= places


def _refuse_impossible(quantity: Decimal, discount: Decimal, prices: dict[str, Decimal | None]) -> None:
    """
    Raises:
        Invalid: a number that no line can have; `fields` names each.
    """
    wrong = {
        name: PRICE_REFUSED
        for name, price in prices.items()
        if price is not None and not _fits(price, 6, LARGEST_PRICE)
    }
    if not _fits(quantity, 3, LARGEST_QUANTITY) or not quantity:
        wrong["quantity"] = QUANTITY_REFUSED
    if not _fits(discount, 2, Decimal(100)):
        wrong["discount"] = PERCENT_REFUSED
    if wrong:
        raise Invalid(fields=wrong)


class QuoteCreate(Input, frozen=True, forbid_unknown_fields=True):
    """A new quote: for a ticket, whose client it takes, or for a client."""

    title: Title
    ticket_id: UUID | None = None
    client_id: Annotated[UUID | None, Label(N_("客户"))] = None
    valid_until: ValidUntil = None
    words: Words = ""


class QuoteUpdate(Input, frozen=True, forbid_unknown_fields=True):
    """The draft's head; `version` is the one that was read."""

    title: Title
    version: int
    valid_until: ValidUntil = None
    words: Words = ""


class PricedLineWrite(Input, frozen=True, forbid_unknown_fields=True):
    """A line from the price book that holds today: name, unit, price and tax are the book's. `discount` in percent.

    Raises:
        Invalid: a number that no line can have.
    """

    code: Annotated[str, CODE, Meta(min_length=1, max_length=40), Label(N_("价目表里的服务"))]
    quantity: Quantity
    discount: Discount = Decimal(0)
    cost: Cost = None

    def __post_init__(self) -> None:
        super().__post_init__()
        _refuse_impossible(self.quantity, self.discount, {"cost": self.cost})


class FreeLineWrite(Input, frozen=True, forbid_unknown_fields=True):
    """A line with a price of its own. `discount` in percent.

    Raises:
        Invalid: a number that no line can have.
    """

    kind: Annotated[LineKind, Label(N_("类型"))]
    name: Annotated[str, LINE, Meta(min_length=1, max_length=120), Label(N_("名称"))]
    unit: Annotated[str, LINE, Meta(min_length=1, max_length=10), Label(N_("单位"))]
    quantity: Quantity
    unit_price: Annotated[Decimal, Label(N_("单价"), PRICE_REFUSED)]
    tax: Annotated[str, CODE, Meta(min_length=1, max_length=20), Label(N_("税率"))]
    service_category: Annotated[str, CODE, Meta(max_length=40), Label(N_("服务类别"))] = ""
    discount: Discount = Decimal(0)
    cost: Cost = None
    price_mode: Annotated[PriceMode, Label(N_("是否含税"))] = PriceMode.TAX_INCLUDED

    def __post_init__(self) -> None:
        super().__post_init__()
        _refuse_impossible(self.quantity, self.discount, {"cost": self.cost, "unit_price": self.unit_price})


class QuoteVersionSeen(Input, frozen=True, forbid_unknown_fields=True):
    """`version` is the one that was read."""

    version: int


class QuoteReview(Input, frozen=True, forbid_unknown_fields=True):
    """Why it may go out, or is sent back."""

    reason: Annotated[str, TEXT, Meta(max_length=500), Label(N_("说明"))] = ""


class OfferLink(Input, frozen=True, forbid_unknown_fields=True):
    """Who gets a link by which the offer is decided without an account."""

    name: Annotated[str, LINE, Meta(min_length=1, max_length=80), Label(N_("收件人"))]
    email: Annotated[str, LINE, Meta(min_length=3, max_length=254), Label(N_("邮箱"))]


class OfferDecision(Input, frozen=True, forbid_unknown_fields=True):
    """What the client says: the ids of the lines that it approves, none of them to decline. `content_hash` is the hash
    of the offer that was read."""

    content_hash: Annotated[str, CODE, Meta(max_length=64)]
    approved_lines: list[UUID]
    reason: Annotated[str, TEXT, Meta(max_length=1_000), Label(N_("说明"))] = ""


class QuoteRuleWrite(Input, frozen=True, forbid_unknown_fields=True):
    """A company's rule. Percent of the net; discounts in the currency's main unit, null for any. `version` is the one
    that was read, 0 for the standard rule.

    Raises:
        Invalid: a number that no rule can have.
    """

    valid_days: Annotated[int, Meta(ge=1, le=365), Label(N_("默认有效天数"))]
    version: int
    lowest_margin: Annotated[Decimal | None, Label(N_("最低毛利率（%）"), PERCENT_REFUSED, N_("不填就不检查。"))] = None
    dispatcher: Annotated[Decimal | None, Label(N_("调度员最多让利（元）"), PRICE_REFUSED, N_("不填就不限。"))] = None
    service_manager: Annotated[
        Decimal | None, Label(N_("服务经理最多让利（元）"), PRICE_REFUSED, N_("不填就不限。"))
    ] = None

    def __post_init__(self) -> None:
        super().__post_init__()
        wrong = {
            name: PRICE_REFUSED
            for name in ("dispatcher", "service_manager")
            if (limit := getattr(self, name)) is not None and not _fits(limit, 2, LARGEST_PRICE)
        }
        if self.lowest_margin is not None and not _fits(self.lowest_margin, 2, Decimal(100)):
            wrong["lowest_margin"] = PERCENT_REFUSED
        if wrong:
            raise Invalid(fields=wrong)


class QuoteRuleView(msgspec.Struct, frozen=True):
    """The rule in force. Percent, main units; null is no limit."""

    lowest_margin: Decimal | None
    dispatcher: Decimal | None
    service_manager: Decimal | None
    valid_days: int
    version: int


class QuoteSummary(msgspec.Struct, frozen=True):
    """A quote in a list. `margin` is a share of the net, null where no cost is known."""

    id: UUID
    number: str
    title: str
    state: QuoteState
    client_id: UUID
    client_name: str
    ticket_id: UUID | None
    ticket_number: str | None
    currency: str
    gross_minor: int
    margin: Decimal | None
    created_at: datetime
    created_by_name: str
    offered_at: datetime | None
    decided_at: datetime | None


class QuoteLineView(msgspec.Struct, frozen=True):
    """One line. `discount` is in percent; `decision` is the client's, of what was offered."""

    id: UUID
    position: int
    kind: LineKind
    code: str
    name: str
    unit: str
    quantity: Decimal
    unit_price: Decimal
    discount: Decimal
    cost: Decimal | None
    price_mode: PriceMode
    tax: str
    service_category: str
    net_minor: int
    tax_minor: int
    gross_minor: int
    cost_minor: int | None
    decision: LineDecision


class QuoteVersionView(msgspec.Struct, frozen=True):
    """One version; `state` is that of its offer, empty before."""

    id: UUID
    number: int
    created_at: datetime
    created_by_name: str
    offered_at: datetime | None
    offered_quote_id: UUID | None
    state: str


class QuoteView(msgspec.Struct, frozen=True):
    """A quote with the version that counts. `moves` are those that this reader may make now."""

    id: UUID
    number: str
    title: str
    state: QuoteState
    client_id: UUID
    client_name: str
    ticket_id: UUID | None
    ticket_number: str | None
    version_number: int
    valid_until: date | None
    words: str
    currency: str
    lines: list[QuoteLineView]
    net_minor: int
    tax_minor: int
    gross_minor: int
    discount_minor: int
    cost_minor: int
    margin: Decimal | None
    uncosted_lines: int
    created_at: datetime
    created_by_name: str
    submitted_by_name: str
    offered_at: datetime | None
    decided_at: datetime | None
    decided_by_name: str
    decision: str
    review_reason: str
    offered_quote_id: UUID | None
    """The offer of the version that counts."""
    versions: list[QuoteVersionView]
    moves: tuple[QuoteMove, ...]
    version: int


class OfferedLineView(msgspec.Struct, frozen=True):
    """One line as it was offered. `discount` is a share; `tax_rate` too, null for exempt."""

    id: UUID
    position: int
    kind: LineKind
    name: str
    unit: str
    quantity: Decimal
    unit_price: Decimal
    discount: Decimal
    price_mode: PriceMode
    tax_rate: Decimal | None
    net_minor: int
    tax_minor: int
    gross_minor: int
    decision: LineDecision


class OfferedQuoteSummary(msgspec.Struct, frozen=True):
    """An offer in a list."""

    id: UUID
    quote_id: UUID
    number: str
    edition: int
    title: str
    state: OfferState
    valid_until: date
    currency: str
    gross_minor: int
    created_at: datetime
    decided_at: datetime | None


class OfferedQuoteView(msgspec.Struct, frozen=True):
    """An offer as the client reads it. `decided_by_name` and `decision` tell who of them said what."""

    id: UUID
    quote_id: UUID
    number: str
    edition: int
    title: str
    words: str
    state: OfferState
    ticket_id: UUID | None
    valid_until: date
    expires_at: datetime
    currency: str
    net_minor: int
    tax_minor: int
    gross_minor: int
    content_hash: str
    created_at: datetime
    decided_at: datetime | None
    decided_by_name: str
    decision: str
    lines: list[OfferedLineView]


class ApprovedLine(msgspec.Struct, frozen=True, kw_only=True):
    """What a client approved, for rating. `line_id` is the quote's line; `amount` after the discount, by `price_mode`
    with its tax or without; `discount` and `tax_rate` are shares, the rate null for exempt."""

    quote_id: UUID
    quote_number: str
    version_id: UUID
    line_id: UUID
    position: int
    client_id: UUID
    ticket_id: UUID | None
    kind: LineKind
    code: str
    name: str
    unit: str
    quantity: Decimal
    unit_price: Decimal
    discount: Decimal
    amount: Money
    tax: str
    tax_rate: Decimal | None
    price_mode: PriceMode
    service_category: str
    approved_at: datetime
