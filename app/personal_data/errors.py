"""What the area of personal data refuses."""

from app.kernel.errors import Conflict, Invalid
from app.kernel.texts import N_


class StillHere(Conflict):
    """Who still works at the client, or reports a fault that is not closed, is not erased."""

    code = "personal_data.still_here"
    text = N_("先停用这位员工，并等未关闭的服务单结束，再删除个人信息。")


class AlreadyErased(Conflict):
    """There is nothing left to tell or erase."""

    code = "personal_data.already_erased"
    text = N_("这位员工的个人信息已经删除。")


class ReasonMissing(Invalid):
    """An erasure says who wants it."""

    code = "personal_data.reason_missing"
    text = N_("请写明原因，例如本人申请的日期。")
