"""What coverage tells others."""

from typing import ClassVar
from uuid import UUID

from app.platform.kernel.outbox import DueKind, Event


class CoverageOverridden(Event, frozen=True, kw_only=True):
    """A member said otherwise than the contract, or took that back: what the ticket's work costs may be another."""

    topic: ClassVar[str] = "coverage.overridden"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_FIGURES
    ticket_id: UUID
    client_id: UUID
