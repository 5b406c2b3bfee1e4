"""Reading the rows of contracts, locked for whoever changes them, and as views."""

from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Select, func, select

from app.assets.clients.models import Client
from app.platform.kernel.columns import columns_of
from app.platform.kernel.errors import NotFound, StaleVersion
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.contracts.errors import ContractVersionMoveRefused, ContractVersionOpen
from billing.contracts.models import Contract, ContractVersion
from billing.contracts.schemas import ContractVersionView, ContractView
from billing.contracts.states import OPEN_VERSION, ContractState, VersionState
from billing.contracts.versions import terms_of
from billing.periods import day_in
from billing.terms import Terms, terms_digest


def contract_rows() -> Select[Any]:
    """Contracts as `ContractView`s."""
    return (
        select(*columns_of(ContractView, Contract, client_name=Client.name))
        .select_from(Contract)
        .join(Client, Client.id == Contract.client_id)
    )


async def contract_view(work: UnitOfWork, contract_id: UUID) -> ContractView:
    """
    Raises:
        NotFound: no such contract for this actor.
    """
    row = (await work.session.execute(contract_rows().where(Contract.id == contract_id))).one_or_none()
    if row is None:
        raise NotFound
    return to_view(row)


def to_view(row: Any) -> ContractView:
    """A row of `contract_rows`."""
    values = dict(zip(ContractView.__struct_fields__, row, strict=True))
    return ContractView(**{**values, "state": ContractState(values["state"])})


def version_view(row: ContractVersion) -> ContractVersionView:
    """A version as it is read."""
    values = {name: getattr(row, name) for name in ContractVersionView.__struct_fields__}
    return ContractVersionView(**{**values, "state": VersionState(row.state), "terms": terms_of(row.terms)})


async def locked_contract(work: UnitOfWork, contract_id: UUID, version: int | None = None) -> Contract:
    """The contract, which nobody else changes until this transaction ends.

    Raises:
        NotFound: no such contract for this actor.
        StaleVersion: `version` is not its present one.
    """
    row = await work.session.scalar(
        select(Contract).where(Contract.id == contract_id).with_for_update().execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    if version is not None and row.version != version:
        raise StaleVersion
    return row


async def find_open_version(work: UnitOfWork, contract_id: UUID) -> ContractVersion | None:
    """The version that is being agreed."""
    return await work.session.scalar(
        select(ContractVersion)
        .where(ContractVersion.contract_id == contract_id, ContractVersion.state.in_(OPEN_VERSION))
        .execution_options(populate_existing=True)
    )


async def open_version(work: UnitOfWork, contract_id: UUID) -> ContractVersion:
    """
    Raises:
        ContractVersionMoveRefused: no version is being agreed.
    """
    found = await find_open_version(work, contract_id)
    if found is None:
        raise ContractVersionMoveRefused
    return found


async def add_version(
    work: UnitOfWork,
    contract: Contract,
    terms: Terms,
    effective_from: date,
    reason: str = "",
    *,
    state: VersionState = VersionState.DRAFT,
) -> ContractVersion:
    """The next version, a draft or one that holds at once; whoever calls holds the contract's lock.

    Raises:
        ContractVersionOpen: another version is being agreed.
    """
    if state in OPEN_VERSION and await find_open_version(work, contract.id) is not None:
        raise ContractVersionOpen
    last = await work.session.scalar(
        select(func.max(ContractVersion.number)).where(ContractVersion.contract_id == contract.id)
    )
    row = ContractVersion(
        tenant_id=work.tenant_id,
        id=work.new_id(),
        client_id=contract.client_id,
        contract_id=contract.id,
        number=(last or 0) + 1,
        state=state,
        effective_from=effective_from,
        terms=stored_terms(terms),
        digest=terms_digest(terms),
        reason=reason,
        accepted_by="",
        created_at=work.now,
        created_by=work.actor.display_name,
    )
    work.session.add(row)
    await work.session.flush()
    return row


def stored_terms(terms: Terms) -> dict[str, Any]:
    """Terms as a version keeps them."""
    stored: dict[str, Any] = msgspec.to_builtins(terms, order="deterministic")
    return stored


def today_of(work: UnitOfWork, contract: Contract) -> date:
    """The present day in the contract's zone."""
    return day_in(ZoneInfo(contract.time_zone), work.now)
