"""What strangers forge: requests from foreign pages, cookies laid out beforehand, hosts, redirects, keys, paths."""

import asyncio
import re
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from app.platform.http.authentication import SESSION_COOKIE
from app.platform.http.security import CSRF_COOKIE
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.ids import new_id
from app.platform.kernel.runtime import Runtime
from app.platform.notifications.models import Delivery
from tests.conftest import ClientFor
from tests.factories.background import run_due_work
from tests.factories.network import Network, PartnerCompany
from tests.identity.conftest import PASSWORD, LinkTo, WithPassword, link_to, with_password
from tests.identity.test_pages import send

__all__ = ["link_to", "with_password"]  # the fixtures of identity's tests

ELSEWHERE = (
    "//evil.example/x", "https://evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
    "/\t/evil.example", "/ok\r\nSet-Cookie: planted=1", "http:evil.example",
)  # fmt: skip


async def test_a_foreign_page_sends_nothing_in_our_people_s_name(
    http: ClientFor, partner: PartnerCompany, with_password: WithPassword
) -> None:
    browser, other = await http(None), await http(None)
    await send(browser, "/sign-in", name=await with_password(partner.owner), password=PASSWORD)
    foreign = re.search(r'name="_csrf_token" value="(\w+)"', (await other.get("/sign-in")).text)
    assert foreign
    for token in ("", "0" * 64, foreign[1]):
        for address in ("/workspace/members/invite", "/account/password", "/workspace/api-tokens", "/sign-out"):
            refused = await browser.post(address, data={"_csrf_token": token, "name": "x"})
            assert refused.status_code == 403, (address, token)
        # Cookies alone open the API for reading only: a forged form cannot carry our header.
        refused = await browser.post("/api/v1/api-tokens", json={"name": "x", "permissions": ["ticket:read"]})
        assert refused.status_code == 403
    assert (await browser.get("/workspace/members")).status_code == 200, "still signed in"


async def test_a_session_laid_out_beforehand_is_not_the_one_that_is_opened(
    http: ClientFor, network: Network, partner: PartnerCompany, with_password: WithPassword
) -> None:
    attacker = (await network.partner()).dispatcher
    laid_out = await network.token(attacker)
    victim = await http(None)
    victim.cookies.set(SESSION_COOKIE, laid_out, domain="127.0.0.1")
    page = await victim.get("/forgot-password")
    token = re.search(r'name="_csrf_token" value="(\w+)"', page.text)
    assert token
    signed_in = await victim.post(
        "/sign-in", data={"_csrf_token": token[1], "name": await with_password(partner.owner), "password": PASSWORD}
    )
    assert signed_in.status_code == 303
    fresh = next(c for c in signed_in.headers.get_list("set-cookie") if c.startswith(f"{SESSION_COOKIE}="))
    assert laid_out not in fresh
    thief = await http(None)
    thief.headers["authorization"] = f"Bearer {laid_out}"
    assert (await thief.get("/api/v1/account")).status_code == 401, "what the browser had before ends"


async def test_links_lead_to_the_configured_address_whatever_host_a_request_names(
    http: ClientFor, runtime: Runtime, network: Network, partner: PartnerCompany, with_password: WithPassword
) -> None:
    email = await with_password(partner.owner)
    poisoned = {"host": "evil.example", "x-forwarded-host": "evil.example", "forwarded": "host=evil.example"}
    visitor, owner = await http(None), await http(partner.owner)
    asked = await visitor.post("/api/v1/password-resets", json={"name": email}, headers=poisoned)
    assert asked.status_code == 202
    invited = await owner.post(
        "/api/v1/invitations",
        json={"email": "new@example.com", "display_name": "新人", "roles": ["dispatcher"]},
        headers=poisoned,
    )
    assert invited.status_code == 201
    await run_due_work(runtime)
    for tenant_id in (HQ_TENANT_ID, partner.id):
        async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
            texts = (await work.session.scalars(select(Delivery.text))).all()
        assert texts
        for text in texts:
            assert "evil" not in text
            assert re.findall(r"https?://[^/\s]+", text) == [runtime.settings.public_url.rstrip("/")]


async def test_nobody_is_sent_elsewhere_after_signing_in(
    http: ClientFor, partner: PartnerCompany, with_password: WithPassword
) -> None:
    email = await with_password(partner.dispatcher)
    for wanted in ELSEWHERE:
        browser = await http(None)
        arrived = await send(browser, "/sign-in", name=email, password=PASSWORD, next=wanted)
        assert (arrived.status_code, arrived.headers["location"]) == (303, "/workspace"), wanted
        assert "planted" not in str(arrived.headers)
        page = await browser.get("/sign-in", params={"next": wanted})
        assert page.headers["location"] == "/workspace", wanted


async def test_a_request_id_that_is_no_id_comes_not_back(http: ClientFor) -> None:
    visitor = await http(None)
    for given in ("short", "x" * 65, "<script>alert(1)</script>", "id\tx", "身份"):
        answer = await visitor.get("/health/live", headers=[(b"x-request-id", given.encode())])
        assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["x-request-id"]), given


async def test_a_key_for_repetition_is_one_s_own(http: ClientFor, network: Network, partner: PartnerCompany) -> None:
    other = await network.partner()
    answers: list[str] = []
    key = {"idempotency-key": "the-very-same-key"}
    colleague = await network.member(partner.id, "周经理", ["service_manager"])
    for actor in (partner.owner, other.owner, colleague, partner.owner):
        answer = await (await http(actor)).post(
            "/api/v1/invitations",
            json={"email": f"{len(answers)}@example.com", "display_name": "新人", "roles": ["dispatcher"]}
            if len(answers) < 3
            else {"email": "0@example.com", "display_name": "新人", "roles": ["dispatcher"]},
            headers=key,
        )
        assert answer.status_code == 201, answer.text
        answers.append(answer.json()["id"])
    assert len(set(answers[:3])) == 3, "nobody is told what another has been told"
    assert answers[3] == answers[0]


async def test_of_two_who_use_one_link_at_once_one_is_too_late(
    http: ClientFor, partner: PartnerCompany, with_password: WithPassword, link_to: LinkTo, runtime: Runtime
) -> None:
    email = await with_password(partner.owner)
    visitor = await http(None)
    await visitor.post("/api/v1/password-resets", json={"name": email})
    await run_due_work(runtime)
    token = (await link_to(HQ_TENANT_ID, email)).rpartition("/")[2]

    async def finish(password: str) -> int:
        answer = await visitor.put(f"/api/v1/password-resets/{token}", json={"password": password})
        return answer.status_code

    passwords = [f"a lantern over harbour {number}" for number in range(4)]
    told = await asyncio.gather(*map(finish, passwords))
    assert sorted(told) == [204, 404, 404, 404]
    right = passwords[told.index(204)]
    for password in passwords:
        answer = await visitor.post("/api/v1/sessions", json={"name": email, "password": password})
        assert answer.status_code == (201 if password == right else 401)


async def test_two_who_accept_one_invitation_at_once_become_one_member(
    http: ClientFor, partner: PartnerCompany, link_to: LinkTo, runtime: Runtime
) -> None:
    email = f"{new_id().hex}@example.com"
    owner, visitor = await http(partner.owner), await http(None)
    await owner.post("/api/v1/invitations", json={"email": email, "display_name": "新人", "roles": ["dispatcher"]})
    await run_due_work(runtime)
    link = (await link_to(partner.id, email)).replace("/invitations/", "/api/v1/invitation-links/")

    async def accept() -> tuple[int, Any]:
        answer = await visitor.post(link, json={"password": PASSWORD, "display_name": "新人"})
        return answer.status_code, answer.json().get("membership_id")

    told = await asyncio.gather(*(accept() for _ in range(4)))
    memberships = {membership for status, membership in told if status == 200}
    assert len(memberships) == 1
    members = (await owner.get("/api/v1/members", params={"q": email})).json()["items"]
    assert [each["id"] for each in members] == list(memberships)


@pytest.mark.parametrize(
    "path",
    [
        "/static/build/../../../../pyproject.toml", "/static/build/..%2f..%2f..%2f..%2fpyproject.toml",
        "/static/build/%2e%2e/%2e%2e/settings.env", "/static/build//etc/passwd", "/static/build/%00",
    ],
)  # fmt: skip
async def test_no_path_leads_out_of_the_built_files(http: ClientFor, path: str) -> None:
    visitor = await http(None)
    answer = await visitor.send(httpx.Request("GET", httpx.URL(f"http://127.0.0.1:8000{path}")))
    assert answer.status_code in (400, 404)
    assert "project" not in answer.text


async def test_what_is_read_is_kept_by_no_cache(http: ClientFor, partner: PartnerCompany) -> None:
    owner = await http(partner.owner)
    for address in ("/api/v1/tickets", "/api/v1/clients", "/workspace/tickets", "/workspace/audit", "/api/v1/account"):
        answer = await owner.get(address)
        assert answer.headers["cache-control"] in ("private, no-store", "no-store"), address
        assert "etag" not in answer.headers


async def test_a_form_s_token_is_worth_nothing_in_another_session(
    http: ClientFor, partner: PartnerCompany, with_password: WithPassword, network: Network
) -> None:
    """Whoever can lay out a cookie in a victim's browser, below a neighbouring name, lays out one of their own."""
    browsers = []
    for actor in (partner.dispatcher, partner.owner):
        browser = await http(None)
        before = token_in((await browser.get("/sign-in")).text)
        await send(browser, "/sign-in", name=await with_password(actor), password=PASSWORD)
        browsers.append((browser, before, token_in((await browser.get("/account")).text)))
    (attacker, before_signing_in, own), (victim, _, right) = browsers
    for token in (own, before_signing_in, "", "0" * 128):
        victim.cookies.set(CSRF_COOKIE, token or own, domain="127.0.0.1")
        refused = await victim.post("/preferences", data={"_csrf_token": token, "language": "en"})
        assert refused.status_code == 403
    assert (await victim.post("/preferences", data={"_csrf_token": right, "language": "en"})).status_code == 303

    choice = {"_csrf_token": right, "membership_id": str(partner.owner.membership_id)}
    assert (await victim.post("/memberships/choose", data=choice)).status_code == 303, "a new session"
    assert (await victim.post("/sign-out", data={"_csrf_token": right})).status_code == 403
    assert (await attacker.post("/sign-out", data={"_csrf_token": own})).status_code == 303
    signed_out = await attacker.post("/account/password", data={"_csrf_token": own, "present": "x", "password": "y"})
    assert signed_out.status_code in (303, 401), "whoever is signed out is asked to sign in, not told of a stale form"


def token_in(page: str) -> str:
    found = re.search(r'name="_csrf_token" value="(\w+)"', page)
    assert found, page
    return found[1]
