"""The lives of contracts, their versions, and the milestones of projects."""

from enum import StrEnum
from typing import Final

from app.platform.kernel.state_machine import StateMachine, transition
from app.platform.kernel.texts import N_
from billing.contracts.errors import ContractMoveRefused, ContractVersionMoveRefused, MilestoneMoveRefused


class ContractState(StrEnum):
    """Where a contract stands."""

    DRAFT = "draft"
    OFFERED = "offered"
    """The client has it and has not answered."""
    ACCEPTED = "accepted"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"
    DISCARDED = "discarded"


class ContractMove(StrEnum):
    """What happens to a contract."""

    OFFER = "offer"
    TAKE_BACK = "take_back"
    """The client declined, or the offer was withdrawn: it is written again."""
    ACCEPT = "accept"
    ACTIVATE = "activate"
    SUSPEND = "suspend"
    RESUME = "resume"
    END = "end"
    DISCARD = "discard"


_S = ContractState
RUNNING: Final = (ContractState.ACTIVE, ContractState.SUSPENDED)
"""What was signed and is not over."""
BEFORE_SIGNING: Final = (ContractState.DRAFT, ContractState.OFFERED, ContractState.ACCEPTED)

CONTRACT_STATE_NAMES: Final = {
    ContractState.DRAFT: N_("草稿"),
    ContractState.OFFERED: N_("待客户确认"),
    ContractState.ACCEPTED: N_("客户已确认"),
    ContractState.ACTIVE: N_("生效中"),
    ContractState.SUSPENDED: N_("暂停中"),
    ContractState.ENDED: N_("已结束"),
    ContractState.DISCARDED: N_("已作废"),
}
CONTRACT_MACHINE: Final = StateMachine(
    record="contract",
    columns=("contract.state", "contract_standing.state"),
    states=ContractState,
    started=frozenset({_S.DRAFT}),
    moves={
        ContractMove.OFFER: transition({_S.DRAFT}, _S.OFFERED),
        ContractMove.TAKE_BACK: transition({_S.OFFERED, _S.ACCEPTED}, _S.DRAFT),
        ContractMove.ACCEPT: transition({_S.OFFERED}, _S.ACCEPTED),
        ContractMove.ACTIVATE: transition({_S.ACCEPTED}, _S.ACTIVE),
        ContractMove.SUSPEND: transition({_S.ACTIVE}, _S.SUSPENDED),
        ContractMove.RESUME: transition({_S.SUSPENDED}, _S.ACTIVE),
        ContractMove.END: transition({_S.ACTIVE, _S.SUSPENDED}, _S.ENDED),
        ContractMove.DISCARD: transition({_S.DRAFT}, _S.DISCARDED),
    },
    refusal=ContractMoveRefused,
    state_names=CONTRACT_STATE_NAMES,
    move_names={
        ContractMove.OFFER: N_("提交给客户"),
        ContractMove.TAKE_BACK: N_("退回草稿"),
        ContractMove.ACCEPT: N_("客户接受"),
        ContractMove.ACTIVATE: N_("生效"),
        ContractMove.SUSPEND: N_("暂停"),
        ContractMove.RESUME: N_("恢复执行"),
        ContractMove.END: N_("结束合同"),
        ContractMove.DISCARD: N_("作废草稿"),
    },
    next_moves={
        _S.DRAFT: ContractMove.OFFER,
        _S.ACCEPTED: ContractMove.ACTIVATE,
        _S.SUSPENDED: ContractMove.RESUME,
    },
)


class VersionState(StrEnum):
    """Where a version of a contract stands."""

    DRAFT = "draft"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    IN_FORCE = "in_force"
    REPLACED = "replaced"
    """A later version holds from its day on; for the days before, this one still answers."""
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class VersionMove(StrEnum):
    """What happens to a version."""

    OFFER = "offer"
    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    BRING_INTO_FORCE = "bring_into_force"
    REPLACE = "replace"


_V = VersionState
OPEN_VERSION: Final = (VersionState.DRAFT, VersionState.OFFERED, VersionState.ACCEPTED)
"""Being agreed: a contract has one such version at most."""
AGREED_VERSION: Final = (VersionState.IN_FORCE, VersionState.REPLACED)
"""Holds on some days."""

VERSION_STATE_NAMES: Final = {
    VersionState.DRAFT: N_("草稿"),
    VersionState.OFFERED: N_("待客户确认"),
    VersionState.ACCEPTED: N_("客户已确认"),
    VersionState.IN_FORCE: N_("执行中"),
    VersionState.REPLACED: N_("已有新版本"),
    VersionState.DECLINED: N_("客户未接受"),
    VersionState.WITHDRAWN: N_("已撤回"),
}
VERSION_MACHINE: Final = StateMachine(
    record="contract_version",
    columns=("contract_version.state",),
    states=VersionState,
    # A contract that goes on by itself does so by a version that both sides agreed on before.
    started=frozenset({_V.DRAFT, _V.IN_FORCE}),
    moves={
        VersionMove.OFFER: transition({_V.DRAFT}, _V.OFFERED),
        VersionMove.ACCEPT: transition({_V.OFFERED}, _V.ACCEPTED),
        VersionMove.DECLINE: transition({_V.OFFERED}, _V.DECLINED),
        VersionMove.WITHDRAW: transition({_V.DRAFT, _V.OFFERED, _V.ACCEPTED}, _V.WITHDRAWN),
        VersionMove.BRING_INTO_FORCE: transition({_V.ACCEPTED}, _V.IN_FORCE),
        VersionMove.REPLACE: transition({_V.IN_FORCE}, _V.REPLACED),
    },
    refusal=ContractVersionMoveRefused,
    state_names=VERSION_STATE_NAMES,
    move_names={
        VersionMove.OFFER: N_("提交给客户"),
        VersionMove.ACCEPT: N_("客户接受"),
        VersionMove.DECLINE: N_("客户不接受"),
        VersionMove.WITHDRAW: N_("撤回"),
        VersionMove.BRING_INTO_FORCE: N_("开始执行"),
        VersionMove.REPLACE: N_("被新版本接替"),
    },
)


class MilestoneState(StrEnum):
    """Where a part of a project stands."""

    OPEN = "open"
    REPORTED = "reported"
    """Said to be done; the client has not accepted it."""
    ACCEPTED = "accepted"


class MilestoneMove(StrEnum):
    """What happens to a milestone."""

    REPORT = "report"
    REOPEN = "reopen"
    DECLINE = "decline"
    """The client says what is missing, or nothing in time."""
    ACCEPT = "accept"


_M = MilestoneState
MILESTONE_STATE_NAMES: Final = {
    MilestoneState.OPEN: N_("待完成"),
    MilestoneState.REPORTED: N_("待客户验收"),
    MilestoneState.ACCEPTED: N_("已验收"),
}
NOT_ANSWERED: Final = "not_answered"
"""Why an offer is withdrawn, or a milestone open again, of which the client said nothing in time."""
MILESTONE_REASON_NAMES: Final = {NOT_ANSWERED: N_("客户没有在期限内答复")}
"""Reasons that the program gives; what the client wrote stands as it is."""
MILESTONE_MACHINE: Final = StateMachine(
    record="contract_milestone",
    columns=("contract_milestone.state",),
    states=MilestoneState,
    started=frozenset({_M.OPEN}),
    moves={
        MilestoneMove.REPORT: transition({_M.OPEN}, _M.REPORTED),
        MilestoneMove.REOPEN: transition({_M.REPORTED}, _M.OPEN),
        MilestoneMove.DECLINE: transition({_M.REPORTED}, _M.OPEN),
        MilestoneMove.ACCEPT: transition({_M.REPORTED}, _M.ACCEPTED),
    },
    refusal=MilestoneMoveRefused,
    state_names=MILESTONE_STATE_NAMES,
    move_names={
        MilestoneMove.REPORT: N_("报告完成"),
        MilestoneMove.REOPEN: N_("退回继续做"),
        MilestoneMove.DECLINE: N_("客户不验收"),
        MilestoneMove.ACCEPT: N_("客户验收"),
    },
)
