"""Events that the catalogue consumes."""

from typing import Any
from uuid import UUID

from app.agreements.catalogue.service import provision_catalogue
from app.platform.background import Consumers, consume
from app.platform.kernel.runtime import Runtime

consumers = Consumers()


@consumers.on("partner.provisioned", name="catalogue.provision")
async def provision_for_new_partner(
    runtime: Runtime, tenant_id: UUID, event_id: UUID, _payload: dict[str, Any]
) -> None:
    """Give a new partner the categories of the standard."""
    async with consume(runtime, tenant_id, event_id, "catalogue.provision") as work:
        if work is not None:
            await provision_catalogue(work)
