"""What nobody else may see of tickets."""

import httpx

from tests.isolation.scenery import SceneryMaker


async def make(scenery: SceneryMaker, _: httpx.AsyncClient) -> None:
    """What staff wrote for each other, what was said about the data, and a step from a phone."""
    await scenery.row("ticket_note", kind="note")
    await scenery.row("data_handling_record", kind="consent")
    await scenery.row("field_action")
    await scenery.row("expected_field_action")
