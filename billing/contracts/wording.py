"""What terms say, in words: for pages, mail and the contract's paper."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final
from uuid import UUID

from app.agreements.catalogue import PRODUCT_CATEGORIES, SERVICE_CATEGORIES
from app.platform.kernel.texts import N_, Translator
from billing.money import price_text
from billing.periods import CYCLE_NAMES
from billing.terms import (
    DeviceTier,
    HourlyRate,
    Milestone,
    OutsideWork,
    PerDevice,
    PerIncident,
    PrepaidBlock,
    PrepaidUnit,
    Retainer,
    StationedStaff,
    TermLine,
    Terms,
    TierMode,
    TimePrices,
)
from billing.terms.lines import MINUTES_OF_AN_HOUR

OUTSIDE_NAMES: Final = {
    OutsideWork.QUOTED: N_("按价目表报价，客户同意后再做"),
    OutsideWork.REFUSED: N_("不提供"),
}
TIER_MODE_NAMES: Final = {
    TierMode.GRADUATED: N_("每台按所在档的价格"),
    TierMode.VOLUME: N_("全部按达到的那一档的价格"),
}
PREPAID_UNIT_NAMES: Final = {PrepaidUnit.MINUTE: N_("小时"), PrepaidUnit.VISIT: N_("次")}
SERVICE_NAMES: Final = {category.code: category.name for category in SERVICE_CATEGORIES}
PRODUCT_NAMES: Final = {category.code: category.name for category in PRODUCT_CATEGORIES}


def price_words(terms: Terms, line: TermLine, translate: Translator) -> list[str]:
    """What a line costs, one sentence for each price."""
    every, said = translate(CYCLE_NAMES[terms.cycle]), []
    match line:
        case Retainer():
            said.append(translate(N_("%(every)s %(price)s"), every=every, price=_price(terms, line.amount)))
        case PerDevice():
            said += [
                translate(
                    N_("%(devices)s：%(every)s每台 %(price)s"),
                    devices=_tier(tier, translate),
                    every=every,
                    price=_price(terms, tier.price),
                )
                for tier in line.tiers
            ]
            if len(line.tiers) > 1:
                said.append(translate(TIER_MODE_NAMES[line.mode]))
        case PerIncident():
            said.append(translate(N_("每张解决的服务单 %(price)s"), price=_price(terms, line.price)))
        case PrepaidBlock():
            said.append(
                translate(
                    N_("%(quantity)s，共 %(price)s，%(months)s 个月内有效"),
                    quantity=quantity_words(line.unit, line.quantity, translate),
                    price=_price(terms, line.price),
                    months=line.months_valid,
                )
            )
            if line.overage is None:
                said.append(translate(N_("用完以后另行报价")))
            elif line.unit is PrepaidUnit.VISIT:
                said.append(translate(N_("用完以后每次 %(price)s"), price=_price(terms, line.overage)))
            else:
                said.append(translate(N_("用完以后每小时 %(price)s"), price=_price(terms, line.overage)))
        case StationedStaff():
            said.append(
                translate(
                    N_("%(heads)s 人，%(every)s每人 %(price)s"),
                    heads=line.heads,
                    every=every,
                    price=_price(terms, line.price),
                )
            )
            if line.overtime_hour is not None:
                said.append(translate(N_("加班每小时 %(price)s"), price=_price(terms, line.overtime_hour)))
        case Milestone():
            said.append(translate(N_("验收后一次 %(price)s"), price=_price(terms, line.amount)))
        case HourlyRate():
            pass
    prices = getattr(line, "prices", None)
    if isinstance(prices, TimePrices):
        said += _time_words(terms, prices, translate, hour=isinstance(line, HourlyRate))
    return said


def scope_words(line: TermLine, site_names: Mapping[UUID, str], translate: Translator) -> list[str]:
    """What a line is about, one sentence for each restriction; empty: everything."""
    scope, said = line.scope, []
    if scope.service_categories:
        said.append(translate(N_("服务：%(names)s"), names=_names(scope.service_categories, SERVICE_NAMES, translate)))
    if scope.product_categories:
        said.append(translate(N_("产品：%(names)s"), names=_names(scope.product_categories, PRODUCT_NAMES, translate)))
    if scope.excluded_product_categories:
        said.append(
            translate(
                N_("不包括：%(names)s"), names=_names(scope.excluded_product_categories, PRODUCT_NAMES, translate)
            )
        )
    if scope.site_ids:
        names = sorted(site_names.get(site_id, "") for site_id in scope.site_ids)
        said.append(translate(N_("地点：%(names)s"), names="、".join(name for name in names if name)))
    if scope.device_ids:
        said.append(translate(N_("只包括清单里的 %(count)s 台设备"), count=len(scope.device_ids)))
    return said


def quantity_words(unit: str, quantity: int, translate: Translator) -> str:
    """Minutes as hours, visits as they are: 20 小时, 10 次."""
    if unit == PrepaidUnit.VISIT:
        return translate(N_("上门 %(count)s 次"), count=quantity)
    hours = Decimal(quantity) / MINUTES_OF_AN_HOUR
    return translate(N_("%(count)s 小时"), count=f"{hours:.2f}".rstrip("0").rstrip("."))


def percent(share: Decimal) -> str:
    """A share as people write it: 3%, 2.5%."""
    return f"{(share * 100).normalize():f}%"


def _time_words(terms: Terms, prices: TimePrices, translate: Translator, *, hour: bool) -> Iterable[str]:
    if hour and prices.hour is not None:
        yield translate(N_("每小时 %(price)s"), price=_price(terms, prices.hour))
    if prices.overtime_hour is not None:
        yield translate(N_("非服务时间每小时 %(price)s"), price=_price(terms, prices.overtime_hour))
    if prices.travel is not None:
        yield translate(N_("每次上门交通费 %(price)s"), price=_price(terms, prices.travel))
    if (hour and prices.hour is not None) or prices.overtime_hour is not None:
        yield translate(
            N_("按 %(step)s 分钟计时，最少 %(minimum)s 分钟"),
            step=prices.step_minutes,
            minimum=max(prices.minimum_minutes, prices.step_minutes),
        )


def _price(terms: Terms, price: Decimal) -> str:
    return f"{price_text(price)} {terms.currency}"


def _tier(tier: DeviceTier, translate: Translator) -> str:
    if tier.last is None:
        return translate(N_("第 %(first)s 台起"), first=tier.first)
    return translate(N_("第 %(first)s–%(last)s 台"), first=tier.first, last=tier.last)


def _names(codes: Iterable[str], names: Mapping[str, str], translate: Translator) -> str:
    return "、".join(translate(names.get(code, code)) for code in sorted(codes))
