"""Errors of approvals."""

from app.platform.kernel.errors import Conflict, Forbidden, NotFound
from app.platform.kernel.texts import N_


class ApprovalMoveRefused(Conflict):
    """Somebody else has decided, it was withdrawn, or its time is over."""

    code = "approval.move_refused"
    text = N_("这件事已经处理过或已过期，请刷新后再看。")


class ApprovalAlreadyRequested(Conflict):
    """The same record already waits for a decision."""

    code = "approval.already_requested"
    text = N_("这条记录已经在等待审批。")


class RecordChanged(Conflict):
    """The record is no longer what was asked about: whoever wants the decision asks anew."""

    code = "approval.record_changed"
    text = N_("申请之后内容有了变动，这份申请已作废，请重新提交。")


class OwnRequest(Forbidden):
    """Whoever asks does not decide, and no second time."""

    code = "approval.own_request"
    text = N_("自己提交或已经同意过的，要由另一个人审批。")


class BeyondLimit(Forbidden):
    """The amount is above what this person may decide."""

    code = "approval.beyond_limit"
    text = N_("金额超出您的审批权限，请由权限更高的人审批。")


class LinkClosed(NotFound):
    """The link is wrong, used, or what it was about is decided, withdrawn or too old."""

    code = "approval.link_closed"
    text = N_("这个链接已经失效：可能已经有人处理，或者已过期。")
