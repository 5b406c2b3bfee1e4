"""Statements in words."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from app.platform.kernel.texts import N_, Translator
from billing.rating import CATEGORY_NAMES, ChargeCategory
from billing.royalties.reckoning import ANY_LEVEL, Basis
from billing.royalties.schemas import ChargeKind, StatementLine

CHARGE_KIND_NAMES: Final[Mapping[ChargeKind, str]] = {
    ChargeKind.REVENUE: N_("按收入"),
    ChargeKind.MINIMUM: N_("补足最低费"),
    ChargeKind.EARLIER: N_("%(month)s 结算后的变化"),
    ChargeKind.CARRIED: N_("转入以后的结算单"),
    ChargeKind.AGREED: N_("双方商定的调整"),
    ChargeKind.PLAN: N_("套餐费"),
}
PLAN_LINE_NAMES: Final = {
    "fee": N_("套餐费"),
    "engineers": N_("超出套餐的工程师"),
    "devices": N_("超出套餐的设备"),
    "rest_of_new": N_("新套餐的剩余天数"),
    "rest_of_old": N_("退回原套餐的剩余天数"),
    "credit": N_("抵扣以前的余额"),
    "carried": N_("余额留到下一张账单"),
}
"""What of a partner's plan a line is about."""
BASIS_NAMES: Final[Mapping[Basis, str]] = {Basis.POSTED: N_("按开出的账单"), Basis.PAID: N_("按收到的款项")}


def rate_text(rate: Decimal) -> str:
    """5% or 4.25%."""
    return f"{(rate * 100).normalize():f}%"


def category_text(category: str, translate: Translator) -> str:
    """A kind of charge; empty is every other."""
    return translate(CATEGORY_NAMES[ChargeCategory(category)]) if category else translate(N_("其余类别"))


def level_text(level: int, translate: Translator) -> str:
    """A star level; 0 is every one."""
    return translate(N_("所有星级")) if level == ANY_LEVEL else translate(N_("%(level)s 星"), level=level)


def line_text(line: StatementLine, translate: Translator) -> str:
    """What a line is about."""
    if line.kind is ChargeKind.REVENUE:
        return f"{category_text(line.category, translate)} · {level_text(line.star_level, translate)}"
    if line.kind is ChargeKind.PLAN:
        return translate(PLAN_LINE_NAMES[line.category]) + (f" · {translate(line.text)}" if line.text else "")
    return translate(CHARGE_KIND_NAMES[line.kind], month=f"{line.month:%Y-%m}")
