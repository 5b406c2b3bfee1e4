"""The perils that are covered, and the lives of policies and of devices under them."""

from enum import StrEnum
from typing import Final

from app.platform.kernel.state_machine import StateMachine, transition
from app.platform.kernel.texts import N_
from billing.insurance.errors import PolicyMoveRefused


class Peril(StrEnum):
    """What a device is insured against."""

    FLOOD = "flood"
    LIGHTNING = "lightning"
    FIRE = "fire"
    TYPHOON = "typhoon"
    ACCIDENT = "accident"


class PolicyState(StrEnum):
    """How far a policy is."""

    DRAFT = "draft"
    ACTIVE = "active"
    """It covers its devices from its first day, and is renewed each period."""
    ENDING = "ending"
    """It runs until its last day is over."""
    ENDED = "ended"
    CANCELLED = "cancelled"
    """It never began."""


class PolicyMove(StrEnum):
    """What happens to a policy."""

    ACTIVATE = "activate"
    CANCEL = "cancel"
    END = "end"
    """Name the last day, or another one."""
    FINISH = "finish"
    """The last day is over, or no device is left."""


class EndReason(StrEnum):
    """Why a device left a policy."""

    REMOVED = "removed"
    RETIRED = "retired"
    POLICY_ENDED = "policy_ended"


STAFF, PLATFORM = "staff", "platform"
"""Who makes a move."""
RUNNING: Final = (PolicyState.ACTIVE, PolicyState.ENDING)
OPEN: Final = (PolicyState.DRAFT, *RUNNING)

PERIL_NAMES: Final = {
    Peril.FLOOD: N_("水灾"),
    Peril.LIGHTNING: N_("雷击"),
    Peril.FIRE: N_("火灾"),
    Peril.TYPHOON: N_("台风"),
    Peril.ACCIDENT: N_("意外损坏"),
}
STATE_NAMES: Final = {
    PolicyState.DRAFT: N_("草稿"),
    PolicyState.ACTIVE: N_("承保中"),
    PolicyState.ENDING: N_("即将终止"),
    PolicyState.ENDED: N_("已终止"),
    PolicyState.CANCELLED: N_("已作废"),
}
STATE_TONES: Final = {
    PolicyState.DRAFT: "waiting",
    PolicyState.ACTIVE: "good",
    PolicyState.ENDING: "active",
}
END_REASON_NAMES: Final = {
    EndReason.REMOVED: N_("退保"),
    EndReason.RETIRED: N_("设备停用"),
    EndReason.POLICY_ENDED: N_("保单终止"),
}

POLICY_MACHINE: Final = StateMachine(
    record="insurance_policy",
    columns=("insurance_policy.state",),
    states=PolicyState,
    started=frozenset({PolicyState.DRAFT}),
    moves={
        PolicyMove.ACTIVATE: transition({PolicyState.DRAFT}, PolicyState.ACTIVE, side=STAFF),
        PolicyMove.CANCEL: transition({PolicyState.DRAFT}, PolicyState.CANCELLED, side=STAFF),
        PolicyMove.END: transition({PolicyState.ACTIVE, PolicyState.ENDING}, PolicyState.ENDING, side=STAFF),
        PolicyMove.FINISH: transition({PolicyState.ACTIVE, PolicyState.ENDING}, PolicyState.ENDED, side=PLATFORM),
    },
    refusal=PolicyMoveRefused,
    state_names=STATE_NAMES,
    move_names={
        PolicyMove.ACTIVATE: N_("生效"),
        PolicyMove.CANCEL: N_("作废"),
        PolicyMove.END: N_("终止"),
        PolicyMove.FINISH: N_("期满"),
    },
)
