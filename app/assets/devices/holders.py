"""The holder of a device, and the access that ends when the holder changes (I4).

The holder is a reporter: the employee who uses the device, or the device itself where many share it. Nobody holds what
is retired or lost.
"""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from app.assets.clients.models import Employee
from app.assets.devices.events import HolderChanged
from app.assets.devices.models import Device, DeviceLabel, DevicePin
from app.assets.devices.states import RETIRED_OR_LOST
from app.people.identity import Reporter, SignInStore
from app.platform.kernel.unit_of_work import UnitOfWork


def has_holder(*, state: str, employee_id: UUID | None, shared: bool) -> bool:
    """Whether a device in this condition has a reporter."""
    return state not in RETIRED_OR_LOST and (shared or employee_id is not None)


class HolderService:
    """Keeps `device.reporter_id`, PINs and labels in step with the device file."""

    def __init__(self, work: UnitOfWork, sign_in: SignInStore) -> None:
        self._work = work
        self._sign_in = sign_in

    async def reporters_of_employees(self, client_id: UUID, employee_ids: Collection[UUID]) -> dict[UUID, UUID]:
        """Employee → reporter; who has none yet is given one."""
        rows_found = await self._work.session.execute(
            select(Reporter.employee_id, Reporter.id).where(Reporter.employee_id.in_(employee_ids))
        )
        found = _pairs(rows_found)
        missing = [employee_id for employee_id in employee_ids if employee_id not in found]
        if not missing:
            return found
        names = await self._work.session.execute(
            select(Employee.id, Employee.name).where(Employee.client_id == client_id, Employee.id.in_(missing))
        )
        rows = [self._row(client_id, name, employee_id=employee_id) for employee_id, name in names]
        await self._work.session.execute(insert(Reporter), rows)
        return found | {row["employee_id"]: row["id"] for row in rows}

    async def reporters_of_shared_devices(self, client_id: UUID, numbers: dict[UUID, str]) -> dict[UUID, UUID]:
        """Shared device → its own reporter; `numbers` names the devices, whose rows must have been written."""
        rows_found = await self._work.session.execute(
            select(Reporter.device_id, Reporter.id).where(Reporter.device_id.in_(numbers))
        )
        found = _pairs(rows_found)
        rows = [
            self._row(client_id, number, device_id=device_id)
            for device_id, number in numbers.items()
            if device_id not in found
        ]
        if rows:
            await self._work.session.execute(insert(Reporter), rows)
        return found | {row["device_id"]: row["id"] for row in rows}

    async def update_reporter(self, device: Device) -> None:
        """Give `device` the reporter that follows from its file. Its row must have been flushed."""
        reporter_id = None
        if has_holder(state=device.state, employee_id=device.employee_id, shared=device.shared):
            if device.shared:
                reporter_id = (await self.reporters_of_shared_devices(device.client_id, {device.id: device.number}))[
                    device.id
                ]
            elif device.employee_id is not None:
                reporter_id = (await self.reporters_of_employees(device.client_id, [device.employee_id]))[
                    device.employee_id
                ]
        if reporter_id != device.reporter_id:
            device.reporter_id = reporter_id
            await self.end_access({device.id: reporter_id}, device.client_id)
        if device.state in RETIRED_OR_LOST:
            await self.revoke_labels([device.id])

    async def end_access(self, reporters: dict[UUID, UUID | None], client_id: UUID) -> None:
        """Delete the PINs of devices that have another reporter now, end their sessions and publish the change."""
        await self.delete_pins(reporters)
        for device_id, reporter_id in reporters.items():
            self._work.publish(HolderChanged(device_id=device_id, client_id=client_id, reporter_id=reporter_id))

    async def delete_pins(self, device_ids: Collection[UUID]) -> None:
        """Delete these devices' PINs and end the sessions that they opened."""
        deleted = await self._work.session.scalars(
            delete(DevicePin).where(DevicePin.device_id.in_(device_ids)).returning(DevicePin.device_id)
        )
        await self.end_sessions(deleted.all())

    async def end_sessions(self, device_ids: Iterable[UUID]) -> None:
        """End the sessions that the devices' PINs opened: now, and again after the commit.

        Until the commit the old PIN can still open a session.
        """
        tenant_id = self._work.tenant_id
        for device_id in device_ids:
            await self._sign_in.revoke_device(tenant_id, device_id)

            async def again(device_id: UUID = device_id) -> None:
                await self._sign_in.revoke_device(tenant_id, device_id)

            self._work.after_commit(again)

    async def revoke_labels(self, device_ids: Collection[UUID]) -> Collection[UUID]:
        """Revoke the labels of these devices; the result is which of them had one."""
        revoked = await self._work.session.scalars(
            update(DeviceLabel)
            .where(DeviceLabel.device_id.in_(device_ids), DeviceLabel.revoked_at.is_(None))
            .values(revoked_at=self._work.now)
            .returning(DeviceLabel.device_id)
        )
        return revoked.all()

    def _row(
        self, client_id: UUID, name: str, *, employee_id: UUID | None = None, device_id: UUID | None = None
    ) -> dict[str, Any]:
        return {
            "tenant_id": self._work.tenant_id,
            "client_id": client_id,
            "id": self._work.new_id(),
            "employee_id": employee_id,
            "device_id": device_id,
            "display_name": name[:80],
            "state": "active",
        }


def _pairs(rows: Iterable[tuple[UUID | None, UUID]]) -> dict[UUID, UUID]:
    return {owner: reporter_id for owner, reporter_id in rows if owner is not None}
