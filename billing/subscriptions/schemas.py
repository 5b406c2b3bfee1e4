"""Structs of partners' plans. Amounts that are read are minor units without tax; those that are written are yuan."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from app.platform.kernel.input_text import CODE, Input, Label
from app.platform.kernel.texts import N_
from billing.royalties import AMOUNT_REFUSED, checked_day
from billing.subscriptions.models import CODE_LENGTH
from billing.subscriptions.reckoning import BillLine

Count = Annotated[int, Meta(ge=0, le=1_000_000)]
Days = Annotated[int, Meta(ge=0, le=365)]
Version = Annotated[int, Meta(ge=0, le=2**31 - 1)]


class PlanVersionCreate(Input, frozen=True, forbid_unknown_fields=True):
    """A price from a day on; amounts in yuan for a month.

    Raises:
        Invalid: a day of another century.
    """

    code: Annotated[str, CODE, Meta(max_length=CODE_LENGTH), Label(N_("套餐"))]
    effective_from: Annotated[date, Label(N_("从哪一天起"), hint=N_("已经开始的一期仍按原价，下一期起按新价。"))]
    price: Annotated[Decimal, Label(N_("每月价格（元，不含税）"), AMOUNT_REFUSED)]
    included_engineers: Annotated[Count, Label(N_("包含的工程师"))]
    included_devices: Annotated[Count, Label(N_("包含的设备"))]
    engineer_price: Annotated[Decimal, Label(N_("每多一位工程师（元/月）"), AMOUNT_REFUSED)]
    device_price: Annotated[Decimal, Label(N_("每多一台设备（元/月）"), AMOUNT_REFUSED)]
    trial_days: Annotated[Days, Label(N_("试用天数"))] = 30
    past_due_days: Annotated[Days, Label(N_("逾期几天后进入宽限期"))] = 7
    grace_days: Annotated[Days, Label(N_("宽限几天后转为只读"))] = 14

    def __post_init__(self) -> None:
        super().__post_init__()
        checked_day(self.effective_from, "effective_from")


class PlanVersionView(msgspec.Struct, frozen=True, kw_only=True):
    """A plan's price from its day until the next one begins."""

    id: UUID
    code: str
    effective_from: date
    currency: str
    price: int
    included_engineers: int
    included_devices: int
    engineer_price: int
    device_price: int
    trial_days: int
    past_due_days: int
    grace_days: int
    created_at: datetime
    created_by: str


class PlanChoice(Input, frozen=True, forbid_unknown_fields=True):
    """The plan that the company wants from now on. `version` is that of the subscription that was read; 0: none."""

    code: Annotated[str, CODE, Meta(max_length=CODE_LENGTH)]
    version: Version


class PlanEnding(Input, frozen=True, forbid_unknown_fields=True):
    """No other period, or another one after all. `version` is the one that was read."""

    version: Version


class PlanOffer(msgspec.Struct, frozen=True, kw_only=True):
    """A plan that can be chosen. `refused` says why not; `net` is what changing today asks for at once, `credit` what
    is kept for the next bill."""

    plan: PlanVersionView
    current: bool
    too_small: bool
    lines: list[BillLine]
    net: int
    credit: int


class PlanUsageView(msgspec.Struct, frozen=True, kw_only=True):
    """What is used now, the highest counts of the period that are still to be billed, and what they would cost at its
    end."""

    engineers: int
    devices: int
    highest_engineers: int
    highest_devices: int
    lines: list[BillLine]
    expected: int


class SubscriptionStepView(msgspec.Struct, frozen=True, kw_only=True):
    """One step."""

    occurred_at: datetime
    kind: str
    state: str
    plan_code: str
    actor_name: str


class PlanBillView(msgspec.Struct, frozen=True, kw_only=True):
    """A bill; its invoice follows it where it asks for money."""

    id: UUID
    day: date
    occasion: str
    currency: str
    lines: list[BillLine]
    net: int
    credit: int
    made_at: datetime


class SubscriptionView(msgspec.Struct, frozen=True, kw_only=True):
    """The company's plan. `read_only_from` is the day on which it becomes read-only unless an invoice is paid."""

    id: UUID
    plan_code: str
    plan: PlanVersionView
    state: str
    period_start: date
    period_end: date
    ending: bool
    currency: str
    credit: int
    started_at: datetime
    version: int
    usage: PlanUsageView
    oldest_due: date | None
    read_only_from: date | None
    steps: list[SubscriptionStepView]
    bills: list[PlanBillView]


class PartnerPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A partner's plan as headquarters sees it; `state` is empty for a partner without one."""

    partner_id: UUID
    partner_name: str
    plan_code: str
    state: str
    period_end: date | None
    ending: bool
    engineers: int
    devices: int
    open: int
    overdue: int
    currency: str
