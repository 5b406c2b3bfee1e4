"""Labels and sentences of the client portal. Pure."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from app.desk.tickets import Move, TicketState, TicketSummary, TimelineEntry
from app.platform.kernel.texts import N_, Translator
from app.portals.attached_files import strip_of_details

_S = TicketState

TONES: Final = {
    _S.NEW: "info",
    _S.TRIAGED: "info",
    _S.ASSIGNED: "active",
    _S.ACCEPTED: "active",
    _S.EN_ROUTE: "active",
    _S.ON_SITE: "active",
    _S.REMOTE: "active",
    _S.WAITING: "waiting",
    _S.RESOLVED: "good",
    _S.CONFIRMED: "good",
    _S.CLOSED: "neutral",
    _S.REOPENED: "bad",
    _S.CANCELLED: "neutral",
}
"""The tone of a state's pill."""

_STATE_ACTIONS: Final = {
    _S.TRIAGED: (N_("受理了"), "tags"),
    _S.ASSIGNED: (N_("派了工程师"), "user-check"),
    _S.ACCEPTED: (N_("接了单"), "user-check"),
    _S.EN_ROUTE: (N_("出发了"), "car"),
    _S.ON_SITE: (N_("到了现场"), "map-pin"),
    _S.REMOTE: (N_("开始远程处理"), "device-desktop"),
    _S.WAITING: (N_("暂停，等待中"), "player-pause"),
    _S.RESOLVED: (N_("说修好了"), "check"),
    _S.CONFIRMED: (N_("确认修好"), "circle-check"),
    _S.CLOSED: (N_("关闭"), "lock"),
    _S.REOPENED: (N_("说还没好"), "refresh"),
    _S.CANCELLED: (N_("取消了"), "circle-x"),
}
_VISIT_FINISHED: Final = (N_("这次上门结束，还要再来"), "list-check")
"""Whatever state the ticket has afterwards: it says nothing of the visit."""
_EVENT_ACTIONS: Final = {
    "reported": (N_("报修"), "send"),
    "reply": (N_("留言"), "message"),
    "file": (N_("放了照片"), "photo"),
    "rating": (N_("评价"), "star"),
    "report_signed": (N_("签了服务报告"), "signature"),
    "reminder": (N_("提醒确认"), "bell"),
    "terms": (N_("服务级别有更改，承诺时间重新计算"), "clock"),
    "priority": (N_("改了优先级"), "flag"),
}

AWAITING_CONFIRMATION: Final = frozenset({_S.RESOLVED})
"""States in which the client is asked to confirm."""


def headline(open_tickets: Sequence[TicketSummary], late: int, _: Translator) -> str:
    """The overview's heading: how many tickets are open and how many of them are late."""
    if not open_tickets:
        return _(N_("今天一切正常"))
    if late:
        return _(N_("%(count)s 件事在处理，其中 %(late)s 件超时"), count=len(open_tickets), late=late)
    return _(N_("%(count)s 件事在处理，都在承诺时间内"), count=len(open_tickets))


def timeline_entries(lines: Iterable[TimelineEntry], _: Translator) -> list[dict[str, Any]]:
    """Entries of the timeline component from the public timeline, newest first."""
    entries = [entry for line in lines if (entry := _entry(line, _)) is not None]
    entries.reverse()
    if entries:
        entries[0]["latest"] = True
    return entries


def _entry(line: TimelineEntry, _: Translator) -> dict[str, Any] | None:
    if line.internal:
        return None
    if line.details.get("move") == Move.FINISH:
        action, icon = _VISIT_FINISHED
    elif line.kind == "state" and line.state in _STATE_ACTIONS:
        action, icon = _STATE_ACTIONS[TicketState(line.state)]
    elif line.kind in _EVENT_ACTIONS:
        action, icon = _EVENT_ACTIONS[line.kind]
    else:
        return None
    return {
        "at": line.occurred_at,
        "actor": _(N_("系统")) if line.actor_kind == "system" else line.actor_name,
        "action": _(action),
        "icon": icon,
        "words": line.text,
        "files": strip_of_details(line.details),
    }
