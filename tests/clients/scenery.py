"""What nobody else may see of clients."""

import httpx

from tests.isolation.scenery import HELD, INSIDE, OUTSIDE, SceneryMaker

HIDDEN_FROM = {
    "contacts": (*OUTSIDE, *INSIDE, *HELD),
}


async def make(scenery: SceneryMaker, _: httpx.AsyncClient) -> None:
    """A contact."""
    scenery.ids["contacts"] = await scenery.row("contact")
