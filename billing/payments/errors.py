"""Errors of payments."""

from app.platform.kernel.errors import Conflict, Forbidden, Invalid
from app.platform.kernel.texts import N_


class BankLineMoveRefused(Conflict):
    """Somebody has booked the line, set it aside, or opened it again."""

    code = "bank_line.move_refused"
    text = N_("这笔流水刚被处理过，请刷新后再看。")


class BankLineNoReceipt(Conflict):
    """Money that went out is nobody's payment."""

    code = "bank_line.no_receipt"
    text = N_("这是一笔支出，不能当作收款入账。")


class BankLineNotReversed(Conflict):
    """There is no receipt that this line takes back."""

    code = "bank_line.original_missing"
    text = N_("没有找到被冲正的那一笔收款。")


class PaymentMoveRefused(Conflict):
    """It was taken back before."""

    code = "payment.move_refused"
    text = N_("这笔收款已经撤销。")


class PaymentExceeded(Invalid):
    """More is shared out than the payment has left."""

    code = "payment.exceeded"
    text = N_("分配的金额合计 %(wanted)s，超过这笔收款可分配的 %(left)s。")


class AllocationReversed(Conflict):
    """What it settled was opened again before."""

    code = "payment.allocation_reversed"
    text = N_("这笔核销已经撤销。")


class DisputeMoveRefused(Conflict):
    """The payer's bank has decided before."""

    code = "payment_dispute.move_refused"
    text = N_("这笔争议已经有结果。")


class OnlinePaymentKept(Conflict):
    """What was paid online cannot have been booked by mistake."""

    code = "payment.online_kept"
    text = N_("在线付款不能撤销：钱在支付平台，只能退款。")


class OnlinePaymentDiffers(Conflict):
    """The same payment of the provider's was recorded for another client, or with another amount."""

    code = "payment.online_differs"
    text = N_("这笔在线付款已入账，客户或金额与这次不同。")


class CheckoutMoveRefused(Conflict):
    """The attempt to pay is over."""

    code = "checkout.move_refused"
    text = N_("这次支付已经结束。")


class CheckoutNothingOpen(Conflict):
    """The document is settled."""

    code = "checkout.nothing_open"
    text = N_("账单 %(number)s 已经付清，不用再付。")


class RefundMoveRefused(Conflict):
    """Somebody has decided, paid or given up the refund."""

    code = "refund.move_refused"
    text = N_("这笔退款刚被处理过，请刷新后再看。")


class RefundExceeds(Invalid):
    """More is to go back than the payment has left, without what other refunds hold."""

    code = "refund.exceeds"
    text = N_("退款 %(wanted)s，超过这笔收款可退的 %(left)s。")


class RefundStands(Conflict):
    """A payment of which money goes back, or went, was no mistake."""

    code = "payment.refund_stands"
    text = N_("这笔收款有退款，不能撤销。还没有付的退款可以先撤回。")


class RefundNotOnline(Conflict):
    """What was paid online goes back through the payment provider, which alone says what became of it."""

    code = "refund.not_online"
    text = N_("在线付款由支付平台原路退回，退款结果以支付平台为准，不能手工登记。")


class RefundBeyondPayment(Conflict):
    """The provider tells of more than the payment still holds: other news of it are on their way."""

    code = "refund.beyond_payment"
    text = N_("支付平台退回的金额超过这笔付款剩余的金额。")


class RefundLineDiffers(Invalid):
    """The line of the bank's is another amount, or came in."""

    code = "refund.line_differs"
    text = N_("这笔流水不是这笔退款的支出：金额或币种不同。")


class RefundSomebodyElseDecides(Forbidden):
    """There is another member who may approve."""

    code = "refund.somebody_else_decides"
    text = N_("公司里还有人可以审批退款，请由那个人批准。")


class CheckoutRefused(Conflict):
    """The provider will not open a page for this sum."""

    code = "checkout.provider_refused"
    text = N_("支付平台没有接受这次支付，请改用对公转账或联系服务商。")


class CheckoutUnanswered(Conflict):
    """The provider does not answer; asked again it opens the same page."""

    code = "checkout.provider_silent"
    text = N_("支付平台暂时没有回应，请过一会儿再点一次，不会重复付款。")


class OnlinePaymentsClosed(Conflict):
    """The company has no account at the provider, or it takes no payments at the moment."""

    code = "checkout.not_connected"
    text = N_("服务商目前不收在线付款，请用对公转账。")
