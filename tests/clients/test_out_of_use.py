"""Nothing new begins with a client that is out of use, whichever way it comes in."""

import json
from typing import Any

import pytest
from litestar import Litestar

from tests.conftest import ClientFor
from tests.factories.network import ClientCompany, Network, PartnerCompany

BEGINNINGS: dict[str, dict[str, Any]] = {
    "/api/v1/tickets": {"subject": "打印机卡纸"},
    "/api/v1/devices": {"number": "XM-1"},
    "/api/v1/contracts": {"title": "年度维护"},
    "/api/v1/quotes": {"title": "换硬盘"},
    "/api/v1/addon-orders": {"addon_id": "{addon}", "quantity": "1"},
    "/api/v1/insurance-policies": {"product_id": "00000000-0000-7000-8000-000000000009", "start_on": "2026-11-16"},
    "/api/v1/recovery-cases": {
        "wanted": "财务的账套",
        "giver_name": "林晓雯",
        "media": [{"kind": "移动硬盘", "serial": "SN-1", "condition": "有异响"}],
    },
}
"""What asks for a client in its body, and begins something with it."""

GOING_ON = {
    "/api/v1/access-grants/{grant_id}/consent": "asks the client's people for what its partner has agreed to",
    "/api/v1/bank-lines/{bank_line_id}/book": "money of a client comes whether it is in use or not",
    "/api/v1/imports": "a row of a client out of use is refused when the list is read",
    "/api/v1/invitations": "whose client is out of use does not get in",
    "/api/v1/ticket-imports": "a past that has ended",
}


def _asks_for_client(document: dict[str, Any], schema: dict[str, Any]) -> bool:
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    parts = (part for key in ("oneOf", "anyOf", "allOf") for part in schema.get(key, []))
    return "client_id" in schema.get("properties", {}) or any(_asks_for_client(document, part) for part in parts)


def test_every_body_that_names_a_client_is_known(application: Litestar) -> None:
    document = json.loads(json.dumps(application.openapi_schema.to_schema(), default=str))
    asking = {
        path
        for path, operations in document["paths"].items()
        for content in operations.get("post", {}).get("requestBody", {}).get("content", {}).values()
        if _asks_for_client(document, content["schema"])
    }
    assert asking == BEGINNINGS.keys() | GOING_ON.keys(), (
        "A request that names a client begins something with it: call `client_in_use` of app/assets/clients in its use "
        "case and name it in BEGINNINGS; or it goes on with something: name it in GOING_ON, with the reason."
    )


@pytest.fixture
async def out_of_use(network: Network, http: ClientFor, partner: PartnerCompany, client: ClientCompany) -> str:
    """A client's id, taken out of use."""
    await network.authorise(partner, "data_recovery", "device_insurance", "software", "hardware", "network", "training")
    owner = await http(partner.owner)
    found = (await owner.get(f"/api/v1/clients/{client.id}")).json()
    gone = await owner.post(
        f"/api/v1/clients/{client.id}/state", json={"state": "inactive", "version": found["version"]}
    )
    assert gone.status_code == 200, gone.text
    return str(client.id)


@pytest.mark.parametrize("path", BEGINNINGS)
async def test_nothing_begins(http: ClientFor, partner: PartnerCompany, out_of_use: str, path: str) -> None:
    owner = await http(partner.owner)
    body = BEGINNINGS[path]
    if "addon_id" in body:
        addon = {
            "code": "NET-WATCH",
            "name": "网络巡检",
            "service_category": "network",
            "kind": "subscribed",
            "target": "client",
            "unit": "月",
            "unit_price": "300",
            "tax": "vat_6",
            "cycle": "month",
            "billed": "in_advance",
            "version": 0,
        }
        body = {**body, "addon_id": (await owner.post("/api/v1/addons", json=addon)).json()["id"]}
    refused = await owner.post(path, json={**body, "client_id": out_of_use})
    assert (refused.status_code, refused.json()["code"]) == (409, "client.inactive"), refused.text


async def test_a_fault_of_its_device_is_refused_too(
    network: Network, http: ClientFor, partner: PartnerCompany, client: ClientCompany, out_of_use: str
) -> None:
    device_id, _ = await network.device(client, "XM-9")
    refused = await (await http(partner.owner)).post(
        "/api/v1/tickets", json={"subject": "蓝屏", "device_id": str(device_id)}
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "client.inactive"), refused.text
