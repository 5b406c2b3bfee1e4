"""Which versions of contracts hold on a day: the day of the work, in the contract's own zone."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import and_, or_, select

from app.platform.kernel.unit_of_work import UnitOfWork
from billing.contracts.models import Contract, ContractSuspension, ContractVersion
from billing.contracts.states import AGREED_VERSION, RUNNING, ContractState
from billing.periods import Period, day_in
from billing.terms import Terms

_SIGNED: Final = (*RUNNING, ContractState.ENDED)
"""What holds, or held, on days of its term."""
_A_DAY: Final = timedelta(days=1)
_MOST_CACHED: Final = 5_000
_terms: Final[dict[UUID, Terms]] = {}
"""Terms of agreed versions, which never change; the oldest is dropped first. Ids are unguessable and were read under
row-level security by whoever names them."""


class VersionInForce(NamedTuple):
    """A version that holds on a day. `terms` end where the contract ends, also where its end was brought forward."""

    contract_id: UUID
    contract_number: str
    version_id: UUID
    version_number: int
    client_id: UUID
    terms: Terms


async def versions_in_force(work: UnitOfWork, client_id: UUID, day: date) -> list[VersionInForce]:
    """The versions of the client's contracts that hold on `day`, the oldest contract first. A contract that rests on
    that day is not among them."""
    return await versions_at(work, client_id, day, lambda _: day)


async def versions_at(
    work: UnitOfWork, client_id: UUID, near: date, day_of: Callable[[ZoneInfo], date]
) -> list[VersionInForce]:
    """The same on the day that `day_of` says for each contract's zone; `near` is at most a day beside it."""
    found = await _held(work, near, Contract.client_id == client_id)
    rests: set[UUID] = set()
    held: dict[UUID, Any] = {}
    for row in found:
        day = day_of(ZoneInfo(row.time_zone))
        if not _holds(row, day):
            continue
        held[row.version_id] = row
        if row.rests_from is not None and row.rests_from <= day and (row.rests_until is None or day < row.rests_until):
            rests.add(row.version_id)
    return await _with_terms(work, [row for version_id, row in held.items() if version_id not in rests])


async def version_on(work: UnitOfWork, contract_id: UUID, day: date) -> VersionInForce | None:
    """The contract's version that holds on `day`, also where it rests; None before its first day and after its last."""
    found = await _held(work, day, Contract.id == contract_id)
    rows = {row.version_id: row for row in found if _holds(row, day)}
    versions = await _with_terms(work, list(rows.values()))
    return versions[0] if versions else None


async def version_at(work: UnitOfWork, contract_id: UUID, moment: datetime) -> VersionInForce | None:
    """The same on the moment's day in the contract's zone."""
    found = await _held(work, moment.date(), Contract.id == contract_id)
    rows = {row.version_id: row for row in found if _holds(row, day_in(ZoneInfo(row.time_zone), moment))}
    versions = await _with_terms(work, list(rows.values()))
    return versions[0] if versions else None


async def versions_during(work: UnitOfWork, contract_id: UUID, days: Period) -> list[tuple[Period, VersionInForce]]:
    """The contract's versions that hold on some of `days`, in order, each with its days; days on which the contract
    rests are in them."""
    rows = (
        await work.session.execute(
            _statement()
            .where(Contract.id == contract_id, ContractVersion.effective_from < days.end)
            .order_by(ContractVersion.effective_from, ContractVersion.number)
        )
    ).all()
    own = {row.version_id: row for row in rows}
    parts = []
    for row in own.values():
        start = max(row.effective_from, row.from_day)
        end = min(row.ends, row.version_ends or row.ends)
        part = days.overlap(Period(start, end)) if start < end else None
        if part is not None:
            parts.append((part, row))
    versions = await _with_terms(work, [row for _, row in parts])
    return [(part, version) for (part, _), version in zip(parts, versions, strict=True)]


def terms_of(stored: dict[str, Any]) -> Terms:
    """A version's terms from its row."""
    return msgspec.convert(stored, Terms)


def _statement() -> Any:
    return (
        select(
            Contract.id.label("contract_id"),
            Contract.number.label("contract_number"),
            Contract.client_id,
            Contract.time_zone,
            Contract.from_day,
            Contract.until_day.label("ends"),
            ContractVersion.id.label("version_id"),
            ContractVersion.number.label("version_number"),
            ContractVersion.effective_from,
            ContractVersion.until_day.label("version_ends"),
            ContractSuspension.from_day.label("rests_from"),
            ContractSuspension.until_day.label("rests_until"),
        )
        .select_from(Contract)
        .join(ContractVersion, ContractVersion.contract_id == Contract.id)
        .outerjoin(ContractSuspension, ContractSuspension.contract_id == Contract.id)
        .where(Contract.state.in_(_SIGNED), ContractVersion.state.in_(AGREED_VERSION))
    )


async def _held(work: UnitOfWork, near: date, *conditions: Any) -> list[Any]:
    statement = (
        _statement()
        .where(
            *conditions,
            Contract.until_day > near - _A_DAY,
            and_(
                ContractVersion.effective_from <= near + _A_DAY,
                or_(ContractVersion.until_day.is_(None), ContractVersion.until_day > near - _A_DAY),
            ),
        )
        .order_by(Contract.from_day, Contract.number, ContractVersion.number.desc())
    )
    return list((await work.session.execute(statement)).all())


def _holds(row: Any, day: date) -> bool:
    begun = max(row.effective_from, row.from_day) <= day
    return begun and day < row.ends and (row.version_ends is None or day < row.version_ends)


async def _with_terms(work: UnitOfWork, rows: list[Any]) -> list[VersionInForce]:
    missing = [row.version_id for row in rows if row.version_id not in _terms]
    if missing:
        stored = await work.session.execute(
            select(ContractVersion.id, ContractVersion.terms).where(ContractVersion.id.in_(missing))
        )
        for version_id, terms in stored:
            while len(_terms) >= _MOST_CACHED:
                _terms.pop(next(iter(_terms)))
            _terms[version_id] = terms_of(terms)
    return [_version(row) for row in rows]


def _version(row: Any) -> VersionInForce:
    terms = _terms[row.version_id]
    if row.ends < terms.term.end:
        # At least the first day: a version that begins after an earlier end holds on no day and is never asked for.
        end = max(row.ends, terms.term.start + _A_DAY)
        terms = msgspec.structs.replace(terms, term=Period(terms.term.start, end))
    return VersionInForce(
        row.contract_id, row.contract_number or "", row.version_id, row.version_number, row.client_id, terms
    )
