"""What nobody else may see of access grants."""

import httpx

from tests.isolation.scenery import NOT_HEADQUARTERS, SceneryMaker

HIDDEN_FROM = {
    "grant_id": NOT_HEADQUARTERS,
}


async def make(scenery: SceneryMaker, _: httpx.AsyncClient) -> None:
    """A request of headquarters."""
    scenery.ids["grant_id"] = await scenery.row(
        "access_grant",
        partner_id=scenery.owner.id,
        record_kinds=["device", "ticket"],
        hours=24,
        emergency=False,
        state="requested",
    )
