"""What nobody else may see of service levels."""

import httpx

from tests.isolation.scenery import SceneryMaker


async def make(scenery: SceneryMaker, _: httpx.AsyncClient) -> None:
    """An escalation, and whom it reached."""
    clock_id = await scenery.found("SELECT id FROM clock WHERE ticket_id = $1 LIMIT 1", scenery.ids["ticket_id"])
    await scenery.row("escalation", clock_id=clock_id, kind="resolution", step="75", channels=["bell"])
    await scenery.row("escalation_contact")
