"""Errors of the tickets area."""

from app.platform.kernel.errors import Conflict, Invalid
from app.platform.kernel.texts import N_


class VisitEnded(Conflict):
    """The visit was declined, called off or finished."""

    code = "visit.ended"
    text = N_("这次上门已经结束或取消,请刷新后再看。")


class UnknownEngineer(Invalid):
    """The engineer does not exist here or does not work any more."""

    code = "engineer.unknown"
    text = N_("没有这位工程师,请重新选择。")


class NotAdmitted(Invalid):
    """The client requires admission, and the engineer has no valid admission today."""

    code = "engineer.not_admitted"
    text = N_("客户要求准入，这位工程师没有登记或出入证已到期。")


class DataConsentMissing(Invalid):
    """Work on a disk was reported without a recorded consent of the client."""

    code = "visit.data_consent_missing"
    text = N_("动硬盘或数据前要先记下用户的同意。")


class WorkNotBillable(Invalid):
    """The work needs something before it may be charged. Parameter: `missing`, the source text of what."""

    code = "visit.not_billable"
    text = N_("%(missing)s现在不能按收费结束。按免费处理要写下原因；没做完就选“没修完”。")
    field_text = N_("写下为什么免费，或者等批准以后再结束。")


class ImpossibleWindow(Invalid):
    """The end of a visit is not after its start."""

    code = "visit.time_window_invalid"
    text = N_("结束时间应晚于开始时间。")


class TooLateToReopen(Conflict):
    """The ticket was closed too long ago; a new one is made instead."""

    code = "ticket.too_late_to_reopen"
    text = N_("这张服务单关闭已超过 %(days)s 天,请重新报修。")


class ActionReused(Conflict):
    """The id of a field action was sent again with different content."""

    code = "visit.action_key_reused"
    text = N_("这个操作编号已用于另一项记录。")


class ReportChanged(Conflict):
    """The records changed after the client had signed offline."""

    code = "service_report.changed"
    text = N_("签字以后记录有了变化，请客户看过新的报告再签。")


class VisitNotFinished(Conflict):
    """A service report was requested before the visit was finished."""

    code = "visit.not_finished"
    text = N_("请先填写处理结果,再生成服务报告。")


class ReportMissing(Conflict):
    """The visit has no service report yet."""

    code = "service_report.missing"
    text = N_("这次上门还没有服务报告,请先生成。")


class TooManyPhotos(Conflict):
    """The visit has as many photos as one report takes."""

    code = "visit.too_many_photos"
    text = N_("每次上门最多保存 %(limit)s 张照片。")


class NotAPhoto(Invalid):
    """The uploaded file is not an image."""

    code = "photo.type_not_accepted"
    text = N_("请上传照片(JPEG、PNG 或 WebP)。")


class NothingToRate(Conflict):
    """The ticket is not resolved, so it cannot be rated."""

    code = "ticket.not_ratable"
    text = N_("修好以后就可以评价了。")


class AlreadyRated(Conflict):
    """The ticket has a rating already; the first one counts (Q2)."""

    code = "ticket.already_rated"
    text = N_("您已经评价过了,谢谢。")


class TooManyFiles(Invalid):
    """More files than one message or one ticket takes. Parameter: `limit`."""

    code = "ticket.too_many_files"
    text = N_("最多可以放 %(limit)s 个文件。")


class NoFile(Invalid):
    """An upload without a file."""

    code = "file.missing"
    text = N_("请先选择照片。")


class TimelineOutOfOrder(Invalid):
    """A step of a past ticket lies before the step before it, or in the future."""

    code = "ticket.timeline_out_of_order"
    text = N_("%(moment)s 的步骤不合时间顺序。")
