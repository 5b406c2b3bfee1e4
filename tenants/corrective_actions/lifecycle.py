"""The life of a corrective action as data (PDCA, N7): its states, the moves between them, and whose moves they are.

open → planned → in progress → done → re-checked: effective → closed, or ineffective → open again.
Cancelled with a reason.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from app.platform.kernel.texts import N_
from tenants.corrective_actions.errors import MoveRefused


class ActionState(StrEnum):
    """Where a corrective action stands."""

    OPEN = "open"
    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    EFFECTIVE = "effective"
    INEFFECTIVE = "ineffective"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Side(StrEnum):
    """Who of the two may make a move."""

    HEADQUARTERS = "hq"
    PARTNER = "partner"


class Move(StrEnum):
    """What can be done with a corrective action."""

    PLAN = "plan"
    START = "start"
    FINISH = "finish"
    CONFIRM = "confirm"
    REJECT = "reject"
    CLOSE = "close"
    OPEN_AGAIN = "open_again"
    CANCEL = "cancel"


class Rule(NamedTuple):
    """Whose move it is, from which states it starts, and where it leads."""

    side: Side
    starts: frozenset[ActionState]
    end: ActionState


_S = ActionState

RULES: Final[Mapping[Move, Rule]] = MappingProxyType(
    {
        Move.PLAN: Rule(Side.PARTNER, frozenset({_S.OPEN, _S.PLANNED}), _S.PLANNED),
        Move.START: Rule(Side.PARTNER, frozenset({_S.PLANNED}), _S.IN_PROGRESS),
        Move.FINISH: Rule(Side.PARTNER, frozenset({_S.IN_PROGRESS}), _S.DONE),
        Move.CONFIRM: Rule(Side.HEADQUARTERS, frozenset({_S.DONE}), _S.EFFECTIVE),
        Move.REJECT: Rule(Side.HEADQUARTERS, frozenset({_S.DONE}), _S.INEFFECTIVE),
        Move.CLOSE: Rule(Side.HEADQUARTERS, frozenset({_S.EFFECTIVE}), _S.CLOSED),
        Move.OPEN_AGAIN: Rule(Side.HEADQUARTERS, frozenset({_S.INEFFECTIVE}), _S.OPEN),
        Move.CANCEL: Rule(
            Side.HEADQUARTERS,
            frozenset({_S.OPEN, _S.PLANNED, _S.IN_PROGRESS, _S.DONE, _S.INEFFECTIVE}),
            _S.CANCELLED,
        ),
    }
)
"""PLAN may be made again while nothing has begun. CONFIRM and REJECT are what a re-check finds."""

CHANGE_ACTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "opened": "corrective_action.created",
        Move.PLAN: "corrective_action.planned",
        Move.START: "corrective_action.started",
        "progress": "corrective_action.progress_reported",
        "owner": "corrective_action.owner_changed",
        "due": "corrective_action.dates_changed",
        Move.FINISH: "corrective_action.finished",
        Move.CONFIRM: "corrective_action.confirmed",
        Move.REJECT: "corrective_action.rejected",
        Move.OPEN_AGAIN: "corrective_action.reopened",
        "breached_again": "corrective_action.breach_repeated",
        Move.CLOSE: "corrective_action.closed",
        Move.CANCEL: "corrective_action.cancelled",
    }
)
"""What the audit log calls each kind of change: the moves, and what changes beside them."""

WORKING: Final = frozenset({_S.OPEN, _S.PLANNED, _S.IN_PROGRESS})
"""States in which the due date applies."""

ENDED: Final = frozenset({_S.CLOSED, _S.CANCELLED})

STATE_NAMES: Final = {
    _S.OPEN: N_("待制定措施"),
    _S.PLANNED: N_("已制定措施"),
    _S.IN_PROGRESS: N_("整改中"),
    _S.DONE: N_("待复查"),
    _S.EFFECTIVE: N_("复查有效"),
    _S.INEFFECTIVE: N_("复查无效"),
    _S.CLOSED: N_("已关闭"),
    _S.CANCELLED: N_("已取消"),
}


def state_after(move: Move, state: ActionState, side: Side) -> ActionState:
    """Where `move` leads.

    Raises:
        MoveRefused: it cannot be made from this state, or not by this side.
    """
    rule = RULES[move]
    if state not in rule.starts or side is not rule.side:
        raise MoveRefused
    return rule.end
