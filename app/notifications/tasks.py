"""What notifications do after the commit: send, and try again."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from app.background import Consumers, Sweeps, consume
from app.kernel.actor import Actor
from app.kernel.outbox import DueKind
from app.kernel.runtime import Runtime
from app.notifications.delivering import deliver
from app.notifications.events import DeliveryRequested

DELIVER = "notifications.deliver"

consumers = Consumers()
sweeps = Sweeps()


@consumers.on(DeliveryRequested.topic, name=DELIVER)
async def deliver_requested(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """Try the delivery once."""
    async with consume(runtime, tenant_id, event_id, DELIVER) as work:
        if work is not None:
            await deliver(work, UUID(payload["delivery_id"]), runtime.settings)


@sweeps.on(DueKind.DELIVERY_RETRY)
async def request_again(runtime: Runtime, tenant_id: UUID, delivery_ids: Sequence[UUID]) -> None:
    """Hand waiting deliveries to the workers. Asking twice is harmless: only a queued one is sent."""
    async with runtime.works.begin(Actor.system(tenant_id)) as work:
        for delivery_id in delivery_ids:
            work.publish(DeliveryRequested(delivery_id=delivery_id))
