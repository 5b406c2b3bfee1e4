"""What nobody else may see of teams."""

import httpx

from tests.isolation.scenery import HELD, INSIDE, OUTSIDE, SECRET, SceneryMaker

HIDDEN_FROM = {
    "team_id": (*OUTSIDE, *INSIDE, *HELD),
}


async def make(scenery: SceneryMaker, manager: httpx.AsyncClient) -> None:
    """A team that looks after the client, and its member."""
    team = {"name": SECRET, "client_ids": [str(scenery.ids["client_id"])]}
    scenery.keep("team_id", await scenery.done(manager.post("/api/v1/teams", json=team)), "id")
    await scenery.row("team_member")
