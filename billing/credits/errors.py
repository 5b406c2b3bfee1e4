"""Errors of credits."""

from app.platform.kernel.errors import Conflict, Invalid
from app.platform.kernel.texts import N_


class ServiceCreditMoveRefused(Conflict):
    """It was decided or withdrawn before."""

    code = "service_credit.move_refused"
    text = N_("这笔赔付刚被处理过，请刷新后再看。")


class OwnTicket(Conflict):
    """Whoever was sent to the ticket does not approve the credit for it."""

    code = "service_credit.own_ticket"
    text = N_("您参与了这张服务单，赔付要由别人批准。")


class SomebodyElseDecides(Conflict):
    """There are others who may decide: only somebody who is alone decides about the own work."""

    code = "service_credit.not_alone"
    text = N_("公司里还有别人可以审批，请由他们决定。")


class ReasonMissing(Invalid):
    """A client is told why nothing is given back."""

    code = "service_credit.reason_missing"
    text = N_("请写明原因，客户会看到。")
