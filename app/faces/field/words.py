"""What the engineer's pages call things."""

from typing import Final

from app.kernel.texts import N_
from app.sla import WaitReason

VISIT_STATE_NAMES: Final = {
    "planned": N_("待接单"),
    "accepted": N_("已接单"),
    "en_route": N_("在途"),
    "on_site": N_("现场处理"),
    "remote": N_("远程处理"),
    "waiting": N_("等待中"),
    "finished": N_("已完成"),
    "declined": N_("已拒单"),
    "cancelled": N_("已取消"),
}
VISIT_TONES: Final = {
    "planned": "info",
    "accepted": "info",
    "en_route": "active",
    "on_site": "active",
    "remote": "active",
    "waiting": "waiting",
    "finished": "good",
    "declined": "neutral",
    "cancelled": "neutral",
}
WAIT_NAMES: Final = {
    WaitReason.CLIENT: N_("等客户"),
    WaitReason.APPROVAL: N_("等审批"),
    WaitReason.PART: N_("等备件"),
    WaitReason.VENDOR: N_("等厂商"),
}
LINE_NAMES: Final = {
    "reported": N_("报修了"),
    "reply": N_("回复"),
    "file": N_("添加了照片或文件"),
    "rating": N_("评价"),
    "report_signed": N_("签了服务报告"),
    "priority": N_("改了优先级"),
    "reminder": N_("提醒确认"),
    "terms": N_("服务级别有更改，承诺时间重新计算"),
    "note": N_("备注"),
    "dispatch": N_("派单说明"),
    "declined": N_("拒单"),
    "correction": N_("更正处理结果"),
    "escalated": N_("升级上报"),
}
LINE_ICONS: Final = {
    "reported": "ticket",
    "reply": "message",
    "file": "photo",
    "rating": "star",
    "report_signed": "signature",
    "priority": "flag",
    "reminder": "bell",
    "terms": "clock",
    "note": "note",
    "dispatch": "note",
    "declined": "hand-stop",
    "correction": "pencil",
    "escalated": "alarm",
}
