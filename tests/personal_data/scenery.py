"""What nobody else may see of requests about personal data."""

import httpx

from tests.isolation.scenery import SceneryMaker


async def make(scenery: SceneryMaker, _: httpx.AsyncClient) -> None:
    """Requests to erase a person and a company."""
    await scenery.row("personal_data_request", kind="erasure", state="requested")
    await scenery.row("client_erasure", state="refused")
