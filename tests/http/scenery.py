"""What nobody else may see of answers that are kept."""

import httpx

from tests.isolation.scenery import SceneryMaker


async def make(scenery: SceneryMaker, _: httpx.AsyncClient) -> None:
    """An answer kept for repetition."""
    await scenery.row("idempotency_key")
