"""What nobody else may see of the audit log's chain."""

import httpx

from tests.isolation.scenery import SceneryMaker


async def make(scenery: SceneryMaker, _: httpx.AsyncClient) -> None:
    """A link and a published anchor."""
    await scenery.row("audit_link")
    await scenery.row("audit_anchor")
