"""What a company's own accounts do not open, what clients' people and employees may do with them, and settings."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from sqlalchemy import select, update

from app.assets.clients.models import Employee
from app.people.identity import Account, AccountSubject
from app.people.single_sign_on.models import IdentityProvider
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from tests.conftest import ClientFor
from tests.factories.network import Network, PartnerCompany
from tests.identity.conftest import PASSWORD, WithPassword, link_to, with_password
from tests.identity.test_pages import send
from tests.single_sign_on.company_accounts import named, set_up, settings_of, who
from tests.single_sign_on.conftest import CONFIRM_PAGE, Recognise, come_back

__all__ = ["link_to", "with_password"]  # the fixtures of identity's tests


async def test_a_foreign_page_that_sends_a_browser_to_a_provider_changes_nothing(
    partner: PartnerCompany, http: ClientFor, network: Network, issuer: str, recognise: Recognise,
    with_password: WithPassword,
) -> None:  # fmt: skip
    rogue = await network.partner("坏心信息服务有限公司")
    address, victim = await set_up(await http(rogue.owner), issuer), await http(None)
    await send(victim, "/sign-in", name=await with_password(partner.dispatcher), password=PASSWORD)
    session = victim.cookies["yinghuo_session"]

    back = await come_back(victim, address, "desk-1")
    asked = await victim.get(back.headers["location"])

    assert victim.cookies["yinghuo_session"] == session
    assert [each["tenant_id"] for each in await who(victim)] == [str(partner.id)]
    for told in ("坏心信息服务有限公司", "林小燕", "继续后那次登录会结束"):
        assert told in asked.text
    forged = await victim.post(CONFIRM_PAGE, data={"_csrf_token": "0" * 64})
    assert forged.status_code == 403
    assert [each["tenant_id"] for each in await who(victim)] == [str(partner.id)], "still who they were"


async def test_a_provider_opens_its_own_company_whatever_addresses_it_claims(
    http: ClientFor, network: Network, issuer: str, recognise: Recognise, runtime: Runtime
) -> None:
    """A rogue partner's provider claims the address of somebody who works elsewhere."""
    victim_s, rogue = await network.partner(), await network.partner("坏心信息服务有限公司")
    victim = await network.member(victim_s.id, "何小姐", ["service_manager"])
    await named(runtime, victim, "he@partner.example")
    address = await set_up(await http(rogue.owner), issuer)
    browser = await http(None)
    await recognise(browser, address, "desk-1")
    memberships = await who(browser)
    assert [each["tenant_id"] for each in memberships] == [str(rogue.id)]
    elsewhere = {"membership_id": str(victim.membership_id)}
    assert (await browser.post("/api/v1/session/membership", json=elsewhere)).status_code in (403, 404)


async def test_an_address_that_nobody_verified_makes_nobody_somebody(
    partner: PartnerCompany, http: ClientFor, network: Network, issuer: str, recognise: Recognise, runtime: Runtime
) -> None:
    member = await network.member(partner.id, "受害人", ["service_manager"])
    await named(runtime, member, "victim@partner.example")
    address = await set_up(await http(partner.owner), issuer, default_roles=["engineer"])
    browser = await http(None)
    await recognise(browser, address, "rogue-1")
    (membership,) = await who(browser)
    assert (membership["id"] != str(member.membership_id), membership["roles"]) == (True, ["engineer"])


async def test_owners_keep_to_password_and_second_factor(
    partner: PartnerCompany, http: ClientFor, issuer: str, recognise: Recognise, runtime: Runtime
) -> None:
    await named(runtime, partner.owner, "he@partner.example")
    owner = await http(partner.owner)
    address = await set_up(owner, issuer)
    assert "负责人请用密码" in (await recognise(await http(None), address, "desk-1")).text
    chief = settings_of(issuer, role_mapping={"desk": ["partner_owner"]}, version=1)
    assert (await owner.put("/api/v1/single-sign-on", json=chief)).status_code == 403


async def test_a_suspended_member_a_closed_provider_and_a_suspended_company_open_nothing(
    partner: PartnerCompany, http: ClientFor, network: Network, issuer: str, recognise: Recognise
) -> None:
    owner = await http(partner.owner)
    address = await set_up(owner, issuer)
    browser = await http(None)
    await recognise(browser, address, "desk-1")
    (membership,) = await who(browser)
    shut = await owner.post(f"/api/v1/members/{membership['id']}/suspend", json={"version": 1})
    assert shut.status_code == 200, shut.text
    assert (await browser.get("/api/v1/memberships")).status_code == 401
    assert "没有成功" in (await recognise(await http(None), address, "desk-1")).text
    colleague = await http(None)
    await recognise(colleague, address, "engineer-1")
    assert (await colleague.get("/api/v1/memberships")).status_code == 200
    await set_up(owner, issuer, active=False, version=1)
    assert (await (await http(None)).get(address)).status_code == 404
    assert (await colleague.get("/api/v1/memberships")).status_code == 401, "whom it let in goes with it"
    assert (await owner.delete("/api/v1/single-sign-on", params={"version": 2})).status_code == 204
    assert (await owner.get("/api/v1/single-sign-on")).json()["configured"] is False


async def test_a_client_s_people_come_into_their_portal(
    partner: PartnerCompany, http: ClientFor, network: Network, issuer: str, recognise: Recognise
) -> None:
    client, other = await network.client(partner), await network.client(partner, "厦门第九中学")
    administrator = await http(client.contact)
    address = await set_up(administrator, issuer, role_mapping={"all": ["client_contact"]})
    assert address == f"/company-sign-in/{partner.slug}/{client.code}"
    browser = await http(None)
    arrived = await recognise(browser, address, "desk-1")
    assert arrived.headers["location"] == "/portal"
    assert (await who(browser))[0]["client_id"] == str(client.id)
    assert (await (await http(other.contact)).get("/api/v1/single-sign-on")).json()["configured"] is False
    assert (await (await http(partner.owner)).get("/api/v1/single-sign-on")).json()["configured"] is False
    beyond = settings_of(issuer, role_mapping={"all": ["dispatcher"]}, version=1)
    assert (await administrator.put("/api/v1/single-sign-on", json=beyond)).status_code == 422


async def test_an_employee_reports_by_the_company_account_and_pins_may_be_closed(
    partner: PartnerCompany, http: ClientFor, network: Network, issuer: str, recognise: Recognise, runtime: Runtime
) -> None:
    client = await network.client(partner)
    device_id, reporter = await network.device(client, holder="李静")
    async with runtime.units_of_work.begin(partner.system) as work:
        await work.session.execute(update(Employee).where(Employee.name == "李静").values(email="Li@client.example"))
    device = (await (await http(partner.owner)).get(f"/api/v1/devices/{device_id}")).json()["number"]
    pins = await (await http(partner.owner)).post("/api/v1/pins", json={"device_ids": [str(device_id)]})
    assert pins.is_success
    administrator = await http(client.contact)
    mapping: dict[str, Any] = {"role_mapping": {}, "role_claim": ""}
    address = await set_up(administrator, issuer, **mapping)
    assert "还没有角色" in (await recognise(await http(None), address, "employee-1")).text
    await set_up(administrator, issuer, **mapping, reporters_by="provider", version=1)
    browser = await http(None)
    arrived = await recognise(browser, address, "employee-1")
    assert arrived.headers["location"] == "/r/tickets", arrived.text
    telephone = await http(None)
    telephone.headers["authorization"] = f"Bearer {browser.cookies['yinghuo_session']}"
    made = await telephone.post("/api/v1/tickets", json={"subject": "打不开", "device_id": str(device_id)})
    assert made.status_code == 201, made.text
    with_pin = {"tenant": partner.slug, "client": client.code, "device_number": device, "pin": "000000"}
    unknown = {**with_pin, "device_number": "PC-NONE"}
    visitor = await http(None)
    answers = [await visitor.post("/api/v1/reporter-sessions", json=each) for each in (with_pin, unknown)]
    assert {(each.status_code, each.json()["code"]) for each in answers} == {
        (answers[1].status_code, answers[1].json()["code"])
    }
    assert reporter.reporter_id


async def test_an_answer_to_nobody_s_question_opens_nothing(
    partner: PartnerCompany, http: ClientFor, issuer: str, recognise: Recognise
) -> None:
    address = await set_up(await http(partner.owner), issuer)
    mine, yours = await http(None), await http(None)
    left = await mine.get(address)
    async with httpx.AsyncClient() as outside:
        answered = await outside.post(left.headers["location"], data={"sub": "desk-1"})
    answer = {key: values[0] for key, values in parse_qs(urlsplit(answered.headers["location"]).query).items()}
    callback = "/single-sign-on/callback"
    for forged in (
        {},
        {"code": answer["code"]},
        {**answer, "state": "x"},
        {"error": "access_denied", "state": answer["state"]},
    ):
        assert "没有成功" in (await yours.get(callback, params=answer)).text, "sent to somebody else's browser"
        assert "没有成功" in (await mine.get(callback, params=forged)).text
        left = await mine.get(address)
    assert "没有成功" in (await mine.get(callback, params={**answer, "iss": "https://evil.example"})).text


async def test_whoever_was_signed_in_before_is_signed_in_anew(
    partner: PartnerCompany, http: ClientFor, issuer: str, recognise: Recognise
) -> None:
    address = await set_up(await http(partner.owner), issuer)
    browser = await http(None)
    await recognise(browser, address, "desk-1")
    former = browser.cookies["yinghuo_session"]
    await recognise(browser, address, "desk-1")
    assert browser.cookies["yinghuo_session"] != former
    old = await http(None)
    old.headers["authorization"] = f"Bearer {former}"
    assert (await old.get("/api/v1/memberships")).status_code == 401


async def test_nobody_stays_at_the_provider_for_longer_than_ten_minutes(
    partner: PartnerCompany, http: ClientFor, issuer: str, clock: SettableClock
) -> None:
    address = await set_up(await http(partner.owner), issuer)
    browser = await http(None)
    left = await browser.get(address)
    async with httpx.AsyncClient() as outside:
        answered = await outside.post(left.headers["location"], data={"sub": "desk-1"})
    clock.advance(timedelta(minutes=11))
    back = urlsplit(answered.headers["location"])
    assert "没有成功" in (await browser.get(f"{back.path}?{back.query}")).text


async def test_the_settings_are_asked_of_the_issuer_and_their_secret_is_never_told(
    partner: PartnerCompany, http: ClientFor, issuer: str, runtime: Runtime
) -> None:
    owner = await http(partner.owner)
    nowhere = await owner.put("/api/v1/single-sign-on", json=settings_of(f"{issuer}/elsewhere"))
    assert nowhere.json()["code"] == "identity_provider.unreachable"
    assert (await owner.put("/api/v1/single-sign-on", json=settings_of(issuer, client_secret=""))).status_code == 422
    await set_up(owner, issuer)
    assert "a shared secret" not in (await owner.get("/api/v1/single-sign-on")).text
    moved = settings_of(f"{issuer}/", client_secret="", version=1)
    assert (await owner.put("/api/v1/single-sign-on", json=moved)).json()["errors"], (
        "a new address takes the secret anew"
    )
    async with runtime.units_of_work.begin(partner.system) as work:
        (sealed,) = await work.session.scalars(select(IdentityProvider.sealed_secret))
    assert "secret" not in sealed
    for nobody in (await http(partner.dispatcher), await http(None)):
        assert (await nobody.get("/api/v1/single-sign-on")).status_code in (401, 403)


async def test_the_same_on_pages(partner: PartnerCompany, http: ClientFor, issuer: str) -> None:
    owner = await http(partner.owner)
    form = {
        "issuer": issuer,
        "oidc_client_id": "yinghuo",
        "client_secret": "x" * 20,
        "role_claim": "groups",
        "role_mapping": "desk = 接线员/派单员、客服中心\nfield＝engineer",
        "active": "yes",
        "version": "0",
    }
    wrong = await owner.post("/workspace/single-sign-on", data={**form, "role_mapping": "desk = 国王"})
    assert wrong.status_code == 422
    assert "国王" in wrong.text
    assert (await owner.post("/workspace/single-sign-on", data=form)).status_code == 303
    shown = (await owner.get("/workspace/single-sign-on")).text
    assert "desk = " in shown
    assert f"/company-sign-in/{partner.slug}" in shown
    assert (await owner.get("/api/v1/single-sign-on")).json()["role_mapping"] == {
        "desk": ["dispatcher", "quality_agent"],
        "field": ["engineer"],
    }


async def test_two_windows_make_one_person(
    partner: PartnerCompany, http: ClientFor, issuer: str, recognise: Recognise, network: Network
) -> None:
    address = await set_up(await http(partner.owner), issuer)
    for _ in range(2):
        await recognise(await http(None), address, "engineer-1")
    async with network.signin.sessions() as session:
        provider = (await session.scalars(select(AccountSubject).where(AccountSubject.subject == "engineer-1"))).all()
        accounts = {
            account.email: account
            for account in await session.scalars(
                select(Account).where(Account.id.in_([each.account_id for each in provider]))
            )
        }
    assert set(accounts) == {None}, "such an account has no address, so that no password can ever be set for it"


async def test_of_somebody_who_is_let_in_nowhere_nothing_is_kept(
    partner: PartnerCompany, http: ClientFor, issuer: str, recognise: Recognise, network: Network, runtime: Runtime
) -> None:
    address = await set_up(await http(partner.owner), issuer)
    await recognise(await http(None), address, "nobody-1")
    async with runtime.units_of_work.begin(partner.system) as work:
        provider_id = await work.session.scalar(select(IdentityProvider.id))
    async with network.signin.sessions() as session:
        kept = await session.scalars(select(AccountSubject).where(AccountSubject.provider_id == provider_id))
        assert kept.all() == []


async def test_whoever_was_made_an_owner_by_hand_stays_one(
    partner: PartnerCompany, http: ClientFor, issuer: str, recognise: Recognise
) -> None:
    owner = await http(partner.owner)
    address = await set_up(owner, issuer)
    browser = await http(None)
    await recognise(browser, address, "desk-1")
    (membership,) = await who(browser)
    roles = {"roles": ["partner_owner"], "version": 1}
    assert (await owner.put(f"/api/v1/members/{membership['id']}/roles", json=roles)).status_code == 200
    await recognise(browser, address, "desk-1")
    assert (await who(browser))[0]["roles"] == ["partner_owner"]
