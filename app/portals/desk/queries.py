"""Queries of the desk over several areas' tables. Row-level security limits every statement to the actor's rows."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.assets.clients.models import Client, Contact, Employee, Site
from app.assets.devices import DeviceState
from app.assets.devices.models import Device
from app.desk.tickets.models import ServiceReport, Visit
from app.platform.files.models import StoredFile
from app.platform.kernel.columns import columns_of
from app.platform.kernel.errors import NotFound
from app.platform.kernel.row_scope import WHOLE_TENANT
from app.platform.kernel.time_source import PLATFORM_ZONE
from app.portals.attached_files import strip_item

PHOTOS_SHOWN = 24


async def photos(session: AsyncSession, subject_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """The files attached to a ticket and its visits, oldest first, as `file_strip` takes them."""
    statement = (
        select(StoredFile.id, StoredFile.name, StoredFile.size, StoredFile.taken_at, StoredFile.has_thumbnail)
        .where(StoredFile.subject_id.in_(subject_ids))
        .order_by(StoredFile.created_at, StoredFile.id)
        .limit(PHOTOS_SHOWN)
    )
    return [
        strip_item(file_id, name, size, taken_at, pictured=pictured)
        for file_id, name, size, taken_at, pictured in await session.execute(statement)
    ]


class Report(NamedTuple):
    """The latest edition of a visit's service report."""

    id: UUID
    visit_id: UUID
    number: str
    signed_by: str


async def ticket_of_visit(session: AsyncSession, visit_id: UUID) -> UUID:
    """The ticket of a visit of the tenant; who may read the ticket decides who may read the visit.

    Raises:
        NotFound: no such visit.
    """
    statement = select(Visit.ticket_id).where(Visit.id == visit_id)
    found: UUID | None = await session.scalar(statement, execution_options=WHOLE_TENANT)
    if found is None:
        raise NotFound
    return found


async def newest_reports(session: AsyncSession, ticket_id: UUID) -> list[Report]:
    """The latest edition of each visit's service report."""
    statement = (
        select(*columns_of(Report, ServiceReport))
        .where(ServiceReport.ticket_id == ticket_id)
        .order_by(ServiceReport.edition)
    )
    newest = {row.visit_id: Report(*row) for row in await session.execute(statement)}
    return list(newest.values())


async def devices_by_state(session: AsyncSession, client_id: UUID) -> dict[DeviceState, int]:
    """How many devices a client has in each state."""
    statement = select(Device.state, func.count()).where(Device.client_id == client_id).group_by(Device.state)
    return {DeviceState(state): count for state, count in await session.execute(statement)}


class Caller:
    """The caller as far as known: a device's holder, an employee, a contact, or only a client."""

    def __init__(self, row: Any) -> None:
        self.client_id: UUID = row.client_id
        self.client_name: str = row.client_name or ""
        self.time_zone: str = row.time_zone or PLATFORM_ZONE.key
        self.name: str = getattr(row, "name", "") or ""
        self.phone: str = getattr(row, "phone", "") or ""
        self.vip: bool = bool(getattr(row, "vip", False))
        self.employee_id: UUID | None = getattr(row, "employee_id", None)
        self.site_address: str = getattr(row, "site_address", "") or ""


async def caller_of_device(session: AsyncSession, device_id: UUID) -> Caller | None:
    """The holder of a device as caller."""
    statement = (
        select(
            Device.client_id,
            Client.short_name.label("client_name"),
            Client.time_zone,
            Employee.name,
            Employee.phone,
            Employee.vip,
            Device.employee_id,
            Site.address.label("site_address"),
        )
        .outerjoin(Client, Client.id == Device.client_id)
        .outerjoin(Employee, (Employee.client_id == Device.client_id) & (Employee.id == Device.employee_id))
        .outerjoin(Site, (Site.client_id == Device.client_id) & (Site.id == Device.site_id))
        .where(Device.id == device_id)
    )
    row = (await session.execute(statement)).first()
    return None if row is None else Caller(row)


async def caller_as_employee(session: AsyncSession, employee_id: UUID) -> Caller | None:
    """An employee as caller."""
    statement = (
        select(
            Employee.client_id,
            Client.short_name.label("client_name"),
            Client.time_zone,
            Employee.name,
            Employee.phone,
            Employee.vip,
            Employee.id.label("employee_id"),
        )
        .outerjoin(Client, Client.id == Employee.client_id)
        .where(Employee.id == employee_id)
    )
    row = (await session.execute(statement)).first()
    return None if row is None else Caller(row)


async def caller_as_contact(session: AsyncSession, contact_id: UUID) -> Caller | None:
    """A contact as caller."""
    statement = (
        select(Contact.client_id, Client.short_name.label("client_name"), Client.time_zone, Contact.name, Contact.phone)
        .outerjoin(Client, Client.id == Contact.client_id)
        .where(Contact.id == contact_id)
    )
    row = (await session.execute(statement)).first()
    return None if row is None else Caller(row)


async def caller_at_client(session: AsyncSession, client_id: UUID) -> Caller | None:
    """An unknown person at a known client as caller."""
    statement = select(Client.id.label("client_id"), Client.short_name.label("client_name"), Client.time_zone).where(
        Client.id == client_id
    )
    row = (await session.execute(statement)).first()
    return None if row is None else Caller(row)
