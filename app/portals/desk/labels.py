"""The desk's labels and tones for the codes of other areas (Chinese source texts)."""

from typing import Final

from app.desk.tickets import Channel, ConfirmedBy, Move, TicketState
from app.platform.kernel.texts import N_

STATE_TONES: Final = {
    TicketState.NEW: "info",
    TicketState.TRIAGED: "info",
    TicketState.ASSIGNED: "active",
    TicketState.ACCEPTED: "active",
    TicketState.EN_ROUTE: "active",
    TicketState.ON_SITE: "active",
    TicketState.REMOTE: "active",
    TicketState.WAITING: "waiting",
    TicketState.RESOLVED: "good",
    TicketState.CONFIRMED: "good",
    TicketState.CLOSED: "neutral",
    TicketState.REOPENED: "bad",
    TicketState.CANCELLED: "neutral",
}
"""The tone of a state's pill; label and shape carry the same information."""


CHANNEL_NAMES: Final = {
    Channel.EMPLOYEE: N_("员工自助"),
    Channel.PORTAL: N_("客户门户"),
    Channel.HOT_LINE: N_("热线"),
    Channel.ENGINEER: N_("工程师代报"),
    Channel.API: N_("接口"),
}

CONFIRMED_NAMES: Final = {
    ConfirmedBy.REPORTER: N_("报修人确认"),
    ConfirmedBy.PORTAL: N_("客户门户确认"),
    ConfirmedBy.SIGNATURE: N_("现场签字"),
    ConfirmedBy.CALL_BACK: N_("电话回访确认"),
    ConfirmedBy.SILENCE: N_("逾期未答复，自动关闭"),
}


VISIT_TONES: Final = {
    "planned": "info",
    "accepted": "active",
    "en_route": "active",
    "in_progress": "active",
    "finished": "good",
    "declined": "bad",
    "cancelled": "neutral",
}

ACTION_MESSAGES: Final = {
    "reported": N_("已登记"),
    "logged": N_("报修已登记，可以接下一个电话"),
    Move.TRIAGE: N_("分类已保存"),
    Move.ASSIGN: N_("已派单，工程师会收到通知"),
    Move.WAIT: N_("已转为等待"),
    Move.RESUME: N_("已恢复处理"),
    Move.RESOLVE: N_("已标记解决，等客户确认"),
    Move.CANCEL: N_("服务单已取消"),
    Move.CONFIRM: N_("已确认并关闭"),
    Move.REOPEN: N_("已重新打开"),
    "reply": N_("已回复客户"),
    "note": N_("内部备注已保存"),
}
"""The toast text after each action."""
