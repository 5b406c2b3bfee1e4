"""What nobody else may see of events."""

import httpx

from tests.isolation.scenery import SceneryMaker


async def make(scenery: SceneryMaker, _: httpx.AsyncClient) -> None:
    """An event that a consumer has handled."""
    await scenery.row("consumed_event")
