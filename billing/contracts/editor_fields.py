"""The fields of the page on which a contract is written: of the whole, and of each kind of line."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Final
from uuid import UUID

import msgspec

from app.platform.kernel.input_text import CODE, LINE, TEXT, Input, Label
from app.platform.kernel.texts import N_
from billing.contracts.schemas import Title
from billing.contracts.template_terms import LineKind
from billing.money import PriceMode
from billing.periods import Cycle
from billing.terms import BilledWhen, OutsideWork, PenaltyBasis, PrepaidUnit, TierMode
from billing.terms.lines import LINE_NAME_LENGTH

TIERS_AT_MOST: Final = 8
PRICE_REFUSED: Final = N_("请填写不小于零的金额，最多六位小数。")
PERCENT_REFUSED: Final = N_("请填写百分数，例如 3。")
AS_GENERAL: Final = N_("不选：按上面的百分比")
PENALTY_HINT: Final = N_("百分数或金额，按左边选的方式；0 表示不赔付")
PENALTY_KINDS: Final = ("response", "arrival", "resolution")
"""The promises that may have a rule of their own on this page."""

Days = Annotated[int, msgspec.Meta(ge=0, le=365)]
Minutes = Annotated[int, msgspec.Meta(ge=0, le=24 * 60)]
Categories = Annotated[tuple[Annotated[str, CODE], ...], msgspec.Meta(max_length=40)]


class WholeFields(Input, frozen=True):
    """What is asked of every contract."""

    title: Title
    first_day: Annotated[date, Label(N_("开始日期"))]
    last_day: Annotated[date, Label(N_("结束日期"))]
    cycle: Annotated[Cycle, Label(N_("计费周期"))]
    billed: Annotated[BilledWhen, Label(N_("何时收费"))]
    policy_version_id: Annotated[UUID | None, Label(N_("服务级别"))] = None
    calendar_version_id: Annotated[UUID | None, Label(N_("服务时间"))] = None


class MoreFields(Input, frozen=True):
    """What has an answer already that most contracts keep."""

    payment_days: Annotated[Days, Label(N_("付款期限（天）"))]
    price_mode: Annotated[PriceMode, Label(N_("价格"))]
    currency: Annotated[str, CODE, msgspec.Meta(min_length=3, max_length=3), Label(N_("币种"))]
    outside: Annotated[OutsideWork, Label(N_("范围以外的服务"))]
    notice_days: Annotated[Days, Label(N_("到期前多少天决定是否续签"))]
    renewal_months: Annotated[int, msgspec.Meta(ge=0, le=120), Label(N_("自动续期（月）"), hint=N_("0 表示到期结束"))]
    indexation: Annotated[Decimal | None, Label(N_("续期时调价（%）"), PERCENT_REFUSED)] = None
    penalty_share: Annotated[
        Decimal | None,
        Label(N_("每次未达到承诺的违约金（%）"), PERCENT_REFUSED, N_("占当期费用的百分比")),
    ] = None
    penalty_most: Annotated[Decimal | None, Label(N_("每期违约金上限（%）"), PERCENT_REFUSED)] = None
    penalty_most_amount: Annotated[
        Decimal | None, Label(N_("每期违约金上限（元）"), PRICE_REFUSED, N_("填写后代替百分比的上限"))
    ] = None
    response_basis: Annotated[PenaltyBasis | None, Label(N_("响应超时"), hint=AS_GENERAL)] = None
    response_value: Annotated[Decimal | None, Label(N_("响应超时：赔付"), PRICE_REFUSED, PENALTY_HINT)] = None
    arrival_basis: Annotated[PenaltyBasis | None, Label(N_("到场超时"), hint=AS_GENERAL)] = None
    arrival_value: Annotated[Decimal | None, Label(N_("到场超时：赔付"), PRICE_REFUSED, PENALTY_HINT)] = None
    resolution_basis: Annotated[PenaltyBasis | None, Label(N_("解决超时"), hint=AS_GENERAL)] = None
    resolution_value: Annotated[Decimal | None, Label(N_("解决超时：赔付"), PRICE_REFUSED, PENALTY_HINT)] = None


class _LineFields(Input, frozen=True, kw_only=True):
    name: Annotated[str, LINE, msgspec.Meta(min_length=1, max_length=LINE_NAME_LENGTH), Label(N_("服务名称"))]


class RetainerFields(_LineFields, frozen=True, kw_only=True):
    """A fixed fee."""

    amount: Annotated[Decimal, Label(N_("每期金额"), PRICE_REFUSED)]
    tax: Annotated[str, CODE, Label(N_("税率"))]


class PerDeviceFields(_LineFields, frozen=True, kw_only=True):
    """A price per device; its tiers are read beside it."""

    mode: Annotated[TierMode, Label(N_("阶梯价怎么算"))]
    tax: Annotated[str, CODE, Label(N_("税率"))]


class PerIncidentFields(_LineFields, frozen=True, kw_only=True):
    """A price per ticket."""

    price: Annotated[Decimal, Label(N_("每次价格"), PRICE_REFUSED)]
    tax: Annotated[str, CODE, Label(N_("税率"))]


class HourlyFields(_LineFields, frozen=True, kw_only=True):
    """Time at agreed prices."""

    hour: Annotated[Decimal, Label(N_("每小时价格"), PRICE_REFUSED)]
    tax: Annotated[str, CODE, Label(N_("税率"))]


class PrepaidFields(_LineFields, frozen=True, kw_only=True):
    """Hours or visits bought ahead."""

    quantity: Annotated[Decimal, Label(N_("一份的数量"), N_("请填写大于零的数量。"))]
    unit: Annotated[PrepaidUnit, Label(N_("单位"))]
    price: Annotated[Decimal, Label(N_("一份的价格"), PRICE_REFUSED)]
    months_valid: Annotated[int, msgspec.Meta(ge=1, le=120), Label(N_("有效期（月）"))]
    overage: Annotated[Decimal | None, Label(N_("用完以后每小时或每次"), PRICE_REFUSED, N_("不填：另行报价"))] = None
    tax: Annotated[str, CODE, Label(N_("税率"))]


class StationedFields(_LineFields, frozen=True, kw_only=True):
    """People who work at the client."""

    heads: Annotated[int, msgspec.Meta(ge=1, le=1_000), Label(N_("人数"))]
    price: Annotated[Decimal, Label(N_("每人每期费用"), PRICE_REFUSED)]
    overtime_hour: Annotated[Decimal | None, Label(N_("加班每小时"), PRICE_REFUSED)] = None
    tax: Annotated[str, CODE, Label(N_("税率"))]


class MilestoneFields(_LineFields, frozen=True, kw_only=True):
    """A part of a project."""

    amount: Annotated[Decimal, Label(N_("验收后收取"), PRICE_REFUSED)]
    tax: Annotated[str, CODE, Label(N_("税率"))]


class TimeFields(Input, frozen=True, kw_only=True):
    """What is charged beside a line's own price."""

    overtime_hour: Annotated[
        Decimal | None, Label(N_("非服务时间每小时"), PRICE_REFUSED, N_("不填：非服务时间的工作另行报价"))
    ] = None
    travel: Annotated[Decimal | None, Label(N_("每次上门交通费"), PRICE_REFUSED)] = None
    step_minutes: Annotated[Minutes, Label(N_("计时单位（分钟）"))] = 15
    minimum_minutes: Annotated[Minutes, Label(N_("最少计时（分钟）"))] = 0


class ScopeFields(Input, frozen=True, kw_only=True):
    """What a line is about; nothing chosen is everything."""

    service_categories: Categories = ()
    product_categories: Categories = ()
    excluded_product_categories: Categories = ()
    sites: tuple[UUID, ...] = ()
    devices: Annotated[
        str,
        TEXT,
        msgspec.Meta(max_length=40_000),
        Label(
            N_("只包括这些设备"),
            hint=N_("每行一个设备编号，可以从表格里整列粘贴；不填：范围内的全部设备"),
        ),
    ] = ""


FIELDS_OF: Final[dict[LineKind, type[Input]]] = {
    LineKind.RETAINER: RetainerFields,
    LineKind.PER_DEVICE: PerDeviceFields,
    LineKind.PER_INCIDENT: PerIncidentFields,
    LineKind.HOURLY: HourlyFields,
    LineKind.PREPAID: PrepaidFields,
    LineKind.STATIONED: StationedFields,
    LineKind.MILESTONE: MilestoneFields,
}
WITH_TIME: Final = frozenset({LineKind.RETAINER, LineKind.PER_DEVICE, LineKind.PER_INCIDENT, LineKind.HOURLY})
"""The kinds of lines beside which time and travel may be charged."""
