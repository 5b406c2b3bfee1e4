"""What terms say, in words: for pages, mail and the contract's paper."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final
from uuid import UUID

from app.agreements.catalogue import PRODUCT_CATEGORIES, SERVICE_CATEGORIES
from app.agreements.sla import TARGET_NAMES
from app.platform.kernel.texts import N_, Translator
from billing.money import priced_text
from billing.periods import CYCLE_NAMES
from billing.terms import (
    DeviceTier,
    HourlyRate,
    Milestone,
    OutsideWork,
    Penalty,
    PenaltyBasis,
    PenaltyRule,
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
PENALTY_BASIS_NAMES: Final = {
    PenaltyBasis.SHARE: N_("当期费用的百分比"),
    PenaltyBasis.SUM: N_("每次固定金额"),
    PenaltyBasis.HOUR: N_("每超时一小时"),
    PenaltyBasis.DAY: N_("每超时一天"),
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


def penalty_words(penalty: Penalty, currency: str, translate: Translator) -> str:
    """What a client gets back for missed promises, in one sentence."""
    said = []
    if penalty.share:
        said.append(translate(N_("每次没有达到承诺的时间，减免当期费用的 %(share)s"), share=percent(penalty.share)))
    said += [_penalty_rule_words(rule, currency, translate) for rule in penalty.rules]
    if penalty.most_amount is not None:
        said.append(translate(N_("每期最多 %(most)s"), most=priced_text(penalty.most_amount, currency)))
    else:
        said.append(translate(N_("每期最多为当期费用的 %(most)s"), most=percent(penalty.most)))
    return "；".join(said)


def _penalty_rule_words(rule: PenaltyRule, currency: str, translate: Translator) -> str:
    target = translate(TARGET_NAMES.get(rule.kind, rule.kind))
    amount = priced_text(rule.value, currency)
    if not rule.value:
        return translate(N_("%(target)s超时不减免"), target=target)
    match rule.basis:
        case PenaltyBasis.SHARE:
            share = percent(rule.value)
            return translate(N_("%(target)s每次超时减免当期费用的 %(share)s"), target=target, share=share)
        case PenaltyBasis.SUM:
            return translate(N_("%(target)s每次超时减免 %(amount)s"), target=target, amount=amount)
        case PenaltyBasis.HOUR:
            return translate(
                N_("%(target)s每超时一小时减免 %(amount)s（按服务时间，不足一小时按一小时）"),
                target=target,
                amount=amount,
            )
        case PenaltyBasis.DAY:
            return translate(
                N_("%(target)s每超时一天减免 %(amount)s（每 24 小时为一天，不计等待客户的时间，不足一天按一天）"),
                target=target,
                amount=amount,
            )


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
    return priced_text(price, terms.currency)


def _tier(tier: DeviceTier, translate: Translator) -> str:
    if tier.last is None:
        return translate(N_("第 %(first)s 台起"), first=tier.first)
    return translate(N_("第 %(first)s–%(last)s 台"), first=tier.first, last=tier.last)


def _names(codes: Iterable[str], names: Mapping[str, str], translate: Translator) -> str:
    return "、".join(translate(names.get(code, code)) for code in sorted(codes))
