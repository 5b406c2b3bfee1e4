"""What nobody else may see of a company's account with the payment provider."""

import httpx

from tests.isolation.scenery import SECRET, SceneryMaker


async def make(scenery: SceneryMaker, _: httpx.AsyncClient) -> None:
    """An account, and an event about something in it."""
    await scenery.row("gateway_connection", account_id=SECRET, email=SECRET, state="active")
    await scenery.row("gateway_event", event_id=SECRET, account_id=SECRET, type=SECRET, object_kind="payment")
    await scenery.row("gateway_object", object_id=SECRET, account_id=SECRET, kind="payment")
