"""What nobody else may see of lists."""

import httpx

from tests.isolation.scenery import SceneryMaker


async def make(scenery: SceneryMaker, _: httpx.AsyncClient) -> None:
    """A saved view, how a member likes a list, and an action on many rows."""
    await scenery.row("saved_view", columns=[])
    await scenery.row("list_preference")
    await scenery.row("bulk_run", done=[], refused=[], undo_refused=[])
