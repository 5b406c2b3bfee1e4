"""What nobody else may see of confidentiality."""

import httpx

from tests.isolation.scenery import HELD, INSIDE, OUTSIDE, SECRET, SceneryMaker

HIDDEN_FROM = {
    "agreement_id": (*OUTSIDE, *INSIDE, *HELD),
}


async def make(scenery: SceneryMaker, manager: httpx.AsyncClient) -> None:
    """An agreement with the client, and who is let in."""
    signed = {"title": SECRET, "signed_on": "2026-01-01", "admission_required": True}
    agreements = f"/api/v1/clients/{scenery.ids['client_id']}/confidentiality-agreements"
    scenery.keep("agreement_id", await scenery.done(manager.post(agreements, json=signed)), "id")
    await scenery.row("engineer_admission", badge_number=SECRET)
