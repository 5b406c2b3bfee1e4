"""Deciding an offer by a link: for people without an account, once, for exactly the document that it was sent for."""

import re
from datetime import UTC, datetime
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select

from app.people.approvals.errors import ApprovalMoveRefused, OwnRequest
from app.people.identity import Membership
from app.platform.kernel.errors import Forbidden
from app.platform.notifications.models import Delivery
from billing.quotes.schemas import OfferLink
from billing.quotes.services.offering import QuoteOffers
from tests.conftest import ClientFor
from tests.quotes.conftest import TODAY, Shop, disk

PUBLIC_URL = "http://127.0.0.1:8000"
pytestmark = pytest.mark.usefixtures("fresh_counters")


async def link_to(shop: Shop, quote_id: UUID, email: str = "zong@example.com") -> str:
    """The path in the newest letter to this address."""
    async with shop.units_of_work.begin(shop.dispatcher) as work:
        await QuoteOffers(work).send_link(quote_id, OfferLink("郑总", email), public_url=PUBLIC_URL)
    async with shop.units_of_work.begin(shop.partner.system) as work:
        newest = select(Delivery.text).where(Delivery.address == email).order_by(Delivery.id.desc()).limit(1)
        text = (await work.session.scalars(newest)).one()
    found = re.search(rf"{PUBLIC_URL}(/approvals/\S+)", text)
    assert found
    return found[1]


async def press(browser: httpx.AsyncClient, path: str, verdict: str, parts: list[UUID] | None = None) -> httpx.Response:
    """Open the page, tick, and press a button."""
    page = await browser.get(path)
    token = re.search(r'name="_csrf_token" value="(\w+)"', page.text)
    form: dict[str, object] = {"_csrf_token": token[1] if token else "", "verdict": verdict, "reason": "可以"}
    return await browser.post(path, data={**form, "part": [str(each) for each in parts or []]})


async def test_whoever_got_it_reads_every_line_and_the_paper_and_approves_a_part_once(
    shop: Shop, http: ClientFor
) -> None:
    quote = await shop.offered(disk(cost="311.07"), disk(price="700", cost="411.07"))
    path = await link_to(shop, quote.id)
    browser = await http(None)
    shown = await browser.get(path)
    assert all(each in shown.text for each in (quote.number, "固态硬盘 1TB × 1 块", "¥500.00", "¥700.00", "郑总"))
    assert "11.07" not in shown.text, "no cost"
    paper = await browser.get(f"{path}/document")
    assert (paper.status_code, paper.content[:4]) == (200, b"%PDF")
    done = await press(browser, path, "approve", [quote.lines[1].id])
    assert done.status_code == 200, done.text
    read = await shop.read(quote.id)
    assert (read.state, read.decided_by_name, read.decision) == ("partly_approved", "郑总", "可以")
    assert [line.decision for line in read.lines] == ["declined", "approved"]
    again = await press(browser, path, "approve", [quote.lines[0].id])
    assert again.status_code in (403, 404)
    assert (await browser.get(f"{path}/document")).status_code == 404


async def test_it_declines_the_whole(shop: Shop, http: ClientFor) -> None:
    quote = await shop.offered()
    path = await link_to(shop, quote.id)
    assert (await press(await http(None), path, "decline", [quote.lines[0].id])).status_code == 200
    assert (await shop.read(quote.id)).state == "declined"


@pytest.mark.parametrize("forged", ["nothing ticked", "a line of another quote", "no id"])
async def test_what_is_no_part_of_the_offer_decides_nothing(shop: Shop, http: ClientFor, forged: str) -> None:
    quote, other = await shop.offered(), await shop.offered()
    path = await link_to(shop, quote.id)
    browser = await http(None)
    if forged == "no id":
        page = await browser.get(path)
        token = re.search(r'name="_csrf_token" value="(\w+)"', page.text)
        assert token
        answer = await browser.post(path, data={"_csrf_token": token[1], "verdict": "approve", "part": "全部"})
    else:
        answer = await press(browser, path, "approve", [] if forged == "nothing ticked" else [other.lines[0].id])
    assert answer.status_code == 422
    assert {(await shop.read(each.id)).state for each in (quote, other)} == {"offered"}
    assert (await press(browser, path, "approve", [quote.lines[0].id])).status_code == 200, "and the link is still good"


@pytest.mark.parametrize("end", ["revised", "offered anew", "withdrawn", "decided", "over"])
async def test_it_is_good_for_its_own_version_alone(shop: Shop, http: ClientFor, end: str) -> None:
    quote_id = await shop.draft(disk(), valid_until=TODAY)
    await shop.call("offer", quote_id)
    path = await link_to(shop, quote_id)
    line = (await shop.offer_of(quote_id)).lines[0].id
    if end in ("revised", "offered anew"):
        await shop.call("revise", quote_id)
        if end == "offered anew":
            await shop.call("offer", quote_id)
    elif end == "withdrawn":
        await shop.call("withdraw", quote_id)
    elif end == "decided":
        await shop.decide(quote_id, [])
    else:
        shop.clock.set(datetime(2026, 11, 16, 16, tzinfo=UTC))
    before = (await shop.read(quote_id)).state
    browser = await http(None)
    shown = await browser.get(path)
    assert (shown.status_code, "固态硬盘" in shown.text) == (404, False)
    assert (await browser.get(f"{path}/document")).status_code == 404
    assert (await press(browser, path, "approve", [line])).status_code in (403, 404)
    assert (await shop.read(quote_id)).state == before


async def test_it_opens_nothing_of_another_company_or_another_quote(shop: Shop, http: ClientFor) -> None:
    quote = await shop.offered()
    path = await link_to(shop, quote.id)
    stranger = await shop.network.partner()
    _, _, tenant, token = path.split("/")
    browser = await http(None)
    for forged in (
        path.replace(tenant, str(stranger.id)),
        path.replace(tenant, str(uuid4())),
        f"/approvals/{tenant}/{quote.id}",
        f"/approvals/{tenant}/{token[:-1]}",
        f"{path}/../document",
    ):
        for address in (forged, f"{forged}/document"):
            answer = await browser.get(address)
            assert answer.status_code in (403, 404), address
            assert quote.number not in answer.text
    assert (await shop.read(quote.id)).state == "offered"


async def test_it_goes_to_nobody_before_the_offer_nor_to_whoever_offered(shop: Shop) -> None:
    quote_id = await shop.draft(disk())
    async with shop.units_of_work.begin(shop.dispatcher) as work:
        with pytest.raises(ApprovalMoveRefused):
            await QuoteOffers(work).send_link(quote_id, OfferLink("郑总", "z@example.com"), public_url=PUBLIC_URL)
    await shop.call("offer", quote_id)
    async with shop.units_of_work.begin(shop.dispatcher) as work:
        own = await work.session.get_one(Membership, (shop.partner.id, shop.dispatcher.membership_id))
        with pytest.raises(OwnRequest):
            await QuoteOffers(work).send_link(quote_id, OfferLink("我", own.email or ""), public_url=PUBLIC_URL)
    async with shop.units_of_work.begin(shop.approver) as work:
        with pytest.raises(Forbidden):
            QuoteOffers(work)


async def test_programs_do_not_decide(shop: Shop, http: ClientFor) -> None:
    quote = await shop.offered()
    offer = await shop.offer_of(quote.id)
    program = await http(None)
    program.headers["authorization"] = f"Bearer {await shop.network.program(shop.approver)}"
    given = {"content_hash": offer.content_hash, "approved_lines": [str(line.id) for line in offer.lines]}
    answer = await program.post(f"/api/v1/offered-quotes/{offer.id}/decision", json=given)
    assert answer.status_code == 403
    assert (await shop.read(quote.id)).state == "offered"
