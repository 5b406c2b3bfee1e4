"""Errors of corrective actions."""

from app.platform.kernel.errors import Conflict
from app.platform.kernel.texts import N_


class MoveRefused(Conflict):
    """The action's state does not allow this, or it is the other side's to do."""

    code = "corrective_action.move_refused"
    text = N_("整改单现在的状态不能这样做，可能已有人处理过，请刷新后再看。")


class TooEarlyToRecheck(Conflict):
    """No month has passed completely since the one that opened the action."""

    code = "corrective_action.too_early"
    text = N_("还没有整改之后的完整月份，请在月末以后再复查。")


class TooFewToRecheck(Conflict):
    """The month stands on fewer cases than the threshold asks for."""

    code = "corrective_action.too_few"
    text = N_("上个月只有 %(cases)s 件，不足 %(fewest)s 件，还不能判断，请推迟复查日期。")


class ActionOngoing(Conflict):
    """The partner is already correcting the same measure."""

    code = "corrective_action.already_open"
    text = N_("这家服务商的这项指标已有进行中的整改单 %(number)s，请在那里处理。")


class NothingMeasured(Conflict):
    """The partner has no figure of this measure in this month."""

    code = "quality_threshold.nothing_measured"
    text = N_("这家服务商这个月没有这项指标的数据。")


class ThresholdExists(Conflict):
    """The same measure has an active threshold."""

    code = "quality_threshold.taken"
    text = N_("这项指标已有一条启用的阈值，请先停用它。")
