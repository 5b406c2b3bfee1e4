"""The life of a partner's subscription. What the days and invoices make of it is `standing.py`'s."""

from enum import StrEnum
from typing import Final

from app.platform.kernel.state_machine import StateMachine, transition
from app.platform.kernel.texts import N_
from billing.subscriptions.errors import SubscriptionMoveRefused


class SubscriptionState(StrEnum):
    """Where a subscription stands."""

    TRIAL = "trial"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    """An invoice was not paid in time."""
    GRACE = "grace"
    """Told of the day from which the company is read-only."""
    READ_ONLY = "read_only"
    ENDED = "ended"
    """By the partner, at a period's end; read-only until a plan is chosen again."""


class SubscriptionMove(StrEnum):
    """What happens to a subscription."""

    CONVERT = "convert"
    """The trial is over."""
    RENEW = "renew"
    FALL_DUE = "fall_due"
    WARN = "warn"
    RESTRICT = "restrict"
    SETTLE = "settle"
    CHANGE = "change"
    """To another plan."""
    END = "end"
    RESTART = "restart"


_S, _M = SubscriptionState, SubscriptionMove
STATE_NAMES: Final = {
    _S.TRIAL: N_("试用"),
    _S.ACTIVE: N_("使用中"),
    _S.PAST_DUE: N_("已逾期"),
    _S.GRACE: N_("宽限期"),
    _S.READ_ONLY: N_("只读"),
    _S.ENDED: N_("已结束"),
}
STATE_TONES: Final = {
    _S.TRIAL: "active",
    _S.ACTIVE: "good",
    _S.PAST_DUE: "attention",
    _S.GRACE: "bad",
    _S.READ_ONLY: "bad",
    _S.ENDED: "neutral",
}
MOVE_NAMES: Final = {
    _M.CONVERT: N_("试用结束，开始计费"),
    _M.RENEW: N_("进入新的一期"),
    _M.FALL_DUE: N_("账单逾期"),
    _M.WARN: N_("进入宽限期"),
    _M.RESTRICT: N_("转为只读"),
    _M.SETTLE: N_("逾期账单已付清"),
    _M.CHANGE: N_("更换套餐"),
    _M.END: N_("结束套餐"),
    _M.RESTART: N_("重新启用"),
}
UNPAID: Final = frozenset({_S.PAST_DUE, _S.GRACE, _S.READ_ONLY})
"""States in which an invoice is overdue."""
CLOSED: Final = frozenset({_S.READ_ONLY, _S.ENDED})
"""States in which the company reads and exports only."""
_RUNNING = {_S.ACTIVE, _S.PAST_DUE, _S.GRACE}

SUBSCRIPTION: Final = StateMachine(
    record="plan_subscription",
    columns=("plan_subscription.state", "plan_subscription_step.state"),
    states=SubscriptionState,
    started=frozenset({_S.TRIAL}),
    moves={
        _M.CONVERT: transition({_S.TRIAL}, _S.ACTIVE),
        _M.RENEW: transition(_RUNNING, _S.ACTIVE, _S.PAST_DUE, _S.GRACE),
        _M.FALL_DUE: transition({_S.ACTIVE}, _S.PAST_DUE),
        _M.WARN: transition({_S.PAST_DUE}, _S.GRACE),
        _M.RESTRICT: transition({_S.GRACE}, _S.READ_ONLY),
        _M.SETTLE: transition(set(UNPAID), _S.ACTIVE),
        _M.CHANGE: transition({_S.TRIAL, _S.ACTIVE}, _S.TRIAL, _S.ACTIVE),
        _M.END: transition({_S.TRIAL, *_RUNNING}, _S.ENDED),
        _M.RESTART: transition({_S.ENDED}, _S.ACTIVE),
    },
    refusal=SubscriptionMoveRefused,
    state_names=STATE_NAMES,
    move_names=MOVE_NAMES,
)
