"""Quotes on pages: written and offered by the desk, decided in the client's portal."""

from uuid import UUID

import httpx
import pytest

from tests.conftest import ClientFor
from tests.quotes.conftest import Shop, disk

PART = {
    "kind": "part",
    "name": "固态硬盘 1TB",
    "unit": "块",
    "quantity": "1",
    "unit_price": "500",
    "cost": "311.07",
    "discount": "0",
    "tax": "vat_13",
    "price_mode": "tax_included",
}


@pytest.fixture
async def desk(shop: Shop, http: ClientFor) -> httpx.AsyncClient:
    return await http(shop.dispatcher)


@pytest.fixture
async def portal(shop: Shop, http: ClientFor) -> httpx.AsyncClient:
    return await http(shop.approver)


async def version_of(desk: httpx.AsyncClient, page: str) -> int:
    answer = await desk.get(f"/api/v1/quotes/{page.rpartition('/')[2]}")
    return int(answer.json()["version"])


async def test_from_a_ticket_to_the_clients_answer(
    shop: Shop, desk: httpx.AsyncClient, portal: httpx.AsyncClient
) -> None:
    ticket_id, _ = await shop.ticket()
    tab = await desk.get(f"/workspace/tickets/{ticket_id}/quotes")
    assert "这张单还没有报价" in tab.text
    form = await desk.get(f"/workspace/quotes/new?ticket={ticket_id}")
    assert "电脑读不出硬盘" in form.text, "the title is the ticket's"
    begun = await desk.post("/workspace/quotes/new", data={"title": "更换硬盘", "ticket_id": str(ticket_id)})
    assert begun.status_code == 303, begun.text
    page = begun.headers["location"]
    refused = await desk.post(f"{page}/free-lines", data={**PART, "cost": "", "unit_price": "五百"})
    assert refused.status_code == 422
    assert all(each in refused.text for each in ("固态硬盘 1TB", "五百"))
    assert (await desk.post(f"{page}/free-lines", data=PART)).status_code == 303
    hours = {"code": "Q-HOUR", "quantity": "2", "discount": "0"}
    assert (await desk.post(f"{page}/priced-lines", data=hours)).status_code == 303
    shown = await desk.get(page)
    assert all(each in shown.text for each in ("900.00", "311.07", "工程师工时", "29.7%"))
    offered = await desk.post(f"{page}/offer", data={"version": str(await version_of(desk, page))})
    assert offered.status_code == 303, offered.text
    assert "BJ-2026-0001" in (await desk.get(f"/workspace/tickets/{ticket_id}/quotes")).text
    assert "BJ-2026-0001" in (await desk.get("/workspace/quotes")).text
    paper = await desk.get(f"{page}/document")
    assert (paper.status_code, paper.content[:4]) == (200, b"%PDF")

    assert "更换硬盘" in (await portal.get("/portal/quotes")).text
    quote_id = page.rpartition("/")[2]
    read = await portal.get(f"/portal/quotes/{quote_id}")
    assert "311.07" not in read.text
    offer = await shop.offer_of(UUID(quote_id))
    assert (await portal.get(f"/portal/offered-quotes/{offer.id}")).content[:4] == b"%PDF"
    answer = {"offered_quote_id": str(offer.id), "content_hash": offer.content_hash, "reason": "工时不用"}
    nothing = await portal.post(f"/portal/quotes/{quote_id}", data={**answer, "verdict": "approve"})
    assert (nothing.status_code, "请至少勾选一项" in nothing.text, "工时不用" in nothing.text) == (422, True, True)
    chosen = {**answer, "verdict": "approve", "approved_lines": str(offer.lines[0].id)}
    assert (await portal.post(f"/portal/quotes/{quote_id}", data=chosen)).status_code == 303
    assert "同意了一部分" in (await portal.get(f"/portal/quotes/{quote_id}")).text
    assert "工时不用" in (await desk.get(page)).text


async def test_a_quote_that_waits_inside_is_let_out_on_its_page(
    shop: Shop, desk: httpx.AsyncClient, http: ClientFor
) -> None:
    quote_id = await shop.draft(disk("0", "500", "400"))
    await shop.call("offer", quote_id)
    page = f"/workspace/quotes/{quote_id}"
    assert "同意，发给客户" not in (await desk.get(page)).text
    manager = await http(shop.manager)
    assert "同意，发给客户" in (await manager.get(page)).text
    assert (await manager.post(f"{page}/review", data={"verdict": "approve"})).status_code == 303
    assert (await shop.read(quote_id)).state == "offered"


async def test_a_line_is_changed_and_taken_out(shop: Shop, desk: httpx.AsyncClient) -> None:
    quote_id = await shop.draft(disk(), disk())
    first, second = (await shop.read(quote_id)).lines
    form = f"/workspace/quotes/{quote_id}/lines/{first.id}"
    assert 'value="500.000000"' in (await desk.get(form)).text
    assert (await desk.post(form, data={**PART, "quantity": "3"})).status_code == 303
    removed = await desk.post(f"/workspace/quotes/{quote_id}/lines/{second.id}", data={"action": "remove"})
    assert removed.status_code == 303
    shown = await shop.read(quote_id)
    assert [(line.id, line.gross_minor) for line in shown.lines] == [(first.id, 150000)]


async def test_the_owner_sets_the_limits(shop: Shop, http: ClientFor) -> None:
    owner = await http(shop.partner.owner)
    assert "报价限度" in (await owner.get("/workspace/quote-rule")).text
    fields = {"valid_days": "30", "version": "0", "lowest_margin": "12.5", "dispatcher": "100", "service_manager": ""}
    wrong = await owner.post("/workspace/quote-rule", data={**fields, "lowest_margin": "101"})
    assert wrong.status_code == 422
    assert (await owner.post("/workspace/quote-rule", data=fields)).status_code == 303
    assert 'value="12.5"' in (await owner.get("/workspace/quote-rule")).text


async def test_the_sheet_holds_what_the_list_shows(shop: Shop, desk: httpx.AsyncClient) -> None:
    await shop.offered()
    sheet = await desk.get("/workspace/quotes/export")
    assert sheet.headers["content-type"].startswith("application/vnd.openxmlformats")
    found = await desk.get("/api/v1/quotes", params={"state": "offered", "sort": "-gross"})
    assert [each["gross_minor"] for each in found.json()["items"]] == [50000]
    assert (await desk.get("/api/v1/quotes", params={"q": "没有这样的"})).json()["items"] == []
