"""The pages of both sides: what is offered can be done, and nobody else gets in."""

from datetime import timedelta

import pytest

from app.platform.kernel.actor import HQ_TENANT_ID
from tests.conftest import ClientFor
from tests.subscriptions.conftest import TODAY, Plans


async def test_a_plan_from_its_price_to_a_paid_invoice_by_pages_alone(plans: Plans, http: ClientFor) -> None:
    hq, owner = await http(plans.by), await http(plans.partner.owner)
    price = {
        "code": "starter",
        "effective_from": (TODAY + timedelta(days=5)).isoformat(),
        "price": "280",
        "included_engineers": "3",
        "included_devices": "50",
        "engineer_price": "60",
        "device_price": "3",
        "trial_days": "14",
        "past_due_days": "7",
        "grace_days": "14",
    }
    assert (await hq.post("/hq/plans/prices", data={**price, "price": "-1"})).status_code == 422
    assert (await hq.post("/hq/plans/prices", data=price)).status_code == 303
    assert (await hq.post("/hq/plans/prices", data=price)).status_code == 409
    assert "280.00" in (await hq.get("/hq/plans/prices")).text
    assert "还没有套餐" in (await owner.get("/workspace/plan")).text
    chosen = await owner.post("/workspace/plan/choose", data={"code": "standard", "version": "0"})
    assert chosen.status_code == 303
    version = (await plans.current()).version
    assert (await owner.post("/workspace/plan/end", data={"version": str(version)})).status_code == 303
    assert "不再续用" in (await owner.get("/workspace/plan")).text
    kept = {"version": str((await plans.current()).version)}
    assert (await owner.post("/workspace/plan/keep", data=kept)).status_code == 303
    await plans.until(TODAY + timedelta(days=14))
    (invoice,) = await plans.invoices()
    hq, owner = await http(plans.by), await http(plans.partner.owner)
    shown = (await owner.get("/workspace/plan")).text
    assert invoice.number in shown
    assert "954.00" in shown
    pdf = await owner.get(f"/workspace/royalties/invoices/{invoice.id}/document")
    assert pdf.content.startswith(b"%PDF")
    assert "本平台" not in (await hq.get("/hq/plans")).text
    ours = f"/hq/plans/partners/{plans.partner.id}"
    assert invoice.number in (await hq.get(ours)).text
    money = {"received_on": plans.today.isoformat(), "amount": "954", "reference": "F-1"}
    payments = f"{ours}/invoices/{invoice.id}/payments"
    assert (await hq.post(payments, data={**money, "amount": "955"})).status_code == 409
    assert (await hq.post(payments, data=money)).status_code == 303
    await plans.work()
    assert "已付清" in (await owner.get("/workspace/plan")).text
    assert (await hq.get("/hq/royalties/invoices")).status_code == 200
    assert (await owner.get("/workspace/royalties/invoices")).status_code == 200


async def test_programs_read_and_choose(plans: Plans, http: ClientFor) -> None:
    hq, owner = await http(plans.by), await http(plans.partner.owner)
    assert (await owner.get("/api/v1/plan-subscription")).json() is None
    chosen = await owner.post("/api/v1/plan-subscription/choose", json={"code": "large", "version": 0})
    assert (chosen.status_code, chosen.json()["state"]) == (200, "trial")
    offers = (await owner.get("/api/v1/plan-subscription/offers")).json()["items"]
    assert [each["plan"]["code"] for each in offers if each["current"]] == ["large"]
    assert (await owner.get("/api/v1/plan-subscription/invoices")).json()["items"] == []
    found = (await hq.get("/api/v1/plans/partners")).json()["items"]
    assert [each["plan_code"] for each in found if each["partner_id"] == str(plans.partner.id)] == ["large"]
    assert len((await hq.get("/api/v1/plans/versions")).json()["items"]) == 3


@pytest.mark.parametrize("who", ["dispatcher", "officer", "nobody"])
async def test_nobody_else_sees_or_chooses_a_plan(plans: Plans, http: ClientFor, who: str) -> None:
    actors = {
        "dispatcher": plans.partner.dispatcher,
        "officer": await plans.network.member(HQ_TENANT_ID, "质量专员", ["hq_quality_officer"]),
        "nobody": None,
    }
    caller = await http(actors[who])
    refused = {401} if who == "nobody" else {403}
    for address in ("plan-subscription", "plan-subscription/offers", "plans/versions", "plans/partners"):
        assert (await caller.get(f"/api/v1/{address}")).status_code in refused
    choice = {"code": "large", "version": 0}
    assert (await caller.post("/api/v1/plan-subscription/choose", json=choice)).status_code in refused
    owner, hq = await http(plans.partner.owner), await http(plans.by)
    assert (await owner.get("/api/v1/plans/partners")).status_code == 403
    assert (await hq.get("/api/v1/plan-subscription")).status_code == 404
