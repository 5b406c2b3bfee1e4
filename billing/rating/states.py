"""The life of a rating run."""

from enum import StrEnum
from typing import Final

from app.platform.kernel.state_machine import StateMachine, transition
from app.platform.kernel.texts import N_
from billing.rating.errors import RatingRunMoveRefused


class RunState(StrEnum):
    """Whether something is left to walk through."""

    RUNNING = "running"
    DONE = "done"


class RunMove(StrEnum):
    """What happens to a run."""

    FINISH = "finish"
    REPEAT = "repeat"


RUN_STATE_NAMES: Final = {RunState.RUNNING: N_("计费中"), RunState.DONE: N_("已完成")}
RATING_RUN_MACHINE: Final = StateMachine(
    record="rating_run",
    columns=("rating_run.state",),
    states=RunState,
    started=frozenset({RunState.RUNNING}),
    moves={
        RunMove.FINISH: transition({RunState.RUNNING}, RunState.DONE),
        RunMove.REPEAT: transition({RunState.DONE}, RunState.RUNNING),
    },
    refusal=RatingRunMoveRefused,
    state_names=RUN_STATE_NAMES,
    move_names={RunMove.FINISH: N_("完成"), RunMove.REPEAT: N_("重新计费")},
)
