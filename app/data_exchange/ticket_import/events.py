"""Events of ticket imports."""

from typing import ClassVar
from uuid import UUID

from app.platform.kernel.outbox import DueKind, Event


class TicketImportQueued(Event, frozen=True, kw_only=True):
    """An import is ready for its dry run, or for being written after the confirmation."""

    topic: ClassVar[str] = "ticket_import.queued"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_LONG

    import_id: UUID
