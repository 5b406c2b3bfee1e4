"""Devices of contracts: which lines name them on which days, and how many a line with prices per device counts."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, insert, or_, select, update

from app.agreements.catalogue import PRODUCT_CATEGORY_OF_DEVICE
from app.assets.devices import RETIRED_OR_LOST
from app.assets.devices.models import Device, DeviceChange
from app.platform.kernel.counters import take_turns
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.contracts.models import Contract, ContractDevice, ContractVersion
from billing.contracts.states import RUNNING
from billing.contracts.versions import VersionInForce
from billing.periods import Period, day_in
from billing.terms import DeviceCount, PerDevice, Retainer, Scope, TermLine, Terms


class TakenDevice(NamedTuple):
    """A device that another contract names on some of the days."""

    line_key: str
    device_number: str
    contract_number: str


def device_lines(terms: Terms) -> list[TermLine]:
    """The lines whose devices stand in one contract at a time: those that are paid by periods."""
    return [line for line in terms.lines if isinstance(line, PerDevice | Retainer) and line.scope.device_ids]


async def devices_taken(
    work: UnitOfWork, contract_id: UUID, terms: Terms, days: Period, *, locked: bool = False
) -> list[TakenDevice]:
    """Devices of the terms that another running contract names on one of `days`. With `locked` nobody else enters
    devices until the transaction ends."""
    if locked:
        await take_turns(work.session, work.tenant_id, ["contract_device"])
    line_of = {device_id: line.key for line in device_lines(terms) for device_id in line.scope.device_ids}
    if not line_of:
        return []
    rows = await work.session.execute(
        select(ContractDevice.device_id, Device.number, Contract.number, Contract.title)
        .select_from(ContractDevice)
        .join(ContractVersion, ContractVersion.id == ContractDevice.version_id)
        .join(Contract, Contract.id == ContractVersion.contract_id)
        .join(Device, Device.id == ContractDevice.device_id)
        .where(
            ContractDevice.device_id.in_(line_of),
            ContractDevice.from_day < days.end,
            ContractDevice.until_day > days.start,
            Contract.id != contract_id,
            Contract.state.in_(RUNNING),
        )
        .order_by(Device.number)
    )
    return [TakenDevice(line_of[device_id], number, called or title) for device_id, number, called, title in rows]


async def enter_devices(work: UnitOfWork, version: ContractVersion, terms: Terms, days: Period) -> None:
    """Write down the devices that the version names from its day on; earlier versions' days end there."""
    await cut_devices(work, version.contract_id, days.start)
    rows = [
        {
            "tenant_id": work.tenant_id,
            "id": work.new_id(),
            "client_id": version.client_id,
            "version_id": version.id,
            "line_key": line.key,
            "device_id": device_id,
            "from_day": days.start,
            "until_day": days.end,
        }
        for line in device_lines(terms)
        for device_id in sorted(line.scope.device_ids)
    ]
    if rows:
        await work.session.execute(insert(ContractDevice), rows)


async def cut_devices(work: UnitOfWork, contract_id: UUID, day: date) -> None:
    """No device stands in the contract from `day` on."""
    versions = select(ContractVersion.id).where(ContractVersion.contract_id == contract_id)
    own = ContractDevice.version_id.in_(versions)
    await work.session.execute(
        delete(ContractDevice).where(own, ContractDevice.from_day >= day).execution_options(synchronize_session=False)
    )
    await work.session.execute(
        update(ContractDevice)
        .where(own, ContractDevice.until_day > day)
        .values(until_day=day)
        .execution_options(synchronize_session=False)
    )


async def device_counts(work: UnitOfWork, version: VersionInForce, period: Period) -> Mapping[str, list[DeviceCount]]:
    """How many devices each line with prices per device counts, from which days of `period` on.

    A line that names devices counts those; any other the client's devices within its sites and products, from the day
    on which they were recorded until the day on which they were retired or lost.
    """
    counts = {}
    recorded: list[_Stay] | None = None
    named = await _named(work, version, period)
    for line in version.terms.lines:
        if not isinstance(line, PerDevice):
            continue
        if line.scope.device_ids:
            stays = [(each.from_day, each.until_day) for each in named if each.line_key == line.key]
        else:
            recorded = recorded if recorded is not None else await _recorded(work, version)
            stays = [(each.from_day, each.until_day) for each in recorded if _within(each, line.scope)]
        counts[line.key] = _counted(stays, period)
    return counts


class _Stay(NamedTuple):
    """A device that is counted on some days."""

    from_day: date
    until_day: date
    category: str
    site_id: UUID | None


async def _named(work: UnitOfWork, version: VersionInForce, period: Period) -> Sequence[Any]:
    """The days of the devices that the version names; of its own rows, which later versions may have cut."""
    rows = await work.session.execute(
        select(ContractDevice.line_key, ContractDevice.from_day, ContractDevice.until_day).where(
            ContractDevice.version_id == version.version_id,
            ContractDevice.from_day < period.end,
            ContractDevice.until_day > period.start,
        )
    )
    return rows.all()


async def _recorded(work: UnitOfWork, version: VersionInForce) -> list[_Stay]:
    gone = (
        select(DeviceChange.device_id, func.max(DeviceChange.occurred_at).label("gone_at"))
        .where(DeviceChange.client_id == version.client_id, DeviceChange.changes.has_key("state"))
        .group_by(DeviceChange.device_id)
        .subquery()
    )
    rows = await work.session.execute(
        select(Device.category, Device.site_id, Device.created_at, Device.state, gone.c.gone_at)
        .select_from(Device)
        .outerjoin(gone, gone.c.device_id == Device.id)
        .where(
            Device.client_id == version.client_id,
            or_(Device.state.not_in(RETIRED_OR_LOST), gone.c.gone_at.is_not(None)),
        )
    )
    zone = version.terms.zone

    def until(state: str, gone_at: datetime | None) -> date:
        return day_in(zone, gone_at) if state in RETIRED_OR_LOST and gone_at is not None else date.max

    return [
        _Stay(day_in(zone, created_at), until(state, gone_at), category, site_id)
        for category, site_id, created_at, state, gone_at in rows
    ]


def _within(stay: _Stay, scope: Scope) -> bool:
    product = PRODUCT_CATEGORY_OF_DEVICE.get(stay.category, "")
    if scope.site_ids and stay.site_id not in scope.site_ids:
        return False
    if product in scope.excluded_product_categories:
        return False
    return not scope.product_categories or product in scope.product_categories


def _counted(stays: Iterable[tuple[date, date]], period: Period) -> list[DeviceCount]:
    """The number of devices on the period's first day, and from each day on which it changes."""
    changes: Counter[date] = Counter({period.start: 0})
    for from_day, until_day in stays:
        start, end = max(from_day, period.start), min(until_day, period.end)
        if start < end:
            changes[start] += 1
            changes[end] -= 1
    counts, present = [], 0
    for day in sorted(day for day in changes if day < period.end):
        present += changes[day]
        if day == period.start or changes[day]:
            counts.append(DeviceCount(day, present))
    return counts
