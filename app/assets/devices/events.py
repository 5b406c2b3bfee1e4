"""Events of the device area."""

from typing import ClassVar
from uuid import UUID

from app.platform.kernel.outbox import DueKind, Event


class ImportConfirmed(Event, frozen=True, kw_only=True):
    """A person confirmed the dry run; the rows can be written."""

    topic: ClassVar[str] = "device_import.confirmed"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_LONG

    import_id: UUID
    client_id: UUID


class ImportFinished(Event, frozen=True, kw_only=True):
    """The last row of an import has been written."""

    topic: ClassVar[str] = "device_import.finished"

    import_id: UUID
    client_id: UUID


class HolderChanged(Event, frozen=True, kw_only=True):
    """A device has another reporter, or none; open reports stay with whoever made them."""

    topic: ClassVar[str] = "device.holder_changed"

    device_id: UUID
    client_id: UUID
    reporter_id: UUID | None
