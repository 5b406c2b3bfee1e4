"""What add-ons tell, after the commit."""

from typing import ClassVar
from uuid import UUID

from app.platform.kernel.outbox import Event


class OfAnOrder(Event, frozen=True, kw_only=True):
    """Something happened to an order."""

    order_id: UUID
    client_id: UUID


class AddonOrdered(OfAnOrder, frozen=True, kw_only=True):
    """A client ordered, or the company did for it."""

    topic: ClassVar[str] = "addon.ordered"


class AddonConfirmed(OfAnOrder, frozen=True, kw_only=True):
    """The company accepted the order."""

    topic: ClassVar[str] = "addon.confirmed"


class AddonDeclined(OfAnOrder, frozen=True, kw_only=True):
    """The company declined the order, or cancelled it."""

    topic: ClassVar[str] = "addon.declined"


class AddonDelivered(OfAnOrder, frozen=True, kw_only=True):
    """What is paid once was delivered."""

    topic: ClassVar[str] = "addon.delivered"


class AddonEndPlanned(OfAnOrder, frozen=True, kw_only=True):
    """A last day was named."""

    topic: ClassVar[str] = "addon.end_planned"


class AddonEnded(OfAnOrder, frozen=True, kw_only=True):
    """The last day is over."""

    topic: ClassVar[str] = "addon.ended"
