"""Queries for the client's records that a list may name, each for many rows at once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, String, Uuid, all_, any_, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.assets.clients.models import Department, Employee, Site
from app.assets.devices.device_import.conflicts import UNIQUE_FIELDS, RecordedValues
from app.assets.devices.device_import.employee_matching import EmployeeMatcher, KnownEmployee
from app.assets.devices.device_import.plan import KnownRecords
from app.assets.devices.device_import.reading import DeviceDraft, ParsedRow
from app.assets.devices.device_import.reading.person_names import comparison_key, spellings
from app.assets.devices.models import Device

_INACTIVE = "inactive"


async def known_records(
    session: AsyncSession, client_id: UUID, rows: Sequence[ParsedRow], stored: Mapping[str, Device]
) -> KnownRecords:
    """All sites and departments of the client, the employees whom the rows may name, whoever has left included, and
    those who hold the `stored` devices today."""
    sites = await session.execute(select(Site.name, Site.id).where(Site.client_id == client_id).order_by(Site.id))
    departments = (
        await session.execute(
            select(Department.name, Department.id).where(Department.client_id == client_id).order_by(Department.id)
        )
    ).all()
    by_name: dict[str, UUID] = {}
    # Departments that differ by padding alone are one: whoever is in the second is nobody else for that.
    same = {id_: by_name.setdefault(comparison_key(name), id_) for name, id_ in departments}
    people = EmployeeMatcher(departments={id_: name for name, id_ in by_name.items()})
    found = await session.execute(
        select(
            Employee.id,
            Employee.name,
            Employee.employee_number,
            Employee.department_id,
            Employee.email,
            Employee.state,
        )
        .where(Employee.client_id == client_id, _may_be_named(rows, stored.values()))
        .order_by(Employee.id)
    )
    people.add(
        KnownEmployee(id_, name, number, same[department_id] if department_id else None, email, state == _INACTIVE)
        for id_, name, number, department_id, email, state in found
    )
    places: dict[str, UUID] = {}
    for name, id_ in sites:
        places.setdefault(comparison_key(name), id_)
    return KnownRecords(places, by_name, people)


def _may_be_named(rows: Sequence[ParsedRow], stored: Iterable[Device]) -> ColumnElement[bool]:
    """Arrays, and not one parameter for each name: a statement may have no more than 32,767."""
    drafts = [row.values for row in rows if isinstance(row.values, DeviceDraft)]
    written = {draft.holder for draft in drafts if draft.holder}
    names = sorted(set().union(*map(spellings, written)))
    numbers = sorted({draft.holder_employee_number for draft in drafts if draft.holder_employee_number})
    holders = sorted({device.employee_id for device in stored if device.employee_id is not None})
    return or_(
        Employee.name == any_(literal(names, ARRAY(String))),
        Employee.employee_number == any_(literal(numbers, ARRAY(String))),
        Employee.id == any_(literal(holders, ARRAY(Uuid))),
    )


async def devices_by_number(
    session: AsyncSession, client_id: UUID, rows: Sequence[ParsedRow], *, lock: bool = False
) -> dict[str, Device]:
    """The client's devices whose numbers stand in the rows."""
    numbers: Collection[str] = [row.values.number for row in rows if isinstance(row.values, DeviceDraft)]
    statement = (
        select(Device)
        .where(Device.client_id == client_id, Device.number == any_(literal(numbers, ARRAY(String))))
        .order_by(Device.id)
    )
    if lock:
        statement = statement.with_for_update()
    return {device.number: device for device in await session.scalars(statement)}


async def recorded_values(
    session: AsyncSession, client_id: UUID, rows: Sequence[ParsedRow], stored: Mapping[str, Device]
) -> RecordedValues:
    """The client's devices that have a serial number or an address of the rows, beside those that the rows name."""
    listed = {row.values.number: row.values for row in rows if isinstance(row.values, DeviceDraft)}
    same = [
        getattr(Device, field) == any_(literal(values, ARRAY(String)))
        for field in UNIQUE_FIELDS
        if (values := sorted({value for draft in listed.values() if (value := getattr(draft, field))}))
    ]
    if not same:
        return RecordedValues(stored.values(), listed)
    others = await session.scalars(
        select(Device).where(
            Device.client_id == client_id,
            Device.number != all_(literal(list(listed), ARRAY(String))),
            or_(*same),
        )
    )
    return RecordedValues([*stored.values(), *others], listed)
