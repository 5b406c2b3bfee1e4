"""Errors of add-ons."""

from app.platform.kernel.errors import Conflict, Invalid
from app.platform.kernel.texts import N_


class AddonMoveRefused(Conflict):
    """It is offered already, or withdrawn."""

    code = "addon.move_refused"
    text = N_("这项服务刚被改过，请刷新后再试。")


class AddonCodeTaken(Conflict):
    """Another add-on of the company has this code."""

    code = "addon.code_taken"
    text = N_("已经有这个编号的增值服务。")


class AddonNotAuthorised(Conflict):
    """Headquarters has not authorised the company for the service category (N2)."""

    code = "addon.not_authorised"
    text = N_("总部还没有授权提供“%(category)s”，不能上架或接单。")


class AddonWithdrawn(Conflict):
    """It is not ordered any more."""

    code = "addon.withdrawn"
    text = N_("这项服务已停售，不能再订购。")


class AddonIncomplete(Invalid):
    """Cycle and time of billing belong to what is subscribed, and to nothing else."""

    code = "addon.incomplete"
    text = N_("订阅的服务要选计费周期和计费时间。")


class AddonOrderMoveRefused(Conflict):
    """The order is not in a state for this, or the other side does it."""

    code = "addon_order.move_refused"
    text = N_("订单现在的状态不能这样操作，请刷新后再试。")


class AddonOrderTargetWrong(Invalid):
    """The site or device is not the client's, or the add-on is ordered for something else."""

    code = "addon_order.target_wrong"
    text = N_("请选择这项服务针对的网点或设备。")


class AddonOrderDayWrong(Invalid):
    """A day lies where it cannot."""

    code = "addon_order.day_wrong"
    text = N_("日期不对：请选 %(earliest)s 到 %(latest)s 之间的一天。")
