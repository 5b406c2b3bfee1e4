"""What the tickets area refuses."""

from app.kernel.errors import Conflict, Invalid
from app.kernel.texts import N_


class VisitEnded(Conflict):
    """The visit was declined, called off or finished."""

    code = "ticket.visit_ended"
    text = N_("这次上门已经结束或取消,请刷新后再看。")


class UnknownEngineer(Invalid):
    """The engineer does not exist here or does not work any more."""

    code = "ticket.unknown_engineer"
    text = N_("没有这位工程师,请重新选择。")


class ImpossibleWindow(Invalid):
    """The end of a visit is not after its start."""

    code = "ticket.impossible_window"
    text = N_("结束时间应晚于开始时间。")


class TooLateToReopen(Conflict):
    """The ticket was closed too long ago; a new one is made instead."""

    code = "ticket.too_late_to_reopen"
    text = N_("这张服务单关闭已超过 %(days)s 天,请重新报修。")
