"""The life of an approval as data."""

from enum import StrEnum
from typing import Final

from app.people.approvals.errors import ApprovalMoveRefused
from app.platform.kernel.state_machine import StateMachine, transition
from app.platform.kernel.texts import N_


class ApprovalState(StrEnum):
    """Where an approval stands."""

    REQUESTED = "requested"
    FIRST_APPROVED = "first_approved"
    """One has approved; above the limit a second person is needed."""
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    VOID = "void"
    """The record is no longer what was asked about."""


class ApprovalMove(StrEnum):
    """What can be done with an approval."""

    APPROVE_FIRST = "approve_first"
    APPROVE = "approve"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    MAKE_VOID = "make_void"


_S = ApprovalState
_M = ApprovalMove

WAITING: Final = frozenset({_S.REQUESTED, _S.FIRST_APPROVED})

STATE_NAMES: Final = {
    _S.REQUESTED: N_("待审批"),
    _S.FIRST_APPROVED: N_("待第二人审批"),
    _S.APPROVED: N_("已同意"),
    _S.DECLINED: N_("已拒绝"),
    _S.WITHDRAWN: N_("已撤回"),
    _S.EXPIRED: N_("已过期"),
    _S.VOID: N_("内容已变，作废"),
}

OUTCOME_NOTICES: Final = {
    _S.APPROVED: N_("%(person)s 同意了您提交的%(subject)s。"),
    _S.DECLINED: N_("%(person)s 拒绝了您提交的%(subject)s：%(reason)s"),
    _S.EXPIRED: N_("您提交的%(subject)s没有人及时审批，已过期。"),
    _S.VOID: N_("您提交的%(subject)s在审批前内容有了变动，已作废，请重新提交。"),
}
"""What whoever asked is told of the end."""

MOVE_ACTIONS: Final = {
    _M.APPROVE_FIRST: "approval.first_approved",
    _M.APPROVE: "approval.approved",
    _M.DECLINE: "approval.declined",
    _M.WITHDRAW: "approval.withdrawn",
    _M.EXPIRE: "approval.expired",
    _M.MAKE_VOID: "approval.voided",
}
"""What the audit log calls each move."""

APPROVAL: Final = StateMachine(
    record="approval",
    columns=("approval.state",),
    states=ApprovalState,
    started=frozenset({_S.REQUESTED}),
    moves={
        _M.APPROVE_FIRST: transition({_S.REQUESTED}, _S.FIRST_APPROVED),
        _M.APPROVE: transition({_S.REQUESTED, _S.FIRST_APPROVED}, _S.APPROVED),
        _M.DECLINE: transition({_S.REQUESTED, _S.FIRST_APPROVED}, _S.DECLINED),
        _M.WITHDRAW: transition({_S.REQUESTED, _S.FIRST_APPROVED}, _S.WITHDRAWN),
        _M.EXPIRE: transition({_S.REQUESTED, _S.FIRST_APPROVED}, _S.EXPIRED),
        _M.MAKE_VOID: transition({_S.REQUESTED, _S.FIRST_APPROVED}, _S.VOID),
    },
    refusal=ApprovalMoveRefused,
    state_names=STATE_NAMES,
)
