"""What nobody else may see of engineers."""

import httpx

from tests.isolation.scenery import SceneryMaker


async def make(scenery: SceneryMaker, _: httpx.AsyncClient) -> None:
    """A skill."""
    await scenery.row("engineer_skill", product_category="pc")
