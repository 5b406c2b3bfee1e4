"""What the import of history tells its worker."""

from typing import ClassVar
from uuid import UUID

from app.kernel.outbox import DueKind, Event


class HistoryWaits(Event, frozen=True, kw_only=True):
    """A log waits for its dry run, or for being written after the yes."""

    topic: ClassVar[str] = "history.waits"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_LONG

    import_id: UUID
