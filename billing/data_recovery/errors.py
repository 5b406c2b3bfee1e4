"""Errors of recovery cases."""

from app.platform.kernel.errors import Conflict, Invalid
from app.platform.kernel.texts import N_


class RecoveryMoveRefused(Conflict):
    """The case is not in a state for this, or the other side does it."""

    code = "recovery_case.move_refused"
    text = N_("案件现在的状态不能这样操作，请刷新后再试。")


class MediumMoveRefused(Conflict):
    """The medium is not with the company, or has gone before."""

    code = "recovery_medium.move_refused"
    text = N_("这件介质现在不在保管中，请刷新后再试。")


class RecoveryNotAuthorised(Conflict):
    """Headquarters has not authorised the company for data recovery (N2)."""

    code = "recovery_case.not_authorised"
    text = N_("总部还没有授权贵公司做数据恢复，不能接案或继续恢复。")


class NotOnCase(Conflict):
    """Whoever touches media or results of a case is one of its people."""

    code = "recovery_case.not_on_case"
    text = N_("您不是这个案件的经手人。请负责人先把您加进来。")


class RecoveryConsentMissing(Invalid):
    """Media are received with the consent of whoever gives them (C5)."""

    code = "recovery_case.consent_missing"
    text = N_("没有交件人同意处理数据的记录，不能接收介质。")


class MediumInCustody(Conflict):
    """The company holds a medium with this serial number for this client already."""

    code = "recovery_medium.in_custody"
    text = N_("序列号 %(serial)s 的介质已经在另一个案件里保管着。")


class PersonNotAdmitted(Conflict):
    """The client lets admitted people alone work for it, and this one is not."""

    code = "recovery_case.person_not_admitted"
    text = N_("客户要求准入，这位同事还没有获准。")


class PersonUnknown(Invalid):
    """Nobody of the company who may work on recovery cases."""

    code = "recovery_case.person_unknown"
    text = N_("请选择能做数据恢复的同事。")


class PersonHoldsMedium(Conflict):
    """A person who holds a medium hands it over before leaving the case."""

    code = "recovery_case.person_holds_medium"
    text = N_("这位同事手上还有介质，请先办交接。")


class LastPersonStays(Conflict):
    """A case has somebody on it until it is over."""

    code = "recovery_case.last_person_stays"
    text = N_("案件至少要有一位经手人。")


class OwnerErased(Invalid):
    """The person was erased: nothing is done in their name any more."""

    code = "recovery_case.owner_erased"
    text = N_("这位员工的个人信息已经删除，不能再作为数据所有人。")


class HandoverToSelf(Invalid):
    """A medium is handed over to somebody who does not have it."""

    code = "recovery_medium.already_there"
    text = N_("介质已经在这位同事手上。")


class ResultEmpty(Invalid):
    """Nothing was written about any file."""

    code = "recovery_case.result_empty"
    text = N_("结果清单还是空的：没有恢复出来的文件也要列出来。")


class ResultChanged(Conflict):
    """The list of results is another than the one that was read."""

    code = "recovery_case.result_changed"
    text = N_("结果清单刚刚改过，请看过新的再验收。")


class DestructionNotAgreed(Conflict):
    """A client's medium is destroyed only when the client says so."""

    code = "recovery_medium.destruction_not_agreed"
    text = N_("客户还没有同意销毁这件介质。")


class CopyStays(Conflict):
    """A working copy is destroyed and never given away; an original is never destroyed while work goes on."""

    code = "recovery_medium.way_refused"
    text = N_("工作副本只能销毁；案件结束前不能销毁介质。")


class WitnessMissing(Invalid):
    """Whoever destroys a medium has a witness."""

    code = "recovery_medium.witness_missing"
    text = N_("销毁要有另一位经手人在场见证。")
