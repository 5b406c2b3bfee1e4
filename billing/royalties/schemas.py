"""Structs of royalties. Amounts are minor units of their currency; rates are shares (0.05 for 5 %).

Months are named by their first day. Headquarters' structs name partners, never a partner's clients.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from app.platform.kernel.errors import Invalid
from app.platform.kernel.input_text import CODE, LINE, TEXT, Input, Label
from app.platform.kernel.texts import N_
from billing.money import Money, currency_exponent
from billing.royalties.models import NAME_LENGTH, REASON_LENGTH, REFERENCE_LENGTH
from billing.royalties.reckoning import Basis

LARGEST_AMOUNT = Decimal(10**10)
PERCENT_REFUSED = N_("请填写 0 到 100 之间的百分比，最多两位小数。")
AMOUNT_REFUSED = N_("请填写金额，最多两位小数。")
_EARLIEST = date(2000, 1, 1)
_LATEST = date(2100, 1, 1)
DAY_REFUSED = N_("请选择 2000 年到 2099 年之间的日期。")
Reason = Annotated[
    str, TEXT, Meta(min_length=1, max_length=REASON_LENGTH), Label(N_("原因"), N_("请写明原因，最多 500 字。"))
]


def minor_of(value: Decimal, currency: str, field: str, *, below_zero: bool = False) -> int:
    """The amount of money that was written in the currency's main unit.

    Raises:
        Invalid: it is none.
    """
    sized = value.is_finite() and abs(value) < LARGEST_AMOUNT and (below_zero or value >= 0)
    if not sized or -int(value.normalize().as_tuple().exponent) > currency_exponent(currency):
        raise Invalid(fields={field: AMOUNT_REFUSED})
    return Money.of(value, currency).minor


def checked_day(day: date, field: str) -> date:
    """
    Raises:
        Invalid: nobody means a day of that century.
    """
    if not _EARLIEST <= day < _LATEST:
        raise Invalid(fields={field: DAY_REFUSED})
    return day


class ChargeKind(StrEnum):
    """What a line of a statement is."""

    REVENUE = "revenue"
    """The royalty of revenue."""
    MINIMUM = "minimum"
    """What is missing to the minimum fee."""
    EARLIER = "earlier"
    """An earlier month has changed since it was stated."""
    CARRIED = "carried"
    """What headquarters owes the partner, left for a later statement."""
    AGREED = "agreed"
    """What both agreed upon in a dispute."""
    PLAN = "plan"
    """On an invoice for the partner's plan; `category` says what of it."""


class StatementLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line. Revenue has its kind of charge, level, rate and days; the others the month that they are about."""

    kind: ChargeKind
    month: date
    amount: int
    category: str = ""
    star_level: int = 0
    rate: Decimal = Decimal(0)
    first: date | None = None
    last: date | None = None
    revenue: int = 0
    text: str = ""


class StatementStep(msgspec.Struct, frozen=True, kw_only=True):
    """One step; `side` is hq or partner."""

    occurred_at: datetime
    kind: str
    side: str
    actor_name: str
    amount: int
    text: str


class StatementSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One statement in a list."""

    id: UUID
    number: str
    partner_id: UUID
    partner_name: str
    month: date
    currency: str
    state: str
    revenue: int
    amount: int
    answer_by: date
    made_at: datetime


class RoyaltyPaymentView(msgspec.Struct, frozen=True, kw_only=True):
    """Money that came in for an invoice; `reverses_id` names the payment that this one takes back."""

    id: UUID
    received_on: date
    amount: int
    reference: str
    reason: str
    recorded_at: datetime
    recorded_by: str
    reverses_id: UUID | None


class RoyaltyInvoiceSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One invoice in a list."""

    id: UUID
    number: str
    statement_id: UUID | None
    bill_id: UUID | None
    partner_id: UUID
    partner_name: str
    month: date
    currency: str
    net: int
    tax_amount: int
    gross: int
    open: int
    state: str
    issued_on: date
    due_on: date


class RoyaltyInvoiceView(RoyaltyInvoiceSummary, frozen=True, kw_only=True):
    """One invoice with its payments; `overdue` in days."""

    content_hash: str
    overdue_days: int
    payments: list[RoyaltyPaymentView]


class StatementView(StatementSummary, frozen=True, kw_only=True):
    """One statement. `moves` are those that the reader's side may make now; `minimum_fee` is by days in the partner's
    first month. `bases` tells from which month of issue on revenue counts as posted or as paid."""

    minimum_fee: int
    edition: int
    bases: list[tuple[date, Basis]]
    lines: list[StatementLine]
    dispute_reason: str
    steps: list[StatementStep]
    moves: list[str]
    invoice: RoyaltyInvoiceSummary | None
    version: int


class CountedInvoice(msgspec.Struct, frozen=True, kw_only=True):
    """What one of the partner's own invoices adds to a line of its statement."""

    invoice_id: UUID
    number: str
    issued_on: date
    revenue: int


class Dispute(Input, frozen=True, forbid_unknown_fields=True):
    """What the partner does not agree with. `version` is the one that was read."""

    version: Annotated[int, Meta(ge=0, le=2**31 - 1)]
    reason: Reason


class Agreement(Input, frozen=True, forbid_unknown_fields=True):
    """The partner agrees with what it has read."""

    version: Annotated[int, Meta(ge=0, le=2**31 - 1)]


class Answer(Input, frozen=True, forbid_unknown_fields=True):
    """Headquarters stays with its statement, and says why."""

    version: Annotated[int, Meta(ge=0, le=2**31 - 1)]
    reason: Reason


class Correction(Input, frozen=True, forbid_unknown_fields=True):
    """The statement is reckoned anew from the facts and rates as they are, and by `adjustment` in the currency's main
    unit: less than nothing is a reduction."""

    version: Annotated[int, Meta(ge=0, le=2**31 - 1)]
    reason: Reason
    adjustment: Annotated[
        Decimal, Label(N_("另行调整（元）"), AMOUNT_REFUSED, hint=N_("减少填负数；只按现在的数据重算就填 0。"))
    ] = Decimal(0)


class RateCreate(Input, frozen=True, forbid_unknown_fields=True):
    """A rate from a day on: `percent` of the revenue without tax. No category is every other, level 0 every level.

    Raises:
        Invalid: no percentage, or a day of another century.
    """

    percent: Annotated[Decimal, Label(N_("费率（%）"), PERCENT_REFUSED)]
    effective_from: Annotated[date, Label(N_("从哪一天起"), hint=N_("月中生效的，按天分段计算。"))]
    category: Annotated[str, CODE, Meta(max_length=40), Label(N_("收费类别"), hint=N_("不选就是其余所有类别。"))] = ""
    star_level: Annotated[int, Meta(ge=0, le=5), Label(N_("星级"))] = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        places = -int(self.percent.normalize().as_tuple().exponent) if self.percent.is_finite() else 0
        if not (self.percent.is_finite() and 0 <= self.percent <= 100) or places > 2:
            raise Invalid(fields={"percent": PERCENT_REFUSED})
        checked_day(self.effective_from, "effective_from")


class RateView(msgspec.Struct, frozen=True, kw_only=True):
    """A rate; `withdrawable` while it has not begun."""

    id: UUID
    category: str
    star_level: int
    rate: Decimal
    effective_from: date
    created_at: datetime
    created_by: str
    withdrawable: bool


class RuleCreate(Input, frozen=True, forbid_unknown_fields=True):
    """How royalties are reckoned and invoiced from the month of a day on. `minimum_fee` is in yuan.

    Raises:
        Invalid: no amount of money, or a day of another century.
    """

    effective_from: Annotated[date, Label(N_("从哪个月起"), hint=N_("选这个月里的任何一天。"))]
    basis: Annotated[Basis, Label(N_("收入按什么算"), hint=N_("按账单开出的月份适用，改了规则也不会重复计算。"))]
    minimum_fee: Annotated[Decimal, Label(N_("每月最低费（元）"), AMOUNT_REFUSED)]
    tax: Annotated[str, CODE, Meta(max_length=20), Label(N_("税率"))]
    seller_title: Annotated[str, LINE, Meta(min_length=1, max_length=NAME_LENGTH), Label(N_("总部抬头"))]
    bank_name: Annotated[str, LINE, Meta(min_length=1, max_length=80), Label(N_("开户行"))]
    bank_account: Annotated[str, LINE, Meta(min_length=1, max_length=40), Label(N_("账号"))]
    seller_tax_number: Annotated[str, LINE, Meta(max_length=20), Label(N_("税号"))] = ""
    answer_days: Annotated[int, Meta(ge=1, le=60), Label(N_("几天内可以提出异议"))] = 10
    payment_days: Annotated[int, Meta(ge=0, le=180), Label(N_("付款期限（天）"))] = 15

    def __post_init__(self) -> None:
        super().__post_init__()
        checked_day(self.effective_from, "effective_from")


class RuleView(msgspec.Struct, frozen=True, kw_only=True):
    """A rule, from its month until the next one begins."""

    id: UUID
    effective_from: date
    basis: Basis
    minimum_fee: int
    currency: str
    tax: str
    answer_days: int
    payment_days: int
    seller_title: str
    seller_tax_number: str
    bank_name: str
    bank_account: str
    created_at: datetime
    created_by: str


class RunStart(Input, frozen=True, forbid_unknown_fields=True):
    """The month of this day is to be stated."""

    month: Annotated[date, Label(N_("结算月份"), hint=N_("选这个月里的任何一天。"))]

    def __post_init__(self) -> None:
        super().__post_init__()
        checked_day(self.month, "month")


class RunView(msgspec.Struct, frozen=True, kw_only=True):
    """How far a month's statements are."""

    id: UUID
    month: date
    state: str
    partners: int
    statements: int
    started_at: datetime
    started_by: str
    finished_at: datetime | None


class PaymentRecord(Input, frozen=True, forbid_unknown_fields=True):
    """A bank transfer that came in; `amount` in the currency's main unit.

    Raises:
        Invalid: a day of another century.
    """

    received_on: Annotated[date, Label(N_("到账日期"))]
    amount: Annotated[Decimal, Label(N_("金额（元）"), AMOUNT_REFUSED)]
    reference: Annotated[
        str, LINE, Meta(min_length=1, max_length=REFERENCE_LENGTH), Label(N_("银行流水号"), N_("请填写银行流水号。"))
    ]

    def __post_init__(self) -> None:
        super().__post_init__()
        checked_day(self.received_on, "received_on")


class PaymentTaking(Input, frozen=True, forbid_unknown_fields=True):
    """Why a payment is taken back."""

    reason: Reason


class RoyaltyAgeingRow(msgspec.Struct, frozen=True, kw_only=True):
    """What one partner owes in one currency: not due, overdue by up to 30, 60, 90 days, and by more. `ledger` is what
    headquarters' books say."""

    partner_id: UUID
    partner_name: str
    currency: str
    steps: list[int]
    total: int
    ledger: int
