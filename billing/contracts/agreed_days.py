"""What was agreed on which days: the versions of contracts, for many clients or contracts at once."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import and_, select

from app.platform.kernel.unit_of_work import UnitOfWork
from billing.contracts.models import Contract, ContractSuspension, ContractVersion
from billing.contracts.states import AGREED_VERSION, RUNNING, ContractState
from billing.contracts.versions import VersionInForce, terms_of
from billing.periods import Period, day_in
from billing.terms import Terms

_SIGNED: Final = (*RUNNING, ContractState.ENDED)
_MOST_CACHED: Final = 5_000
_terms: Final[dict[UUID, Terms]] = {}
"""Terms of agreed versions, which never change."""


class AgreedDays(NamedTuple):
    """A version of a contract, the days on which it holds, and those of them on which the contract rests."""

    version: VersionInForce
    days: Period
    resting: tuple[Period, ...] = ()

    def holds(self, day: date) -> bool:
        """Whether it holds on `day`, and the contract does not rest."""
        return day in self.days and not any(day in each for each in self.resting)

    def worked(self) -> Iterator[Period]:
        """The days on which it holds without rest, in stretches."""
        start = self.days.start
        for rest in sorted(self.resting):
            if start < rest.start:
                yield Period(start, rest.start)
            start = max(start, rest.end)
        if start < self.days.end:
            yield Period(start, self.days.end)


def holding_at(agreed: Iterable[AgreedDays], moment: datetime) -> list[AgreedDays]:
    """What holds on the civil day of `moment` (aware) in each contract's zone."""
    days: dict[str, date] = {}
    found = []
    for each in agreed:
        terms = each.version.terms
        if terms.time_zone not in days:
            days[terms.time_zone] = day_in(terms.zone, moment)
        if each.holds(days[terms.time_zone]):
            found.append(each)
    return found


async def agreed_with_clients(work: UnitOfWork, client_ids: Collection[UUID]) -> dict[UUID, list[AgreedDays]]:
    """By client: the versions of all its contracts that hold or held on some days, the oldest contract first."""
    found: dict[UUID, list[AgreedDays]] = {client_id: [] for client_id in client_ids}
    for each in await _agreed(work, Contract.client_id.in_(client_ids)):
        found[each.version.client_id].append(each)
    return found


async def agreed_in_contracts(work: UnitOfWork, contract_ids: Collection[UUID]) -> dict[UUID, list[AgreedDays]]:
    """The same by contract, each in the order of its days."""
    found: dict[UUID, list[AgreedDays]] = {contract_id: [] for contract_id in contract_ids}
    for each in await _agreed(work, Contract.id.in_(contract_ids)):
        found[each.version.contract_id].append(each)
    return found


async def _agreed(work: UnitOfWork, condition: Any) -> list[AgreedDays]:
    rows = (
        await work.session.execute(
            select(
                Contract.id.label("contract_id"),
                Contract.number.label("contract_number"),
                Contract.client_id,
                Contract.from_day,
                Contract.until_day.label("ends"),
                ContractVersion.id.label("version_id"),
                ContractVersion.number.label("version_number"),
                ContractVersion.effective_from,
                ContractVersion.until_day.label("version_ends"),
            )
            .select_from(Contract)
            .join(
                ContractVersion,
                and_(ContractVersion.tenant_id == Contract.tenant_id, ContractVersion.contract_id == Contract.id),
            )
            .where(condition, Contract.state.in_(_SIGNED), ContractVersion.state.in_(AGREED_VERSION))
            .order_by(Contract.from_day, Contract.number, Contract.id, ContractVersion.effective_from)
        )
    ).all()
    await _read_terms(work, {row.version_id for row in rows})
    rests = await _rests(work, {row.contract_id for row in rows})
    found = []
    for row in rows:
        terms = _terms[row.version_id]
        start = max(row.effective_from, row.from_day)
        end = min(row.ends, row.version_ends or row.ends)
        days = Period(start, end) if start < end else None
        if days is not None:
            version = VersionInForce(
                row.contract_id, row.contract_number or "", row.version_id, row.version_number, row.client_id, terms
            )
            found.append(AgreedDays(version, days, tuple(_within(rests.get(row.contract_id, ()), days))))
    return found


def _within(rests: Iterable[tuple[date, date | None]], days: Period) -> Iterator[Period]:
    for start, end in rests:
        if start < (end or days.end):
            part = Period(start, end or days.end).overlap(days) if start < days.end else None
            if part is not None:
                yield part


async def _rests(work: UnitOfWork, contract_ids: Collection[UUID]) -> dict[UUID, list[tuple[date, date | None]]]:
    rows = await work.session.execute(
        select(ContractSuspension.contract_id, ContractSuspension.from_day, ContractSuspension.until_day).where(
            ContractSuspension.contract_id.in_(contract_ids)
        )
    )
    found: dict[UUID, list[tuple[date, date | None]]] = {}
    for contract_id, start, end in rows:
        found.setdefault(contract_id, []).append((start, end))
    return found


async def _read_terms(work: UnitOfWork, version_ids: Collection[UUID]) -> None:
    missing = [version_id for version_id in version_ids if version_id not in _terms]
    if not missing:
        return
    rows = await work.session.execute(
        select(ContractVersion.id, ContractVersion.terms).where(ContractVersion.id.in_(missing))
    )
    for version_id, terms in rows:
        while len(_terms) >= _MOST_CACHED:
            _terms.pop(next(iter(_terms)))
        _terms[version_id] = terms_of(terms)
