"""What nobody else may see of notifications."""

import httpx

from tests.isolation.scenery import SceneryMaker


async def make(scenery: SceneryMaker, _: httpx.AsyncClient) -> None:
    """A line in the owner's bell."""
    scenery.ids["notification_id"] = await scenery.row("notification", link="/workspace/tickets")
