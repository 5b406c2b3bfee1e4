"""The life of a payout, as the provider tells it."""

from enum import StrEnum
from typing import Final

from app.platform.kernel.state_machine import StateMachine, transition
from app.platform.kernel.texts import N_
from billing.payments.payouts.errors import PayoutMoveRefused


class PayoutState(StrEnum):
    """Whether the money is at the bank."""

    ON_ITS_WAY = "on_its_way"
    PAID = "paid"
    FAILED = "failed"
    """The bank has sent it back, even days after it seemed paid."""


class PayoutMove(StrEnum):
    """What happens to a payout."""

    PAY = "pay"
    FAIL = "fail"


PAYOUT_STATE_NAMES: Final = {
    PayoutState.ON_ITS_WAY: N_("打款中"),
    PayoutState.PAID: N_("已到账"),
    PayoutState.FAILED: N_("未到账，已退回"),
}
PAYOUT_TONES: Final = {PayoutState.ON_ITS_WAY: "waiting", PayoutState.PAID: "good", PayoutState.FAILED: "bad"}
PAYOUT: Final = StateMachine(
    record="payout",
    columns=("payout.state",),
    states=PayoutState,
    started=frozenset({PayoutState.ON_ITS_WAY}),
    moves={
        PayoutMove.PAY: transition({PayoutState.ON_ITS_WAY}, PayoutState.PAID),
        PayoutMove.FAIL: transition({PayoutState.ON_ITS_WAY, PayoutState.PAID}, PayoutState.FAILED),
    },
    refusal=PayoutMoveRefused,
    state_names=PAYOUT_STATE_NAMES,
    move_names={PayoutMove.PAY: N_("到账"), PayoutMove.FAIL: N_("退回")},
)
