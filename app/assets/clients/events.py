"""Events of the clients' area."""

from typing import ClassVar
from uuid import UUID

from app.platform.kernel.outbox import DueKind, Event


class ClientAdded(Event, frozen=True, kw_only=True):
    """A client company was set up."""

    topic: ClassVar[str] = "client.created"
    client_id: UUID


class ClientStateChanged(Event, frozen=True, kw_only=True):
    """A client was taken out of use, or back into use."""

    topic: ClassVar[str] = "client.state_changed"
    client_id: UUID
    state: str


class EmployeeStateChanged(Event, frozen=True, kw_only=True):
    """An employee left or came back; areas that give employees access follow it."""

    topic: ClassVar[str] = "employee.state_changed"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_FOLLOW_UP
    client_id: UUID
    employee_id: UUID
    state: str
