"""Device files: list, read, create and change, with every change recorded (D1)."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.assets.clients import client_in_use
from app.assets.clients.models import Department, Employee, Site
from app.assets.devices.errors import NothingChosen, NumberTaken, StateMoveRefused
from app.assets.devices.events import DeviceRetired
from app.assets.devices.fields import REFERENCES, TRACKED_COLUMNS, normalised
from app.assets.devices.holders import HolderService
from app.assets.devices.models import Device, DeviceChange
from app.assets.devices.repository import DeviceRepository
from app.assets.devices.schemas import (
    DeviceAccess,
    DeviceChangeView,
    DeviceCreate,
    DeviceDetail,
    DeviceFilter,
    DeviceSummary,
    DeviceUpdate,
)
from app.assets.devices.states import RETIRED_OR_LOST, may_become
from app.people.identity import SignInStore
from app.platform.kernel.actor import Scope
from app.platform.kernel.errors import NotFound, StaleVersion
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission

_REFERENCED_MODELS: dict[str, type[Site] | type[Department] | type[Employee]] = {
    "site_id": Site,
    "department_id": Department,
    "employee_id": Employee,
}
CHANGES_SHOWN = 50


class DeviceService:
    """The device files that `work.actor` may see."""

    def __init__(self, work: UnitOfWork, sign_in: SignInStore) -> None:
        self._work = work
        self._devices = DeviceRepository(work.session, work.actor)
        self._holders = HolderService(work, sign_in)

    async def first(self, chosen: DeviceFilter, limit: int) -> list[DeviceSummary]:
        """The first of these devices by number."""
        self._work.actor.require(Permission.DEVICE_READ)
        return await self._devices.first(chosen, limit)

    async def get(self, device_id: UUID) -> DeviceDetail:
        """
        Raises:
            NotFound: no such device, or not for this actor.
        """
        self._work.actor.require(Permission.DEVICE_READ)
        found = await self._devices.detail(device_id)
        if found is None:
            raise NotFound
        return found

    async def chosen(self, device_ids: Sequence[UUID]) -> list[DeviceSummary]:
        """The devices that somebody ticked, by number.

        Raises:
            NothingChosen: none.
            NotFound: one of them is not there for this actor.
        """
        self._work.actor.require(Permission.DEVICE_READ)
        if not device_ids:
            raise NothingChosen
        found = await self._devices.summaries(device_ids)
        if len(found) != len(set(device_ids)):
            raise NotFound
        return found

    async def access(self, device_id: UUID) -> DeviceAccess | None:
        """Whether the device has a label and a PIN; None for everybody but the partner's own staff."""
        self._work.actor.require(Permission.DEVICE_READ)
        if self._work.actor.scope is not Scope.TENANT:
            return None
        labels = await self._devices.active_labels([device_id])
        pin = await self._devices.pin(device_id)
        return DeviceAccess(
            label_made_at=max((label.created_at for label in labels), default=None),
            pin_issued_at=pin.issued_at if pin else None,
            pin_issued_by=pin.issued_by if pin else "",
        )

    async def changes(self, device_id: UUID, limit: int = CHANGES_SHOWN) -> list[DeviceChangeView]:
        """The newest changes of one device file, records by their present names.

        Raises:
            NotFound: as `get`.
        """
        await self.get(device_id)
        stored = await self._devices.changes(device_id, limit)
        named = {
            value
            for change in stored
            for field, pair in change.changes.items()
            if field in REFERENCES
            for value in pair
            if value
        }
        names = await self._names({UUID(value) for value in named})
        return [
            DeviceChangeView(
                id=change.id,
                occurred_at=change.occurred_at,
                actor_name=change.actor_name,
                source=change.source,
                changes={
                    field: (_display_value(field, before, names), _display_value(field, after, names))
                    for field, (before, after) in change.changes.items()
                },
            )
            for change in stored
        ]

    async def create(self, new: DeviceCreate) -> DeviceDetail:
        """A new device file.

        Raises:
            NotFound: the client, site, department or employee is not one of this client.
            ClientInactive: the client is out of use.
            NumberTaken, DeviceFieldRefused: as their texts say.
        """
        self._may_write()
        values = normalised(msgspec.structs.asdict(new))
        client_id = new.client_id
        await client_in_use(self._work.session, client_id)
        await self._check_references(client_id, values)
        device = Device(tenant_id=self._work.tenant_id, id=self._work.new_id(), created_at=self._work.now, **values)
        self._work.session.add(device)
        await self._flush(values["number"])
        await self._holders.update_reporter(device)
        await self._work.session.flush()
        self._work.audit("device.created", "device", device.id, client_id=client_id)
        return await self.get(device.id)

    async def update(self, device_id: UUID, change: DeviceUpdate) -> DeviceDetail:
        """Change a device file; where nothing differs nothing is written.

        Raises:
            NotFound: the device, or a record that it is to point to, is not one of this client.
            StaleVersion: somebody changed it since it was read.
            StateMoveRefused, NumberTaken, DeviceFieldRefused: as their texts say.
        """
        self._may_write()
        device = await self._devices.for_update(device_id)
        if device is None:
            raise NotFound
        if device.version != change.version:
            raise StaleVersion
        given = {name: value for name in TRACKED_COLUMNS if (value := getattr(change, name)) is not msgspec.UNSET}
        values = {name: value for name, value in normalised(given).items() if getattr(device, name) != value}
        if not values:
            return await self.get(device_id)
        if "state" in values and not may_become(device.state, values["state"]):
            raise StateMoveRefused(fields={"state": N_("请选择别的状态。")})
        await self._check_references(device.client_id, values)
        before = {name: getattr(device, name) for name in values}
        for name, value in values.items():
            setattr(device, name, value)
        device.version += 1
        self._work.session.add(
            self._record(
                device, {name: [_to_builtins(before[name]), _to_builtins(value)] for name, value in values.items()}
            )
        )
        await self._flush(device.number)
        await self._holders.update_reporter(device)
        await self._work.session.flush()
        self._work.audit("device.changed", "device", device.id, client_id=device.client_id, fields=sorted(values))
        if values.get("state") in RETIRED_OR_LOST:
            self._work.publish(DeviceRetired(device_id=device.id, client_id=device.client_id))
        return await self.get(device_id)

    def _may_write(self) -> None:
        self._work.actor.require(Permission.DEVICE_WRITE)
        self._work.require_writable()

    def _record(self, device: Device, changes: dict[str, Any]) -> DeviceChange:
        return DeviceChange(
            tenant_id=self._work.tenant_id,
            id=self._work.new_id(),
            client_id=device.client_id,
            device_id=device.id,
            occurred_at=self._work.now,
            actor_name=self._work.actor.display_name,
            source="person",
            changes=changes,
        )

    async def _check_references(self, client_id: UUID, values: dict[str, Any]) -> None:
        for name, record in _REFERENCED_MODELS.items():
            if values.get(name) is not None:
                await self._require(record, client_id, values[name])

    async def _require(
        self, record: type[Site] | type[Department] | type[Employee], client_id: UUID | None, id_: UUID
    ) -> None:
        """A foreign id from a body is looked up as the actor before it is used."""
        statement = select(record.id).where(record.id == id_, record.client_id == client_id)
        if await self._work.session.scalar(statement) is None:
            raise NotFound

    async def _flush(self, number: str) -> None:
        try:
            await self._work.session.flush()
        except IntegrityError as error:
            if "uq_device_client_id_number" in str(error.orig):
                raise NumberTaken(number=number, fields={"number": N_("这个编号已经有了。")}) from error
            raise

    async def _names(self, ids: Collection[UUID]) -> dict[str, str]:
        names: dict[str, str] = {}
        for record in _REFERENCED_MODELS.values() if ids else ():
            rows = await self._work.session.execute(select(record.id, record.name).where(record.id.in_(ids)))
            names.update({str(id_): name for id_, name in rows})
        return names


def _to_builtins(value: Any) -> Any:
    """A value as the change record stores it."""
    return msgspec.to_builtins(value)


def _display_value(field: str, value: Any, names: dict[str, str]) -> str:
    if value is None:
        return ""
    return names.get(str(value), "") if field in REFERENCES else str(value)
