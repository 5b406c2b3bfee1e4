"""Events that the device area consumes."""

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.assets.clients import EmployeeStateChanged
from app.assets.clients.models import Employee
from app.assets.devices.device_import.runner import ImportRunner
from app.assets.devices.events import ImportConfirmed
from app.people.identity import SignInStore, follow_employee_state
from app.platform.background import Consumers, consume
from app.platform.files import file_store_of
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime

consumers = Consumers()


def sign_in_store(runtime: Runtime) -> SignInStore:
    """The store of sign-in sessions."""
    return SignInStore(runtime.engine("signin"), runtime.clock, runtime.ids)


@consumers.on(ImportConfirmed.topic, name="devices.run_import", lane=DueKind.OUTBOX_LONG)
async def run_import(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:  # noqa: ARG001 - the proof of each chunk is `rows_done`, not the event
    """Write a confirmed import. Restarted after a crash, it continues after the last chunk that was written."""
    event = msgspec.convert(payload, ImportConfirmed)
    await ImportRunner(
        runtime.units_of_work, file_store_of(runtime), sign_in_store(runtime), tenant_id, event.import_id
    ).run()


@consumers.on(EmployeeStateChanged.topic, name="devices.follow_employee")
async def follow_employee(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """An employee left the client or came back."""
    async with consume(runtime, tenant_id, event_id, "devices.follow_employee") as work:
        if work is not None:
            # The present state, because events may arrive in another order.
            event = msgspec.convert(payload, EmployeeStateChanged)
            state = await work.session.scalar(select(Employee.state).where(Employee.id == event.employee_id))
            await follow_employee_state(work.session, event.employee_id, state or "inactive")
