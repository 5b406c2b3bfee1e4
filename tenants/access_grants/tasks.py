"""Keeping the two rows of a grant in step, and ending what has expired."""

from typing import Any
from uuid import UUID

import msgspec

from app.platform.background import Consumers, DailyJob, Sweeps, consume
from app.platform.background.mirrors import follow_mirror, offering_job
from app.platform.kernel.actor import HQ_TENANT_ID
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime
from tenants.access_grants.events import AccessRead
from tenants.access_grants.models import ACCESS_GRANTS
from tenants.access_grants.services.following import expire, follow, note_read

consumers = Consumers()
sweeps = Sweeps()
sweeps.register(DueKind.ACCESS_EXPIRY, expire)
follow_mirror(consumers, ACCESS_GRANTS, name="access_grants.mirror", followed=follow)


@consumers.on(AccessRead.topic, name="access_grants.note_read")
async def note_read_at_headquarters(
    runtime: Runtime, _tenant_id: UUID, event_id: UUID, payload: dict[str, Any]
) -> None:
    """The second of the two log entries."""
    async with consume(runtime, HQ_TENANT_ID, event_id, "access_grants.note_read") as work:
        if work is not None:
            note_read(work, msgspec.convert(payload, AccessRead))


def daily_jobs(_: Runtime) -> tuple[DailyJob, ...]:
    """What has not ended is offered to the other side again."""
    return (offering_job(ACCESS_GRANTS, name="access_grants.offer"),)
