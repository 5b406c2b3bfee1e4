"""Errors of the personal-data area."""

from app.platform.kernel.errors import Conflict, Invalid
from app.platform.kernel.texts import N_


class NotErasableYet(Conflict):
    """The employee is active or something of theirs is open, and cannot be erased."""

    code = "personal_data.still_in_use"
    text = N_("先停用这位员工，并等未关闭的服务单和数据恢复案件结束，再删除个人信息。")


class AlreadyErased(Conflict):
    """The employee was erased before."""

    code = "personal_data.already_erased"
    text = N_("这位员工的个人信息已经删除。")


class ReasonMissing(Invalid):
    """An erasure needs a reason."""

    code = "personal_data.reason_missing"
    text = N_("请写明原因，例如本人申请的日期。")


class ClientHasOpenMatters(Conflict):
    """Something of the client runs, waits or is owed; `fields` and the text name each kind."""

    code = "client.open_matters"
    text = N_("这家客户还有没了结的事项，先了结再删除：%(matters)s。")


class ClientErasureUnderWay(Conflict):
    """The company is being forgotten already."""

    code = "client.erasure_under_way"
    text = N_("这家客户的资料正在删除。")


class ClientNameDiffers(Invalid):
    """An erasure cannot be undone, so whoever asks for it writes the client's short name."""

    code = "client.name_differs"
    text = N_("请照写客户的简称，确认要删除的是这一家。")
