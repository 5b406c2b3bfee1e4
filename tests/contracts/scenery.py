"""What nobody else may see of contracts."""

from typing import Any
from uuid import UUID

import httpx

from tests.isolation.scenery import HELD, INSIDE, OUTSIDE, SECRET, SceneryMaker

HIDDEN_FROM = {
    "contract_id": (*OUTSIDE, *INSIDE, *HELD),
    "contract_paper_id": (*OUTSIDE, *INSIDE, *HELD),
    "contract_version_id": (*OUTSIDE, *INSIDE, *HELD),
    "milestone_id": (*OUTSIDE, *INSIDE, *HELD),
}


async def make(scenery: SceneryMaker, manager: httpx.AsyncClient) -> None:
    """A contract for hours ahead, a device's care and a project, which runs, and has an amendment."""
    first_day = "2026-11-01"
    wanted = {
        "client_id": str(scenery.ids["client_id"]),
        "title": SECRET,
        "template": "project",
        "first_day": first_day,
    }
    draft = (await scenery.done(manager.post("/api/v1/contracts", json=wanted))).json()
    contract = f"/api/v1/contracts/{draft['id']}"
    version = (await manager.get(f"{contract}/versions")).json()["items"][0]
    terms = {**version["terms"], "lines": [*_priced(version["terms"]["lines"]), *_more(scenery)]}
    written = {"title": SECRET, "terms": terms, "version": draft["version"]}
    step: dict[str, Any] = (await scenery.done(manager.put(f"{contract}/terms", json=written))).json()
    for name, more in (("offer", {}), ("accept", {"accepted_by": SECRET}), ("activate", {})):
        step = (
            await scenery.done(manager.post(f"{contract}/{name}", json={"version": step["version"], **more}))
        ).json()
    rest = {"version": step["version"], "reason": SECRET}
    step = (await scenery.done(manager.post(f"{contract}/suspend", json=rest))).json()
    amendment = {"version": step["version"], "reason": SECRET, "effective_from": "2027-01-01"}
    await scenery.done(manager.post(f"{contract}/amend", json=amendment))
    scenery.ids["contract_id"] = UUID(draft["id"])
    scenery.ids["contract_version_id"] = UUID(version["id"])
    milestones = (await manager.get(f"{contract}/milestones")).json()["items"]
    scenery.ids["milestone_id"] = UUID(milestones[0]["id"])
    papers = (await manager.get(f"{contract}/papers")).json()["items"]
    scenery.ids["contract_paper_id"] = UUID(papers[0]["id"])
    block = (await manager.get(f"{contract}/prepaid-blocks")).json()["items"][0]
    await scenery.row("prepaid_draw")
    await scenery.row("prepaid_movement", block_id=UUID(block["id"]))


def _priced(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**line, "name": f"{SECRET}{line['key']}", "amount": "1000"} for line in lines]


def _more(scenery: SceneryMaker) -> list[dict[str, Any]]:
    ahead = {
        "type": "prepaid",
        "key": "ahead",
        "name": SECRET,
        "tax": "vat_6",
        "unit": "minute",
        "quantity": 600,
        "price": "1000",
        "months_valid": 12,
    }
    care = {
        "type": "retainer",
        "key": "care",
        "name": SECRET,
        "tax": "vat_6",
        "amount": "1000",
        "scope": {"device_ids": [str(scenery.ids["device_id"])]},
    }
    return [ahead, care]
