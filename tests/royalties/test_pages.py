"""The pages of both sides: what is offered can be done, and nobody else gets in."""

from datetime import date
from typing import Any

import httpx
import pytest

from app.platform.kernel.actor import HQ_TENANT_ID
from tests.conftest import ClientFor
from tests.invoicing.conftest import Item
from tests.royalties.conftest import Royalties, at


async def post(caller: httpx.AsyncClient, address: str, **form: Any) -> httpx.Response:
    return await caller.post(address, data=form)


async def stated(royalties: Royalties) -> str:
    await royalties.rule()
    await royalties.rate("5")
    await royalties.finance.issue(await royalties.finance.draft([Item(21_200_00)]))
    await royalties.follow()
    royalties.clock.set(at(12, 1))
    await royalties.state()
    return str((await royalties.statement()).id)


async def test_a_month_from_rates_to_a_paid_invoice_by_pages_alone(royalties: Royalties, http: ClientFor) -> None:
    hq, owner = await http(royalties.by), await http(royalties.finance.partner.owner)
    rule = {
        "effective_from": "2026-11-05",
        "basis": "posted",
        "minimum_fee": "0",
        "tax": "vat_6",
        "seller_title": "萤火总部",
        "bank_name": "中国银行",
        "bank_account": "6228",
        "answer_days": "10",
        "payment_days": "15",
    }
    assert (await post(hq, "/hq/royalties/rules", **rule)).status_code == 303
    rate = {"percent": "5", "effective_from": "2026-11-01", "category": "", "star_level": "0"}
    assert (await post(hq, "/hq/royalties/rates", **rate)).status_code == 303
    assert (await post(hq, "/hq/royalties/rates", **{**rate, "percent": "101"})).status_code == 422
    assert (await post(hq, "/hq/royalties/rates", **rate)).status_code == 409
    await royalties.finance.issue(await royalties.finance.draft([Item(21_200_00)]))
    await royalties.follow()
    royalties.clock.set(at(12, 1))
    hq, owner = await http(royalties.by), await http(royalties.finance.partner.owner)
    assert (await post(hq, "/hq/royalties/runs", month="2026-11-01")).status_code == 303
    await royalties.state()
    statement = await royalties.statement()
    own, ours = f"/workspace/royalties/{statement.id}", f"/hq/royalties/{statement.id}"
    page = await owner.get(own, params={"line": 0})
    assert page.status_code == 200
    assert "INV-" in page.text or "ZD-" in page.text or "2026" in page.text
    assert royalties.finance.client.name not in (await hq.get(ours)).text
    assert (await post(owner, f"{own}/dispute", version=str(statement.version), reason="")).status_code == 422
    assert (await post(owner, f"{own}/dispute", version=str(statement.version), reason="太多")).status_code == 303
    await royalties.mirror()
    version = str((await royalties.statement()).version)
    form = {"version": version, "reason": "让一点", "adjustment": "-100"}
    assert (await post(hq, f"{ours}/correct", **form)).status_code == 303
    await royalties.mirror()
    version = str((await royalties.statement(own=True)).version)
    assert (await post(owner, f"{own}/agree", version=version)).status_code == 303
    await royalties.mirror()
    version = str((await royalties.statement()).version)
    assert (await post(hq, f"{ours}/invoice", version=version)).status_code == 303
    money = {"received_on": "2026-12-01", "amount": "954", "reference": "F99"}
    assert (await post(hq, f"{ours}/payments", **{**money, "amount": "955"})).status_code == 409
    assert (await post(hq, f"{ours}/payments", **money)).status_code == 303
    await royalties.mirror()
    told = (await royalties.statement(own=True)).invoice
    assert told is not None
    assert (told.gross, told.open, told.state) == (954_00, 0, "paid")
    for address in ("/hq/royalties", "/hq/royalties/invoices", "/hq/royalties/ageing", "/hq/royalties/rates"):
        assert (await hq.get(address)).status_code == 200
    assert (await hq.get("/hq/royalties/runs")).status_code == 200
    for address in ("/workspace/royalties", "/workspace/royalties/invoices", own):
        assert (await owner.get(address)).status_code == 200


async def test_a_rate_is_withdrawn_before_it_begins_and_not_after(royalties: Royalties, http: ClientFor) -> None:
    hq = await http(royalties.by)
    await royalties.rate("5", since=date(2026, 11, 16))
    await royalties.rate("6", since=date(2026, 12, 1))
    rates = (await hq.get("/api/v1/royalties/rates")).json()["items"]
    assert [each["withdrawable"] for each in rates] == [True, False]
    assert (await hq.delete(f"/api/v1/royalties/rates/{rates[1]['id']}")).status_code == 409
    assert (await hq.delete(f"/api/v1/royalties/rates/{rates[0]['id']}")).status_code == 204


@pytest.mark.parametrize("who", ["dispatcher", "contact", "officer", "other owner", "nobody"])
async def test_nobody_else_reads_or_moves_a_statement(royalties: Royalties, http: ClientFor, who: str) -> None:
    statement_id = await stated(royalties)
    network, finance = royalties.network, royalties.finance
    actors = {
        "dispatcher": finance.partner.dispatcher,
        "contact": finance.client.contact,
        "officer": await network.member(HQ_TENANT_ID, "质量专员", ["hq_quality_officer"]),
        "other owner": (await network.partner("别家")).owner,
        "nobody": None,
    }
    caller = await http(actors[who])
    base = f"/api/v1/royalties/statements/{statement_id}"
    refused = {401} if who == "nobody" else {403, 404}
    assert (await caller.get(base)).status_code in refused
    assert (await caller.get(f"{base}/counted-invoices")).status_code in refused
    for step, data in (
        ("agree", {"version": 1}),
        ("dispute", {"version": 1, "reason": "x"}),
        ("uphold", {"version": 1, "reason": "x"}),
        ("correct", {"version": 1, "reason": "x", "adjustment": "-1"}),
        ("invoice", {"version": 1}),
    ):
        assert (await caller.post(f"{base}/{step}", json=data)).status_code in refused
    assert (await royalties.statement()).state == "proposed"


async def test_the_partner_does_not_do_headquarters_work_nor_the_other_way_round(
    royalties: Royalties, http: ClientFor
) -> None:
    statement_id = await stated(royalties)
    owner, hq = await http(royalties.finance.partner.owner), await http(royalties.by)
    base = f"/api/v1/royalties/statements/{statement_id}"
    version = (await royalties.statement()).version
    assert (await owner.post(f"{base}/invoice", json={"version": version})).status_code == 403
    assert (await hq.post(f"{base}/agree", json={"version": version})).status_code == 403
    assert (await hq.get(f"{base}/counted-invoices")).status_code == 403
    for address in ("rates", "rules", "runs", "ageing"):
        assert (await owner.get(f"/api/v1/royalties/{address}")).status_code == 403
