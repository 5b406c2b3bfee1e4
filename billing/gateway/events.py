"""What the payment provider's room tells, after the commit."""

from typing import ClassVar

from app.platform.kernel.outbox import DueKind, Event


class GatewayObjectChanged(Event, frozen=True, kw_only=True):
    """The provider keeps something that is new or has changed; what it is now is asked for."""

    topic: ClassVar[str] = "gateway_object.changed"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_FOLLOW_UP
    kind: str
    object_id: str
