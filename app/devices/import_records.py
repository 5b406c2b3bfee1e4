"""What the client has that a list may name, read in few statements."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.clients.models import Department, Employee, Site
from app.devices.import_plan import Directory, Person
from app.devices.importing import DeviceDraft, ParsedRow
from app.devices.models import Device

_ACTIVE = "active"


async def directory_for(session: AsyncSession, client_id: UUID, rows: Sequence[ParsedRow]) -> Directory:
    """All sites and departments of the client, and the employees whom the rows name. Who has left is not meant."""
    sites = await session.execute(select(Site.name, Site.id).where(Site.client_id == client_id))
    departments = await session.execute(select(Department.name, Department.id).where(Department.client_id == client_id))
    known = Directory(dict(iter(sites)), dict(iter(departments)))
    drafts = [row.values for row in rows if isinstance(row.values, DeviceDraft)]
    names = {draft.holder for draft in drafts if draft.holder}
    numbers = {draft.holder_employee_number for draft in drafts if draft.holder_employee_number}
    people = await session.execute(
        select(Employee.id, Employee.name, Employee.employee_number, Employee.department_id)
        .where(
            Employee.client_id == client_id,
            Employee.state == _ACTIVE,
            or_(Employee.name.in_(names), Employee.employee_number.in_(numbers)),
        )
        .order_by(Employee.id)
    )
    known.add(Person(*person) for person in people)
    return known


async def devices_by_number(
    session: AsyncSession, client_id: UUID, rows: Sequence[ParsedRow], *, lock: bool = False
) -> dict[str, Device]:
    """The client's devices whose numbers stand in the rows."""
    numbers: Collection[str] = [row.values.number for row in rows if isinstance(row.values, DeviceDraft)]
    statement = select(Device).where(Device.client_id == client_id, Device.number.in_(numbers)).order_by(Device.id)
    if lock:
        statement = statement.with_for_update()
    return {device.number: device for device in await session.scalars(statement)}
