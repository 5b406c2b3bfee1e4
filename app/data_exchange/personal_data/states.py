"""States of a personal-data request. An export is done at once, an erasure by a worker."""

from enum import StrEnum
from typing import Final

from app.platform.kernel.state_machine import StateMachine, transition


class RequestState(StrEnum):
    """Where a request stands."""

    REQUESTED = "requested"
    DONE = "done"


class RequestMove(StrEnum):
    """What becomes of a request."""

    CARRY_OUT = "carry_out"


PERSONAL_DATA_REQUEST: Final = StateMachine(
    record="personal_data_request",
    columns=("personal_data_request.state",),
    states=RequestState,
    started=frozenset(RequestState),
    moves={RequestMove.CARRY_OUT: transition({RequestState.REQUESTED}, RequestState.DONE)},
)
"""The worker locks a request only while it is requested, so nobody is refused."""
