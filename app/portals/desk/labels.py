"""The desk's labels and tones for the codes of other areas (Chinese source texts)."""

from typing import Final

from app.desk.tickets import Channel, ConfirmedBy, Move, TicketState
from app.platform.kernel.actor import Actor
from app.platform.kernel.texts import N_, translator
from rbac import Permission

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

TICKET_KEYS: Final = {
    Move.ASSIGN: ("a", N_("派单")),
    Move.TRIAGE: ("t", N_("分类定级")),
    "reply": ("r", N_("回复客户")),
    "note": ("n", N_("只写给同事，客户看不到")),
    Move.WAIT: ("w", N_("转为等待")),
}
"""The key of each action on a ticket, on its page, in the panel and from its row; what the help and the field say."""

_KEY_PERMISSIONS: Final = {
    Move.ASSIGN: Permission.TICKET_ASSIGN,
    Move.TRIAGE: Permission.TICKET_TRIAGE,
    "reply": Permission.TICKET_REPLY,
    "note": Permission.NOTE_WRITE,
    Move.WAIT: Permission.TICKET_TRIAGE,
}


def row_keys(actor: Actor) -> dict[str, str]:
    """The keys that `actor` may use on the rows of tickets."""
    _ = translator(actor.language)
    return {
        key: _(label)
        for action, (key, label) in TICKET_KEYS.items()
        if not actor.read_only and actor.may(_KEY_PERMISSIONS[action])
    }


ACTION_MESSAGES: Final = {
    "reported": N_("已登记"),
    "logged": N_("报修已登记，可以接下一个电话"),
    Move.TRIAGE: N_("分类已保存"),
    Move.ASSIGN: N_("已派单，工程师会收到通知"),
    Move.UNASSIGN: N_("派单已撤回，工程师会收到通知"),
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
