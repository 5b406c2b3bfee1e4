"""What nobody else may see of devices."""

import httpx

from tests.isolation.scenery import SECRET, SceneryMaker


async def make(scenery: SceneryMaker, _: httpx.AsyncClient) -> None:
    """A label, a change, and how a list was read."""
    await scenery.row("device_label")
    await scenery.row("device_change", source="person", changes={"note": ["", SECRET]})
    await scenery.row("import_mapping", mapping={SECRET: "number"})
