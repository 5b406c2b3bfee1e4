"""Keeping the two rows of a grant in step, and ending what has expired."""

from typing import Any
from uuid import UUID

import msgspec

from app.platform.background import Consumers, Sweeps, consume
from app.platform.kernel.actor import HQ_TENANT_ID
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime
from tenants.access_grants.events import AccessAsked, AccessMoved, AccessRead
from tenants.access_grants.services.mirroring import apply_change, expire, mirror, note_read, read_from, read_row

consumers = Consumers()
sweeps = Sweeps()
sweeps.register(DueKind.ACCESS_EXPIRY, expire)


class MirroredRowMissing(Exception):
    """The mirrored row is not there yet: its own event comes first, this one again later."""


@consumers.on(AccessAsked.topic, name="access_grants.mirror")
async def mirror_request(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """The proof stands in the partner's tenant, beside the row that it makes."""
    asked = msgspec.convert(payload, AccessAsked)
    row = await read_row(runtime, tenant_id, asked.grant_id)
    async with consume(runtime, asked.partner_id, event_id, "access_grants.mirror") as work:
        if work is not None and row is not None:
            await mirror(work, row, runtime.settings.public_url)


@consumers.on(AccessMoved.topic, name="access_grants.apply_change")
async def follow_move(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """The proof stands in the tenant of the row that follows."""
    moved = msgspec.convert(payload, AccessMoved)
    other_side = await read_row(runtime, tenant_id, moved.grant_id)
    async with consume(runtime, moved.other_tenant_id, event_id, "access_grants.apply_change") as work:
        if (
            work is not None
            and other_side is not None
            and not await apply_change(work, other_side, runtime.settings.public_url)
        ):
            raise MirroredRowMissing


@consumers.on(AccessRead.topic, name="access_grants.note_read")
async def note_read_at_headquarters(
    runtime: Runtime, _tenant_id: UUID, event_id: UUID, payload: dict[str, Any]
) -> None:
    """The second of the two log entries."""
    async with consume(runtime, HQ_TENANT_ID, event_id, "access_grants.note_read") as work:
        if work is not None:
            note_read(work, read_from(payload))
