"""Errors of charges."""

from app.platform.kernel.errors import Conflict
from app.platform.kernel.texts import N_


class ChargeBilled(Conflict):
    """The charge stands on an invoice or its draft: what was asked for is not waived behind its back."""

    code = "charge.billed"
    text = N_("这笔费用已经在账单或草稿里。草稿请先移出这一行；已开出的账单请开红字单。")


class ChargeReversed(Conflict):
    """The charge was taken back, or takes one back."""

    code = "charge.reversed"
    text = N_("这笔费用已经冲回，不能再标记。")


class ChargeMarked(Conflict):
    """The charge has this mark already."""

    code = "charge.marked"
    text = N_("这笔费用已经有这个标记。")


class MarkMissing(Conflict):
    """There is no such mark to lift."""

    code = "charge.mark_missing"
    text = N_("这笔费用没有这个标记，或已经取消。")


class NotRework(Conflict):
    """What was not charged for other reasons than being rework is charged by mending the reason."""

    code = "charge.not_rework"
    text = N_("只有返工可以改为收费；其他情况请先解决页面上写的原因。")


class RatingRunMoveRefused(Conflict):
    """The run is over."""

    code = "rating_run.move_refused"
    text = N_("这次计费已经结束。")
