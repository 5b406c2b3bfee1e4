"""The life of a partner as data: the steps, what each may start from and where it ends (N1).

An application is applied, then approved or rejected. An approved partner becomes trial or active once its tenant
stands; trial and active partners can be suspended (read-only, data kept) and come back. A terminated partner takes its
records along until the retention ends; until then headquarters can still go back to the suspension. Then its records
are erased, which takes its time and is never undone.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from app.platform.kernel.state_machine import StateMachine, transition
from tenants.partners.errors import ApplicationMoveRefused, PartnerMoveRefused


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


class ApplicationStep(StrEnum):
    """What can be done to an application."""

    APPROVE = "approve"
    REJECT = "reject"


class Step(StrEnum):
    """What can be done to a partner."""

    BEGIN_TRIAL = "begin_trial"
    BEGIN_ACTIVE = "begin_active"
    ACTIVATE = "activate"
    SUSPEND = "suspend"
    REACTIVATE = "reactivate"
    TERMINATE = "terminate"
    REINSTATE = "reinstate"
    BEGIN_ERASURE = "begin_erasure"
    COMPLETE_ERASURE = "complete_erasure"


_S = PartnerState

APPLICATION: Final = StateMachine(
    record="application",
    columns=("partner_application.state",),
    states=ApplicationState,
    started=frozenset({ApplicationState.APPLIED}),
    moves={
        ApplicationStep.APPROVE: transition({ApplicationState.APPLIED}, ApplicationState.APPROVED),
        ApplicationStep.REJECT: transition({ApplicationState.APPLIED}, ApplicationState.REJECTED),
    },
    refusal=ApplicationMoveRefused,
)

PARTNER: Final = StateMachine(
    record="partner",
    columns=("partner.state", "tenant.state"),
    states=PartnerState,
    started=frozenset({_S.APPROVED}),
    moves={
        Step.BEGIN_TRIAL: transition({_S.APPROVED}, _S.TRIAL),
        Step.BEGIN_ACTIVE: transition({_S.APPROVED}, _S.ACTIVE),
        Step.ACTIVATE: transition({_S.TRIAL}, _S.ACTIVE),
        Step.SUSPEND: transition({_S.TRIAL, _S.ACTIVE}, _S.SUSPENDED),
        Step.REACTIVATE: transition({_S.SUSPENDED}, _S.ACTIVE),
        Step.TERMINATE: transition({_S.TRIAL, _S.ACTIVE, _S.SUSPENDED}, _S.TERMINATED),
        Step.REINSTATE: transition({_S.TERMINATED}, _S.SUSPENDED),
        Step.BEGIN_ERASURE: transition({_S.TERMINATED}, _S.ERASING),
        Step.COMPLETE_ERASURE: transition({_S.ERASING}, _S.ERASED),
    },
    refusal=PartnerMoveRefused,
    next_moves={_S.TRIAL: Step.ACTIVATE, _S.SUSPENDED: Step.REACTIVATE},
)
"""`tenant.state` follows the partner's; a tenant that is being restored from an archive is `restoring` meanwhile."""

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
