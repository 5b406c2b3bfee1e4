"""Queries of the device area. Lists and reads select columns; entities are loaded where they are changed."""

from collections.abc import Collection, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.assets.clients.models import Client, Department, Employee, Site
from app.assets.devices.models import Device, DeviceChange, DeviceLabel, DevicePin
from app.assets.devices.schemas import DeviceDetail, DeviceFilter, DeviceSummary
from app.platform.kernel.actor import Actor
from app.platform.kernel.text_search import contains, matches_search

_SUMMARY: tuple[Any, ...] = (
    Device.id,
    Device.number,
    Device.category,
    Device.brand,
    Device.model,
    Device.serial_number,
    Device.state,
    Device.shared,
    Device.client_id,
    Client.short_name.label("client_name"),
    Site.name.label("site_name"),
    Department.name.label("department_name"),
    Employee.name.label("holder_name"),
    Device.version,
)
_DETAIL: tuple[Any, ...] = (
    *_SUMMARY,
    Device.part_number,
    Device.hardware,
    Device.operating_system,
    Device.software,
    Device.ip_address,
    Device.mac_address,
    Device.host_name,
    Device.site_id,
    Device.department_id,
    Device.employee_id,
    Device.reporter_id,
    Device.purchased_on,
    Device.warranty_until,
    Device.remark,
    Device.created_at,
)
Statement = TypeVar("Statement", bound=Select[*tuple[Any, ...]])
_SUMMARY_FIELDS = DeviceSummary.__struct_fields__
_NAMES = frozenset({"client_name", "site_name", "department_name", "holder_name"})


def _with_names(statement: Statement) -> Statement:
    """Join what a device's ids name. Outer joins: an inner ring sees the device without the record."""
    return (
        statement.select_from(Device)
        .outerjoin(Client, Client.id == Device.client_id)
        .outerjoin(Site, and_(Site.client_id == Device.client_id, Site.id == Device.site_id))
        .outerjoin(Department, and_(Department.client_id == Device.client_id, Department.id == Device.department_id))
        .outerjoin(Employee, and_(Employee.client_id == Device.client_id, Employee.id == Device.employee_id))
    )


def device_matches(word: str) -> ColumnElement[bool]:
    """Condition: a word is found in the device's identifying columns or its holder's name."""
    holders = select(Employee.id).where(contains(word, Employee.name))
    return or_(
        contains(
            word,
            Device.number,
            Device.serial_number,
            Device.brand,
            Device.model,
            Device.ip_address,
            Device.mac_address,
            Device.host_name,
        ),
        Device.employee_id.in_(holders),
    )


def chosen_devices(chosen: DeviceFilter) -> list[ColumnElement[bool]]:
    """The conditions of a filter."""
    equal = {
        Device.client_id: chosen.client_id,
        Device.site_id: chosen.site_id,
        Device.department_id: chosen.department_id,
        Device.employee_id: chosen.employee_id,
        Device.state: chosen.state,
        Device.category: chosen.category,
    }
    conditions = [column == value for column, value in equal.items() if value is not None]
    return [*conditions, matches_search(chosen.text, device_matches)]


def summary_of(row: Sequence[Any]) -> DeviceSummary:
    """A device from the columns of `DeviceRepository.listed`."""
    return DeviceSummary(**_with_empty_names(dict(zip(_SUMMARY_FIELDS, row, strict=False))))


class DeviceRepository:
    """Reads devices as the session's actor."""

    def __init__(self, session: AsyncSession, actor: Actor) -> None:
        self._session = session
        self._actor = actor

    def visible(self, statement: Statement) -> Statement:
        """The one rule of which devices the actor sees; the database holds the same one.

        Said here too so that the client's and the reporter's indexes are found.
        """
        if self._actor.client_id is not None:
            statement = statement.where(Device.client_id == self._actor.client_id)
        if self._actor.reporter_id is not None:
            statement = statement.where(Device.reporter_id == self._actor.reporter_id)
        return statement

    def listed(self) -> Select[*tuple[Any, ...]]:
        """The visible devices as `summary_of` takes them."""
        return self.visible(_with_names(select(*_SUMMARY)))

    async def first(self, chosen: DeviceFilter, limit: int) -> list[DeviceSummary]:
        """At most `limit` devices by number."""
        statement = self.listed().where(*chosen_devices(chosen)).order_by(Device.number, Device.id).limit(limit)
        return [summary_of(row) for row in await self._session.execute(statement)]

    async def detail(self, device_id: UUID) -> DeviceDetail | None:
        """One device file with the names of what it points to."""
        statement = self.visible(_with_names(select(*_DETAIL)).where(Device.id == device_id))
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else DeviceDetail(**_with_empty_names(row._mapping))  # noqa: SLF001 - the row as a mapping

    async def summaries(self, device_ids: Collection[UUID]) -> list[DeviceSummary]:
        """The visible ones among these devices, by number."""
        statement = self.visible(_with_names(select(*_SUMMARY)).where(Device.id.in_(device_ids)))
        return [summary_of(row) for row in await self._session.execute(statement.order_by(Device.number, Device.id))]

    async def for_update(self, device_id: UUID) -> Device | None:
        """The entity, locked until the transaction ends."""
        statement = self.visible(select(Device).where(Device.id == device_id)).with_for_update()
        found: Device | None = await self._session.scalar(statement)
        return found

    async def entities(self, device_ids: Collection[UUID], *, lock: bool) -> Sequence[Device]:
        """The visible ones among these devices; locked in one order, so that two prints never wait for each other."""
        statement = self.visible(select(Device).where(Device.id.in_(device_ids))).order_by(Device.id)
        if lock:
            statement = statement.with_for_update()
        return (await self._session.scalars(statement)).all()

    async def by_number(self, client_id: UUID, number: str) -> Device | None:
        """The device that carries `number` (as stored) at a client."""
        statement = select(Device).where(Device.client_id == client_id, Device.number == number)
        found: Device | None = await self._session.scalar(self.visible(statement))
        return found

    async def changes(self, device_id: UUID, limit: int) -> Sequence[DeviceChange]:
        """The newest changes of a device file, newest first."""
        statement = select(DeviceChange).where(DeviceChange.device_id == device_id)
        newest = statement.order_by(DeviceChange.occurred_at.desc(), DeviceChange.id.desc()).limit(limit)
        return (await self._session.scalars(newest)).all()

    async def active_labels(self, device_ids: Collection[UUID]) -> Sequence[DeviceLabel]:
        """The labels in force of these devices."""
        statement = select(DeviceLabel).where(DeviceLabel.device_id.in_(device_ids), DeviceLabel.revoked_at.is_(None))
        return (await self._session.scalars(statement)).all()

    async def pin(self, device_id: UUID) -> DevicePin | None:
        """The PIN in force of a device."""
        found: DevicePin | None = await self._session.scalar(select(DevicePin).where(DevicePin.device_id == device_id))
        return found


def _with_empty_names(row: Any) -> dict[str, Any]:
    return {key: ("" if value is None and key in _NAMES else value) for key, value in row.items()}


async def device_numbers(session: AsyncSession, device_ids: Collection[UUID]) -> dict[UUID, str]:
    """The numbers of those devices that the actor may see."""
    rows = await session.execute(select(Device.id, Device.number).where(Device.id.in_(device_ids)))
    return {row.id: row.number for row in rows}
