"""Another address for an account: proved by its owner, told to the old one, and undone by whoever it was taken from."""

import asyncio
import re
from datetime import timedelta

import httpx
from sqlalchemy import select

from app.people.identity import Membership
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.ids import new_id
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.platform.notifications.models import Delivery
from tests.conftest import ClientFor
from tests.factories.background import run_due_work
from tests.factories.network import PartnerCompany
from tests.identity.conftest import PASSWORD, WithPassword
from tests.identity.test_pages import send

ASK = "/api/v1/account/email"


def fresh() -> str:
    return f"{new_id().hex}@example.com"


async def letters(runtime: Runtime, address: str) -> list[str]:
    await run_due_work(runtime)
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        return list(
            await work.session.scalars(select(Delivery.text).where(Delivery.address == address).order_by(Delivery.id))
        )


async def link(runtime: Runtime, address: str) -> str:
    """The newest link that was mailed there, as the API's address."""
    found = re.search(r"/email-links/(\S+)", (await letters(runtime, address))[-1])
    assert found
    return f"/api/v1/email-links/{found[1]}"


async def asks(caller: httpx.AsyncClient, address: str, password: str = PASSWORD) -> int:
    return (await caller.post(ASK, json={"password": password, "email": address})).status_code


async def signs_in(visitor: httpx.AsyncClient, name: str) -> int:
    return (await visitor.post("/api/v1/sessions", json={"name": name, "password": PASSWORD})).status_code


async def test_the_new_address_proves_itself_and_the_old_one_hears(
    http: ClientFor, runtime: Runtime, partner: PartnerCompany, with_password: WithPassword
) -> None:
    old, new, visitor = await with_password(partner.dispatcher), fresh(), await http(None)
    me = await http(partner.dispatcher)
    async with runtime.units_of_work.begin(partner.system) as work:
        mine = await work.session.get_one(Membership, (partner.id, partner.dispatcher.membership_id))
        mine.email = old
    assert await asks(me, new, "not the password") == 422
    assert await asks(me, "no address") == 422
    assert await asks(me, f"  {new.upper()} ") == 202
    assert (await me.get("/api/v1/account")).json()["email"] == old, "nothing changes before the link is used"
    way = await link(runtime, new)
    for _ in range(2):
        assert (await visitor.get(way)).json() == {"email": new}, "scanners of mail open links too"

    told = await asyncio.gather(*(visitor.put(way) for _ in range(3)))
    assert sorted(answer.status_code for answer in told) == [204, 404, 404]
    assert (await signs_in(visitor, new), await signs_in(visitor, old)) == (201, 401)
    assert "不再使用这个邮箱" in (await letters(runtime, old))[-1]
    members = (await (await http(partner.owner)).get("/api/v1/members", params={"q": new})).json()["items"]
    assert [each["id"] for each in members] == [str(partner.dispatcher.membership_id)]


async def test_whoever_lost_the_account_gets_it_back_from_the_old_mailbox(
    http: ClientFor, runtime: Runtime, partner: PartnerCompany, with_password: WithPassword, clock: SettableClock
) -> None:
    old, thief, thiefs_second = await with_password(partner.owner), fresh(), fresh()
    taken, visitor = await http(partner.owner), await http(None)
    key = (await taken.post("/api/v1/api-tokens", json={"name": "x", "permissions": ["ticket:read"]})).json()["token"]
    for address in (thief, thiefs_second):
        clock.advance(timedelta(minutes=1))
        assert await asks(taken, address) == 202
        assert (await visitor.put(await link(runtime, address))).status_code == 204
    back = await link(runtime, old)
    clock.advance(timedelta(days=2))
    # The thief undoes a step too; the older link is the stronger one.
    assert (await visitor.put(await link(runtime, thief))).status_code == 204
    assert (await visitor.put(back)).status_code == 204
    assert await signs_in(visitor, thief) == await signs_in(visitor, thiefs_second) == 401
    assert (await taken.get("/api/v1/account")).status_code == 401
    visitor.headers["authorization"] = f"Bearer {key}"
    assert (await visitor.get("/api/v1/tickets")).status_code == 401
    del visitor.headers["authorization"]
    assert await signs_in(visitor, old) == 401, "the thief may know the password: it is set anew by a reset link"
    await visitor.post("/api/v1/password-resets", json={"name": old})
    assert "reset-password" in (await letters(runtime, old))[-1]


async def test_nobody_learns_whose_address_it_is_and_nobody_takes_it(
    http: ClientFor, runtime: Runtime, partner: PartnerCompany, with_password: WithPassword
) -> None:
    await with_password(partner.dispatcher)
    owners = await with_password(partner.owner)
    me, before = await http(partner.dispatcher), len(await letters(runtime, owners))
    assert await asks(me, owners) == 202
    assert len(await letters(runtime, owners)) == before

    contested = fresh()
    assert await asks(me, contested) == 202
    way = await link(runtime, contested)
    owner, visitor = await http(partner.owner), await http(None)
    assert await asks(owner, contested) == 202
    assert (await visitor.put(await link(runtime, contested))).status_code == 204
    late = await visitor.put(way)
    assert (late.status_code, late.json()["code"]) == (409, "email_address.taken")


async def test_a_link_lasts_a_day_and_a_newer_one_replaces_it(
    http: ClientFor, runtime: Runtime, partner: PartnerCompany, with_password: WithPassword, clock: SettableClock
) -> None:
    await with_password(partner.dispatcher)
    me, visitor, first, second = await http(partner.dispatcher), await http(None), fresh(), fresh()
    await asks(me, first)
    early = await link(runtime, first)
    await asks(me, second)
    assert (await visitor.put(early)).status_code == 404
    way = await link(runtime, second)
    clock.advance(timedelta(hours=24, seconds=1))
    assert (await visitor.get(way)).status_code == (await visitor.put(way)).status_code == 404


async def test_the_same_on_pages(
    http: ClientFor, runtime: Runtime, partner: PartnerCompany, with_password: WithPassword
) -> None:
    old, new, browser = await with_password(partner.dispatcher), fresh(), await http(None)
    await send(browser, "/sign-in", name=old, password=PASSWORD)
    wrong = await send(browser, "/account", "/account/email", email=new, email_password="wrong")
    assert "当前密码不正确" in wrong.text
    assert new in wrong.text
    asked = await send(browser, "/account", "/account/email", email=new, email_password=PASSWORD)
    assert asked.headers["location"] == "/account?done=email"
    page = (await link(runtime, new)).removeprefix("/api/v1")
    assert new in (await browser.get(page)).text
    assert "邮箱已更改" in (await send(browser, page)).text
    assert "已经用过或者过期" in (await browser.get(page)).text
