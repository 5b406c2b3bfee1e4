"""Errors of the service levels and their texts."""

from collections.abc import Mapping

from app.platform.kernel.errors import Conflict
from app.platform.kernel.texts import N_
from app.platform.promises import CALENDAR_PROBLEM_TEXTS

PROBLEM_TEXTS: Mapping[str, str] = {
    **CALENDAR_PROBLEM_TEXTS,
    "attainment_out_of_range": N_("达标率应大于 0%，不超过 100%。"),
    "calendar_beside_elapsed_time": N_("按自然时间计算的指标不需要服务日历，请去掉其中一个。"),
    "channel_not_sending": N_("升级上报还不能用这种方式通知，请选择站内提醒或邮件。"),
    "channels_missing": N_("请选择至少一种通知方式。"),
    "client_never_pauses_response": N_("等待客户时不能暂停响应计时。"),
    "date_invalid": N_("每行以日期开头，写成 2026-12-31 这样。"),
    "escalation_level_unknown": N_("升级上报只有 1、2、3 三级。"),
    "escalation_needs_share_or_time": N_("请填写百分比或时长，二者选一。"),
    "escalation_twice": N_("有两条相同的升级上报规则，请删去一条。"),
    "escalation_without_promise": N_("该级别没有承诺这项指标，不能为它设置升级上报。"),
    "matrix_cell_missing": N_("优先级矩阵缺少一格，请补全。"),
    "matrix_cell_twice": N_("优先级矩阵有一格填写了两次，请保留一个。"),
    "name_missing": N_("请填写名称。"),
    "name_too_long": N_("名称太长，请写短一些。"),
    "pause_rule_twice": N_("同一等待原因有两条暂停规则，请合并。"),
    "percent_out_of_range": N_("百分比应在 1 到 1000 之间。"),
    "priority_missing": N_("请填写 P1 到 P4 全部级别的服务指标。"),
    "priority_twice": N_("同一优先级填写了两次，请保留一份。"),
    "promise_twice": N_("同一指标填写了两次，请保留一个。"),
    "promises_missing": N_("每个优先级至少填写一项指标。"),
    "seconds_out_of_range": N_("时长应大于 0，不超过 366 天。"),
    "target_not_measured": N_("这项指标还不能计时，请去掉；可以承诺响应、远程接入、到场和解决。"),
}
"""What to do about each problem of a calendar or policy, by its code."""


class NameTaken(Conflict):
    """Another calendar or policy of this tenant has the name."""

    code = "service_level.name_taken"
    text = N_("这个名称已经在使用，请换一个。")

    def __init__(self) -> None:
        super().__init__(fields={"name": self.text})


class InUse(Conflict):
    """A calendar or policy that clients are served by cannot be taken out of use."""

    code = "service_level.in_use"
    text = N_("还有客户按它服务，请先为这些客户换一个。")


class DefaultAssignmentRequired(Conflict):
    """The tenant's default assignment can be changed, not removed."""

    code = "service_level.default_required"
    text = N_("默认的服务级别只能更改，不能取消。")
