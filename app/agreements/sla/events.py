"""Events of the service levels."""

from typing import ClassVar
from uuid import UUID

from app.platform.kernel.outbox import DueKind, Event


class StepReached(Event, frozen=True, kw_only=True):
    """A clock reached a step of the escalation matrix; published once per clock and step."""

    topic: ClassVar[str] = "escalation.step_reached"
    escalation_id: UUID
    clock_id: UUID
    ticket_id: UUID
    kind: str
    step: str
    level: int
    channels: tuple[str, ...]


class TermsChanged(Event, frozen=True, kw_only=True):
    """What clients are served by has changed: running clocks are measured anew.

    Names the policy, the calendar or the client whose assignment changed; none of them: the tenant's default
    assignment. `after` is the last ticket handled by the event before, as open tickets are handled in batches.
    """

    topic: ClassVar[str] = "service_level.terms_changed"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_FOLLOW_UP
    policy_id: UUID | None = None
    calendar_id: UUID | None = None
    client_id: UUID | None = None
    after: UUID | None = None


class ClockBreached(Event, frozen=True, kw_only=True):
    """A clock ran over its target."""

    topic: ClassVar[str] = "clock.breached"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_FIGURES
    clock_id: UUID
    ticket_id: UUID
    kind: str
