"""States of members and reporters."""

from enum import StrEnum
from typing import Final

from app.platform.kernel.state_machine import StateMachine, transition


class MemberState(StrEnum):
    """A suspended member cannot sign in and keeps the roles."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


class MemberMove(StrEnum):
    """What an administrator can do with a member."""

    SUSPEND = "suspend"
    REACTIVATE = "reactivate"


class ReporterState(StrEnum):
    """An inactive reporter cannot sign in."""

    ACTIVE = "active"
    INACTIVE = "inactive"


class ReporterMove(StrEnum):
    """A reporter follows the employee whose reporter it is."""

    DEACTIVATE = "deactivate"
    REACTIVATE = "reactivate"


MEMBER: Final = StateMachine(
    record="member",
    columns=("membership.state",),
    states=MemberState,
    started=frozenset({MemberState.ACTIVE}),
    moves={
        MemberMove.SUSPEND: transition({MemberState.ACTIVE}, MemberState.SUSPENDED),
        MemberMove.REACTIVATE: transition({MemberState.SUSPENDED}, MemberState.ACTIVE),
    },
)
"""Suspending twice changes nothing the second time and is not refused."""

REPORTER: Final = StateMachine(
    record="reporter",
    columns=("reporter.state",),
    states=ReporterState,
    started=frozenset({ReporterState.ACTIVE}),
    moves={
        ReporterMove.DEACTIVATE: transition({ReporterState.ACTIVE}, ReporterState.INACTIVE),
        ReporterMove.REACTIVATE: transition({ReporterState.INACTIVE}, ReporterState.ACTIVE),
    },
)
"""Nobody is refused: the employee's state is written over it."""
