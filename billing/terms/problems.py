"""What is wrong with terms before anybody signs them."""

from collections import Counter
from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from app.platform.kernel.texts import N_
from billing.money import UnknownCurrency, currency_exponent
from billing.terms.document import Penalty, PenaltyBasis, Terms
from billing.terms.lines import DeviceTier, PerDevice, PrepaidBlock, StationedStaff, TermLine, TimePrices

PLACES: Final = 6
FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2100
LARGEST_QUANTITY: Final = 1_000_000
LONGEST_MONTHS: Final = 120
MOST_HEADS: Final = 10_000
HALF: Final = Decimal("0.5")
STEP: Final = 3
"""Minutes: steps of three minutes are hours of two places, so that quantity times price is the amount exactly."""

_MONEY_FIELDS: Final = frozenset({"amount", "price", "overage", "hour", "overtime_hour", "travel"})


class TermsProblem(NamedTuple):
    """One thing to mend: the field (`lines.support.tiers`), and what is wrong as a source text."""

    field: str
    text: str


def problems_of(terms: Terms, tax_codes: Collection[str]) -> list[TermsProblem]:
    """Everything that is wrong; empty: the terms can be offered. `tax_codes` are the tax rates of the first day."""
    found = [*_of_the_whole(terms)]
    for line in terms.lines:
        found += (TermsProblem(f"lines.{line.key}.{field}", text) for field, text in _of_a_line(line, tax_codes))
    return found


def _of_the_whole(terms: Terms) -> Iterator[TermsProblem]:
    try:
        currency_exponent(terms.currency)
    except UnknownCurrency:
        yield TermsProblem("currency", UnknownCurrency.text)
    try:
        ZoneInfo(terms.time_zone)
    except (ValueError, KeyError, OSError):
        yield TermsProblem("time_zone", N_("没有这个时区。"))
    if not FIRST_YEAR <= min(terms.term.start, terms.anchor).year <= terms.term.end.year <= LAST_YEAR:
        yield TermsProblem("term", N_("合同期要在 2000 年到 2100 年之间。"))
    if not terms.lines:
        yield TermsProblem("lines", N_("请至少填写一项服务。"))
    if not 0 <= terms.payment_days <= 365:
        yield TermsProblem("payment_days", N_("付款期限在 0 到 365 天之间。"))
    if not 0 <= terms.notice_days <= 365:
        yield TermsProblem("notice_days", N_("通知期限在 0 到 365 天之间。"))
    if not 0 <= terms.renewal_months <= LONGEST_MONTHS:
        yield TermsProblem("renewal_months", N_("续期在 0 到 120 个月之间。"))
    if terms.indexation is not None and not -HALF <= terms.indexation <= HALF:
        yield TermsProblem("indexation", N_("调价幅度在 -50% 到 50% 之间。"))
    if terms.penalty is not None:
        yield from _of_the_penalty(terms.penalty)
    for key, times in Counter(line.key for line in terms.lines).items():
        if times > 1:
            yield TermsProblem(f"lines.{key}", N_("两项服务的编号相同。"))


def _of_the_penalty(penalty: Penalty) -> Iterator[TermsProblem]:
    limited_by_share = penalty.most_amount is None
    if not 0 <= penalty.share <= 1 or (limited_by_share and not penalty.share <= penalty.most):
        yield TermsProblem("penalty", N_("违约金比例不能小于零，不超过上限。"))
    elif not penalty.share and not any(rule.value for rule in penalty.rules):
        yield TermsProblem("penalty", N_("请写明未达到承诺时怎样赔付。"))
    if limited_by_share and not 0 < penalty.most <= 1:
        yield TermsProblem("penalty.most", N_("违约金上限要大于零，不超过 100%。"))
    if penalty.most_amount is not None and penalty.most_amount <= 0:
        yield TermsProblem("penalty.most_amount", N_("违约金上限要大于零。"))
    for rule in penalty.rules:
        if rule.value < 0 or (rule.basis is PenaltyBasis.SHARE and rule.value > 1):
            yield TermsProblem(f"penalty.rules.{rule.kind}", N_("违约金不能小于零；比例不超过 100%。"))
    for kind, times in Counter(rule.kind for rule in penalty.rules).items():
        if times > 1:
            yield TermsProblem(f"penalty.rules.{kind}", N_("同一种承诺只写一条违约金。"))


def _of_a_line(line: TermLine, tax_codes: Collection[str]) -> Iterator[tuple[str, str]]:
    if line.tax not in tax_codes:
        yield "tax", N_("合同开始那天没有这个税率。")
    for field, value in _amounts(line):
        if value < 0:
            yield field, N_("价格不能小于零。")
        elif -int(value.normalize().as_tuple().exponent) > PLACES:
            yield field, N_("价格最多六位小数。")
    if isinstance(line, PerDevice) and line.holes():
        yield "tiers", N_("阶梯要从第 1 台开始，首尾相接，最后一档不封顶。")
    if isinstance(line, PrepaidBlock) and not 0 < line.quantity <= LARGEST_QUANTITY:
        yield "quantity", N_("数量要大于零，不超过一百万。")
    if isinstance(line, PrepaidBlock) and not 0 < line.months_valid <= LONGEST_MONTHS:
        yield "months_valid", N_("有效期在 1 到 120 个月之间。")
    if isinstance(line, PrepaidBlock) and (line.step_minutes <= 0 or line.step_minutes % STEP):
        yield "step_minutes", N_("计时单位是 3 分钟的倍数。")
    if isinstance(line, StationedStaff) and not 0 < line.heads <= MOST_HEADS:
        yield "heads", N_("人数要大于零，不超过一万。")
    prices = getattr(line, "prices", None)
    if isinstance(prices, TimePrices):
        if prices.step_minutes <= 0 or prices.step_minutes % STEP:
            yield "prices.step_minutes", N_("计时单位是 3 分钟的倍数。")
        if prices.minimum_minutes < 0 or prices.minimum_minutes % STEP:
            yield "prices.minimum_minutes", N_("计时单位是 3 分钟的倍数。")


def _amounts(record: Any, prefix: str = "") -> Iterator[tuple[str, Decimal]]:
    """Every price of a line, those of its tiers and times included."""
    for field in msgspec.structs.fields(record):
        value = getattr(record, field.name)
        name = f"{prefix}{field.name}"
        if field.name in _MONEY_FIELDS and isinstance(value, Decimal):
            yield name, value
        elif isinstance(value, TimePrices):
            yield from _amounts(value, f"{name}.")
        elif isinstance(value, tuple) and all(isinstance(each, DeviceTier) for each in value):
            for each in value:
                yield from _amounts(each, f"{name}.")
