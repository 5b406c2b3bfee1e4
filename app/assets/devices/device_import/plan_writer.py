"""Writes a plan: a handful of statements for a whole chunk of rows."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Uuid, any_, insert, literal, select, update

from app.assets.clients.models import Employee
from app.assets.devices.device_import.plan import ImportPlan
from app.assets.devices.events import DeviceRetired
from app.assets.devices.holders import HolderService, has_holder
from app.assets.devices.models import Device, DeviceChange
from app.assets.devices.states import RETIRED_OR_LOST
from app.people.identity import Reporter
from app.platform.kernel.unit_of_work import UnitOfWork


class PlanWriter:
    """Writes what `ImportPlan` came to, in the name of whoever started the import."""

    def __init__(self, work: UnitOfWork, holders: HolderService, client_id: UUID, actor_name: str) -> None:
        self._work = work
        self._holders = holders
        self._client_id = client_id
        self._actor_name = actor_name
        self._ring = {"tenant_id": work.tenant_id, "client_id": client_id}

    async def write(self, plan: ImportPlan) -> None:
        """All of it, or, where the transaction fails, nothing. Unchanged devices are not touched."""
        await self._insert_new_records(plan)
        await self._complete_employees(plan)
        reporters = await self._reporters_of_employees(plan)
        await self._insert_devices(plan, reporters)
        await self._change_devices(plan, reporters)

    async def _insert(self, model: type[Any], rows: Collection[dict[str, Any]]) -> None:
        if rows:
            await self._work.session.execute(insert(model), [self._ring | row for row in rows])

    async def _insert_new_records(self, plan: ImportPlan) -> None:
        await plan.known_records.insert_new(self._work, self._client_id)
        await self._insert(
            Employee,
            [
                {
                    "id": new.person.id,
                    "name": new.person.name,
                    "employee_number": new.person.employee_number,
                    "department_id": new.person.department_id,
                    "site_id": new.site_id,
                    "phone": new.phone,
                    "email": new.person.email,
                }
                for new in plan.new_employees
            ],
        )

    async def _complete_employees(self, plan: ImportPlan) -> None:
        """Fill in employees' empty columns from the list; what somebody has entered meanwhile stays."""
        employees_by_values: dict[tuple[tuple[str, Any], ...], list[UUID]] = defaultdict(list)
        for employee_id, values in plan.completed_employees.items():
            employees_by_values[tuple(sorted(values.items()))].append(employee_id)
        for new_values, employee_ids in employees_by_values.items():
            columns = Employee.__table__.columns
            still_empty = [
                columns[name].is_(None) if isinstance(value, UUID) else columns[name] == ""
                for name, value in new_values
            ]
            await self._work.session.execute(
                update(Employee)
                .where(Employee.id == any_(literal(employee_ids, ARRAY(Uuid))), *still_empty)
                .values(**dict(new_values), version=Employee.version + 1)
                .execution_options(synchronize_session=False)
            )

    async def _reporters_of_employees(self, plan: ImportPlan) -> dict[UUID, UUID]:
        holders = {row["employee_id"] for row in plan.new_devices}
        holders |= {change.values.get("employee_id", change.device.employee_id) for change in plan.changed}
        return await self._holders.reporters_of_employees(self._client_id, [id_ for id_ in holders if id_ is not None])

    async def _insert_devices(self, plan: ImportPlan, reporters: dict[UUID, UUID]) -> None:
        for row in plan.new_devices:
            held = not row["shared"] and has_holder(
                state=row["state"], employee_id=row["employee_id"], shared=row["shared"]
            )
            row["reporter_id"] = reporters[row["employee_id"]] if held else None
            row["created_at"] = self._work.now
        await self._insert(Device, plan.new_devices)
        shared = {
            row["id"]: row["number"]
            for row in plan.new_devices
            if row["shared"] and row["state"] not in RETIRED_OR_LOST
        }
        if shared:
            # A shared device and its reporter name each other: the device is there first.
            await self._holders.reporters_of_shared_devices(self._client_id, shared)
            own = select(Reporter.id).where(Reporter.device_id == Device.id).scalar_subquery()
            await self._work.session.execute(
                update(Device)
                .where(Device.id.in_(shared))
                .values(reporter_id=own)
                .execution_options(synchronize_session=False)
            )

    async def _change_devices(self, plan: ImportPlan, reporters: dict[UUID, UUID]) -> None:
        if not plan.changed:
            return
        shared = {
            change.device.id: change.device.number
            for change in plan.changed
            if change.values.get("shared", change.device.shared)
        }
        own = await self._holders.reporters_of_shared_devices(self._client_id, shared) if shared else {}
        records: list[dict[str, Any]] = []
        changed_reporters: dict[UUID, UUID | None] = {}
        for change in plan.changed:
            device = change.device
            records.append(self._record(device, change.values))
            for name, value in change.values.items():
                setattr(device, name, value)
            device.version += 1
            reporter_id = _reporter_of(device, own, reporters)
            if reporter_id != device.reporter_id:
                device.reporter_id = changed_reporters[device.id] = reporter_id
        await self._work.session.flush()
        await self._insert(DeviceChange, records)
        if changed_reporters:
            await self._holders.end_access(changed_reporters, self._client_id)
        gone = [change.device.id for change in plan.changed if change.device.state in RETIRED_OR_LOST]
        if gone:
            await self._holders.revoke_labels(gone)
        for change in plan.changed:
            if change.values.get("state") in RETIRED_OR_LOST:
                self._work.publish(DeviceRetired(device_id=change.device.id, client_id=self._client_id))

    def _record(self, device: Device, values: dict[str, Any]) -> dict[str, Any]:
        before = {name: getattr(device, name) for name in values}
        return {
            "id": self._work.new_id(),
            "device_id": device.id,
            "occurred_at": self._work.now,
            "actor_name": self._actor_name,
            "source": "import",
            "changes": msgspec.to_builtins({name: [before[name], value] for name, value in values.items()}),
        }


def _reporter_of(device: Device, own: dict[UUID, UUID], reporters: dict[UUID, UUID]) -> UUID | None:
    if not has_holder(state=device.state, employee_id=device.employee_id, shared=device.shared):
        return None
    if device.shared:
        return own[device.id]
    return reporters[device.employee_id] if device.employee_id is not None else None
