"""What nobody else may see of corrective actions."""

from typing import Any

import httpx

from app.platform.kernel.actor import HQ_TENANT_ID
from tests.isolation.scenery import INSIDE, NOT_HEADQUARTERS, OUTSIDE, SECRET, SceneryMaker

HIDDEN_FROM = {
    "action_id": (*OUTSIDE, *INSIDE),
    "threshold_id": NOT_HEADQUARTERS,
}


async def make(scenery: SceneryMaker, _: httpx.AsyncClient) -> None:
    """The partner's action with a line; at headquarters a threshold, and the month that missed it."""
    ids, today = scenery.ids, scenery.clock.now().date()
    ids["threshold_id"] = await scenery.row(
        "quality_threshold", HQ_TENANT_ID, measure="resolution", comparison="below", created_by="总部"
    )
    action: dict[str, Any] = {
        "number": "CA-20261116-0001",
        "partner_id": scenery.owner.id,
        "partner_name": scenery.owner.name,
        "measure": "resolution",
        "comparison": "below",
        "limit_hundredths": 9_000,
        "month": today.replace(day=1),
        "state": "open",
        "settled_by": "owner",
    }
    ids["action_id"] = await scenery.row("corrective_action", cause=SECRET, **action)
    await scenery.row("corrective_action_line", kind="opened", side="hq")
    theirs = await scenery.row("corrective_action", HQ_TENANT_ID, **action)
    await scenery.row("threshold_breach", HQ_TENANT_ID, action_id=theirs, partner_id=scenery.owner.id)
