"""What nobody else may see of roles."""

import httpx

from tests.isolation.scenery import HELD, INSIDE, OUTSIDE, SECRET, SceneryMaker

HIDDEN_FROM = {
    "role_id": (*OUTSIDE, *INSIDE, *HELD),
}


async def make(scenery: SceneryMaker, manager: httpx.AsyncClient) -> None:
    """A role of the company's own."""
    role = {"name": SECRET, "permissions": ["device:read", "device:write"]}
    scenery.keep("role_id", await scenery.done(manager.post("/api/v1/roles", json=role)), "id")
