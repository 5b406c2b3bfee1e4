"""What nobody else may see of daily jobs."""

import httpx

from tests.isolation.scenery import SceneryMaker


async def make(scenery: SceneryMaker, _: httpx.AsyncClient) -> None:
    """A job that ran."""
    await scenery.row("job_run")
