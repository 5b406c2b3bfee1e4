"""Background work of notifications: sending and retrying deliveries."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from app.platform.background import Consumers, Sweeps, consume
from app.platform.kernel.actor import Actor
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.retention import RetentionRule
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings
from app.platform.notifications.delivery_attempts import attempt_delivery, claim_delivery, record_outcome
from app.platform.notifications.events import DeliveryRequested
from app.platform.notifications.models import Delivery, Notification
from app.platform.notifications.schemas import DeliveryState

DELIVER = "notifications.deliver"

consumers = Consumers()
sweeps = Sweeps()


def _notices_kept(settings: Settings) -> timedelta:
    return timedelta(days=settings.notification_retention_days)


def _deliveries_kept(settings: Settings) -> timedelta:
    return timedelta(days=settings.delivery_retention_days)


retention = (
    RetentionRule(Notification, Notification.created_at, _notices_kept),
    RetentionRule(Delivery, Delivery.created_at, _deliveries_kept, Delivery.state != DeliveryState.QUEUED),
)


@consumers.on(DeliveryRequested.topic, name=DELIVER, lane=DueKind.OUTBOX_DELIVERY)
async def deliver_requested(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """Try the delivery once: taken in one transaction, answered for in another, with none open in between."""
    delivery_id = UUID(payload["delivery_id"])
    async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
        message = await claim_delivery(work, delivery_id, event_id)
    if message is None:
        return
    answered = await attempt_delivery(message, runtime.settings, runtime.clock)
    async with consume(runtime, tenant_id, event_id, DELIVER) as claimed:
        if claimed is not None:
            await record_outcome(claimed, delivery_id, answered)


@sweeps.on(DueKind.DELIVERY_RETRY)
async def request_again(runtime: Runtime, tenant_id: UUID, delivery_ids: Sequence[UUID]) -> None:
    """Hand waiting deliveries to the workers. Asking twice is harmless: only a queued one is sent."""
    async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
        for delivery_id in delivery_ids:
            work.publish(DeliveryRequested(delivery_id=delivery_id))
