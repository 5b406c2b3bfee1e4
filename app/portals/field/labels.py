"""Labels, icons and tones of the engineer's pages."""

from typing import Final

from app.platform.kernel.texts import N_

STAGE_NAMES: Final = {"on_site": N_("现场处理"), "remote": N_("远程处理")}
"""A visit in progress, by its mode."""
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
    "goodwill": N_("按免费处理"),
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
    "goodwill": "heart-handshake",
    "escalated": "alarm",
}
