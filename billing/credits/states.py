"""The life of a credit for a missed promise."""

from enum import StrEnum
from typing import Final

from app.platform.kernel.state_machine import StateMachine, transition
from app.platform.kernel.texts import N_
from billing.credits.errors import ServiceCreditMoveRefused


class CreditState(StrEnum):
    """What became of a credit."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    """Charged with the opposite sign: it is on the next invoice."""
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    """The breach does not count by agreement."""


class CreditMove(StrEnum):
    """What happens to a credit."""

    APPROVE = "approve"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


CREDIT_STATE_NAMES: Final = {
    CreditState.PROPOSED: N_("待审批"),
    CreditState.APPROVED: N_("已批准"),
    CreditState.DECLINED: N_("不赔付"),
    CreditState.WITHDRAWN: N_("已撤回"),
}
CREDIT_TONES: Final = {CreditState.PROPOSED: "waiting", CreditState.APPROVED: "good"}

SERVICE_CREDIT: Final = StateMachine(
    record="service_credit",
    columns=("service_credit.state", "service_credit_notice.state"),
    states=CreditState,
    started=frozenset({CreditState.PROPOSED}),
    moves={
        CreditMove.APPROVE: transition({CreditState.PROPOSED}, CreditState.APPROVED),
        CreditMove.DECLINE: transition({CreditState.PROPOSED}, CreditState.DECLINED),
        CreditMove.WITHDRAW: transition({CreditState.PROPOSED, CreditState.APPROVED}, CreditState.WITHDRAWN),
    },
    refusal=ServiceCreditMoveRefused,
    state_names=CREDIT_STATE_NAMES,
    move_names={
        CreditMove.APPROVE: N_("批准"),
        CreditMove.DECLINE: N_("不批准"),
        CreditMove.WITHDRAW: N_("撤回"),
    },
)
