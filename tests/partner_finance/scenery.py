"""What nobody else may see of partners' figures of money."""

import httpx

from tests.isolation.scenery import SceneryMaker


async def make(scenery: SceneryMaker, _: httpx.AsyncClient) -> None:
    """A month that was counted, and what it came to."""
    await scenery.row("finance_month")
    await scenery.row("finance_fact", category="work", currency="CNY")
