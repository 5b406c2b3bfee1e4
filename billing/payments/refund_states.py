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
    SENDING = "sending"
    """The payment provider was asked for it, and has not said that the payer has it."""
    PAID = "paid"
    FAILED = "failed"
    """It was approved, and could not be paid, or came back."""
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class RefundMove(StrEnum):
    """What happens to a refund."""

    APPROVE = "approve"
    DECLINE = "decline"
    """Somebody says no, or nobody says anything in time."""
    WITHDRAW = "withdraw"
    SEND = "send"
    """Ask the payment provider."""
    PAY = "pay"
    FAIL = "fail"
    RETURN = "return"
    """It seemed paid, and the payer's bank has sent it back."""


REFUND_STATE_NAMES: Final = {
    RefundState.REQUESTED: N_("等待审批"),
    RefundState.APPROVED: N_("已批准，待付款"),
    RefundState.SENDING: N_("正在退回"),
    RefundState.PAID: N_("已退款"),
    RefundState.FAILED: N_("退款未成"),
    RefundState.DECLINED: N_("未批准"),
    RefundState.WITHDRAWN: N_("已撤回"),
}
REFUND_TONES: Final = {
    RefundState.REQUESTED: "waiting",
    RefundState.APPROVED: "waiting",
    RefundState.SENDING: "waiting",
    RefundState.PAID: "good",
    RefundState.FAILED: "bad",
}
PAYMENT_TOO_SMALL: Final = "payment_too_small"
"""Our own reason why an online refund failed: what the payment still held was less."""
REFUND_FAILURE_NAMES: Final = {
    PAYMENT_TOO_SMALL: N_("这笔付款剩下的钱已不够退"),
    "account_invalid": N_("支付平台不再接受本平台的请求"),
    "balance_insufficient": N_("支付平台账户余额不足"),
    "charge_already_refunded": N_("这笔付款已经全部退回"),
    "charge_disputed": N_("付款人提出了争议，不能再退款"),
    "declined": N_("付款人的银行拒收"),
    "expired_or_canceled_card": N_("付款人的卡已过期或注销"),
    "insufficient_funds": N_("支付平台账户余额不足"),
    "lost_or_stolen_card": N_("付款人的卡已挂失"),
}
"""Reasons of ours and of the provider's; another one stands as it is."""

REFUND: Final = StateMachine(
    record="refund",
    columns=("refund.state",),
    states=RefundState,
    # What was refunded on the provider's own pages begins as it is there.
    started=frozenset({RefundState.REQUESTED, RefundState.SENDING, RefundState.PAID, RefundState.FAILED}),
    moves={
        RefundMove.APPROVE: transition({RefundState.REQUESTED}, RefundState.APPROVED),
        RefundMove.DECLINE: transition({RefundState.REQUESTED}, RefundState.DECLINED),
        RefundMove.WITHDRAW: transition({RefundState.REQUESTED}, RefundState.WITHDRAWN),
        RefundMove.SEND: transition({RefundState.APPROVED}, RefundState.SENDING),
        RefundMove.PAY: transition({RefundState.APPROVED, RefundState.SENDING}, RefundState.PAID),
        RefundMove.FAIL: transition({RefundState.APPROVED, RefundState.SENDING}, RefundState.FAILED),
        RefundMove.RETURN: transition({RefundState.PAID}, RefundState.FAILED),
    },
    refusal=RefundMoveRefused,
    state_names=REFUND_STATE_NAMES,
    move_names={
        RefundMove.APPROVE: N_("批准"),
        RefundMove.DECLINE: N_("不批准"),
        RefundMove.WITHDRAW: N_("撤回"),
        RefundMove.SEND: N_("交给支付平台"),
        RefundMove.PAY: N_("付款"),
        RefundMove.FAIL: N_("付款未成"),
        RefundMove.RETURN: N_("退款被退回"),
    },
)
