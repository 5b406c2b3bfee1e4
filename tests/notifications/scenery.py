"""What nobody else may see of notifications."""

import httpx

from tests.isolation.scenery import HELD, INSIDE, OUTSIDE, STAFF, SceneryMaker

HIDDEN_FROM = {
    "notification_id": (*OUTSIDE, *INSIDE, *STAFF, *HELD),
}


async def make(scenery: SceneryMaker, _: httpx.AsyncClient) -> None:
    """A line in the owner's bell."""
    scenery.ids["notification_id"] = await scenery.row("notification", link="/workspace/tickets")
