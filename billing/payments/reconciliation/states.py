"""Kinds of findings, and the life of one."""

from enum import StrEnum
from typing import Final

from app.platform.kernel.state_machine import StateMachine, transition
from app.platform.kernel.texts import N_
from billing.payments.reconciliation.errors import FindingMoveRefused


class Subject(StrEnum):
    """What money moved for."""

    PAYMENT = "payment"
    REFUND = "refund"
    DISPUTE = "dispute"
    PAYOUT = "payout"
    OTHER = "other"
    """Nothing that we keep: a fee of the provider's by the month, a correction of its own."""


class FindingKind(StrEnum):
    """How the two books differ."""

    MISSING_HERE = "missing_here"
    MISSING_THERE = "missing_there"
    AMOUNT_DIFFERS = "amount_differs"
    FEE_DIFFERS = "fee_differs"
    APPLICATION_FEE_DIFFERS = "application_fee_differs"
    """Headquarters kept something else than was asked for with the checkout."""
    PAYOUT_DIFFERS = "payout_differs"


class FindingState(StrEnum):
    """Whether somebody still has to look at it."""

    OPEN = "open"
    SETTLED = "settled"


class FindingMove(StrEnum):
    """What happens to a finding."""

    SETTLE = "settle"
    REOPEN = "reopen"
    """The books differ again, or by another amount."""


AGREES: Final = "agrees"
"""Why a finding is settled of which nobody has to say anything."""
REASON_NAMES: Final = {AGREES: N_("两边已经一致")}
"""Reasons that the program gives; what a person wrote stands as it is."""
SUBJECT_NAMES: Final = {
    Subject.PAYMENT: N_("收款"),
    Subject.REFUND: N_("退款"),
    Subject.DISPUTE: N_("付款争议"),
    Subject.PAYOUT: N_("结算款"),
    Subject.OTHER: N_("其他"),
}
KIND_NAMES: Final = {
    FindingKind.MISSING_HERE: N_("我们没有这一笔"),
    FindingKind.MISSING_THERE: N_("支付平台没有这一笔"),
    FindingKind.AMOUNT_DIFFERS: N_("金额不同"),
    FindingKind.FEE_DIFFERS: N_("手续费不同"),
    FindingKind.APPLICATION_FEE_DIFFERS: N_("平台服务费不同"),
    FindingKind.PAYOUT_DIFFERS: N_("结算款不同"),
}
STATE_NAMES: Final = {FindingState.OPEN: N_("待查明"), FindingState.SETTLED: N_("已处理")}
STATE_TONES: Final = {FindingState.OPEN: "bad", FindingState.SETTLED: "good"}
FINDING: Final = StateMachine(
    record="reconciliation_finding",
    columns=("reconciliation_finding.state",),
    states=FindingState,
    started=frozenset({FindingState.OPEN}),
    moves={
        FindingMove.SETTLE: transition({FindingState.OPEN}, FindingState.SETTLED),
        FindingMove.REOPEN: transition({FindingState.SETTLED}, FindingState.OPEN),
    },
    refusal=FindingMoveRefused,
    state_names=STATE_NAMES,
    move_names={FindingMove.SETTLE: N_("处理完"), FindingMove.REOPEN: N_("又不一致")},
)
