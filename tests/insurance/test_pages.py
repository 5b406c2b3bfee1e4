"""Insurance by its pages: a product and a policy in the workspace, the certificate in the portal."""

import httpx
import pytest

from tests.conftest import ClientFor
from tests.insurance.conftest import TODAY, Insurer


def _done(answer: httpx.Response) -> str:
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


@pytest.mark.slow(15, "opens every page of a policy, draws a PDF")
async def test_a_policy_from_the_form_to_the_certificate(http: ClientFor, insurer: Insurer) -> None:
    owner, contact = await http(insurer.partner.owner), await http(insurer.client.contact)
    products = "/workspace/insurance/products"
    assert "设备险" in (await owner.get(products)).text
    here = f"{products}/{insurer.product_id}"
    form = {
        "addon_id": (await owner.get(f"/api/v1/insurance-products/{insurer.product_id}")).json()["addon_id"],
        "perils": ["fire", "flood"],
        "waiting_days": "7",
        "deductible": "100",
        "claim_limit": "0",
        "year_limit": "0",
        "rates": "台式机 10 3\n全部 5 2.5",
        "version": "1",
    }
    assert "笔记本电脑 4 5" in (await owner.get(here)).text
    refused = await owner.post(here, data={**form, "rates": "台式机 十年 3"})
    assert refused.status_code == 422
    assert "请逐行填写费率" in refused.text
    _done(await owner.post(here, data=form))
    assert (await owner.get(f"{products}/new")).status_code == 200
    assert (await owner.get("/workspace/insurance/new")).status_code == 200
    draft = {
        "client_id": str(insurer.client.id),
        "product_id": str(insurer.product_id),
        "start_on": str(TODAY),
    }
    policy = _done(await owner.post("/workspace/insurance/new", data=draft))
    unknown = await owner.post(
        f"{policy}/devices", data={"device_numbers": "PC-9", "insured_value": "5000", "version": "1"}
    )
    assert "PC-9" in unknown.text
    _done(
        await owner.post(
            f"{policy}/devices", data={"device_numbers": "PC-1\nPC-2", "insured_value": "5000", "version": "1"}
        )
    )
    _done(await owner.post(f"{policy}/activate", data={"version": "2"}))
    shown = (await owner.get(policy)).text
    assert "承保中" in shown
    assert "150.00" in shown
    assert "PC-1" in shown
    listed = (await owner.get("/workspace/insurance")).text
    assert "300.00" in listed
    policy_id = policy.rpartition("/")[2]
    view = (await contact.get(f"/api/v1/insurance-policies/{policy_id}")).json()
    assert view["premiums"] == [], "the client reads its invoices"
    assert view["number"] in (await contact.get("/portal/insurance")).text
    certificate = f"/insurance-certificates/{view['certificate_id']}"
    assert certificate in (await contact.get(f"/portal/insurance/{policy_id}")).text
    printed = await contact.get(certificate)
    assert printed.content.startswith(b"%PDF")
    assert len((await owner.get("/api/v1/insurance-policies")).json()["items"]) == 1
