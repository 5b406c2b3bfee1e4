"""What became of finished work when it was rated, and why it was not charged."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from app.platform.kernel.texts import N_


class Outcome(StrEnum):
    """What became of a visit."""

    UNRATED = "unrated"
    """Nothing says what it costs; `reason` tells what is missing."""
    REWORK = "rework"
    """The ticket had been reopened: the same fault is not charged twice."""
    GOODWILL = "goodwill"
    """Done for nothing, and nothing says what it would have cost."""
    INCLUDED = "included"
    """A contract's fee pays for it."""
    PREPAID = "prepaid"
    """Drawn from what was paid ahead."""
    QUOTED = "quoted"
    """Charged by the lines of the quote that the client approved."""
    CHARGED = "charged"


OUTCOME_NAMES: Final[Mapping[Outcome, str]] = {
    Outcome.UNRATED: N_("待处理"),
    Outcome.REWORK: N_("返工不收费"),
    Outcome.GOODWILL: N_("免收"),
    Outcome.INCLUDED: N_("合同已包含"),
    Outcome.PREPAID: N_("从预付中扣"),
    Outcome.QUOTED: N_("按报价单收费"),
    Outcome.CHARGED: N_("已计费"),
}


class Unrated(StrEnum):
    """Why nothing says what work costs."""

    QUOTE_MISSING = "quote_missing"
    REFUSED = "refused"
    PREPAID_USED_UP = "prepaid_used_up"
    PRICE_MISSING = "price_missing"
    MINUTES_MISSING = "minutes_missing"
    CALENDAR_MISSING = "calendar_missing"


REASON_TEXTS: Final[Mapping[str, str]] = {
    Unrated.QUOTE_MISSING: N_("合同没有包含，客户也还没有同意报价。报价通过后自动计费。"),
    Unrated.REFUSED: N_("合同约定不做这类服务。要收费请报价，不收费请标为免收。"),
    Unrated.PREPAID_USED_UP: N_("预付的工时或次数已经用完，合同没有约定超出的价格。请报价。"),
    Unrated.PRICE_MISSING: N_("当天的价目表里没有这类服务的小时价。请在价目表里添加后重新计费。"),
    Unrated.MINUTES_MISSING: N_("没有填写工作时长。请更正上门记录。"),
    Unrated.CALENDAR_MISSING: N_("读不到合同约定的服务日历，分不出加班时间。"),
}
