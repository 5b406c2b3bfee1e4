"""States of a device file and the allowed transitions (D1)."""

from enum import StrEnum
from typing import Final

from app.assets.devices.errors import StateMoveRefused
from app.platform.kernel.state_machine import StateMachine, transition
from app.platform.kernel.texts import N_


class DeviceState(StrEnum):
    """The states of a device file."""

    IN_USE = "in_use"
    SPARE = "spare"
    IN_REPAIR = "in_repair"
    RETIRED = "retired"
    LOST = "lost"


STATE_NAMES: Final = {
    DeviceState.IN_USE: N_("在用"),
    DeviceState.SPARE: N_("备用"),
    DeviceState.IN_REPAIR: N_("维修中"),
    DeviceState.RETIRED: N_("已报废"),
    DeviceState.LOST: N_("已丢失"),
}


class DeviceMove(StrEnum):
    """A change of a device's state; people choose the state that it leads to."""

    USE = "use"
    STORE = "store"
    REPAIR = "repair"
    RETIRE = "retire"
    LOSE = "lose"


_S = DeviceState
_PRESENT = {_S.IN_USE, _S.SPARE, _S.IN_REPAIR}

DEVICE: Final = StateMachine(
    record="device",
    columns=("device.state",),
    states=DeviceState,
    started=frozenset(DeviceState),
    moves={
        # What was written off or lost comes back only by being found: nobody repairs or loses it where it is.
        DeviceMove.USE: transition({_S.SPARE, _S.IN_REPAIR, _S.RETIRED, _S.LOST}, _S.IN_USE),
        DeviceMove.STORE: transition({_S.IN_USE, _S.IN_REPAIR, _S.RETIRED, _S.LOST}, _S.SPARE),
        DeviceMove.REPAIR: transition({_S.IN_USE, _S.SPARE}, _S.IN_REPAIR),
        DeviceMove.RETIRE: transition({*_PRESENT, _S.LOST}, _S.RETIRED),
        DeviceMove.LOSE: transition(_PRESENT, _S.LOST),
    },
    refusal=StateMoveRefused,
    state_names=STATE_NAMES,
    next_moves={_S.IN_REPAIR: DeviceMove.USE},
)

RETIRED_OR_LOST: Final = frozenset({DeviceState.RETIRED, DeviceState.LOST})
"""States without a holder: the device has no reporter, its PIN is deleted and its label revoked."""


def may_become(before: str, after: str) -> bool:
    """Whether a device in state `before` may be put into state `after`; staying is always allowed."""
    return before == after or DEVICE.leads(before, after)
