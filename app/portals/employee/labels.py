"""Labels and sentences of the employee portal, without the terms of the ticket lifecycle. Pure."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from app.agreements.sla import TargetKind
from app.desk.engineers import LEVEL_NAMES
from app.desk.tickets import Move, TicketState, TicketView, TimelineEntry
from app.platform.kernel.texts import N_, Translator
from app.portals.attached_files import strip_of_details

_S = TicketState

STEPS: Final = (N_("已收到"), N_("已派人"), N_("在路上"), N_("处理"), N_("确认"))

_STEP_OF_STATE: Final = {
    _S.NEW: 0,
    _S.TRIAGED: 0,
    _S.REOPENED: 0,
    _S.ASSIGNED: 1,
    _S.ACCEPTED: 1,
    _S.EN_ROUTE: 2,
    _S.ON_SITE: 3,
    _S.REMOTE: 3,
    _S.WAITING: 3,
    _S.RESOLVED: 4,
    _S.CONFIRMED: 5,
    _S.CLOSED: 5,
}
"""Index into `STEPS` by state; 5 means all are done. Cancelled tickets have no steps."""

_HEADINGS: Final = {
    _S.NEW: N_("收到了，正在安排工程师"),
    _S.TRIAGED: N_("收到了，正在安排工程师"),
    _S.REOPENED: N_("知道了，马上再安排工程师"),
    _S.ASSIGNED: N_("已派给%(engineer)s"),
    _S.ACCEPTED: N_("%(engineer)s会来处理"),
    _S.EN_ROUTE: N_("%(engineer)s正赶过来"),
    _S.ON_SITE: N_("%(engineer)s正在现场处理"),
    _S.REMOTE: N_("%(engineer)s正在远程处理"),
    _S.WAITING: N_("暂时停一下"),
    _S.RESOLVED: N_("修好了吗？"),
    _S.CONFIRMED: N_("已经修好"),
    _S.CLOSED: N_("已经修好"),
    _S.CANCELLED: N_("已取消"),
}

_WAITING: Final = {
    "client": N_("在等您这边的消息，方便的时候在下面留言。"),
    "approval": N_("在等贵公司批准。"),
    "part": N_("在等备件，到了就接着修。"),
    "vendor": N_("在等厂家答复。"),
}

_WAITING_FOR_OTHER: Final = N_("原因写在下面。")

STATE_LABELS: Final = {
    _S.NEW: N_("安排中"),
    _S.TRIAGED: N_("安排中"),
    _S.REOPENED: N_("重新安排中"),
    _S.ASSIGNED: N_("已派人"),
    _S.ACCEPTED: N_("已派人"),
    _S.EN_ROUTE: N_("在路上"),
    _S.ON_SITE: N_("处理中"),
    _S.REMOTE: N_("处理中"),
    _S.WAITING: N_("等待中"),
    _S.RESOLVED: N_("等您确认"),
    _S.CONFIRMED: N_("已修好"),
    _S.CLOSED: N_("已修好"),
    _S.CANCELLED: N_("已取消"),
}
"""Short state labels, for the list and the public follow page."""

TONES: Final = {
    _S.WAITING: "waiting",
    _S.RESOLVED: "active",
    _S.CONFIRMED: "good",
    _S.CLOSED: "good",
    _S.CANCELLED: "neutral",
}
"""Tone of the state's pill; states not listed here get `info`."""

AWAITING_ARRIVAL: Final = frozenset({_S.NEW, _S.TRIAGED, _S.REOPENED, _S.ASSIGNED, _S.ACCEPTED, _S.EN_ROUTE})
"""States in which somebody is still to arrive."""

_ICONS: Final = {
    _S.ASSIGNED: "user-check",
    _S.ACCEPTED: "user-check",
    _S.EN_ROUTE: "car",
    _S.ON_SITE: "tool",
    _S.REMOTE: "tool",
    _S.WAITING: "player-pause",
    _S.RESOLVED: "check",
    _S.CONFIRMED: "circle-check",
    _S.CLOSED: "circle-check",
    _S.REOPENED: "refresh",
    _S.CANCELLED: "circle-x",
}

_STATE_ACTIONS: Final = {
    _S.TRIAGED: N_("看过了"),
    _S.ASSIGNED: N_("派了工程师"),
    _S.ACCEPTED: N_("接了单"),
    _S.EN_ROUTE: N_("出发了"),
    _S.ON_SITE: N_("到了现场"),
    _S.REMOTE: N_("开始远程处理"),
    _S.WAITING: N_("暂停，等待中"),
    _S.RESOLVED: N_("说修好了"),
    _S.CONFIRMED: N_("确认修好"),
    _S.CLOSED: N_("结束"),
    _S.REOPENED: N_("说还没好"),
    _S.CANCELLED: N_("取消了"),
}

_SCORES: Final = (N_("很差"), N_("不好"), N_("一般"), N_("满意"), N_("很满意"))

_VISIT_FINISHED: Final = (N_("这次上门结束，还要再来"), "list-check")
"""Whatever state the ticket has afterwards: it says nothing of the visit."""
_EVENT_ACTIONS: Final = {
    "reported": (N_("报了修"), "send"),
    "reply": (N_("留言"), "message"),
    "file": (N_("放了照片"), "photo"),
    "rating": (N_("评价"), "star"),
    "report_signed": (N_("签了服务报告"), "signature"),
    "reminder": (N_("提醒您确认"), "bell"),
    "terms": (N_("重新计算了约定的时间"), "clock"),
}
"""Kinds of timeline entries that an employee sees, with label and icon; other kinds are left out."""


class Arrival(NamedTuple):
    """When an engineer arrives: the planned visit's start, or else (`planned` false) the arrival clock's due time."""

    at: datetime
    planned: bool


def steps(state: TicketState) -> list[dict[str, Any]]:
    """The five progress steps with the current one marked; none for a cancelled ticket."""
    if state not in _STEP_OF_STATE:
        return []
    here = _STEP_OF_STATE[state]
    return [{"word": word, "done": place < here, "here": place == here} for place, word in enumerate(STEPS)]


def heading(state: TicketState, engineer_name: str | None, translate: Translator) -> str:
    """The heading of the ticket's page."""
    if "%(engineer)s" not in _HEADINGS[state]:
        return translate(_HEADINGS[state])
    return translate(_HEADINGS[state], engineer=engineer_name or translate(N_("一位工程师")))


def explanation(ticket: TicketView, arrival: Arrival | None, now: datetime, translate: Translator) -> str:
    """The sentence below the heading: what happens next."""
    if ticket.state == TicketState.WAITING:
        return translate(_WAITING.get(ticket.wait_reason, _WAITING_FOR_OTHER))
    if ticket.state == TicketState.RESOLVED:
        return translate(N_("请试一试，然后告诉我们。"))
    if ticket.state in (TicketState.CONFIRMED, TicketState.CLOSED):
        return translate(N_("谢谢您的耐心。"))
    return arrival_label(ticket.state, arrival, now, translate)


def arrival_label(state: TicketState, arrival: Arrival | None, now: datetime, translate: Translator) -> str:
    """The text before the arrival time (the template writes the time), or that the arrival is late."""
    if state not in AWAITING_ARRIVAL:
        return ""
    if arrival is None:
        return translate(N_("工程师定下来就会显示在这里。"))
    if arrival.at < now:
        return translate(N_("比说好的晚了，我们正在催。"))
    return translate(N_("预计到达")) if arrival.planned else translate(N_("最晚到达"))


def arrival_of(ticket: TicketView, now: datetime) -> Arrival | None:
    """The start of the next planned visit in the future, else the due time of the arrival clock."""
    if ticket.state not in AWAITING_ARRIVAL:
        return None
    ahead = [
        visit.scheduled_start
        for visit in ticket.visits
        if visit.state in ("planned", "accepted", "en_route") and visit.scheduled_start >= now
    ]
    if ahead:
        return Arrival(min(ahead), planned=True)
    promised = [clock.due_at for clock in ticket.clocks if clock.kind == TargetKind.ARRIVAL and clock.due_at]
    return Arrival(promised[0], planned=False) if promised else None


def engineer_level_label(ticket: TicketView, translate: Translator) -> str:
    """The label of the engineer's level; empty while nobody is assigned."""
    names: dict[str, str] = {str(level): name for level, name in LEVEL_NAMES.items()}
    return translate(names[ticket.engineer_level]) if ticket.engineer_level in names else ""


def timeline_entries(ticket: TicketView, translate: Translator, file_address: Callable[[str], str]) -> list[Any]:
    """Entries of the timeline component, newest first; the first report carries the full description."""
    done = {visit.finished_at: visit.work_done for visit in ticket.visits if visit.finished_at is not None}
    entries = [entry for line in ticket.timeline if (entry := _entry(line, done, translate, file_address)) is not None]
    if entries and ticket.description not in ticket.subject:
        entries[0]["words"] = ticket.description
    entries.reverse()
    if entries:
        entries[0]["latest"] = True
    return entries


def _entry(
    line: TimelineEntry, done: Mapping[datetime, str], translate: Translator, file_address: Callable[[str], str]
) -> dict[str, Any] | None:
    found = _state_action(line) if line.kind == "state" else _EVENT_ACTIONS.get(line.kind)
    if found is None:
        return None
    action, icon = found
    text = line.text
    if line.state == TicketState.RESOLVED:
        text = text or done.get(line.occurred_at, "")
    elif line.kind == "rating":
        word = _SCORES[line.details["score"] - 1]
        text = translate(word)
    return {
        "at": line.occurred_at,
        "actor": translate(N_("系统")) if line.actor_kind == "system" else line.actor_name,
        "action": translate(action),
        "icon": icon,
        "words": text,
        "files": strip_of_details(line.details, file_address),
    }


def _state_action(line: TimelineEntry) -> tuple[str, str] | None:
    """Label and icon of a state change. Closing is shown only when the system closed; else the employee confirmed."""
    if line.details.get("move") == Move.FINISH:
        return _VISIT_FINISHED
    state = TicketState(line.state)
    if state not in _STATE_ACTIONS or (state is TicketState.CLOSED and line.actor_kind != "system"):
        return None
    return _STATE_ACTIONS[state], _ICONS.get(state, "circle-dashed")
