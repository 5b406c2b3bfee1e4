"""Errors of payouts."""

from app.platform.kernel.errors import Conflict, Invalid
from app.platform.kernel.texts import N_


class PayoutMoveRefused(Conflict):
    """The provider has said something else of it."""

    code = "payout.move_refused"
    text = N_("这笔结算的状态已经变了，请刷新后再看。")


class PayoutLineDiffers(Invalid):
    """The line of the bank's is another amount or currency."""

    code = "payout.line_differs"
    text = N_("这笔流水不是这笔结算：金额或币种不同。")


class PayoutMatched(Conflict):
    """A line of the bank's stands for it."""

    code = "payout.matched"
    text = N_("这笔结算已经对上一笔银行流水。")


class PayoutNotMatched(Conflict):
    """No line of the bank's stands for it."""

    code = "payout.not_matched"
    text = N_("这笔结算还没有对上银行流水。")


class PayoutFailed(Conflict):
    """It did not arrive: no line of the bank's can be it."""

    code = "payout.failed"
    text = N_("这笔结算没有到账，不能对银行流水。")
