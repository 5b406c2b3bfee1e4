"""The list of contracts."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from app.assets.clients.models import Client
from app.platform.kernel.columns import columns_of
from app.platform.kernel.text_search import contains
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists import Column, Filter, Found, RecordList, Wanted, select_rows
from billing.contracts.models import Contract
from billing.contracts.permissions import ContractPermission
from billing.contracts.records import to_view
from billing.contracts.schemas import ContractView
from billing.contracts.states import CONTRACT_STATE_NAMES, ContractState


async def _rows(work: UnitOfWork, wanted: Wanted) -> Found[ContractView]:
    statement = (
        select(*columns_of(ContractView, Contract, client_name=Client.short_name))
        .select_from(Contract)
        .join(Client, Client.id == Contract.client_id)
    )
    found = await select_rows(work, statement, wanted)
    return [(to_view(row), value) for row, value in found]


def _matches(word: str) -> Any:
    return contains(word, Contract.number, Contract.former_number, Contract.title, Client.name, Client.short_name)


CONTRACTS: Final = RecordList(
    key="contracts",
    label=N_("合同"),
    base="/workspace/contracts",
    permission=ContractPermission.CONTRACT_READ,
    record_kind="contract",
    id=Contract.id,
    title=Contract.title,
    columns=(
        Column(key="title", label=N_("合同"), sort=Contract.title, main=True, width=40),
        Column(key="number", label=N_("编号"), sort=Contract.number, nullable=True, narrow=True),
        Column(key="client_name", label=N_("客户"), sort=Client.short_name),
        Column(key="state", label=N_("状态"), narrow=True, names=CONTRACT_STATE_NAMES),
        Column(key="from_day", label=N_("开始日期"), sort=Contract.from_day, narrow=True),
        Column(
            key="until_day",
            label=N_("到期日"),
            value=lambda contract: contract.last_day,
            sort=Contract.until_day,
            narrow=True,
        ),
    ),
    sort="until_day",
    rows=_rows,
    filters=(
        Filter(
            key="state",
            label=N_("全部状态"),
            names=CONTRACT_STATE_NAMES,
            condition=lambda state: Contract.state == state,
            otherwise=Contract.state != ContractState.DISCARDED,
        ),
        Filter(key="client", condition=lambda client_id: Contract.client_id == client_id, read=UUID),
    ),
    matches=_matches,
    search_label=N_("编号、名称或客户"),
)
