"""A contract in plain words, for the paper and for the client's portal alike. Pure: the translator is a parameter."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

import msgspec

from app.agreements.sla import SlaPolicyDocument, policy_rows, week_rows
from app.platform.kernel.texts import N_, Translator
from app.platform.promises import ServiceCalendar
from billing.contracts.agreement.content import ContractContent
from billing.contracts.template_terms import LINE_KIND_NAMES, LineKind
from billing.contracts.wording import penalty_words, percent
from billing.money import PriceMode, priced_text
from billing.periods import CYCLE_NAMES
from billing.terms import (
    BilledWhen,
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

_MINUTES_OF_AN_HOUR: Final = 60


class LineWords(NamedTuple):
    """One service: its name and kind, what it costs and what it covers as (name, words), and the devices it lists."""

    name: str
    kind: str
    prices: list[tuple[str, str]]
    covers: list[tuple[str, str]]
    devices: list[str]


def days_words(first: date, end: date, translate: Translator) -> str:
    """A half-open range of days by its first and last."""
    return translate(N_("%(first)s 至 %(last)s"), first=first.isoformat(), last=(end - timedelta(days=1)).isoformat())


def amount_of_prepaid(quantity: int, unit: str, translate: Translator) -> str:
    """Minutes as hours, or visits."""
    if unit == PrepaidUnit.VISIT:
        return translate(N_("%(count)s 次上门"), count=quantity)
    hours = Decimal(quantity) / _MINUTES_OF_AN_HOUR
    return translate(N_("%(hours)s 小时"), hours=f"{hours.quantize(Decimal('0.1')).normalize():f}")


def lines_in_words(content: ContractContent, translate: Translator) -> list[LineWords]:
    """The services in the contract's order."""
    terms = content.agreed_terms
    return [
        LineWords(
            name=line.name,
            kind=translate(LINE_KIND_NAMES[LineKind(str(line.__struct_config__.tag))]),
            prices=[*_prices(line, terms, translate), (translate(N_("税率")), _named(content, line.tax, translate))],
            covers=list(_covers(line, content, translate)),
            devices=[number for key, number in content.devices.items() if key in set(map(str, line.scope.device_ids))],
        )
        for line in terms.lines
    ]


def terms_in_words(content: ContractContent, translate: Translator) -> list[tuple[str, str]]:
    """What holds for the whole contract."""
    terms = content.agreed_terms
    return [
        (translate(name), words)
        for name, words in (
            (N_("合同期限"), days_words(terms.term.start, terms.term.end, translate)),
            (N_("本版生效"), content.effective_from.isoformat() if content.version_number > 1 else ""),
            (N_("变更原因"), content.reason),
            (N_("结算"), _billing(terms, translate)),
            (N_("付款"), translate(N_("开票后 %(days)s 天内"), days=terms.payment_days)),
            (N_("价格"), translate(N_("含税") if terms.price_mode is PriceMode.TAX_INCLUDED else N_("不含税"))),
            (N_("合同范围以外的工作"), _outside(terms, translate)),
            (N_("合同到期时"), _renewal(terms, translate)),
            (
                N_("违约责任"),
                penalty_words(terms.penalty, terms.currency, translate) if terms.penalty else "",
            ),
        )
        if words
    ]


def promises_in_words(content: ContractContent, translate: Translator) -> list[tuple[str, str]]:
    """Priority and what is promised for it."""
    if not content.policy:
        return []
    rows = policy_rows(msgspec.convert(content.policy, SlaPolicyDocument), translate)
    return [(str(row.priority), row.promises) for row in rows]


def hours_in_words(content: ContractContent, translate: Translator) -> list[tuple[str, str]]:
    """Weekday and service hours."""
    if not content.calendar:
        return []
    return [(row.name, row.hours) for row in week_rows(msgspec.convert(content.calendar, ServiceCalendar), translate)]


def _prices(line: TermLine, terms: Terms, translate: Translator) -> Iterator[tuple[str, str]]:
    cycle = translate(CYCLE_NAMES[terms.cycle])

    def money(value: Decimal) -> str:
        return priced_text(value, terms.currency)

    match line:
        case Retainer():
            yield cycle, money(line.amount)
            yield from _times(line.prices, terms, translate, with_hour=False)
        case PerDevice():
            for tier in line.tiers:
                devices = (
                    translate(N_("第 %(first)s 台起"), first=tier.first)
                    if tier.last is None
                    else translate(N_("第 %(first)s–%(last)s 台"), first=tier.first, last=tier.last)
                )
                yield devices, translate(N_("%(cycle)s每台 %(price)s"), cycle=cycle, price=money(tier.price))
            if len(line.tiers) > 1:
                graduated = line.mode is TierMode.GRADUATED
                yield (
                    translate(N_("计价方式")),
                    translate(N_("每台按所在档的价格") if graduated else N_("全部按总台数所在档的价格")),
                )
            yield from _times(line.prices, terms, translate, with_hour=False)
        case PerIncident():
            yield translate(N_("每次")), money(line.price)
            yield from _times(line.prices, terms, translate, with_hour=False)
        case HourlyRate():
            yield from _times(line.prices, terms, translate, with_hour=True)
        case PrepaidBlock():
            yield from _prepaid(line, terms, translate)
        case StationedStaff():
            yield (
                translate(N_("驻场人员")),
                translate(
                    N_("%(heads)s 人，%(cycle)s每人 %(price)s"),
                    heads=line.heads,
                    cycle=cycle,
                    price=money(line.price),
                ),
            )
            yield from _times(TimePrices(overtime_hour=line.overtime_hour), terms, translate, with_hour=False)
        case Milestone():
            yield translate(N_("验收后支付")), money(line.amount)


def _prepaid(line: PrepaidBlock, terms: Terms, translate: Translator) -> Iterator[tuple[str, str]]:
    yield (
        translate(N_("每份 %(quantity)s"), quantity=amount_of_prepaid(line.quantity, line.unit, translate)),
        priced_text(line.price, terms.currency),
    )
    yield translate(N_("有效期")), translate(N_("购买后 %(months)s 个月"), months=line.months_valid)
    if line.overage is None:
        yield translate(N_("用完以后")), translate(N_("另行报价"))
    else:
        unit = N_("每次 %(price)s") if line.unit is PrepaidUnit.VISIT else N_("每小时 %(price)s")
        yield translate(N_("用完以后")), translate(unit, price=priced_text(line.overage, terms.currency))


def _times(prices: TimePrices, terms: Terms, translate: Translator, *, with_hour: bool) -> Iterator[tuple[str, str]]:
    for name, price in (
        (N_("服务时间内每小时"), prices.hour if with_hour else None),
        (N_("服务时间外每小时"), prices.overtime_hour),
        (N_("每次上门交通"), prices.travel),
    ):
        if price is not None:
            yield translate(name), priced_text(price, terms.currency)
    if (with_hour and prices.hour is not None) or prices.overtime_hour is not None:
        counted = translate(N_("每 %(step)s 分钟计一次"), step=prices.step_minutes)
        if prices.minimum_minutes:
            counted += translate(N_("，不足 %(minutes)s 分钟按 %(minutes)s 分钟"), minutes=prices.minimum_minutes)
        yield translate(N_("计时")), counted


def _covers(line: TermLine, content: ContractContent, translate: Translator) -> Iterator[tuple[str, str]]:
    scope, comma = line.scope, translate("、")
    for name, codes in (
        (N_("服务类别"), scope.service_categories),
        (N_("产品类别"), scope.product_categories),
        (N_("不包括"), scope.excluded_product_categories),
    ):
        if codes:
            yield translate(name), comma.join(_named(content, code, translate) for code in sorted(codes))
    if scope.site_ids:
        ids = set(map(str, scope.site_ids))
        yield translate(N_("网点")), comma.join(name for key, name in content.sites.items() if key in ids)
    if scope.device_ids:
        yield translate(N_("设备")), translate(N_("%(count)s 台，见设备清单"), count=len(scope.device_ids))


def _named(content: ContractContent, code: str, translate: Translator) -> str:
    return translate(content.names.get(code, code))


def _billing(terms: Terms, translate: Translator) -> str:
    when = N_("%(cycle)s结算，期初开票") if terms.billed is BilledWhen.IN_ADVANCE else N_("%(cycle)s结算，期末开票")
    return translate(when, cycle=translate(CYCLE_NAMES[terms.cycle]))


def _outside(terms: Terms, translate: Translator) -> str:
    quoted = terms.outside is OutsideWork.QUOTED
    return translate(N_("先报价，客户同意后再做") if quoted else N_("不提供"))


def _renewal(terms: Terms, translate: Translator) -> str:
    if not terms.renewal_months:
        return translate(N_("到期终止；续签在到期前 %(days)s 天商定"), days=terms.notice_days)
    words = translate(
        N_("到期前 %(days)s 天没有一方通知终止，自动续 %(months)s 个月"),
        days=terms.notice_days,
        months=terms.renewal_months,
    )
    if terms.indexation:
        words += translate(N_("，每次续期价格调整 %(share)s"), share=percent(terms.indexation))
    return words
