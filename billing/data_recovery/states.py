"""The life of a recovery case, and of each medium that is in the company's custody for it."""

from enum import StrEnum
from typing import Final

from app.platform.kernel.state_machine import StateMachine, transition
from app.platform.kernel.texts import N_
from billing.data_recovery.errors import MediumMoveRefused, RecoveryMoveRefused


class RecoveryState(StrEnum):
    """How far a case is."""

    OPENED = "opened"
    """Written down; nobody has signed the custody receipt."""
    RECEIVED = "received"
    DIAGNOSED = "diagnosed"
    QUOTED = "quoted"
    APPROVED = "approved"
    """The client's approver agreed to the fee."""
    WORKING = "working"
    REPORTED = "reported"
    """The client reads the list of results."""
    ACCEPTED = "accepted"
    STOPPED = "stopped"
    """Ended before a result; the media go back."""
    CLOSED = "closed"
    """Ended, and no medium is with the company any more."""
    CANCELLED = "cancelled"


class RecoveryMove(StrEnum):
    """What happens to a case."""

    RECEIVE = "receive"
    CANCEL = "cancel"
    DIAGNOSE = "diagnose"
    QUOTE = "quote"
    APPROVE = "approve"
    DECLINE = "decline"
    """The client wants no such quote, or let it run out: another can be written."""
    START = "start"
    REPORT = "report"
    ACCEPT = "accept"
    DISPUTE = "dispute"
    STOP = "stop"
    CLOSE = "close"


class MediumState(StrEnum):
    """Where a medium is."""

    LISTED = "listed"
    """On a receipt that nobody has signed."""
    HELD = "held"
    RETURNED = "returned"
    DESTROYED = "destroyed"
    WITHDRAWN = "withdrawn"
    """Its case was cancelled before it was taken."""


class MediumMove(StrEnum):
    """What happens to a medium."""

    TAKE = "take"
    RETURN = "return"
    DESTROY = "destroy"
    WITHDRAW = "withdraw"


class MediumRole(StrEnum):
    """Whose medium it is."""

    ORIGINAL = "original"
    """The client's."""
    COPY = "copy"
    """The company's own, with an image of the client's data: it is destroyed, never given away."""


STAFF, CLIENT, PLATFORM = "staff", "client", "platform"
"""Who makes a move that belongs to one side."""

WITH_ORIGINALS: Final = frozenset(
    {
        RecoveryState.RECEIVED,
        RecoveryState.DIAGNOSED,
        RecoveryState.QUOTED,
        RecoveryState.APPROVED,
        RecoveryState.WORKING,
    }
)
"""States that mean nothing without a medium to work on: when the last one leaves, the case stops."""
ENDED: Final = frozenset({RecoveryState.ACCEPTED, RecoveryState.STOPPED})
"""Nothing is worked on any more; the media go back or are destroyed."""
OVER: Final = frozenset({RecoveryState.CLOSED, RecoveryState.CANCELLED})

STATE_NAMES: Final = {
    RecoveryState.OPENED: N_("待签收"),
    RecoveryState.RECEIVED: N_("已接收，待检测"),
    RecoveryState.DIAGNOSED: N_("已检测"),
    RecoveryState.QUOTED: N_("报价待同意"),
    RecoveryState.APPROVED: N_("已同意，待恢复"),
    RecoveryState.WORKING: N_("恢复中"),
    RecoveryState.REPORTED: N_("结果待验收"),
    RecoveryState.ACCEPTED: N_("已验收，待归还"),
    RecoveryState.STOPPED: N_("已中止，待归还"),
    RecoveryState.CLOSED: N_("已结案"),
    RecoveryState.CANCELLED: N_("已取消"),
}
STATE_TONES: Final = {
    RecoveryState.OPENED: "waiting",
    RecoveryState.RECEIVED: "active",
    RecoveryState.DIAGNOSED: "active",
    RecoveryState.QUOTED: "waiting",
    RecoveryState.APPROVED: "active",
    RecoveryState.WORKING: "active",
    RecoveryState.REPORTED: "waiting",
    RecoveryState.ACCEPTED: "good",
    RecoveryState.STOPPED: "waiting",
}
MEDIUM_STATE_NAMES: Final = {
    MediumState.LISTED: N_("待签收"),
    MediumState.HELD: N_("保管中"),
    MediumState.RETURNED: N_("已归还"),
    MediumState.DESTROYED: N_("已销毁"),
    MediumState.WITHDRAWN: N_("未接收"),
}
MEDIUM_TONES: Final = {MediumState.HELD: "active", MediumState.RETURNED: "good", MediumState.LISTED: "waiting"}
ROLE_NAMES: Final = {MediumRole.ORIGINAL: N_("客户介质"), MediumRole.COPY: N_("工作副本")}

RECOVERY_CASE: Final = StateMachine(
    record="recovery_case",
    columns=("recovery_case.state",),
    states=RecoveryState,
    started=frozenset({RecoveryState.OPENED}),
    moves={
        RecoveryMove.RECEIVE: transition({RecoveryState.OPENED}, RecoveryState.RECEIVED, side=STAFF),
        RecoveryMove.CANCEL: transition({RecoveryState.OPENED}, RecoveryState.CANCELLED, side=STAFF),
        RecoveryMove.DIAGNOSE: transition(
            {RecoveryState.RECEIVED, RecoveryState.DIAGNOSED}, RecoveryState.DIAGNOSED, side=STAFF
        ),
        RecoveryMove.QUOTE: transition({RecoveryState.DIAGNOSED}, RecoveryState.QUOTED, side=STAFF),
        RecoveryMove.APPROVE: transition({RecoveryState.QUOTED}, RecoveryState.APPROVED, side=PLATFORM),
        RecoveryMove.DECLINE: transition({RecoveryState.QUOTED}, RecoveryState.DIAGNOSED, side=PLATFORM),
        RecoveryMove.START: transition({RecoveryState.APPROVED}, RecoveryState.WORKING, side=STAFF),
        RecoveryMove.REPORT: transition({RecoveryState.WORKING}, RecoveryState.REPORTED, side=STAFF),
        RecoveryMove.ACCEPT: transition({RecoveryState.REPORTED}, RecoveryState.ACCEPTED, side=CLIENT),
        RecoveryMove.DISPUTE: transition({RecoveryState.REPORTED}, RecoveryState.WORKING, side=CLIENT),
        RecoveryMove.STOP: transition(set(WITH_ORIGINALS), RecoveryState.STOPPED),
        RecoveryMove.CLOSE: transition(set(ENDED), RecoveryState.CLOSED, side=PLATFORM),
    },
    refusal=RecoveryMoveRefused,
    state_names=STATE_NAMES,
    move_names={
        RecoveryMove.RECEIVE: N_("签收"),
        RecoveryMove.CANCEL: N_("取消"),
        RecoveryMove.DIAGNOSE: N_("填写检测结果"),
        RecoveryMove.QUOTE: N_("报价"),
        RecoveryMove.APPROVE: N_("客户同意报价"),
        RecoveryMove.DECLINE: N_("客户不同意报价"),
        RecoveryMove.START: N_("开始恢复"),
        RecoveryMove.REPORT: N_("提交结果"),
        RecoveryMove.ACCEPT: N_("验收"),
        RecoveryMove.DISPUTE: N_("退回结果"),
        RecoveryMove.STOP: N_("中止"),
        RecoveryMove.CLOSE: N_("结案"),
    },
)
RECOVERY_MEDIUM: Final = StateMachine(
    record="recovery_medium",
    columns=("recovery_medium.state",),
    states=MediumState,
    started=frozenset({MediumState.LISTED, MediumState.HELD}),
    moves={
        MediumMove.TAKE: transition({MediumState.LISTED}, MediumState.HELD),
        MediumMove.WITHDRAW: transition({MediumState.LISTED}, MediumState.WITHDRAWN),
        MediumMove.RETURN: transition({MediumState.HELD}, MediumState.RETURNED),
        MediumMove.DESTROY: transition({MediumState.HELD}, MediumState.DESTROYED),
    },
    refusal=MediumMoveRefused,
    state_names=MEDIUM_STATE_NAMES,
    move_names={
        MediumMove.TAKE: N_("签收"),
        MediumMove.WITHDRAW: N_("取消"),
        MediumMove.RETURN: N_("归还"),
        MediumMove.DESTROY: N_("销毁"),
    },
)
