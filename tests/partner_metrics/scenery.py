"""What nobody else may see of partners' figures."""

import httpx

from tests.isolation.scenery import SceneryMaker


async def make(scenery: SceneryMaker, _: httpx.AsyncClient) -> None:
    """A day, a month and a ticket's part in them."""
    for table in ("quality_day", "quality_rollup", "quality_fact"):
        await scenery.row(table)
