"""The same through pages, as a browser walks them: forms, cookies, redirects."""

import re
from datetime import UTC, datetime

import httpx
import pytest

from app.platform.kernel.actor import Actor
from app.platform.kernel.ids import new_id
from app.platform.kernel.runtime import Runtime
from tests.conftest import ClientFor
from tests.factories.network import Network
from tests.identity.conftest import PASSWORD, LinkTo, WithPassword


async def send(visitor: httpx.AsyncClient, page: str, to: str = "", **fields: object) -> httpx.Response:
    """Open `page`, fill its form, send it."""
    opened = await visitor.get(page)
    token = re.search(r'name="_csrf_token" value="(\w+)"', opened.text)
    assert token, opened.text
    return await visitor.post(to or page, data={"_csrf_token": token[1], **fields})


@pytest.mark.any_day(on="validity")
async def test_a_dispatcher_signs_in_works_and_signs_out(
    visitor: httpx.AsyncClient, network: Network, with_password: WithPassword
) -> None:
    partner = await network.partner()
    email = await with_password(partner.dispatcher)

    signed_in = await send(visitor, "/sign-in", name=email, password=PASSWORD)

    assert (signed_in.status_code, signed_in.headers["location"]) == (303, "/workspace")
    cookie = next(c for c in signed_in.headers.get_list("set-cookie") if c.startswith("yinghuo_session="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/;" in cookie + ";"
    known = next(c for c in signed_in.headers.get_list("set-cookie") if c.startswith("yinghuo_known="))
    assert "HttpOnly" in known
    assert "Path=/sign-in" in known
    members = await visitor.get("/workspace/members")
    assert "林小燕" in members.text
    assert (await visitor.get("/sign-in")).headers["location"] == "/workspace"

    out = await send(visitor, "/account", "/sign-out")
    assert out.headers["location"] == "/sign-in"
    closed = await visitor.get("/workspace/members?q=%E6%9E%97")
    assert closed.status_code == 401
    assert 'href="/sign-in?next=%2Fworkspace%2Fmembers%3Fq%3D%25E6%259E%2597"' in closed.text


async def test_a_wrong_password_is_said_once_and_the_name_stays(
    visitor: httpx.AsyncClient, network: Network, with_password: WithPassword
) -> None:
    partner = await network.partner()
    email = await with_password(partner.dispatcher)

    known = await send(visitor, "/sign-in", name=email, password="wrong")
    unknown = await send(visitor, "/sign-in", name="nobody@example.com", password="wrong")

    assert (known.status_code, unknown.status_code) == (401, 401)
    assert known.text.replace(email, "") == unknown.text.replace("nobody@example.com", "")
    assert "账号或密码不正确" in known.text
    assert "wrong" not in known.text


async def test_a_form_without_its_token_signs_nobody_in(
    visitor: httpx.AsyncClient, network: Network, with_password: WithPassword
) -> None:
    partner = await network.partner()
    email = await with_password(partner.dispatcher)

    fields = {"name": email, "password": PASSWORD}
    await visitor.get("/sign-in")
    for token in ({}, {"_csrf_token": "0" * 128}):
        answer = await visitor.post("/sign-in", data=fields | token)
        assert answer.status_code == 403
        assert "yinghuo_session" not in visitor.cookies


@pytest.mark.parametrize(
    ("wanted", "arrived"),
    [
        ("/workspace/members", "/workspace/members"),
        ("https://evil.example/", "/workspace"),
        ("//evil.example", "/workspace"),
        ("/\\evil.example", "/workspace"),
    ],
)
async def test_after_signing_in_nobody_is_sent_to_another_site(
    wanted: str, arrived: str, visitor: httpx.AsyncClient, network: Network, with_password: WithPassword
) -> None:
    partner = await network.partner()
    email = await with_password(partner.dispatcher)

    assert (await visitor.get("/sign-in", params={"next": wanted})).status_code == 200
    answer = await send(visitor, "/sign-in", name=email, password=PASSWORD, next=wanted)

    assert answer.headers["location"] == arrived
    assert (await visitor.get("/sign-in", params={"next": wanted})).headers["location"] == arrived


async def test_signing_in_again_ends_the_browsers_earlier_session(
    visitor: httpx.AsyncClient, network: Network, with_password: WithPassword
) -> None:
    partner = await network.partner()
    first, second = await with_password(partner.dispatcher), await with_password(partner.owner)
    await send(visitor, "/sign-in", name=first, password=PASSWORD)
    earlier = visitor.cookies["yinghuo_session"]
    await send(visitor, "/account", "/sign-in", name=second, password=PASSWORD)

    assert visitor.cookies["yinghuo_session"] != earlier
    visitor.cookies.set("yinghuo_session", earlier, domain="127.0.0.1")
    assert (await visitor.get("/account", headers={"cookie": f"yinghuo_session={earlier}"})).status_code == 401


async def test_somebody_of_two_companies_chooses_and_switches(
    visitor: httpx.AsyncClient, runtime: Runtime, network: Network, with_password: WithPassword
) -> None:
    from app.people.identity import Membership

    first, second = await network.partner("鹭光信息"), await network.partner("羊城快修")
    email = await with_password(first.dispatcher)
    engineer = new_id()
    async with runtime.units_of_work.begin(second.system) as work:
        work.session.add(
            Membership(
                tenant_id=second.id,
                id=engineer,
                account_id=first.dispatcher.account_id,
                display_name="林小燕",
                roles=["engineer"],
                created_at=datetime(2026, 11, 1, tzinfo=UTC),
            )
        )
    arrived = await send(visitor, "/sign-in", name=email, password=PASSWORD, next="/account")
    assert arrived.headers["location"] == "/memberships/choose?next=/account"

    page = await visitor.get("/memberships/choose")
    assert "鹭光信息" in page.text
    assert "羊城快修" in page.text
    assert "鹭光信息" in (await visitor.get("/memberships/menu")).text
    foreign = await send(visitor, "/memberships/choose", membership_id=str(first.owner.membership_id))
    assert foreign.status_code == 404
    switched = await send(visitor, "/memberships/choose", membership_id=str(engineer))
    assert switched.headers["location"] == "/field"
    assert (await visitor.get("/workspace/members")).status_code == 403


async def test_the_switch_is_empty_for_people_of_one_company(http: ClientFor, network: Network) -> None:
    partner = await network.partner()
    dispatcher = await http(partner.dispatcher)

    assert (await dispatcher.get("/memberships/menu")).text.strip() == ""


async def test_the_owner_invites_a_colleague_who_joins_from_the_link(
    visitor: httpx.AsyncClient, http: ClientFor, network: Network, with_password: WithPassword, link_to: LinkTo
) -> None:
    partner = await network.partner("鹭光信息")
    email = await with_password(partner.owner)
    await send(visitor, "/sign-in", name=email, password=PASSWORD)
    refused = await send(
        visitor, "/workspace/members/invite", email="nonsense", display_name="陈嘉木", roles=["engineer"]
    )
    assert refused.status_code == 422
    assert 'value="nonsense"' in refused.text
    unticked = await send(visitor, "/workspace/members/invite", email="jiamu@example.com", display_name="陈嘉木")
    assert "请至少选择一个角色" in unticked.text

    sent = await send(
        visitor, "/workspace/members/invite", email="jiamu@example.com", display_name="陈嘉木", roles=["engineer"]
    )
    assert sent.headers["location"] == "/workspace/members?done=invited"
    assert "jiamu@example.com" in (await visitor.get("/workspace/members")).text

    newcomer, link = await http(None), await link_to(partner.id, "jiamu@example.com")
    assert "鹭光信息" in (await newcomer.get(link)).text
    weak = await send(newcomer, link, display_name="陈嘉木", password="short")
    assert "10 到 200" in weak.text
    joined = await send(newcomer, link, display_name="陈嘉木", password=PASSWORD)
    assert joined.headers["location"] == "/field"
    assert (await newcomer.get("/account")).status_code == 200
    assert "邀请已失效" in (await newcomer.get(link)).text
    assert "陈嘉木" in (await visitor.get("/workspace/members")).text


async def test_a_members_page_changes_roles_and_state(
    visitor: httpx.AsyncClient, network: Network, with_password: WithPassword
) -> None:
    partner = await network.partner()
    await send(visitor, "/sign-in", name=await with_password(partner.owner), password=PASSWORD)
    page = f"/workspace/members/{partner.dispatcher.membership_id}"

    changed = await send(visitor, page, version=1, action="roles", roles=["dispatcher", "engineer"])
    assert changed.status_code == 303
    stale = await send(visitor, page, version=1, action="suspend")
    assert stale.status_code == 409
    assert "刚被别人修改过" in stale.text
    assert (await send(visitor, page, version=2, action="suspend")).status_code == 303
    assert "恢复使用" in (await visitor.get(page)).text
    own = f"/workspace/members/{partner.owner.membership_id}"
    assert "至少要保留一位负责人" in (await send(visitor, own, version=1, action="roles", roles=["dispatcher"])).text


async def test_headquarters_has_the_same_pages(http: ClientFor, network: Network) -> None:
    administrator = await http(network.administrator)

    listed, form = await administrator.get("/hq/members"), await administrator.get("/hq/members/invite")

    assert "总部管理员" in listed.text
    assert "总部质量专员" in form.text
    assert "服务商负责人" not in form.text


async def test_a_forgotten_password_through_pages(
    visitor: httpx.AsyncClient, network: Network, with_password: WithPassword, link_to: LinkTo
) -> None:
    from app.platform.kernel.actor import HQ_TENANT_ID

    partner = await network.partner()
    email = await with_password(partner.dispatcher)
    known = await send(visitor, "/forgot-password", name=email)
    unknown = await send(visitor, "/forgot-password", name="nobody@example.com")
    assert known.text == unknown.text

    link = await link_to(HQ_TENANT_ID, email)
    for _ in range(2):  # opening is not using
        assert (await visitor.get(link)).status_code == 200
    assert (await send(visitor, link, password="short")).status_code == 422
    assert (await send(visitor, link, password="a new lamp every night")).headers["location"] == "/sign-in"
    assert "链接已失效" in (await visitor.get(link)).text


async def test_password_and_sessions_on_the_account_page(
    visitor: httpx.AsyncClient, http: ClientFor, network: Network, with_password: WithPassword
) -> None:
    partner = await network.partner()
    client = await network.client(partner)
    email = await with_password(client.contact)
    other = await http(client.contact)
    await send(visitor, "/sign-in", name=email, password=PASSWORD)
    page = (await visitor.get("/account")).text
    revoke = re.search(r'action="(/account/sessions/[^"]+/revoke)"', page)
    assert revoke

    wrong = await send(visitor, "/account", "/account/password", present="guess", password="a new lamp every night")
    assert "当前密码不正确" in wrong.text
    assert (await send(visitor, "/account", revoke[1])).status_code == 303
    assert (await other.get("/account")).status_code == 401
    changed = await send(visitor, "/account", "/account/password", present=PASSWORD, password="a new lamp every night")
    assert changed.headers["location"] == "/account?done=password"


async def test_language_and_theme_are_kept_and_lead_back(
    visitor: httpx.AsyncClient, network: Network, with_password: WithPassword
) -> None:
    opened = await visitor.get("/sign-in", params={"next": "/account"})
    token = re.search(r'name="_csrf_token" value="(\w+)"', opened.text)
    assert token
    fields = {"_csrf_token": token[1], "language": "en", "theme": "dark"}
    for referer, back in (
        ("http://127.0.0.1:8000/sign-in?next=%2Faccount", "/sign-in?next=%2Faccount"),
        ("https://evil.example//evil.example", "/"),
        ("", "/"),
    ):
        answer = await visitor.post("/preferences", data=fields, headers={"referer": referer})
        assert (answer.status_code, answer.headers["location"]) == (303, back)

    page = await visitor.get("/sign-in")
    assert '<html lang="en" data-theme="dark">' in page.text
    assert "E-mail or mobile number" in page.text
    await visitor.post("/preferences", data=fields | {"language": "xx", "theme": "pink"})
    assert visitor.cookies["language"] == "en"


async def test_people_of_a_suspended_company_still_get_out(
    visitor: httpx.AsyncClient, runtime: Runtime, network: Network, with_password: WithPassword
) -> None:
    from app.platform.kernel.actor import HQ_TENANT_ID
    from tenants.models import Tenant

    partner = await network.partner()
    email = await with_password(partner.owner)
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        (await work.session.get_one(Tenant, partner.id)).state = "suspended"

    assert (await send(visitor, "/sign-in", name=email, password=PASSWORD)).status_code == 303
    members = await visitor.get("/workspace/members")
    assert "邀请同事" not in members.text
    assert (await send(visitor, "/account", "/workspace/members/invite")).status_code == 403
    assert (await send(visitor, "/account", "/sign-out")).status_code == 303
