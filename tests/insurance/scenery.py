"""What nobody else may see of insurance: products are the company's, a policy its client's."""

import httpx

from app.platform.kernel.time_source import PLATFORM_ZONE
from tests.isolation.scenery import HELD, INSIDE, OUTSIDE, SECRET, SceneryMaker

HIDDEN_FROM = {
    "insurance_product_id": (*OUTSIDE, *INSIDE),
    "insurance_policy_id": (*OUTSIDE, *INSIDE, *HELD),
    "insured_device_id": (*OUTSIDE, *INSIDE, *HELD),
    "insurance_certificate_id": (*OUTSIDE, *INSIDE, *HELD),
}


async def make(scenery: SceneryMaker, manager: httpx.AsyncClient) -> None:
    """A policy in force with one device."""
    await scenery.network.authorise(
        scenery.owner, "device_insurance", "data_recovery", "software", "hardware", "network", "training"
    )
    addon = {
        "code": "COVER",
        "name": SECRET,
        "service_category": "device_insurance",
        "kind": "subscribed",
        "target": "device",
        "unit": "台",
        "unit_price": "0",
        "tax": "vat_6",
        "cycle": "year",
        "billed": "in_advance",
        "version": 0,
    }
    service = await scenery.done(manager.post("/api/v1/addons", json=addon))
    product = {
        "addon_id": service.json()["id"],
        "perils": ["flood"],
        "waiting_days": 0,
        "deductible": "0",
        "claim_limit": "0",
        "year_limit": "0",
        "rates": [{"category": "", "below_years": 30, "percent": "5"}],
        "version": 0,
    }
    made = await scenery.done(manager.post("/api/v1/insurance-products", json=product))
    scenery.keep("insurance_product_id", made, "id")
    number = (await manager.get(f"/api/v1/devices/{scenery.ids['device_id']}")).json()["number"]
    start_on = str(scenery.clock.now().astimezone(PLATFORM_ZONE).date())
    draft = {"client_id": str(scenery.ids["client_id"]), "product_id": made.json()["id"], "start_on": start_on}
    policy = await scenery.done(manager.post("/api/v1/insurance-policies", json=draft))
    scenery.keep("insurance_policy_id", policy, "id")
    here = f"/api/v1/insurance-policies/{policy.json()['id']}"
    wanted = {"device_numbers": [number], "insured_value": "5000", "version": policy.json()["version"]}
    insured = (await scenery.done(manager.post(f"{here}/devices", json=wanted))).json()
    scenery.ids["insured_device_id"] = await scenery.found(
        "SELECT id FROM insured_device WHERE policy_id = $1", scenery.ids["insurance_policy_id"]
    )
    await scenery.done(manager.post(f"{here}/activate", json={"version": insured["version"]}))
    scenery.ids["insurance_certificate_id"] = await scenery.found(
        "SELECT id FROM insurance_certificate WHERE policy_id = $1", scenery.ids["insurance_policy_id"]
    )
