"""What follows from the payment provider's news."""

from typing import Any
from uuid import UUID

from app.platform.background import Consumers
from app.platform.kernel.runtime import Runtime
from billing.gateway.events import GatewayObjectChanged
from billing.gateway.inbox import CONSUMER, apply_object

consumers = Consumers()


@consumers.on(GatewayObjectChanged.topic, name=CONSUMER)
async def object_changed(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """Fetch it, and apply what it is now."""
    await apply_object(runtime, tenant_id, event_id, payload["object_id"])
