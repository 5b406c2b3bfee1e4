"""What nobody else may see of approvals."""

import httpx

from tests.isolation.scenery import HELD, INSIDE, OUTSIDE, SECRET, STAFF, SceneryMaker

HIDDEN_FROM = {
    "approval_id": (*OUTSIDE, *INSIDE, *STAFF, *HELD),
}


async def make(scenery: SceneryMaker, _: httpx.AsyncClient) -> None:
    """A request that waits for an owner, and a link by which somebody else may decide it."""
    scenery.ids["approval_id"] = await scenery.row(
        "approval",
        client_id=None,
        subject_kind="access_grant",
        facts=[{"label": SECRET, "value": SECRET, "is_text": False}],
        limits={},
        parameters={},
        currency="",
        state="requested",
    )
    await scenery.row("approval_link", approval_id=scenery.ids["approval_id"])
