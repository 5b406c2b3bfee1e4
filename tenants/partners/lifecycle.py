"""The life of a partner as data: the steps, what each may start from and where it ends (N1).

An application is applied, then approved or rejected. An approved partner becomes trial or active once its tenant
stands; trial and active partners can be suspended (read-only, data kept) and come back. A terminated partner takes its
records along until the retention ends; until then headquarters can still go back to the suspension. Then its records
are erased, which takes its time and is never undone.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from tenants.partners.errors import IllegalTransition


class ApplicationState(StrEnum):
    """Where an application stands."""

    APPLIED = "applied"
    APPROVED = "approved"
    REJECTED = "rejected"


class PartnerState(StrEnum):
    """Where a partner stands. `approved` lasts until the tenant has been provisioned."""

    APPROVED = "approved"
    TRIAL = "trial"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"
    ERASING = "erasing"
    ERASED = "erased"


class Step(StrEnum):
    """What can be done to an application or a partner."""

    APPROVE = "approve"
    REJECT = "reject"
    BEGIN_TRIAL = "begin_trial"
    BEGIN_ACTIVE = "begin_active"
    ACTIVATE = "activate"
    SUSPEND = "suspend"
    REACTIVATE = "reactivate"
    TERMINATE = "terminate"
    REINSTATE = "reinstate"
    BEGIN_ERASURE = "begin_erasure"
    COMPLETE_ERASURE = "complete_erasure"


class Transition(NamedTuple):
    """From any of `before` to `after`."""

    before: frozenset[str]
    after: str


TRANSITIONS: Final[Mapping[Step, Transition]] = MappingProxyType(
    {
        Step.APPROVE: Transition(frozenset({ApplicationState.APPLIED}), ApplicationState.APPROVED),
        Step.REJECT: Transition(frozenset({ApplicationState.APPLIED}), ApplicationState.REJECTED),
        Step.BEGIN_TRIAL: Transition(frozenset({PartnerState.APPROVED}), PartnerState.TRIAL),
        Step.BEGIN_ACTIVE: Transition(frozenset({PartnerState.APPROVED}), PartnerState.ACTIVE),
        Step.ACTIVATE: Transition(frozenset({PartnerState.TRIAL}), PartnerState.ACTIVE),
        Step.SUSPEND: Transition(frozenset({PartnerState.TRIAL, PartnerState.ACTIVE}), PartnerState.SUSPENDED),
        Step.REACTIVATE: Transition(frozenset({PartnerState.SUSPENDED}), PartnerState.ACTIVE),
        Step.TERMINATE: Transition(
            frozenset({PartnerState.TRIAL, PartnerState.ACTIVE, PartnerState.SUSPENDED}), PartnerState.TERMINATED
        ),
        Step.REINSTATE: Transition(frozenset({PartnerState.TERMINATED}), PartnerState.SUSPENDED),
        Step.BEGIN_ERASURE: Transition(frozenset({PartnerState.TERMINATED}), PartnerState.ERASING),
        Step.COMPLETE_ERASURE: Transition(frozenset({PartnerState.ERASING}), PartnerState.ERASED),
    }
)

STEP_ACTIONS: Final[Mapping[Step, str]] = MappingProxyType(
    {
        Step.ACTIVATE: "partner.activated",
        Step.SUSPEND: "partner.suspended",
        Step.REACTIVATE: "partner.reactivated",
        Step.TERMINATE: "partner.terminated",
        Step.REINSTATE: "partner.reinstated",
    }
)
"""What the audit log calls the steps that somebody at headquarters takes with a partner."""

FIRST_STEPS: Final = MappingProxyType(
    {PartnerState.TRIAL.value: Step.BEGIN_TRIAL, PartnerState.ACTIVE.value: Step.BEGIN_ACTIVE}
)
"""By the state that an approval names to begin with."""

LISTED_STATES: Final = (PartnerState.TRIAL, PartnerState.ACTIVE)
"""States in which the public directory shows a partner."""

SHORTEST_RETENTION_DAYS: Final = 30
LONGEST_RETENTION_DAYS: Final = 3650

LOWEST_STAR_LEVEL: Final = 1
HIGHEST_STAR_LEVEL: Final = 5


class TransitionKind(StrEnum):
    """What a row of `partner_transition` tells about."""

    APPLICATION = "application"
    STATE = "state"
    STAR_LEVEL = "star_level"
    TERRITORY = "territory"
    AUTHORISATIONS = "authorisations"


def state_after(before: str, step: Step) -> str:
    """Where `step` leads from state `before`.

    Raises:
        IllegalTransition: when it cannot be taken from there.
    """
    transition = TRANSITIONS[step]
    if before not in transition.before:
        raise IllegalTransition
    return transition.after
