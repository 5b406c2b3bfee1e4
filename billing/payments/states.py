"""The lives of a line of a bank statement and of a payment."""

from enum import StrEnum
from typing import Final

from app.platform.kernel.state_machine import StateMachine, transition
from app.platform.kernel.texts import N_
from billing.payments.errors import BankLineMoveRefused, CheckoutMoveRefused, DisputeMoveRefused, PaymentMoveRefused
from billing.payments.matching import MatchReason


class BankLineState(StrEnum):
    """What became of a line."""

    OPEN = "open"
    """Nobody has said whose it is."""
    BOOKED = "booked"
    """A payment was made of it, a refund went out with it, or it is a payout of the payment provider's."""
    SET_ASIDE = "set_aside"
    """No client's payment: interest, a transfer of one's own, money that went out."""
    REVERSED = "reversed"
    """Taken back by a line of the bank's, or such a line itself."""


OUTGOING: Final = "outgoing"
"""Why money that went out is set aside at once."""
TAKEN_BACK: Final = "taken_back"
"""Why a payment is not there any more whose line the bank took back without a word."""
LINE_REASON_NAMES: Final = {OUTGOING: N_("支出"), "支出": N_("支出")}
"""Reasons that the program gives, as they are stored now and were before; what a person wrote stands as it is."""
PAYMENT_REASON_NAMES: Final = {TAKEN_BACK: N_("银行冲正"), "银行冲正": N_("银行冲正")}
"""The same of payments that were taken back."""


class BankLineMove(StrEnum):
    """What happens to a line."""

    BOOK = "book"
    UNDO = "undo"
    """The payment that was made of it is taken back."""
    SET_ASIDE = "set_aside"
    TAKE_UP = "take_up"
    """It is somebody's payment after all."""
    REVERSE = "reverse"
    REFUND = "refund"
    """A refund went out with it."""
    MATCH_PAYOUT = "match_payout"
    """The payment provider's payout came with it."""


class PaymentState(StrEnum):
    """Whether the money is there."""

    RECEIVED = "received"
    REVERSED = "reversed"
    """Booked by mistake, or taken back by the bank."""


class PaymentMove(StrEnum):
    """What happens to a payment."""

    REVERSE = "reverse"


class PaymentStanding(StrEnum):
    """What is so of a payment's money now."""

    RECEIVED = "received"
    PARTLY_RETURNED = "partly_returned"
    """A part of it went back, or is held back."""
    REFUNDED = "refunded"
    """All of it was given back."""
    DISPUTED = "disputed"
    """The payer's bank has taken all of it, until it is won or for good."""
    RETURNED = "returned"
    """All of it is gone: some given back, some disputed."""
    REVERSED = "reversed"


def standing_of(state: str, amount: int, withdrawn: int, refunded: int) -> PaymentStanding:
    """What is so, from the amounts."""
    if state == PaymentState.REVERSED:
        return PaymentStanding.REVERSED
    if not withdrawn and not refunded:
        return PaymentStanding.RECEIVED
    if withdrawn + refunded < amount:
        return PaymentStanding.PARTLY_RETURNED
    if not withdrawn:
        return PaymentStanding.REFUNDED
    return PaymentStanding.DISPUTED if not refunded else PaymentStanding.RETURNED


class PaymentMethod(StrEnum):
    """The way by which money came."""

    TRANSFER = "transfer"
    ONLINE = "online"


class CheckoutState(StrEnum):
    """What became of an attempt to pay online."""

    OPENING = "opening"
    """The provider is asked for a page."""
    OPEN = "open"
    PAID = "paid"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class CheckoutMove(StrEnum):
    """What happens to an attempt to pay."""

    OPEN = "open"
    PAY = "pay"
    EXPIRE = "expire"
    CANCEL = "cancel"


class DisputeState(StrEnum):
    """Whose the disputed money is."""

    OPEN = "open"
    WON = "won"
    """It came back."""
    LOST = "lost"


class DisputeMove(StrEnum):
    """What the payer's bank decides."""

    WIN = "win"
    LOSE = "lose"


METHOD_NAMES: Final = {PaymentMethod.TRANSFER: N_("银行转账"), PaymentMethod.ONLINE: N_("在线支付")}
CHECKOUT_STATE_NAMES: Final = {
    CheckoutState.OPENING: N_("正在打开支付页面"),
    CheckoutState.OPEN: N_("等待付款"),
    CheckoutState.PAID: N_("已付款"),
    CheckoutState.EXPIRED: N_("支付页面已过期"),
    CheckoutState.CANCELLED: N_("已取消支付"),
}
CHECKOUT_STATE_TONES: Final = {
    CheckoutState.OPENING: "waiting",
    CheckoutState.OPEN: "waiting",
    CheckoutState.PAID: "good",
    CheckoutState.EXPIRED: "neutral",
    CheckoutState.CANCELLED: "neutral",
}
DISPUTE_STATE_NAMES: Final = {
    DisputeState.OPEN: N_("争议中"),
    DisputeState.WON: N_("款项已退回"),
    DisputeState.LOST: N_("款项已被追回"),
}
LINE_STATE_NAMES: Final = {
    BankLineState.OPEN: N_("待认领"),
    BankLineState.BOOKED: N_("已入账"),
    BankLineState.SET_ASIDE: N_("不是客户付款"),
    BankLineState.REVERSED: N_("已冲正"),
}
LINE_TONES: Final = {
    BankLineState.OPEN: "waiting",
    BankLineState.BOOKED: "good",
}
PAYMENT_STATE_NAMES: Final = {PaymentState.RECEIVED: N_("已收款"), PaymentState.REVERSED: N_("已撤销")}
STANDING_NAMES: Final = {
    PaymentStanding.RECEIVED: N_("已收款"),
    PaymentStanding.PARTLY_RETURNED: N_("已收款，部分退回"),
    PaymentStanding.REFUNDED: N_("已全部退款"),
    PaymentStanding.DISPUTED: N_("因争议被扣回"),
    PaymentStanding.RETURNED: N_("已全部退回"),
    PaymentStanding.REVERSED: N_("已撤销"),
}
STANDING_TONES: Final = {
    PaymentStanding.RECEIVED: "good",
    PaymentStanding.PARTLY_RETURNED: "waiting",
    PaymentStanding.DISPUTED: "bad",
}
REASON_NAMES: Final = {
    MatchReason.NUMBER: N_("附言里有账单号"),
    MatchReason.ACCOUNT: N_("以前用这个账户付过款"),
    MatchReason.NAME: N_("付款人名称一致"),
    MatchReason.AMOUNT: N_("金额正好"),
    MatchReason.SUM: N_("几张账单合计正好"),
    MatchReason.OLDEST: N_("金额对不上，先付最早到期的"),
}

BANK_LINE: Final = StateMachine(
    record="bank_line",
    columns=("bank_line.state",),
    states=BankLineState,
    started=frozenset({BankLineState.OPEN, BankLineState.SET_ASIDE}),
    moves={
        BankLineMove.BOOK: transition({BankLineState.OPEN}, BankLineState.BOOKED),
        BankLineMove.UNDO: transition({BankLineState.BOOKED}, BankLineState.OPEN),
        BankLineMove.SET_ASIDE: transition({BankLineState.OPEN}, BankLineState.SET_ASIDE),
        BankLineMove.TAKE_UP: transition({BankLineState.SET_ASIDE}, BankLineState.OPEN),
        BankLineMove.REVERSE: transition({BankLineState.OPEN, BankLineState.BOOKED}, BankLineState.REVERSED),
        BankLineMove.REFUND: transition({BankLineState.OPEN, BankLineState.SET_ASIDE}, BankLineState.BOOKED),
        BankLineMove.MATCH_PAYOUT: transition({BankLineState.OPEN, BankLineState.SET_ASIDE}, BankLineState.BOOKED),
    },
    refusal=BankLineMoveRefused,
    state_names=LINE_STATE_NAMES,
    move_names={
        BankLineMove.BOOK: N_("入账"),
        BankLineMove.UNDO: N_("撤销入账"),
        BankLineMove.SET_ASIDE: N_("搁置"),
        BankLineMove.TAKE_UP: N_("重新认领"),
        BankLineMove.REVERSE: N_("冲正"),
        BankLineMove.REFUND: N_("记为退款"),
        BankLineMove.MATCH_PAYOUT: N_("和结算对上"),
    },
)
PAYMENT: Final = StateMachine(
    record="payment",
    columns=("payment.state",),
    states=PaymentState,
    started=frozenset({PaymentState.RECEIVED}),
    moves={PaymentMove.REVERSE: transition({PaymentState.RECEIVED}, PaymentState.REVERSED)},
    refusal=PaymentMoveRefused,
    state_names=PAYMENT_STATE_NAMES,
    move_names={PaymentMove.REVERSE: N_("撤销")},
)
DISPUTE: Final = StateMachine(
    record="payment_dispute",
    columns=("payment_dispute.state",),
    states=DisputeState,
    started=frozenset({DisputeState.OPEN}),
    moves={
        DisputeMove.WIN: transition({DisputeState.OPEN}, DisputeState.WON),
        DisputeMove.LOSE: transition({DisputeState.OPEN}, DisputeState.LOST),
    },
    refusal=DisputeMoveRefused,
    state_names=DISPUTE_STATE_NAMES,
    move_names={DisputeMove.WIN: N_("胜诉"), DisputeMove.LOSE: N_("败诉")},
)
_UNPAID: Final = {CheckoutState.OPENING, CheckoutState.OPEN}
CHECKOUT: Final = StateMachine(
    record="checkout",
    columns=("checkout.state",),
    states=CheckoutState,
    started=frozenset({CheckoutState.OPENING}),
    moves={
        CheckoutMove.OPEN: transition({CheckoutState.OPENING}, CheckoutState.OPEN),
        # Whatever we believed of the page: money that was taken is taken.
        CheckoutMove.PAY: transition({*_UNPAID, CheckoutState.EXPIRED, CheckoutState.CANCELLED}, CheckoutState.PAID),
        CheckoutMove.EXPIRE: transition(_UNPAID, CheckoutState.EXPIRED),
        CheckoutMove.CANCEL: transition(_UNPAID, CheckoutState.CANCELLED),
    },
    refusal=CheckoutMoveRefused,
    state_names=CHECKOUT_STATE_NAMES,
    move_names={
        CheckoutMove.OPEN: N_("打开支付页面"),
        CheckoutMove.PAY: N_("完成付款"),
        CheckoutMove.EXPIRE: N_("支付页面过期"),
        CheckoutMove.CANCEL: N_("取消支付"),
    },
)
