"""The life of a refund."""

from enum import StrEnum
from typing import Final

from app.platform.kernel.state_machine import StateMachine, transition
from app.platform.kernel.texts import N_
from billing.payments.errors import RefundMoveRefused


class RefundState(StrEnum):
    """How far the money is on its way back."""

    REQUESTED = "requested"
    """Waits for somebody else's yes."""
    APPROVED = "approved"
    PAID = "paid"
    FAILED = "failed"
    """It was approved, and could not be paid."""
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class RefundMove(StrEnum):
    """What happens to a refund."""

    APPROVE = "approve"
    DECLINE = "decline"
    """Somebody says no, or nobody says anything in time."""
    WITHDRAW = "withdraw"
    PAY = "pay"
    FAIL = "fail"


REFUND_STATE_NAMES: Final = {
    RefundState.REQUESTED: N_("等待审批"),
    RefundState.APPROVED: N_("已批准，待付款"),
    RefundState.PAID: N_("已退款"),
    RefundState.FAILED: N_("退款未成"),
    RefundState.DECLINED: N_("未批准"),
    RefundState.WITHDRAWN: N_("已撤回"),
}
REFUND_TONES: Final = {
    RefundState.REQUESTED: "waiting",
    RefundState.APPROVED: "waiting",
    RefundState.PAID: "good",
    RefundState.FAILED: "bad",
}
REFUND: Final = StateMachine(
    record="refund",
    columns=("refund.state",),
    states=RefundState,
    started=frozenset({RefundState.REQUESTED}),
    moves={
        RefundMove.APPROVE: transition({RefundState.REQUESTED}, RefundState.APPROVED),
        RefundMove.DECLINE: transition({RefundState.REQUESTED}, RefundState.DECLINED),
        RefundMove.WITHDRAW: transition({RefundState.REQUESTED}, RefundState.WITHDRAWN),
        RefundMove.PAY: transition({RefundState.APPROVED}, RefundState.PAID),
        RefundMove.FAIL: transition({RefundState.APPROVED}, RefundState.FAILED),
    },
    refusal=RefundMoveRefused,
    state_names=REFUND_STATE_NAMES,
    move_names={
        RefundMove.APPROVE: N_("批准"),
        RefundMove.DECLINE: N_("不批准"),
        RefundMove.WITHDRAW: N_("撤回"),
        RefundMove.PAY: N_("付款"),
        RefundMove.FAIL: N_("付款未成"),
    },
)
