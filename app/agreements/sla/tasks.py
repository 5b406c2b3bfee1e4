"""Due checks, consumed events and retention of the service levels."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.agreements.sla.clock_service import check_clocks
from app.agreements.sla.models import ClockRecord, Escalation
from app.agreements.sla.services import provision_service_levels
from app.platform.background import Consumers, Sweeps, consume
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.retention import RetentionRule
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings

sweeps = Sweeps()
sweeps.register(DueKind.SLA_THRESHOLD, check_clocks)

consumers = Consumers()

# Kept while the clock counts: these rows are how it knows which steps it has reached.
_STILL_COUNTING = select(ClockRecord.id).where(
    ClockRecord.tenant_id == Escalation.tenant_id,
    ClockRecord.id == Escalation.clock_id,
    ClockRecord.stopped_at.is_(None),
    ClockRecord.cancelled_at.is_(None),
)


def _escalations_kept(settings: Settings) -> timedelta:
    return timedelta(days=settings.escalation_retention_days)


retention = (RetentionRule(Escalation, Escalation.reached_at, _escalations_kept, ~_STILL_COUNTING.exists()),)


@consumers.on("partner.provisioned", name="sla.provision")
async def provision_for_new_partner(
    runtime: Runtime, tenant_id: UUID, event_id: UUID, _payload: dict[str, Any]
) -> None:
    """Give a new partner calendars, policies and a default assignment."""
    async with consume(runtime, tenant_id, event_id, "sla.provision") as work:
        if work is not None:
            await provision_service_levels(work)
