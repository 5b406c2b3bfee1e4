"""The life of a corrective action as data (PDCA, N7): its states, the moves between them, and whose moves they are.

open → planned → in progress → done → re-checked: effective → closed, or ineffective → open again.
Cancelled with a reason.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from app.platform.kernel.state_machine import StateMachine, transition
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


_S = ActionState

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

CORRECTIVE_ACTION: Final = StateMachine(
    record="corrective_action",
    columns=("corrective_action.state",),
    states=ActionState,
    started=frozenset({_S.OPEN}),
    moves={
        Move.PLAN: transition({_S.OPEN, _S.PLANNED}, _S.PLANNED, side=Side.PARTNER),
        Move.START: transition({_S.PLANNED}, _S.IN_PROGRESS, side=Side.PARTNER),
        Move.FINISH: transition({_S.IN_PROGRESS}, _S.DONE, side=Side.PARTNER),
        Move.CONFIRM: transition({_S.DONE}, _S.EFFECTIVE, side=Side.HEADQUARTERS),
        Move.REJECT: transition({_S.DONE}, _S.INEFFECTIVE, side=Side.HEADQUARTERS),
        Move.CLOSE: transition({_S.EFFECTIVE}, _S.CLOSED, side=Side.HEADQUARTERS),
        Move.OPEN_AGAIN: transition({_S.INEFFECTIVE}, _S.OPEN, side=Side.HEADQUARTERS),
        Move.CANCEL: transition(
            {_S.OPEN, _S.PLANNED, _S.IN_PROGRESS, _S.DONE, _S.INEFFECTIVE}, _S.CANCELLED, side=Side.HEADQUARTERS
        ),
    },
    refusal=MoveRefused,
    state_names=STATE_NAMES,
)
"""PLAN may be made again while nothing has begun. CONFIRM and REJECT are what a re-check finds."""
