"""States of a personal-data request. An export is done at once, an erasure by a worker."""

from enum import StrEnum
from typing import Final

from app.platform.kernel.state_machine import StateMachine, transition
from app.platform.kernel.texts import N_


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


class ClientErasureState(StrEnum):
    """Where a request to forget a company stands."""

    REQUESTED = "requested"
    RUNNING = "running"
    """Nothing was open; its people are erased one by one."""
    REFUSED = "refused"
    """Something had begun since it was asked for."""
    DONE = "done"


class ClientErasureMove(StrEnum):
    """What becomes of it."""

    BEGIN = "begin"
    REFUSE = "refuse"
    FINISH = "finish"


_C = ClientErasureState
CLIENT_ERASURE_STATE_NAMES: Final = {
    _C.REQUESTED: N_("等待处理"),
    _C.RUNNING: N_("正在删除"),
    _C.REFUSED: N_("没有执行"),
    _C.DONE: N_("已删除"),
}
CLIENT_ERASURE_TONES: Final = {_C.REQUESTED: "waiting", _C.RUNNING: "active", _C.REFUSED: "bad", _C.DONE: "good"}
UNDER_WAY: Final = (_C.REQUESTED, _C.RUNNING)
CLIENT_ERASURE: Final = StateMachine(
    record="client_erasure",
    columns=("client_erasure.state",),
    states=ClientErasureState,
    started=frozenset({_C.REQUESTED}),
    moves={
        ClientErasureMove.BEGIN: transition({_C.REQUESTED}, _C.RUNNING),
        ClientErasureMove.REFUSE: transition({_C.REQUESTED}, _C.REFUSED),
        ClientErasureMove.FINISH: transition({_C.RUNNING}, _C.DONE),
    },
    state_names=CLIENT_ERASURE_STATE_NAMES,
    move_names={
        ClientErasureMove.BEGIN: N_("开始删除"),
        ClientErasureMove.REFUSE: N_("不执行"),
        ClientErasureMove.FINISH: N_("完成"),
    },
)
"""The worker locks a request and looks at its state; nobody is refused."""
