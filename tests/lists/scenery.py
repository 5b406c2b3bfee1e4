"""What nobody else may see of lists."""

import httpx

from tests.isolation.scenery import HELD, INSIDE, OUTSIDE, STAFF, SceneryMaker

HIDDEN_FROM = {
    "view_id": (*OUTSIDE, *INSIDE, *STAFF, *HELD),
    "run_id": (*OUTSIDE, *INSIDE, *STAFF, *HELD),
}


async def make(scenery: SceneryMaker, _: httpx.AsyncClient) -> None:
    """A saved view, how a member likes a list, and an action on many rows."""
    owner = scenery.owner.owner.membership_id
    scenery.ids["view_id"] = await scenery.row("saved_view", list_key="members", membership_id=owner, columns=[])
    await scenery.row("list_preference", id=owner)
    scenery.ids["run_id"] = await scenery.row(
        "bulk_run", list_key="members", membership_id=owner, done=[], refused=[], undo_refused=[]
    )
