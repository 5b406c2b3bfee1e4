"""Errors of royalties."""

from app.platform.kernel.errors import Conflict
from app.platform.kernel.texts import N_


class RoyaltyStatementMoveRefused(Conflict):
    """The statement's state does not allow this, or it is the other side's to do."""

    code = "royalty_statement.move_refused"
    text = N_("结算单现在的状态不能这样做，可能已有人处理过，请刷新后再看。")


class RoyaltyInvoiceMoveRefused(Conflict):
    """The invoice is not in a state to be settled or opened again."""

    code = "royalty_invoice.move_refused"
    text = N_("账单现在的状态不能这样做，请刷新后再看。")


class MonthStated(Conflict):
    """Statements of that month were made; a rate or rule cannot begin in it any more."""

    code = "royalty_rate.month_stated"
    text = N_("%(month)s 已经结算，费率和规则只能从之后的日期开始。")


class RateTaken(Conflict):
    """A rate of the same kind and level begins on the same day."""

    code = "royalty_rate.taken"
    text = N_("同一类别、星级已有从这一天开始的费率。")


class RuleTaken(Conflict):
    """Another rule begins with the same month."""

    code = "royalty_rule.taken"
    text = N_("已有从这个月开始的结算规则。")


class RateInForce(Conflict):
    """The rate holds already; what was stated by it stays."""

    code = "royalty_rate.in_force"
    text = N_("费率已经生效，不能撤回；请设一条新的费率。")


class NoRule(Conflict):
    """No rule says how this month's royalties are reckoned."""

    code = "royalty_run.no_rule"
    text = N_("还没有适用于这个月的结算规则，请先设置。")


class MonthNotOver(Conflict):
    """The month still runs."""

    code = "royalty_run.month_not_over"
    text = N_("%(month)s 还没有结束，不能结算。")


class AlreadyRun(Conflict):
    """A later month was stated before: months are stated in order."""

    code = "royalty_run.later_month"
    text = N_("之后的月份已经结算，%(month)s 的变化会计入下一张结算单。")


class PaymentTooLarge(Conflict):
    """More than is open of the invoice."""

    code = "royalty_payment.too_large"
    text = N_("收款不能超过未付金额 %(open)s。")


class PaymentKnown(Conflict):
    """A payment with this reference of the bank was recorded before."""

    code = "royalty_payment.known"
    text = N_("这笔银行流水已经登记过。")


class PaymentTakenBack(Conflict):
    """The payment was taken back before, or is itself a taking back."""

    code = "royalty_payment.taken_back"
    text = N_("这笔收款已经撤回过。")
