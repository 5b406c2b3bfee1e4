"""Events of imports."""

from typing import ClassVar
from uuid import UUID

from app.platform.kernel.outbox import DueKind, Event


class ImportConfirmed(Event, frozen=True, kw_only=True):
    """A person confirmed the dry run; the rows can be written."""

    topic: ClassVar[str] = "list_import.confirmed"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_LONG

    import_id: UUID
    client_id: UUID | None = None


class ImportFinished(Event, frozen=True, kw_only=True):
    """The last row of an import has been written."""

    topic: ClassVar[str] = "list_import.finished"

    import_id: UUID
    client_id: UUID | None = None
    kind: str = ""
