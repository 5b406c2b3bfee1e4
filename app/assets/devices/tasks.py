"""Events that the device area consumes."""

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.assets.clients import EmployeeStateChanged
from app.assets.clients.models import Employee
from app.people.identity import follow_employee_state
from app.platform.background import Consumers, consume
from app.platform.kernel.runtime import Runtime

consumers = Consumers()


@consumers.on(EmployeeStateChanged.topic, name="devices.follow_employee")
async def follow_employee(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """An employee left the client or came back."""
    async with consume(runtime, tenant_id, event_id, "devices.follow_employee") as work:
        if work is not None:
            # The present state, because events may arrive in another order.
            event = msgspec.convert(payload, EmployeeStateChanged)
            state = await work.session.scalar(select(Employee.state).where(Employee.id == event.employee_id))
            await follow_employee_state(work.session, event.employee_id, state or "inactive")
