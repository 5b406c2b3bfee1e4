"""What service levels do when their time comes, and when others tell something."""

from typing import Any
from uuid import UUID

from app.background import Consumers, Sweeps, consume
from app.kernel.outbox import DueKind
from app.kernel.runtime import Runtime
from app.sla.clocks import check_clocks
from app.sla.services import provision_service_levels

sweeps = Sweeps()
sweeps.register(DueKind.SLA_THRESHOLD, check_clocks)

consumers = Consumers()


@consumers.on("partners.partner_provisioned", name="sla.provision")
async def provision_for_new_partner(
    runtime: Runtime, tenant_id: UUID, event_id: UUID, _payload: dict[str, Any]
) -> None:
    """A new partner finds calendars, policies and a default ready."""
    async with consume(runtime, tenant_id, event_id, "sla.provision") as work:
        if work is not None:
            await provision_service_levels(work)
