"""Reading contracts, and writing what is to be agreed: drafts, amendments, renewals."""

from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import or_, select

from app.assets.clients import client_in_use
from app.platform.kernel.errors import NotFound
from app.platform.kernel.texts import translator
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.contracts.agreement.papers import show_standing
from billing.contracts.errors import ContractDayOutside, ContractMoveRefused, ContractVersionMoveRefused
from billing.contracts.models import Contract, ContractDate, ContractVersion
from billing.contracts.permissions import ContractPermission
from billing.contracts.problems import ContractProblem, contract_problems
from billing.contracts.records import (
    add_version,
    contract_rows,
    contract_view,
    find_open_version,
    locked_contract,
    open_version,
    stored_terms,
    to_view,
    version_view,
)
from billing.contracts.schemas import (
    ContractAmend,
    ContractCreate,
    ContractDateView,
    ContractProblemView,
    ContractTermsWrite,
    ContractVersionView,
    ContractView,
)
from billing.contracts.states import (
    CONTRACT_MACHINE,
    RUNNING,
    VERSION_MACHINE,
    ContractMove,
    ContractState,
    VersionMove,
    VersionState,
)
from billing.contracts.template_terms import starting_terms, taxed_by_default
from billing.contracts.versions import terms_of
from billing.periods import day_in, months_after
from billing.pricebook import tax_items
from billing.terms import Terms, renewed, terms_digest

CURRENCY = "CNY"


class ContractDrafts:
    """The contracts of the actor's company.

    Raises:
        Forbidden: without `contract:read`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(ContractPermission.CONTRACT_READ)
        self._work = work

    async def get(self, contract_id: UUID) -> ContractView:
        """
        Raises:
            NotFound: no such contract for this actor.
        """
        return await contract_view(self._work, contract_id)

    async def of_client(self, client_id: UUID) -> list[ContractView]:
        """A client's contracts without the discarded ones, the newest first."""
        rows = await self._work.session.execute(
            contract_rows()
            .where(Contract.client_id == client_id, Contract.state != ContractState.DISCARDED)
            .order_by(Contract.until_day.desc(), Contract.id)
        )
        return [to_view(row) for row in rows]

    async def versions(self, contract_id: UUID) -> list[ContractVersionView]:
        """All versions, the newest first.

        Raises:
            NotFound: no such contract for this actor.
        """
        await self.get(contract_id)
        rows = await self._work.session.scalars(
            select(ContractVersion)
            .where(ContractVersion.contract_id == contract_id)
            .order_by(ContractVersion.number.desc())
        )
        return [version_view(row) for row in rows]

    async def version(self, contract_id: UUID, version_id: UUID) -> ContractVersionView:
        """
        Raises:
            NotFound: no such version of this contract for this actor.
        """
        return version_view(await self._version(contract_id, version_id))

    async def problems(self, contract_id: UUID, version_id: UUID) -> list[ContractProblemView]:
        """What is to be put right before the version can be offered, in the actor's language.

        Raises:
            NotFound: no such version of this contract for this actor.
        """
        translate = translator(self._work.actor.language)
        return [
            ContractProblemView(problem.field, problem.said(translate))
            for problem in await self.found_problems(contract_id, version_id)
        ]

    async def found_problems(self, contract_id: UUID, version_id: UUID) -> list[ContractProblem]:
        """The same as source texts.

        Raises:
            NotFound: no such version of this contract for this actor.
        """
        version = await self._version(contract_id, version_id)
        contract = await self._work.session.scalar(select(Contract).where(Contract.id == contract_id))
        if contract is None:
            raise NotFound
        return await contract_problems(self._work, contract, terms_of(version.terms), version.effective_from)

    async def dates(self, contract_id: UUID) -> list[ContractDateView]:
        """What falls due on which day, in order.

        Raises:
            NotFound: no such contract for this actor.
        """
        await self.get(contract_id)
        rows = await self._work.session.scalars(
            select(ContractDate).where(ContractDate.contract_id == contract_id).order_by(ContractDate.day)
        )
        return [ContractDateView(row.kind, row.day, row.done_at) for row in rows]

    async def create(self, wanted: ContractCreate) -> ContractView:
        """A draft with its first version.

        Raises:
            Forbidden: without `contract:write`.
            NotFound: no such client for this actor.
            ClientInactive: the client is out of use.
        """
        work = self._work
        work.actor.require(ContractPermission.CONTRACT_WRITE)
        client = await client_in_use(work.session, wanted.client_id)
        terms = wanted.terms
        if terms is None:
            first = wanted.first_day or _next_month(day_in(ZoneInfo(client.time_zone), work.now))
            items = await tax_items(work)
            terms = starting_terms(wanted.template, first, client.time_zone, CURRENCY)
            lines = tuple(taxed_by_default(line, items, first) for line in terms.lines)
            terms = msgspec.structs.replace(terms, lines=lines)
        contract = Contract(
            tenant_id=work.tenant_id,
            id=work.new_id(),
            client_id=wanted.client_id,
            former_number="",
            title=wanted.title,
            state=ContractState.DRAFT,
            time_zone=client.time_zone,
            # Replaced below by the first version's, which names the contract and so is written after it.
            current_version_id=work.new_id(),
            from_day=terms.term.start,
            until_day=terms.term.end,
            end_reason="",
            created_at=work.now,
            created_by=work.actor.display_name,
        )
        work.session.add(contract)
        await work.session.flush()
        version = await add_version(work, contract, terms, terms.term.start)
        contract.current_version_id = version.id
        work.audit("contract.created", "contract", contract.id, client_id=contract.client_id)
        await work.session.flush()
        return await contract_view(work, contract.id)

    async def save_terms(self, contract_id: UUID, wanted: ContractTermsWrite) -> ContractView:
        """Write the draft. What is wrong with it may stay wrong until it is offered.

        Raises:
            Forbidden: without `contract:write`.
            NotFound, StaleVersion.
            ContractVersionMoveRefused: no version is a draft.
        """
        work = self._work
        work.actor.require(ContractPermission.CONTRACT_WRITE)
        contract = await locked_contract(work, contract_id, wanted.version)
        draft = await open_version(work, contract_id)
        if draft.state != VersionState.DRAFT:
            raise ContractVersionMoveRefused
        terms = wanted.terms
        draft.terms, draft.digest = stored_terms(terms), terms_digest(terms)
        contract.title = wanted.title
        if contract.state == ContractState.DRAFT:
            contract.from_day, contract.until_day = terms.term.start, terms.term.end
            draft.effective_from = terms.term.start
        contract.version += 1
        work.audit("contract.changed", "contract", contract.id, version=draft.number)
        await work.session.flush()
        return await contract_view(work, contract_id)

    async def discard(self, contract_id: UUID, version: int) -> ContractView:
        """Give up a draft: of the contract, or of an amendment.

        Raises:
            Forbidden: without `contract:write`.
            NotFound, StaleVersion.
            ContractMoveRefused: nothing is a draft.
        """
        work = self._work
        work.actor.require(ContractPermission.CONTRACT_WRITE)
        contract = await locked_contract(work, contract_id, version)
        draft = await find_open_version(work, contract_id)
        if draft is None or draft.state != VersionState.DRAFT:
            raise ContractMoveRefused
        draft.state = VERSION_MACHINE.after(VersionMove.WITHDRAW, draft.state)
        if contract.state == ContractState.DRAFT:
            contract.state = CONTRACT_MACHINE.after(ContractMove.DISCARD, contract.state)
        contract.version += 1
        work.audit("contract.discarded", "contract", contract.id, version=draft.number)
        await work.session.flush()
        await show_standing(work, contract)
        return await contract_view(work, contract_id)

    async def amend(self, contract_id: UUID, wanted: ContractAmend) -> ContractView:
        """A draft of what is to hold from a day on: the terms that hold on it, to be changed.

        Raises:
            Forbidden: without `contract:write`.
            NotFound, StaleVersion.
            ContractMoveRefused: the contract does not run.
            ContractVersionOpen: another version is being agreed.
            ContractDayOutside: the contract does not hold on that day.
        """
        contract = await self._running(contract_id, wanted.version)
        if not contract.from_day <= wanted.effective_from < contract.until_day:
            raise outside(contract)
        terms = await terms_on(self._work, contract, wanted.effective_from)
        return await self._next(contract, terms, wanted.effective_from, wanted.reason)

    async def renew(self, contract_id: UUID, version: int) -> ContractView:
        """A draft of the next term: as long, prices raised by what was agreed.

        Raises:
            Forbidden: without `contract:write`.
            NotFound, StaleVersion.
            ContractMoveRefused: the contract does not run.
            ContractVersionOpen: another version is being agreed.
        """
        contract = await self._running(contract_id, version)
        terms = renewed(await terms_on(self._work, contract, contract.until_day - timedelta(days=1)))
        return await self._next(contract, terms, terms.term.start, "")

    async def _running(self, contract_id: UUID, version: int) -> Contract:
        self._work.actor.require(ContractPermission.CONTRACT_WRITE)
        contract = await locked_contract(self._work, contract_id, version)
        if contract.state not in RUNNING:
            raise ContractMoveRefused
        return contract

    async def _next(self, contract: Contract, terms: Terms, effective_from: date, reason: str) -> ContractView:
        work = self._work
        draft = await add_version(work, contract, terms, effective_from, reason)
        contract.version += 1
        work.audit(
            "contract.version_created", "contract", contract.id, number=draft.number, day=effective_from.isoformat()
        )
        await work.session.flush()
        return await contract_view(work, contract.id)

    async def _version(self, contract_id: UUID, version_id: UUID) -> ContractVersion:
        row = await self._work.session.scalar(
            select(ContractVersion).where(ContractVersion.contract_id == contract_id, ContractVersion.id == version_id)
        )
        if row is None:
            raise NotFound
        return row


async def terms_on(work: UnitOfWork, contract: Contract, day: date) -> Terms:
    """What was agreed for `day`, as it was agreed: without an end that was brought forward."""
    stored = await work.session.scalar(
        select(ContractVersion.terms)
        .where(
            ContractVersion.contract_id == contract.id,
            ContractVersion.state.in_((VersionState.IN_FORCE, VersionState.REPLACED)),
            ContractVersion.effective_from <= day,
            or_(ContractVersion.until_day.is_(None), ContractVersion.until_day > day),
        )
        .order_by(ContractVersion.number.desc())
        .limit(1)
    )
    if stored is None:
        raise outside(contract)
    return terms_of(stored)


def outside(contract: Contract) -> ContractDayOutside:
    """The refusal of a day that the contract does not have."""
    return ContractDayOutside(
        first=contract.from_day.isoformat(), last=(contract.until_day - timedelta(days=1)).isoformat()
    )


def _next_month(day: date) -> date:
    return months_after(day.replace(day=1), 1)
