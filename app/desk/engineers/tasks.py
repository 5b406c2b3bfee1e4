"""Consumers of identity's events about members."""

from typing import Any
from uuid import UUID

from app.desk.engineers.service import sync_with_membership
from app.platform.background import Consumers, consume
from app.platform.kernel.runtime import Runtime

consumers = Consumers()


@consumers.on("member.joined", name="engineers.follow_joined")
async def member_joined(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """Create the engineer of a new member with an engineer's role."""
    async with consume(runtime, tenant_id, event_id, "engineers.follow_joined") as work:
        if work is not None:
            await sync_with_membership(work, UUID(payload["membership_id"]))


@consumers.on("member.changed", name="engineers.follow_changed")
async def member_changed(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """Update the engineer after a change of the member's roles or state."""
    async with consume(runtime, tenant_id, event_id, "engineers.follow_changed") as work:
        if work is not None:
            await sync_with_membership(work, UUID(payload["membership_id"]))
