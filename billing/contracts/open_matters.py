"""What of contracts has to end before a client's company is forgotten."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, func, select

from app.platform.kernel.client_company import OpenMatter
from app.platform.kernel.texts import N_
from app.platform.kernel.time_source import platform_day
from billing.contracts.models import Contract, ContractMilestone, PrepaidBlockRow
from billing.contracts.permissions import ContractPermission
from billing.contracts.states import BEFORE_SIGNING, RUNNING, MilestoneState


def _drafts(client_id: UUID, _: datetime) -> Select[Any]:
    return select(func.count(Contract.id)).where(Contract.client_id == client_id, Contract.state.in_(BEFORE_SIGNING))


DRAFTS: Final = OpenMatter(
    tables=("contract",),
    label=N_("没有签定的合同（草稿、待确认）"),
    count=_drafts,
    href="/workspace/clients/{client}/contracts",
    permission=ContractPermission.CONTRACT_READ,
)


def _contracts(client_id: UUID, _: datetime) -> Select[Any]:
    return select(func.count(Contract.id)).where(Contract.client_id == client_id, Contract.state.in_(RUNNING))


CONTRACTS: Final = OpenMatter(
    tables=("contract",),
    label=N_("执行中或暂停的合同"),
    count=_contracts,
    href="/workspace/clients/{client}/contracts",
    permission=ContractPermission.CONTRACT_READ,
)


def _milestones(client_id: UUID, _: datetime) -> Select[Any]:
    return select(func.count(ContractMilestone.id)).where(
        ContractMilestone.client_id == client_id, ContractMilestone.state == MilestoneState.REPORTED
    )


MILESTONES: Final = OpenMatter(
    tables=("contract_milestone",),
    label=N_("等待客户验收的里程碑"),
    count=_milestones,
    href="/workspace/clients/{client}/contracts",
    permission=ContractPermission.CONTRACT_READ,
)


def _prepaid(client_id: UUID, now: datetime) -> Select[Any]:
    return select(func.count(PrepaidBlockRow.id)).where(
        PrepaidBlockRow.client_id == client_id, PrepaidBlockRow.left > 0, PrepaidBlockRow.expires_on > platform_day(now)
    )


PREPAID: Final = OpenMatter(
    tables=("prepaid_block",),
    label=N_("没有用完也没有到期的预付余额"),
    count=_prepaid,
    href="/workspace/clients/{client}/contracts",
    permission=ContractPermission.CONTRACT_READ,
)
