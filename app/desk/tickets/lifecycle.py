"""The ticket's states and every allowed move, as data (T4). `docs/ticket-lifecycle.md` is drawn from this table.

new → triaged → assigned → accepted → en route → on site | remote → waiting → resolved → confirmed → closed;
reopened; cancelled
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from app.platform.kernel.errors import Conflict
from app.platform.kernel.state_machine import StateMachine, Transition, transition
from app.platform.kernel.texts import N_, Text


class TicketState(StrEnum):
    """State of a ticket."""

    NEW = "new"
    TRIAGED = "triaged"
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    EN_ROUTE = "en_route"
    ON_SITE = "on_site"
    REMOTE = "remote"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CONFIRMED = "confirmed"
    CLOSED = "closed"
    REOPENED = "reopened"
    CANCELLED = "cancelled"


STATE_NAMES = {
    TicketState.NEW: N_("新建"),
    TicketState.TRIAGED: N_("已分类"),
    TicketState.ASSIGNED: N_("已派单"),
    TicketState.ACCEPTED: N_("已接单"),
    TicketState.EN_ROUTE: N_("在途"),
    TicketState.ON_SITE: N_("现场处理"),
    TicketState.REMOTE: N_("远程处理"),
    TicketState.WAITING: N_("等待中"),
    TicketState.RESOLVED: N_("已解决"),
    TicketState.CONFIRMED: N_("已确认"),
    TicketState.CLOSED: N_("已关闭"),
    TicketState.REOPENED: N_("重新打开"),
    TicketState.CANCELLED: N_("已取消"),
}

OPEN_STATES = frozenset(TicketState) - {
    TicketState.RESOLVED,
    TicketState.CONFIRMED,
    TicketState.CLOSED,
    TicketState.CANCELLED,
}
"""States in which somebody still has to do something about the fault."""


class VisitState(StrEnum):
    """State of a visit."""

    PLANNED = "planned"
    ACCEPTED = "accepted"
    EN_ROUTE = "en_route"
    IN_PROGRESS = "in_progress"
    FINISHED = "finished"
    DECLINED = "declined"
    CANCELLED = "cancelled"


OPEN_VISIT_STATES = (VisitState.PLANNED, VisitState.ACCEPTED, VisitState.EN_ROUTE, VisitState.IN_PROGRESS)
"""States in which something is left to do on the visit, in the order of progress."""


class VisitMode(StrEnum):
    """How the work of a visit is done."""

    ON_SITE = "on_site"
    REMOTE = "remote"
    TELEPHONE = "telephone"


class VisitOutcome(StrEnum):
    """What a finished visit achieved."""

    RESOLVED = "resolved"
    UNRESOLVED = "unresolved"


RATEABLE_STATES = frozenset({TicketState.RESOLVED, TicketState.CONFIRMED, TicketState.CLOSED})
"""States in which a ticket can be rated."""

REOPEN_DAYS = 7
"""Days after closing in which a ticket may be reopened."""


class ConfirmedBy(StrEnum):
    """How the client's confirmation came."""

    REPORTER = "reporter"
    PORTAL = "portal"
    SIGNATURE = "signature"
    CALL_BACK = "call_back"
    SILENCE = "silence"


class Move(StrEnum):
    """A transition between ticket states."""

    TRIAGE = "triage"
    ASSIGN = "assign"
    ACCEPT = "accept"
    DECLINE = "decline"
    UNASSIGN = "unassign"
    DEPART = "depart"
    ARRIVE = "arrive"
    CONNECT = "connect"
    FINISH = "finish"
    WAIT = "wait"
    RESUME = "resume"
    RESOLVE = "resolve"
    CONFIRM = "confirm"
    CLOSE = "close"
    REOPEN = "reopen"
    CANCEL = "cancel"


MOVE_NAMES = {
    Move.TRIAGE: N_("分类定级"),
    Move.ASSIGN: N_("派单"),
    Move.ACCEPT: N_("接单"),
    Move.DECLINE: N_("拒单"),
    Move.UNASSIGN: N_("撤回派单"),
    Move.DEPART: N_("出发"),
    Move.ARRIVE: N_("到达"),
    Move.CONNECT: N_("远程连接"),
    Move.FINISH: N_("结束上门"),
    Move.WAIT: N_("转为等待"),
    Move.RESUME: N_("恢复处理"),
    Move.RESOLVE: N_("解决"),
    Move.CONFIRM: N_("确认"),
    Move.CLOSE: N_("关闭"),
    Move.REOPEN: N_("重新打开"),
    Move.CANCEL: N_("取消"),
}


MOVE_ACTIONS: Final[Mapping[Move, str]] = {
    Move.TRIAGE: "ticket.triaged",
    Move.ASSIGN: "ticket.assigned",
    Move.ACCEPT: "ticket.accepted",
    Move.DECLINE: "ticket.declined",
    Move.UNASSIGN: "ticket.unassigned",
    Move.DEPART: "ticket.departed",
    Move.ARRIVE: "ticket.arrived",
    Move.CONNECT: "ticket.connected",
    Move.FINISH: "ticket.visit_finished",
    Move.WAIT: "ticket.paused",
    Move.RESUME: "ticket.resumed",
    Move.RESOLVE: "ticket.resolved",
    Move.CONFIRM: "ticket.confirmed",
    Move.CLOSE: "ticket.closed",
    Move.REOPEN: "ticket.reopened",
    Move.CANCEL: "ticket.cancelled",
}
"""What the audit log calls each move."""


_S = TicketState
_UNASSIGNED = {_S.NEW, _S.TRIAGED, _S.REOPENED}
_WORKING = {_S.ACCEPTED, _S.EN_ROUTE, _S.ON_SITE, _S.REMOTE}
_VISITED = {_S.ASSIGNED, *_WORKING}

RULES: dict[Move, Transition[TicketState]] = {
    Move.TRIAGE: transition({_S.NEW, _S.REOPENED}, _S.TRIAGED),
    Move.ASSIGN: transition({*_UNASSIGNED, *_VISITED, _S.WAITING}, *_VISITED),
    Move.ACCEPT: transition({_S.ASSIGNED}, _S.ACCEPTED),
    Move.DECLINE: transition({_S.ASSIGNED}, _S.TRIAGED),
    Move.UNASSIGN: transition({_S.ASSIGNED, _S.ACCEPTED, _S.EN_ROUTE}, _S.TRIAGED, *_VISITED),
    Move.DEPART: transition({_S.ACCEPTED}, _S.EN_ROUTE),
    Move.ARRIVE: transition({_S.ACCEPTED, _S.EN_ROUTE}, _S.ON_SITE),
    Move.CONNECT: transition({_S.TRIAGED, _S.ACCEPTED}, _S.REMOTE),
    Move.FINISH: transition({_S.ON_SITE, _S.REMOTE}, _S.TRIAGED, *_VISITED),
    Move.WAIT: transition({_S.TRIAGED, _S.ASSIGNED, *_WORKING}, _S.WAITING),
    Move.RESUME: transition({_S.WAITING}, _S.TRIAGED, _S.ASSIGNED, *_WORKING),
    Move.RESOLVE: transition({_S.TRIAGED, _S.ON_SITE, _S.REMOTE}, _S.RESOLVED),
    Move.CONFIRM: transition({_S.RESOLVED}, _S.CONFIRMED),
    Move.CLOSE: transition({_S.CONFIRMED, _S.RESOLVED}, _S.CLOSED),
    Move.REOPEN: transition({_S.RESOLVED, _S.CONFIRMED, _S.CLOSED}, _S.REOPENED),
    Move.CANCEL: transition({*_UNASSIGNED, _S.ASSIGNED, _S.ACCEPTED, _S.WAITING}, _S.CANCELLED),
}
"""CLOSE from RESOLVED is the automatic closing only: two reminders without an answer of the client.

A ticket's state follows its leading visit. The moves of a visit (accept to finish) read the table as if it were the
only one; where another visit leads, the ticket stays where that one has it.
"""


class VisitMove(StrEnum):
    """A transition between visit states."""

    ACCEPT = "accept"
    DECLINE = "decline"
    DEPART = "depart"
    TURN_BACK = "turn_back"
    BEGIN = "begin"
    FINISH = "finish"
    CANCEL = "cancel"


_V = VisitState
VISIT_RULES: dict[VisitMove, Transition[VisitState]] = {
    VisitMove.ACCEPT: transition({_V.PLANNED}, _V.ACCEPTED),
    VisitMove.DECLINE: transition({_V.PLANNED}, _V.DECLINED),
    VisitMove.DEPART: transition({_V.ACCEPTED}, _V.EN_ROUTE),
    VisitMove.TURN_BACK: transition({_V.EN_ROUTE}, _V.ACCEPTED),
    VisitMove.BEGIN: transition({_V.ACCEPTED, _V.EN_ROUTE}, _V.IN_PROGRESS),
    VisitMove.FINISH: transition({_V.IN_PROGRESS}, _V.FINISHED),
    VisitMove.CANCEL: transition({_V.PLANNED, _V.ACCEPTED, _V.EN_ROUTE}, _V.CANCELLED),
}
"""A visit at which work began is never cancelled: it is finished, with what was done and its minutes."""


VISIT: Final = StateMachine(
    record="visit",
    columns=("visit.state",),
    states=VisitState,
    started=frozenset({_V.PLANNED, _V.IN_PROGRESS, _V.FINISHED}),
    moves=VISIT_RULES,
    next_moves={
        _V.PLANNED: VisitMove.ACCEPT,
        _V.ACCEPTED: VisitMove.DEPART,
        _V.EN_ROUTE: VisitMove.BEGIN,
        _V.IN_PROGRESS: VisitMove.FINISH,
    },
)
"""Work by telephone, or at once by remote access, has no plan before it. Steps are refused by the ticket's machine."""


class MoveRefused(Conflict):
    """The ticket's state does not allow the move."""

    code = "ticket.move_refused"
    text = N_("服务单现在是“%(state)s”,不能%(move)s。")

    def __init__(self, move: Move, state: TicketState) -> None:
        super().__init__(move=Text(MOVE_NAMES[move]), state=Text(STATE_NAMES[state]))
        self.move, self.state = move, state


TICKET: Final = StateMachine(
    record="ticket",
    columns=("ticket.state", "ticket_event.state"),
    states=TicketState,
    started=frozenset({TicketState.NEW}),
    moves=RULES,
    refusal=MoveRefused,
    state_names=STATE_NAMES,
    move_names=MOVE_NAMES,
    next_moves={
        _S.NEW: Move.TRIAGE,
        _S.TRIAGED: Move.ASSIGN,
        _S.REOPENED: Move.ASSIGN,
        _S.WAITING: Move.RESUME,
        _S.RESOLVED: Move.CONFIRM,
    },
)
"""In the states between, the next move is that of a visit.

`ticket_event.state` is where the event led; empty where it changed none. `decision.py` refuses, and names move and
state in the error."""


def moves_from(state: TicketState) -> tuple[Move, ...]:
    """The moves allowed from `state`, in lifecycle order."""
    return tuple(move for move, rule in RULES.items() if state in rule.starts)
