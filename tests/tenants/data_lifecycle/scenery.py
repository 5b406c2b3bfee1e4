"""What nobody else may see of archives and erasures."""

from datetime import timedelta

import httpx

from app.platform.kernel.actor import HQ_TENANT_ID
from tests.isolation.scenery import HELD, INSIDE, OUTSIDE, STAFF, SceneryMaker

HIDDEN_FROM = {
    "export_id": (*OUTSIDE, *INSIDE, *STAFF, *HELD),
}


async def make(scenery: SceneryMaker, _: httpx.AsyncClient) -> None:
    """An archive; at headquarters an erasure that has begun."""
    scenery.ids["export_id"] = await scenery.row(
        "tenant_export", state="ready", expires_at=scenery.clock.now() + timedelta(days=7)
    )
    await scenery.row("tenant_erasure", HQ_TENANT_ID, decided_by="总部", reason="", account_ids=[])
