"""What the service levels tell the other areas."""

from typing import ClassVar
from uuid import UUID

from app.kernel.outbox import Event


class StepReached(Event, frozen=True, kw_only=True):
    """A clock reached a step of the escalation matrix; told once per clock and step."""

    topic: ClassVar[str] = "sla.step_reached"
    escalation_id: UUID
    clock_id: UUID
    ticket_id: UUID
    kind: str
    step: str
    level: int
    channels: tuple[str, ...]


class ClockBreached(Event, frozen=True, kw_only=True):
    """A promised time has passed unkept."""

    topic: ClassVar[str] = "sla.clock_breached"
    clock_id: UUID
    ticket_id: UUID
    kind: str
