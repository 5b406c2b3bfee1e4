"""Levels, skill grades and states of engineers, with their labels."""

from enum import IntEnum, StrEnum
from typing import Final

from app.platform.kernel.state_machine import StateMachine, transition
from app.platform.kernel.texts import N_


class EngineerLevel(StrEnum):
    """The network's grading standard [S1 §6.4]."""

    JUNIOR = "junior"
    MIDDLE = "middle"
    SENIOR = "senior"


class SkillGrade(IntEnum):
    """How well an engineer masters a product category."""

    KNOWS = 1
    WORKS_ALONE = 2
    MASTERS = 3


class EngineerState(StrEnum):
    """Whether work may be assigned."""

    ACTIVE = "active"
    INACTIVE = "inactive"


class EngineerMove(StrEnum):
    """What a partner can do with an engineer's state."""

    DEACTIVATE = "deactivate"
    REACTIVATE = "reactivate"


ENGINEER: Final = StateMachine(
    record="engineer",
    columns=("engineer.state",),
    states=EngineerState,
    started=frozenset(EngineerState),
    moves={
        EngineerMove.DEACTIVATE: transition({EngineerState.ACTIVE}, EngineerState.INACTIVE),
        EngineerMove.REACTIVATE: transition({EngineerState.INACTIVE}, EngineerState.ACTIVE),
    },
)
"""Nobody is refused: a form may choose the present state again, and membership decides with it."""

LEVEL_NAMES: Final = {
    EngineerLevel.JUNIOR: N_("初级工程师"),
    EngineerLevel.MIDDLE: N_("中级工程师"),
    EngineerLevel.SENIOR: N_("高级工程师"),
}

GRADE_NAMES: Final = {
    SkillGrade.KNOWS: N_("了解"),
    SkillGrade.WORKS_ALONE: N_("能独立处理"),
    SkillGrade.MASTERS: N_("精通"),
}

ENGINEER_ROLES: Final = frozenset({"engineer", "team_leader"})
"""System roles whose holders are engineers."""
