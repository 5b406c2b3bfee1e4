"""Entries of the timeline component from a ticket's timeline, newest first. Pure."""

from collections.abc import Iterable
from typing import Any

from app.desk.tickets import Channel, ConfirmedBy, Move, TimelineEntry
from app.platform.kernel.actor import ActorKind
from app.platform.kernel.texts import N_, Translator
from app.platform.promises import WAIT_NAMES, WaitReason
from app.portals.desk.labels import CHANNEL_NAMES, CONFIRMED_NAMES

_MOVE_LABELS = {
    Move.TRIAGE: (N_("完成分类"), "tags"),
    Move.ACCEPT: (N_("接单"), "user-check"),
    Move.DECLINE: (N_("退回派单"), "arrow-back-up"),
    Move.UNASSIGN: (N_("撤回派单"), "arrow-back-up"),
    Move.DEPART: (N_("出发"), "car"),
    Move.ARRIVE: (N_("到达现场"), "map-pin"),
    Move.CONNECT: (N_("开始远程处理"), "device-desktop"),
    Move.FINISH: (N_("结束上门，还没修好"), "list-check"),
    Move.RESUME: (N_("恢复处理"), "player-play"),
    Move.RESOLVE: (N_("解决"), "check"),
    Move.CLOSE: (N_("关闭"), "lock"),
    Move.REOPEN: (N_("重新打开"), "rotate"),
    Move.CANCEL: (N_("取消"), "circle-x"),
}
_KIND_LABELS = {
    "file": (N_("上传照片"), "photo"),
    "report_signed": (N_("签署服务报告"), "signature"),
    "note": (N_("写了内部备注"), "note"),
    "dispatch": (N_("写了派单说明"), "user-check"),
    "declined": (N_("写了拒单原因"), "hand-stop"),
    "unassigned": (N_("写了撤回原因"), "arrow-back-up"),
    "correction": (N_("更正处理结果"), "pencil"),
    "goodwill": (N_("按免费处理"), "heart-handshake"),
    "reminder": (N_("提醒确认"), "bell"),
    "terms": (N_("服务级别有更改，承诺时间重新计算"), "clock"),
}
SYSTEM = N_("系统")


def timeline_entries(timeline: Iterable[TimelineEntry], _: Translator) -> list[dict[str, Any]]:
    """The entries, newest first, in the reader's language."""
    lines = [_line(entry, _) for entry in reversed(list(timeline))]
    if lines:
        lines[0]["latest"] = True
    return lines


def _line(entry: TimelineEntry, _: Translator) -> dict[str, Any]:
    action, icon = _action(entry, _)
    return {
        "at": entry.occurred_at,
        "actor": _(SYSTEM) if entry.actor_kind == ActorKind.SYSTEM else entry.actor_name,
        "action": action,
        "icon": icon,
        "words": entry.text,
        "internal": entry.internal,
    }


def _action(entry: TimelineEntry, _: Translator) -> tuple[str, str]:
    details = entry.details
    match entry.kind:
        case "reported":
            channel = _(CHANNEL_NAMES[Channel(details["channel"])])
            return _(N_("报修（%(channel)s）"), channel=channel), "send"
        case "state":
            return _move(Move(details["move"]), details, _)
        case "priority":
            return _(N_("优先级 %(before)s → %(after)s"), before=details["before"], after=details["after"]), "flag"
        case "reply":
            ours = entry.actor_kind == ActorKind.PROVIDER
            return _(N_("回复客户")) if ours else _(N_("留言")), "message"
        case "rating":
            return _(N_("评价 %(score)s 分"), score=details.get("score", "")), "star"
        case "escalated":
            return _(N_("上报第 %(level)s 级"), level=details.get("level", "")), "alarm"
        case kind if kind in _KIND_LABELS:
            word, icon = _KIND_LABELS[kind]
            return _(word), icon
        case other:
            return other, "circle-dashed"


def _move(move: Move, details: dict[str, Any], _: Translator) -> tuple[str, str]:
    match move:
        case Move.ASSIGN:
            return _(N_("派给 %(engineer)s"), engineer=details.get("engineer", "")), "user-check"
        case Move.WAIT:
            return _(N_("转为等待：%(reason)s"), reason=_(WAIT_NAMES[WaitReason(details["reason"])])), "player-pause"
        case Move.CONFIRM:
            return _(CONFIRMED_NAMES[ConfirmedBy(details["confirmed_by"])]), "circle-check"
        case _other:
            word, icon = _MOVE_LABELS[_other]
            return _(word), icon
