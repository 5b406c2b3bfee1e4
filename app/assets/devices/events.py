"""Events of the device area."""

from typing import ClassVar
from uuid import UUID

from app.platform.kernel.outbox import DueKind, Event


class HolderChanged(Event, frozen=True, kw_only=True):
    """A device has another reporter, or none; open reports stay with whoever made them."""

    topic: ClassVar[str] = "device.holder_changed"

    device_id: UUID
    client_id: UUID
    reporter_id: UUID | None


class DeviceRetired(Event, frozen=True, kw_only=True):
    """A device left use for good, or is lost."""

    topic: ClassVar[str] = "device.retired"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_FOLLOW_UP

    device_id: UUID
    client_id: UUID
