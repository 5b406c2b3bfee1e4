"""States of a device file and the allowed transitions (D1)."""

from enum import StrEnum
from typing import Final

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

TRANSITIONS: Final = {
    DeviceState.IN_USE: {DeviceState.SPARE, DeviceState.IN_REPAIR, DeviceState.RETIRED, DeviceState.LOST},
    DeviceState.SPARE: {DeviceState.IN_USE, DeviceState.IN_REPAIR, DeviceState.RETIRED, DeviceState.LOST},
    DeviceState.IN_REPAIR: {DeviceState.IN_USE, DeviceState.SPARE, DeviceState.RETIRED, DeviceState.LOST},
    # What was written off or lost comes back only by being found: nobody repairs or loses it where it is.
    DeviceState.RETIRED: {DeviceState.IN_USE, DeviceState.SPARE},
    DeviceState.LOST: {DeviceState.IN_USE, DeviceState.SPARE, DeviceState.RETIRED},
}

RETIRED_OR_LOST: Final = frozenset({DeviceState.RETIRED, DeviceState.LOST})
"""States without a holder: the device has no reporter, its PIN is deleted and its label revoked."""


def may_become(before: str, after: str) -> bool:
    """Whether a device in state `before` may be put into state `after`; staying is always allowed."""
    return before == after or DeviceState(after) in TRANSITIONS[DeviceState(before)]
