"""Contracts that run: activated, suspended, resumed, ended, renewed by themselves."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from app.platform.kernel.invariants import present
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.contracts.agreement.papers import freeze_agreement, show_standing
from billing.contracts.dates import plan_dates, plan_end
from billing.contracts.devices import cut_devices, enter_devices
from billing.contracts.errors import ContractMoveRefused, PrepaidLineMissing
from billing.contracts.events import ContractActivated, ContractAmended, ContractEnded
from billing.contracts.milestones import enter_milestones
from billing.contracts.models import Contract, ContractSuspension, ContractVersion
from billing.contracts.permissions import ContractPermission
from billing.contracts.prepaid import CarriedOver, buy_block
from billing.contracts.problems import contract_problems, require_no_problems
from billing.contracts.records import (
    add_version,
    contract_view,
    find_open_version,
    locked_contract,
    open_version,
    today_of,
)
from billing.contracts.schemas import ContractEnd, ContractSuspend, ContractView, PrepaidPurchase
from billing.contracts.services.drafts import outside
from billing.contracts.states import (
    AGREED_VERSION,
    CONTRACT_MACHINE,
    RUNNING,
    VERSION_MACHINE,
    ContractMove,
    VersionMove,
    VersionState,
)
from billing.contracts.versions import terms_of, version_on
from billing.periods import Period
from billing.terms import PrepaidBlock, renewed


class RunningContracts:
    """What happens to contracts after both sides agreed.

    Raises:
        Forbidden: without `contract:write`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(ContractPermission.CONTRACT_WRITE)
        self._work = work

    async def activate(self, contract_id: UUID, version: int) -> ContractView:
        """Let what the client accepted hold: the contract from its first day, an amendment or a renewal from its own.

        Raises:
            NotFound, StaleVersion, ContractMoveRefused, ContractVersionMoveRefused.
            ContractTermsWrong: something came in between, such as another contract for the same device.
        """
        contract = await locked_contract(self._work, contract_id, version)
        if contract.state not in RUNNING:
            CONTRACT_MACHINE.require(ContractMove.ACTIVATE, contract.state)
        await bring_into_force(self._work, contract, await open_version(self._work, contract_id))
        return await contract_view(self._work, contract_id)

    async def suspend(self, contract_id: UUID, wanted: ContractSuspend) -> ContractView:
        """From today on the contract covers nothing, until it is resumed.

        Raises:
            NotFound, StaleVersion, ContractMoveRefused.
        """
        work = self._work
        contract = await self._moved(contract_id, wanted.version, ContractMove.SUSPEND)
        work.session.add(
            ContractSuspension(
                tenant_id=work.tenant_id,
                id=work.new_id(),
                client_id=contract.client_id,
                contract_id=contract.id,
                from_day=today_of(work, contract),
                reason=wanted.reason,
            )
        )
        work.audit("contract.suspended", "contract", contract.id, reason=wanted.reason)
        await work.session.flush()
        await show_standing(work, contract)
        return await contract_view(work, contract_id)

    async def resume(self, contract_id: UUID, version: int) -> ContractView:
        """From today on the contract covers again.

        Raises:
            NotFound, StaleVersion, ContractMoveRefused.
        """
        work = self._work
        contract = await self._moved(contract_id, version, ContractMove.RESUME)
        await _end_rest(work, contract, today_of(work, contract))
        work.audit("contract.resumed", "contract", contract.id)
        await work.session.flush()
        await show_standing(work, contract)
        return await contract_view(work, contract_id)

    async def end(self, contract_id: UUID, wanted: ContractEnd) -> ContractView:
        """Bring the end forward. A day that is over, or today's eve, ends the contract at once; a later one when it
        has passed.

        Raises:
            NotFound, StaleVersion, ContractMoveRefused.
            ContractDayOutside: the day lies before the contract or after its present end.
        """
        work = self._work
        contract = await locked_contract(work, contract_id, wanted.version)
        CONTRACT_MACHINE.require(ContractMove.END, contract.state)
        if not contract.from_day <= wanted.last_day < contract.until_day:
            raise outside(contract)
        contract.until_day = wanted.last_day + timedelta(days=1)
        contract.end_reason = wanted.reason
        contract.notice_given_on = contract.notice_given_on or today_of(work, contract)
        await cut_devices(work, contract.id, contract.until_day)
        work.audit(
            "contract.end_changed", "contract", contract.id, day=wanted.last_day.isoformat(), reason=wanted.reason
        )
        if contract.until_day <= today_of(work, contract):
            await end_now(work, contract)
        else:
            contract.version += 1
            await plan_dates(work, contract, terms_of(await _current_terms(work, contract)))
        await work.session.flush()
        await show_standing(work, contract)
        return await contract_view(work, contract_id)

    async def give_notice(self, contract_id: UUID, version: int) -> ContractView:
        """One side said that the contract does not go on after its term.

        Raises:
            NotFound, StaleVersion, ContractMoveRefused.
        """
        work = self._work
        contract = await locked_contract(work, contract_id, version)
        CONTRACT_MACHINE.require(ContractMove.END, contract.state)
        contract.notice_given_on = today_of(work, contract)
        contract.version += 1
        await plan_dates(work, contract, terms_of(await _current_terms(work, contract)))
        work.audit("contract.notice_recorded", "contract", contract.id)
        await work.session.flush()
        return await contract_view(work, contract_id)

    async def buy_block(self, contract_id: UUID, wanted: PrepaidPurchase) -> None:
        """One more block of a prepaid line.

        Raises:
            NotFound, ContractMoveRefused.
            ContractDayOutside: the contract does not hold on that day.
            PrepaidLineMissing: the contract has no such line on that day.
        """
        work = self._work
        contract = await locked_contract(work, contract_id)
        if contract.state not in RUNNING:
            raise ContractMoveRefused
        if not contract.from_day <= wanted.day < contract.until_day:
            raise outside(contract)
        version = await version_on(work, contract_id, wanted.day)
        lines = version.terms.lines if version else ()
        line = next((line for line in lines if line.key == wanted.line_key), None)
        if not isinstance(line, PrepaidBlock):
            raise PrepaidLineMissing
        await buy_block(work, contract, line, wanted.day, source=f"purchase:{work.new_id()}")

    async def _moved(self, contract_id: UUID, version: int, move: ContractMove) -> Contract:
        contract = await locked_contract(self._work, contract_id, version)
        contract.state = CONTRACT_MACHINE.after(move, contract.state)
        contract.version += 1
        return contract


async def bring_into_force(
    work: UnitOfWork, contract: Contract, version: ContractVersion, carried: CarriedOver | None = None
) -> None:
    """The accepted version holds from its day on, with what was `carried` over of a prepaid line; whoever calls
    holds the contract's lock.

    An end that was brought forward stays, unless the version itself agrees on another one.

    Raises:
        ContractVersionMoveRefused: it was not accepted.
        ContractDayOutside: the contract ends before the version begins.
        ContractTermsWrong.
    """
    terms = terms_of(version.terms)
    version.state = VERSION_MACHINE.after(VersionMove.BRING_INTO_FORCE, version.state)
    await require_no_problems(work, contract, terms, version.effective_from, locked=True)
    ends = terms.term.end
    if contract.state in RUNNING:
        agreed = terms_of(await _current_terms(work, contract)).term.end
        if contract.until_day < agreed and version.effective_from >= contract.until_day:
            raise outside(contract)
        if ends == agreed:
            ends = contract.until_day
    await _hold(work, contract, version, carried, ends)


async def _hold(
    work: UnitOfWork,
    contract: Contract,
    version: ContractVersion,
    carried: CarriedOver | None = None,
    ends: date | None = None,
) -> None:
    """What follows once a version is in force, until its own end or until `ends`."""
    terms = terms_of(version.terms)
    ends = ends or terms.term.end
    first = contract.state not in RUNNING
    earlier = await work.session.scalars(
        select(ContractVersion).where(
            ContractVersion.contract_id == contract.id,
            ContractVersion.id != version.id,
            ContractVersion.state.in_(AGREED_VERSION),
            or_(ContractVersion.until_day.is_(None), ContractVersion.until_day > version.effective_from),
        )
    )
    for row in earlier.all():
        # What would begin on that day or later holds on no day at all.
        begun = row.effective_from < version.effective_from
        row.until_day = version.effective_from if begun else row.effective_from
        if row.state == VersionState.IN_FORCE:
            row.state = VERSION_MACHINE.after(VersionMove.REPLACE, row.state)
    if first:
        contract.state = CONTRACT_MACHINE.after(ContractMove.ACTIVATE, contract.state)
        contract.from_day = terms.term.start
    contract.current_version_id, contract.until_day = version.id, ends
    contract.version += 1
    await enter_devices(work, version, terms, Period(version.effective_from, ends))
    for line in terms.lines:
        if isinstance(line, PrepaidBlock):
            source = f"term:{contract.id}:{line.key}:{terms.term.start}"
            await buy_block(work, contract, line, version.effective_from, source=source, carried=carried)
    await enter_milestones(work, contract, terms)
    await plan_dates(work, contract, terms, starts=version.effective_from)
    await freeze_agreement(work, contract, version)
    await show_standing(work, contract)
    work.audit(
        "contract.activated" if first else "contract.amended",
        "contract",
        contract.id,
        number=version.number,
        day=version.effective_from.isoformat(),
        digest=version.digest,
    )
    event = ContractActivated if first else ContractAmended
    work.publish(event(contract_id=contract.id, version_id=version.id, client_id=contract.client_id))
    await work.session.flush()


async def end_now(work: UnitOfWork, contract: Contract) -> None:
    """The contract is over; whoever calls holds its lock.

    Raises:
        ContractMoveRefused: it does not run.
    """
    contract.state = CONTRACT_MACHINE.after(ContractMove.END, contract.state)
    contract.version += 1
    await _end_rest(work, contract, contract.until_day)
    opened = await find_open_version(work, contract.id)
    if opened is not None:
        opened.state = VERSION_MACHINE.after(VersionMove.WITHDRAW, opened.state)
    await work.session.flush()
    await plan_end(work, contract)
    await show_standing(work, contract)
    work.audit("contract.ended", "contract", contract.id, day=contract.until_day.isoformat())
    work.publish(
        ContractEnded(contract_id=contract.id, version_id=contract.current_version_id, client_id=contract.client_id)
    )


async def go_on(work: UnitOfWork, contract: Contract) -> bool:
    """At the end of its term: whether the contract goes on. What the client accepted for the time after it holds
    from now on; else it is renewed by itself where that was agreed and nobody gave notice. Whoever calls holds the
    lock."""
    opened = await find_open_version(work, contract.id)
    if opened is not None and opened.state == VersionState.ACCEPTED and opened.effective_from == contract.until_day:
        await bring_into_force(work, contract, opened)
        return True
    terms = terms_of(await _current_terms(work, contract))
    if not terms.renewal_months or contract.notice_given_on is not None or terms.term.end > contract.until_day:
        return False
    following = renewed(terms)
    start = following.term.start
    if await contract_problems(work, contract, following, start, locked=True):
        return False
    await _hold(work, contract, await add_version(work, contract, following, start, state=VersionState.IN_FORCE))
    return True


async def _end_rest(work: UnitOfWork, contract: Contract, day: date) -> None:
    """The rest that has not ended does so on `day`; one that began later never was."""
    for row in (
        await work.session.scalars(
            select(ContractSuspension).where(
                ContractSuspension.contract_id == contract.id, ContractSuspension.until_day.is_(None)
            )
        )
    ).all():
        if row.from_day >= day:
            await work.session.delete(row)
        else:
            row.until_day = day


async def _current_terms(work: UnitOfWork, contract: Contract) -> dict[str, Any]:
    stored: dict[str, Any] = present(
        await work.session.scalar(
            select(ContractVersion.terms).where(ContractVersion.id == contract.current_version_id)
        ),
        "a contract that runs has a version",
    )
    return stored
