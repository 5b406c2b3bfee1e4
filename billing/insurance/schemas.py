"""Structs of insurance. What is written is in yuan, what is read in minor units."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from app.assets.devices import CATEGORY_NAMES
from app.platform.kernel.errors import Invalid
from app.platform.kernel.input_text import LINE, TEXT, Input, Label
from app.platform.kernel.texts import N_
from billing.insurance.premiums import ANY, CoverTerms, PremiumRate
from billing.insurance.states import EndReason, Peril, PolicyMove, PolicyState

MOST_RATES, MOST_DEVICES, MOST_YEARS = 100, 500, 30
LARGEST_AMOUNT = Decimal(10**9)
AMOUNT_REFUSED = N_("请填写不小于零的金额，最多两位小数。")
VALUE_REFUSED = N_("请填写大于零的金额，最多两位小数。")
RATES_REFUSED = N_("请逐行填写费率：类别、年数（1 到 30）、每年百分比（大于 0，不超过 100，最多三位小数）。")
PERILS_REFUSED = N_("请至少选择一种承保的风险。")
DEVICES_REFUSED = N_("请填写一到五百个设备编号。")

Version = Annotated[int, Meta(ge=0, le=2_147_483_646)]
Reason = Annotated[str, TEXT, Meta(min_length=1, max_length=500), Label(N_("原因"), N_("请写明原因。"))]


def is_amount(value: Decimal) -> bool:
    """Whether it is an amount of yuan that can be written."""
    return value.is_finite() and 0 <= value <= LARGEST_AMOUNT and -int(value.normalize().as_tuple().exponent) <= 2


def _fits(rate: PremiumRate) -> bool:
    places = -int(rate.percent.normalize().as_tuple().exponent) if rate.percent.is_finite() else 99
    known = rate.category == ANY or rate.category in CATEGORY_NAMES
    return known and 1 <= rate.below_years <= MOST_YEARS and places <= 3 and 0 < rate.percent <= 100


class ProductWrite(Input, frozen=True, forbid_unknown_fields=True):
    """The terms of a product. Amounts are in yuan; a limit of 0 is the insured value. `version` 0 makes it.

    Raises:
        Invalid: an amount, a rate or the perils cannot be.
    """

    addon_id: Annotated[UUID, Label(N_("目录里的服务"))]
    perils: list[Peril]
    waiting_days: Annotated[
        int, Meta(ge=0, le=365), Label(N_("等待期（天）"), N_("请填写 0 到 365 的整数。"), N_("起保后几天内不赔。"))
    ]
    deductible: Annotated[Decimal, Label(N_("免赔额（元）"), AMOUNT_REFUSED)]
    claim_limit: Annotated[Decimal, Label(N_("每次赔付上限（元）"), AMOUNT_REFUSED, N_("0 表示以保额为限。"))]
    year_limit: Annotated[Decimal, Label(N_("每年赔付上限（元）"), AMOUNT_REFUSED, N_("0 表示以保额为限。"))]
    rates: list[PremiumRate]
    version: Version

    def __post_init__(self) -> None:
        super().__post_init__()
        wrong = {
            name: AMOUNT_REFUSED
            for name in ("deductible", "claim_limit", "year_limit")
            if not is_amount(getattr(self, name))
        }
        if not self.perils:
            wrong["perils"] = PERILS_REFUSED
        keys = {(rate.category, rate.below_years) for rate in self.rates}
        if not 1 <= len(self.rates) <= MOST_RATES or len(keys) < len(self.rates) or not all(map(_fits, self.rates)):
            wrong["rates"] = RATES_REFUSED
        if wrong:
            raise Invalid(fields=wrong)


class ProductView(msgspec.Struct, frozen=True):
    """A product with what the catalogue says of it."""

    id: UUID
    addon_id: UUID
    code: str
    name: str
    cycle: str
    currency: str
    offered: bool
    terms: CoverTerms
    rates: list[PremiumRate]
    version: int


class PolicyCreate(Input, frozen=True, forbid_unknown_fields=True):
    """A policy, which begins on `start_on`: today, or at most a year from now."""

    client_id: Annotated[UUID, Label(N_("客户"))]
    product_id: Annotated[UUID, Label(N_("保险产品"))]
    start_on: Annotated[date, Label(N_("起保日期"))]


class DevicesInsure(Input, frozen=True, forbid_unknown_fields=True):
    """Devices of the policy's client that come under it, each for `insured_value` yuan.

    Raises:
        Invalid: no device or too many, or no value.
    """

    device_numbers: list[Annotated[str, LINE, Meta(min_length=1, max_length=40)]]
    insured_value: Annotated[Decimal, Label(N_("每台保额（元）"), VALUE_REFUSED)]
    version: Version

    def __post_init__(self) -> None:
        super().__post_init__()
        wrong = {}
        if not 1 <= len(self.device_numbers) <= MOST_DEVICES:
            wrong["device_numbers"] = DEVICES_REFUSED
        if not is_amount(self.insured_value) or not self.insured_value:
            wrong["insured_value"] = VALUE_REFUSED
        if wrong:
            raise Invalid(fields=wrong)


class PolicyVersion(Input, frozen=True, forbid_unknown_fields=True):
    """`version` is the one that was read."""

    version: Version


class PolicyReason(Input, frozen=True, forbid_unknown_fields=True):
    """Why; `version` is the one that was read."""

    reason: Reason
    version: Version


class PolicyEnd(Input, frozen=True, forbid_unknown_fields=True):
    """The last day that is insured, and why; of a policy, or of one of its devices."""

    last_day: Annotated[date, Label(N_("最后一天"))]
    version: Version
    reason: Annotated[str, TEXT, Meta(max_length=500), Label(N_("原因"))] = ""


class InsuredDeviceView(msgspec.Struct, frozen=True):
    """A device under a policy. `premium` is of a whole period."""

    id: UUID
    device_id: UUID
    device_number: str
    device_words: str
    category: str
    insured_value: int
    premium: int
    start_on: date
    end_on: date | None
    end_reason: EndReason | None


class PolicySummary(msgspec.Struct, frozen=True):
    """A policy in a list. `premium` is that of all its devices for a whole period."""

    id: UUID
    number: str
    name: str
    state: PolicyState
    client_id: UUID
    client_name: str
    cycle: str
    currency: str
    start_on: date
    last_day: date | None
    next_on: date | None
    devices: int
    premium: int
    created_at: datetime


class PremiumView(msgspec.Struct, frozen=True):
    """An amount that fell due: of a device, for some days; negative where they are given back."""

    device_number: str
    period_start: date
    period_end: date
    given_back: bool
    amount: int


class PolicyView(msgspec.Struct, frozen=True, kw_only=True):
    """A policy as this reader sees it. `moves` are those that the reader may make now. `premiums` are the company's to
    read, the newest first; a client reads its invoices."""

    id: UUID
    number: str
    name: str
    state: PolicyState
    client_id: UUID
    client_name: str
    product_id: UUID
    cycle: str
    currency: str
    terms: CoverTerms
    start_on: date
    last_day: date | None
    next_on: date | None
    reason: str
    written_by_name: str
    created_at: datetime
    devices: list[InsuredDeviceView]
    premiums: list[PremiumView]
    certificate_id: UUID | None
    moves: list[PolicyMove]
    version: int
