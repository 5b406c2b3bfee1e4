"""Deciding by a link, without an account: by whoever got it, once, and by nothing that merely opens it."""

import asyncio
import re
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from sqlalchemy import select

from app.people.approvals import LinkRecipient, Verdict, decide, send_link, withdraw
from app.people.approvals.errors import ApprovalMoveRefused, OwnRequest
from app.people.approvals.models import ApprovalLink
from app.people.identity import Membership
from app.platform.http.security import CSRF_COOKIE
from app.platform.kernel.time_source import SettableClock
from app.platform.notifications.models import Delivery
from billing.money import Money
from tenants.access_grants.consent import ACCESS_CONSENT
from tests.approvals.conftest import SECOND_ABOVE, Office
from tests.conftest import ClientFor
from tests.factories.network import Network

PUBLIC_URL = "http://127.0.0.1:8000"


async def link_to(office: Office, grant_id: UUID, email: str = "lin@example.com") -> str:
    """The path in the newest letter to this address."""
    async with office.units_of_work.begin(office.partner.system) as work:
        await send_link(work, ACCESS_CONSENT, grant_id, LinkRecipient("林总", email), public_url=PUBLIC_URL)
    async with office.units_of_work.begin(office.partner.system) as work:
        newest = select(Delivery.text).where(Delivery.address == email.lower()).order_by(Delivery.id.desc()).limit(1)
        text = (await work.session.scalars(newest)).one()
    found = re.search(rf"{PUBLIC_URL}(/approvals/\S+)", text)
    assert found
    return found[1]


async def press(browser: httpx.AsyncClient, path: str, verdict: str = "approve") -> httpx.Response:
    """Open the page and press a button, as a person does."""
    page = await browser.get(path)
    token = re.search(r'name="_csrf_token" value="(\w+)"', page.text)
    return await browser.post(
        path, data={"_csrf_token": token[1] if token else "", "verdict": verdict, "reason": "可以"}
    )


async def test_whoever_got_the_link_decides_once_without_a_session(office: Office, http: ClientFor) -> None:
    grant_id = await office.ask()
    path = await link_to(office, grant_id)
    browser = await http(None)
    shown = await browser.get(path)
    assert shown.status_code == 200
    assert all(each in shown.text for each in ("赵经理 请您决定", "林总", office.partner.name))
    assert shown.headers["cache-control"] == "private, no-store"
    done = await press(browser, path)
    assert (done.status_code, "已同意" in done.text) == (200, True)
    assert set(browser.cookies) == {CSRF_COOKIE}, "no session"
    assert (await browser.get("/api/v1/account")).status_code == 401
    approval = await office.approval(grant_id)
    assert (approval.state, approval.decided_by_name, approval.decided_by_email) == (
        "approved",
        "林总",
        "lin@example.com",
    )
    assert await office.state_of_record(grant_id) == "open"
    again = await press(browser, path, "decline")
    assert again.status_code in (403, 404)
    assert (await browser.get(path)).status_code == 404
    assert (await office.approval(grant_id)).state == "approved"


async def test_what_opens_links_decides_nothing(office: Office, http: ClientFor) -> None:
    grant_id = await office.ask()
    path = await link_to(office, grant_id)
    scanner = await http(None)
    for _ in range(3):
        assert (await scanner.get(path)).status_code == 200
        await scanner.head(path)
        await scanner.get(f"{path}?verdict=approve")
    assert (await scanner.post(path, data={"verdict": "approve"})).status_code == 403, "without the page's token"
    foreign = re.search(r'name="_csrf_token" value="(\w+)"', (await (await http(None)).get("/sign-in")).text)
    assert foreign
    forged = await scanner.post(path, data={"_csrf_token": foreign[1], "verdict": "approve"})
    assert forged.status_code == 403, "with another browser's token"
    assert (await office.approval(grant_id)).state == "requested"
    assert (await press(scanner, path, "perhaps")).status_code == 422
    assert (await press(scanner, path)).status_code == 200


async def test_a_link_opens_its_own_matter_in_its_own_company_only(
    office: Office, http: ClientFor, network: Network
) -> None:
    mine, other = await office.ask(), await office.ask()
    path = await link_to(office, mine)
    stranger = await network.partner("广州岭南信息服务有限公司")
    browser = await http(None)
    _, _, tenant, token = path.split("/")
    for forged in (
        path.replace(tenant, str(stranger.id)),
        path.replace(tenant, str(uuid4())),
        f"/approvals/{tenant}/{(await office.approval(other)).id}",
        f"/approvals/{tenant}/{token[:-1]}",
        f"/approvals/{tenant}/{token}x",
    ):
        answer = await press(browser, forged)
        assert answer.status_code in (403, 404), forged
        assert "赵经理" not in answer.text
    assert {(await office.approval(each)).state for each in (mine, other)} == {"requested"}


@pytest.mark.parametrize("end", ["decided", "withdrawn", "expired", "sent again"])
async def test_a_link_ends_with_its_matter(office: Office, http: ClientFor, clock: SettableClock, end: str) -> None:
    grant_id = await office.ask()
    path = await link_to(office, grant_id)
    if end == "decided":
        async with office.units_of_work.begin(office.deciders[0]) as work:
            await decide(work, ACCESS_CONSENT, grant_id, Verdict.DECLINE)
    elif end == "withdrawn":
        async with office.units_of_work.begin(office.partner.system) as work:
            await withdraw(work, ACCESS_CONSENT, grant_id)
    elif end == "expired":
        clock.advance(timedelta(days=7))
    else:
        assert await link_to(office, grant_id) == path, "a second click sends nothing"
        clock.advance(timedelta(minutes=2))
        assert await link_to(office, grant_id) != path
    before = (await office.approval(grant_id)).state
    browser = await http(None)
    shown = await browser.get(path)
    assert (shown.status_code, "链接已失效" in shown.text, "赵经理" in shown.text) == (404, True, False)
    assert (await press(browser, path)).status_code in (403, 404)
    assert (await office.approval(grant_id)).state == before
    if end in ("decided", "withdrawn"):
        async with office.units_of_work.begin(office.partner.system) as work:
            left = ApprovalLink.approval_id == (await office.approval(grant_id)).id
            assert (await work.session.scalars(select(ApprovalLink.id).where(left))).all() == []
            with pytest.raises(ApprovalMoveRefused):
                await send_link(work, ACCESS_CONSENT, grant_id, LinkRecipient("林总", "x@example.com"), public_url="")


async def test_a_member_and_a_link_at_once_decide_once(office: Office, http: ClientFor) -> None:
    grant_id = await office.ask()
    path = await link_to(office, grant_id)
    browser = await http(None)
    await browser.get(path)

    async def by_member() -> bool:
        try:
            async with office.units_of_work.begin(office.deciders[0]) as work:
                await decide(work, ACCESS_CONSENT, grant_id, Verdict.DECLINE)
        except ApprovalMoveRefused:
            return False
        return True

    answer, won = await asyncio.gather(press(browser, path), by_member())
    assert (answer.status_code == 200) is not won
    assert (await office.approval(grant_id)).state == ("declined" if won else "approved")


async def test_two_links_are_two_people_and_one_is_one(office: Office, http: ClientFor) -> None:
    grant_id = await office.ask(amount=Money(50_001, "CNY"), limits=SECOND_ABOVE)
    first, second = [await link_to(office, grant_id, each) for each in ("lin@example.com", "wu@example.com")]
    browser = await http(None)
    assert (await press(browser, first)).status_code == 200
    assert (await office.approval(grant_id)).state == "first_approved"
    assert (await press(browser, first)).status_code in (403, 404), "used"
    again = await link_to(office, grant_id, "LIN@example.com")
    assert (await press(browser, again)).status_code == 403, "the same address is the same person"
    assert (await office.approval(grant_id)).state == "first_approved"
    assert (await press(browser, second)).status_code == 200
    assert (await office.approval(grant_id)).state == "approved"


async def test_the_requester_gets_no_link_for_their_own_matter(office: Office) -> None:
    grant_id = await office.ask()
    async with office.units_of_work.begin(office.partner.system) as work:
        own = await work.session.get_one(Membership, (office.partner.id, office.manager.membership_id))
        for address in (own.email, own.email.upper()):
            with pytest.raises(OwnRequest):
                await send_link(work, ACCESS_CONSENT, grant_id, LinkRecipient("我", address), public_url="")


async def test_opening_links_is_throttled(office: Office, http: ClientFor, fresh_counters: None) -> None:
    browser = await http(None)
    answers = [(await browser.get(f"/approvals/{office.partner.id}/{'x' * 43}")).status_code for _ in range(125)]
    assert (answers[0], answers[-1]) == (404, 429)


async def test_a_suspended_company_s_links_open_nothing(
    office: Office, http: ClientFor, superuser: asyncpg.Connection, fresh_counters: None
) -> None:
    grant_id = await office.ask()
    path = await link_to(office, grant_id)
    await superuser.execute("UPDATE tenant SET state = 'suspended' WHERE id = $1", office.partner.id)
    assert (await (await http(None)).get(path)).status_code == 404
