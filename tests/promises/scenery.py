"""What nobody else may see of promises."""

import httpx

from tests.isolation.scenery import SceneryMaker


async def make(scenery: SceneryMaker, _: httpx.AsyncClient) -> None:
    """A clock of the client's that was paused, and a threshold that it has passed."""
    clock_id = await scenery.row(
        "promise",
        client_id=scenery.ids["client_id"],
        subject_kind="ticket",
        subject_id=scenery.ids["ticket_id"],
        kind="resolution",
        state="running",
    )
    await scenery.row("promise_interval", clock_id=clock_id)
    await scenery.row("promise_threshold", clock_id=clock_id, step="75")
