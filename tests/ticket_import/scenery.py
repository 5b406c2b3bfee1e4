"""What nobody else may see of ticket imports."""

import httpx

from tests.isolation.scenery import HELD, INSIDE, OUTSIDE, SceneryMaker

HIDDEN_FROM = {
    "name_id": (*OUTSIDE, *INSIDE, *HELD),
}


async def make(scenery: SceneryMaker, _: httpx.AsyncClient) -> None:
    """A ticket of another system, what became of it, and a name to be matched."""
    ids = scenery.ids
    ids["name_id"] = await scenery.row("imported_name", source="desk", kind="caller")
    await scenery.row("imported_ticket", import_id=ids["ticket_import_id"], source="desk")
    await scenery.row("ticket_import_outcome", import_id=ids["ticket_import_id"], result="new", rows=[])
