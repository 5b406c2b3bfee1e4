"""What nobody else may see of roles."""

import httpx

from tests.isolation.scenery import SECRET, SceneryMaker


async def make(scenery: SceneryMaker, manager: httpx.AsyncClient) -> None:
    """A role of the company's own."""
    role = {"name": SECRET, "permissions": ["device:read", "device:write"]}
    scenery.keep("role_id", await scenery.done(manager.post("/api/v1/roles", json=role)), "id")
