"""Forgotten and changed passwords, and the sessions that end with them."""

import asyncio
from datetime import timedelta
from urllib.parse import urlsplit

from sqlalchemy import func, select

from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.platform.notifications.models import Delivery
from tests.conftest import ClientFor
from tests.factories.network import Network
from tests.identity.conftest import PASSWORD, LinkTo, WithPassword
from tests.identity.test_pages import send

NEW = "seven lamps on the ferry"


def reset_api(path: str) -> str:
    return path.replace("/reset-password/", "/api/v1/password-resets/")


async def test_a_forgotten_password_is_set_again_by_a_link_that_works_once(
    http: ClientFor, network: Network, with_password: WithPassword, link_to: LinkTo
) -> None:
    partner = await network.partner()
    email = await with_password(partner.owner)
    visitor, elsewhere = await http(None), await http(partner.owner)
    assert (await elsewhere.get("/api/v1/account")).status_code == 200

    asked = await visitor.post("/api/v1/password-resets", json={"name": email.upper()})
    assert asked.status_code == 202
    link = reset_api(await link_to(HQ_TENANT_ID, email))
    assert (await visitor.put(link, json={"password": "1234567890"})).json()["code"] == "password.too_weak"
    answers = await asyncio.gather(*(visitor.put(link, json={"password": NEW}) for _ in range(3)))

    assert sorted(answer.status_code for answer in answers) == [204, 404, 404]
    assert (await elsewhere.get("/api/v1/account")).status_code == 401
    assert (await visitor.post("/api/v1/sessions", json={"name": email, "password": PASSWORD})).status_code == 401
    assert (await visitor.post("/api/v1/sessions", json={"name": email, "password": NEW})).status_code == 201


async def test_asking_tells_nothing_and_mails_only_accounts(
    http: ClientFor, runtime: Runtime, network: Network, with_password: WithPassword
) -> None:
    partner = await network.partner()
    email = await with_password(partner.dispatcher)
    visitor = await http(None)

    answers = [
        await visitor.post("/api/v1/password-resets", json={"name": name})
        for name in (email, "nobody@example.com", "13900000000", "rubbish")
    ]

    assert {(answer.status_code, answer.content) for answer in answers} == {(202, answers[0].content)}
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        mails = await work.session.scalar(
            select(func.count()).select_from(Delivery).where(Delivery.address.in_((email, "nobody@example.com")))
        )
    assert mails == 1


async def test_a_link_lives_half_an_hour_and_the_next_one_closes_it(
    http: ClientFor, network: Network, with_password: WithPassword, link_to: LinkTo, clock: SettableClock
) -> None:
    partner = await network.partner()
    email = await with_password(partner.owner)
    visitor = await http(None)
    await visitor.post("/api/v1/password-resets", json={"name": email})
    first = reset_api(await link_to(HQ_TENANT_ID, email))
    await visitor.post("/api/v1/password-resets", json={"name": email})
    second = reset_api(await link_to(HQ_TENANT_ID, email))

    assert (await visitor.put(first, json={"password": NEW})).json()["code"] == "password.reset_link_closed"
    clock.advance(timedelta(minutes=30))
    assert (await visitor.put(second, json={"password": NEW})).json()["code"] == "password.reset_link_closed"


async def test_the_link_leads_to_us_whatever_host_the_request_names(
    http: ClientFor, runtime: Runtime, network: Network, with_password: WithPassword
) -> None:
    partner = await network.partner()
    email = await with_password(partner.owner)
    visitor = await http(None)

    await visitor.post(
        "/api/v1/password-resets",
        json={"name": email},
        headers={"host": "evil.example", "x-forwarded-host": "evil.example", "origin": "https://evil.example"},
    )

    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        text = (await work.session.scalars(select(Delivery.text).where(Delivery.address == email))).one()
    assert "evil.example" not in text
    link = next(line for line in text.splitlines() if line.startswith("http"))
    assert urlsplit(link).netloc == urlsplit(runtime.settings.public_url).netloc


async def test_a_mailbox_is_not_flooded(http: ClientFor, network: Network, with_password: WithPassword) -> None:
    partner = await network.partner()
    email = await with_password(partner.owner)
    visitor = await http(None)

    answers = [await visitor.post("/api/v1/password-resets", json={"name": email}) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [202, 202, 202, 429]


async def test_changing_the_password_ends_every_other_session(
    http: ClientFor, network: Network, with_password: WithPassword
) -> None:
    partner = await network.partner()
    await with_password(partner.owner)
    here, there = await http(partner.owner), await http(partner.owner)

    wrong = await here.put("/api/v1/account/password", json={"present": "guess", "password": NEW})
    assert wrong.json()["errors"] == [{"field": "present", "message": "当前密码不正确。"}]
    changed = await here.put("/api/v1/account/password", json={"present": PASSWORD, "password": NEW})
    assert changed.status_code == 200

    assert (await here.get("/api/v1/account")).status_code == 401, "a copy of the old token opens nothing"
    here.headers["authorization"] = f"Bearer {changed.json()['token']}"
    assert (await here.get("/api/v1/account")).status_code == 200
    assert (await there.get("/api/v1/account")).status_code == 401


async def test_own_sessions_are_seen_and_ended_and_nobody_elses(
    http: ClientFor, network: Network, with_password: WithPassword
) -> None:
    partner = await network.partner()
    client = await network.client(partner)
    here, there, stranger = await http(client.contact), await http(client.contact), await http(partner.owner)
    sessions = (await here.get("/api/v1/account/sessions")).json()
    assert [each["current"] for each in sessions].count(True) == 1
    other = next(each["id"] for each in sessions if not each["current"])

    assert (await stranger.delete(f"/api/v1/account/sessions/{other}")).status_code == 404
    assert (await there.get("/api/v1/account")).status_code == 200
    assert (await here.delete(f"/api/v1/account/sessions/{other}")).status_code == 204
    assert (await there.get("/api/v1/account")).status_code == 401


async def test_an_employee_at_a_device_has_no_account_here(http: ClientFor, network: Network) -> None:
    partner = await network.partner()
    _, reporter = await network.device(await network.client(partner))
    employee = await http(reporter)

    for path in ("/api/v1/account", "/api/v1/account/sessions", "/api/v1/memberships", "/account"):
        assert (await employee.get(path)).status_code == 403, path


async def test_a_new_password_tells_of_api_tokens_and_ends_them_if_asked(
    http: ClientFor, network: Network, with_password: WithPassword, link_to: LinkTo, runtime: Runtime
) -> None:
    member, partner = await http(None), await network.partner()
    email = await with_password(partner.owner)
    program = await http(None)
    program.headers["authorization"] = f"Bearer {await network.program(partner.owner)}"

    for end, status in ((False, 200), (True, 401)):
        await (await http(None)).post("/api/v1/password-resets", json={"name": email})
        page = await link_to(HQ_TENANT_ID, email)
        shown = (await member.get(page)).text
        assert "（1 个）：程序" in shown, shown[shown.find("<main") :][:1500]
        sent = await send(member, page, password=f"{PASSWORD} {end}", **({"end_tokens": "yes"} if end else {}))
        assert sent.status_code == 303, sent.text
        assert (await program.get("/api/v1/clients")).status_code == status

    signed_in = await http(partner.owner)
    program.headers["authorization"] = f"Bearer {await network.program(partner.owner)}"
    assert "（1 个）：程序" in (await signed_in.get("/account")).text
    changed = {"present": f"{PASSWORD} True", "password": f"{PASSWORD} again", "end_tokens": True}
    assert (await signed_in.put("/api/v1/account/password", json=changed)).is_success
    assert (await program.get("/api/v1/clients")).status_code == 401
