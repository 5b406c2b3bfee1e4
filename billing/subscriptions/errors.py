"""Errors of partners' plans."""

from app.platform.kernel.errors import Conflict
from app.platform.kernel.texts import N_


class SubscriptionMoveRefused(Conflict):
    """The subscription's state does not allow this."""

    code = "plan_subscription.move_refused"
    text = N_("套餐现在的状态不能这样做，请刷新后再看。")


class PlanNotSold(Conflict):
    """Headquarters sells no such plan today."""

    code = "plan.not_sold"
    text = N_("总部现在没有出售这个套餐。")


class PlanChosen(Conflict):
    """The company has this plan already."""

    code = "plan_subscription.plan_chosen"
    text = N_("现在用的就是这个套餐。")


class PlanTooSmall(Conflict):
    """The company uses more than the smaller plan includes."""

    code = "plan_subscription.plan_too_small"
    text = N_(
        "现在有 %(engineers)s 位在岗工程师、%(devices)s 台在管设备；这个套餐只包含 %(included_engineers)s 位、"
        "%(included_devices)s 台。请先停用多出的工程师、报废不再管理的设备，或者选大一些的套餐。"
    )


class PaymentOverdue(Conflict):
    """A plan is changed when nothing is overdue."""

    code = "plan_subscription.payment_overdue"
    text = N_("还有逾期未付的套餐账单，付清后才能更换套餐。")


class PlanPriceTaken(Conflict):
    """A price of the plan begins on the same day."""

    code = "plan_version.day_taken"
    text = N_("这个套餐在 %(day)s 已经有一个价格。")


class PlanPriceBegun(Conflict):
    """Prices begin on days to come: what was billed stays."""

    code = "plan_version.day_past"
    text = N_("新价格从今天或以后的日期开始。")


class NoInvoiceRule(Conflict):
    """Headquarters has not said how it invoices."""

    code = "plan_version.no_rule"
    text = N_("请先在“特许权费率”里设置结算规则：总部抬头、银行账号、税率和付款期限也用于套餐账单。")
