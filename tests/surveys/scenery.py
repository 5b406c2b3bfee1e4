"""What nobody else may see of surveys."""

import httpx

from tests.isolation.scenery import SECRET, SceneryMaker


async def make(scenery: SceneryMaker, _: httpx.AsyncClient) -> None:
    """An answer."""
    await scenery.row("survey_response", score=5, comment=SECRET, channel="portal")
