"""What nobody else may see of the security service: a client's weeks, findings and bulletins."""

from datetime import date

import httpx

from tests.isolation.scenery import HELD, INSIDE, OUTSIDE, SECRET, SceneryMaker

HIDDEN_FROM = {
    "security_week_id": (*OUTSIDE, *INSIDE, *HELD),
    "security_finding_id": (*OUTSIDE, *INSIDE, *HELD),
    "security_bulletin_id": (*OUTSIDE, *INSIDE, *HELD),
}


async def make(scenery: SceneryMaker, manager: httpx.AsyncClient) -> None:
    """An assessed week with a device and a finding, a published bulletin with its document."""
    week_id = await scenery.row("security_week", state="assessed", monday=date(2026, 11, 9), assessment=SECRET)
    await scenery.row("security_check", week_id=week_id, protection="missing", virus_names=SECRET)
    finding_id = await scenery.row("security_finding", week_id=week_id, kind="virus", state="open", reason=SECRET)
    bulletin_id = await scenery.row("security_bulletin", state="draft", month=date(2026, 10, 1), summary=SECRET)
    await scenery.done(manager.post(f"/api/v1/security-bulletins/{bulletin_id}/publish", json={"version": 1}))
    scenery.ids |= {
        "security_week_id": week_id,
        "security_finding_id": finding_id,
        "security_bulletin_id": bulletin_id,
    }
