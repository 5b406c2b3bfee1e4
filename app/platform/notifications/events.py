"""Event of the notifications area, so that sending happens after the commit."""

from typing import ClassVar
from uuid import UUID

from app.platform.kernel.outbox import DueKind, Event


class DeliveryRequested(Event, frozen=True, kw_only=True):
    """A queued delivery is to be tried now."""

    topic: ClassVar[str] = "delivery.requested"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_DELIVERY
    delivery_id: UUID
