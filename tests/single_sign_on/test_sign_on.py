"""Members sign in with their company's own account, at a real provider: roles, links to accounts, other companies."""

import re
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.people.identity import Account, AccountSubject, AccountToken, DeliveryQueue, IdentityDependencies, Membership
from app.people.single_sign_on.errors import SignOnRefused
from app.people.single_sign_on.schemas import VerifiedIdentity
from app.people.single_sign_on.services.account_linking import AccountLinking
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.audit import AuditEntry
from app.platform.kernel.ids import new_id
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.platform.kernel.unit_of_work import Origin
from app.platform.notifications.models import Delivery
from tests.conftest import ClientFor
from tests.factories.background import run_due_work
from tests.factories.network import Network, PartnerCompany
from tests.identity.conftest import PASSWORD, LinkTo, WithPassword, link_to, with_password
from tests.identity.test_second_factor import enrolled
from tests.single_sign_on.company_accounts import named, set_up, who
from tests.single_sign_on.conftest import CONFIRM_PAGE, Recognise, agree, come_back

__all__ = ["link_to", "with_password"]  # the fixtures of identity's tests


@pytest.mark.any_day(on="validity")
async def test_a_new_colleague_comes_in_with_the_role_of_their_group(
    partner: PartnerCompany, http: ClientFor, issuer: str, recognise: Recognise, runtime: Runtime
) -> None:
    address = await set_up(await http(partner.owner), issuer)
    browser = await http(None)
    arrived = await recognise(browser, address, "engineer-1")
    assert (arrived.status_code, arrived.headers["location"]) == (303, "/field"), arrived.text
    (membership,) = await who(browser)
    assert (membership["tenant_id"], membership["roles"]) == (str(partner.id), ["engineer"])
    again = await http(None)
    await recognise(again, address, "engineer-1")
    assert [each["id"] for each in await who(again)] == [membership["id"]], "the same person, not a second one"
    async with runtime.units_of_work.begin(partner.system) as work:
        actions = set(await work.session.scalars(select(AuditEntry.action)))
    assert {"single_sign_on.member_joined", "session.opened", "identity_provider.changed"} <= actions


async def test_whoever_changes_groups_changes_roles_at_the_next_arrival(
    partner: PartnerCompany, http: ClientFor, issuer: str, recognise: Recognise
) -> None:
    owner = await http(partner.owner)
    address = await set_up(owner, issuer)
    browser = await http(None)
    await recognise(browser, address, "desk-1")
    await set_up(owner, issuer, role_mapping={"desk": ["quality_agent"]}, version=1, client_secret="")
    assert (await who(browser))[0]["roles"] == ["dispatcher"]
    await recognise(browser, address, "desk-1")
    assert (await who(browser))[0]["roles"] == ["quality_agent"]
    await set_up(owner, issuer, role_mapping={"nobody": ["engineer"]}, version=2)
    refused = await recognise(await http(None), address, "desk-1")
    assert "还没有角色" in refused.text


async def test_without_a_group_nobody_comes_in_unless_the_company_says_so(
    partner: PartnerCompany, http: ClientFor, issuer: str, recognise: Recognise
) -> None:
    owner = await http(partner.owner)
    address = await set_up(owner, issuer)
    browser = await http(None)
    assert "还没有角色" in (await recognise(browser, address, "nobody-1")).text
    assert (await browser.get("/api/v1/memberships")).status_code == 401
    await set_up(owner, issuer, default_roles=["quality_agent"], version=1)
    await recognise(browser, address, "nobody-1")
    assert (await who(browser))[0]["roles"] == ["quality_agent"]


async def test_a_member_goes_on_with_the_company_account_once_they_have_proved_themselves(
    partner: PartnerCompany,
    http: ClientFor,
    network: Network,
    issuer: str,
    recognise: Recognise,
    runtime: Runtime,
    with_password: WithPassword,
) -> None:
    member = await network.member(partner.id, "郑工", ["engineer"])
    await named(runtime, member, "zheng@partner.example")
    await with_password(member)
    before = await http(member)
    address = await set_up(await http(partner.owner), issuer)
    browser = await http(None)
    for wrong in ({}, {"password": "somebody else's guess"}):
        refused = await recognise(browser, address, "engineer-1", **wrong)
        assert (refused.status_code, "原来的密码" in refused.text) == (401, True)
    assert (await browser.get("/api/v1/memberships")).status_code == 401, "the provider's word is not enough"
    await recognise(browser, address, "engineer-1", password=PASSWORD)
    (membership,) = await who(browser)
    assert membership["id"] == str(member.membership_id), "what they did before stays theirs"
    assert (await before.get("/api/v1/memberships")).status_code == 401
    again = await http(None)
    await recognise(again, address, "engineer-1")
    assert [each["id"] for each in await who(again)] == [membership["id"]], "asked once"


async def test_whoever_is_linked_proves_the_second_factor_too(
    partner: PartnerCompany,
    http: ClientFor,
    network: Network,
    issuer: str,
    recognise: Recognise,
    runtime: Runtime,
    with_password: WithPassword,
    clock: SettableClock,
) -> None:
    member = await network.member(partner.id, "郑工", ["engineer"])
    await named(runtime, member, "zheng@partner.example")
    await with_password(member)
    app, _ = await enrolled(await http(member), clock)
    address, browser = await set_up(await http(partner.owner), issuer), await http(None)
    for code in ("", "000000"):
        refused = await recognise(browser, address, "engineer-1", password=PASSWORD, code=code)
        assert (refused.status_code, 'name="code"' in refused.text) == (401, True)
    arrived = await recognise(browser, address, "engineer-1", password=PASSWORD, code=app.next_code())
    assert arrived.status_code == 303, arrived.text


async def test_a_provider_links_nobody_who_may_more_than_whoever_set_it_up(
    partner: PartnerCompany,
    http: ClientFor,
    network: Network,
    issuer: str,
    recognise: Recognise,
    runtime: Runtime,
    with_password: WithPassword,
) -> None:
    """A colleague who may set up the provider and little else, with a provider of their own."""
    owner = await http(partner.owner)
    may = ["identity_provider:write", "device:read"]
    made = await owner.post("/api/v1/roles", json={"name": "公司账号管理", "permissions": may})
    assert made.status_code == 201, made.text
    configuring = await network.member(partner.id, "小黄", [made.json()["id"]])
    scope = {"access_scope": "company", "client_ids": [], "version": 1}
    await owner.put(f"/api/v1/members/{configuring.membership_id}/access-scope", json=scope)
    weak = await http(configuring)
    manager = await network.member(partner.id, "周经理", ["service_manager"])
    await named(runtime, manager, "he@partner.example")
    await with_password(manager)
    open_to_all: dict[str, Any] = {"role_mapping": {}, "role_claim": "", "email_domains": ["partner.example"]}
    address = await set_up(weak, issuer, **open_to_all)
    browser = await http(None)
    refused = await recognise(browser, address, "desk-1", password=PASSWORD)
    assert "比设置公司账号登录的人更大" in refused.text
    assert (await browser.get("/api/v1/memberships")).status_code == 401

    # Saved by the owner, it links the manager; saved by the weak colleague again, it opens the manager's no more.
    await set_up(owner, issuer, **open_to_all, version=1)
    await recognise(browser, address, "desk-1", password=PASSWORD)
    assert (await who(browser))[0]["id"] == str(manager.membership_id)
    await set_up(weak, issuer, **open_to_all, version=2)
    assert "比设置公司账号登录的人更大" in (await recognise(await http(None), address, "desk-1")).text


async def test_another_issuer_is_another_provider_and_its_subjects_are_other_people(
    partner: PartnerCompany,
    http: ClientFor,
    network: Network,
    issuer: str,
    other_issuer: str,
    recognise: Recognise,
    runtime: Runtime,
    link_to: LinkTo,
) -> None:
    owner = await http(partner.owner)
    address, browser = await set_up(owner, issuer), await http(None)
    await recognise(browser, address, "desk-1")
    (membership,) = await who(browser)
    await set_up(owner, other_issuer, version=1, client_secret="another secret")

    asked = await come_back(browser, address, "desk-1")
    assert asked.headers["location"] == CONFIRM_PAGE
    page = await browser.get(CONFIRM_PAGE)
    assert "发送确认码" in page.text, "nobody becomes a colleague by being called like them elsewhere"
    assert (await agree(browser, page)).status_code == 401
    sent = await agree(browser, page, action="emailed_code")
    await run_due_work(runtime)
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        letter = await work.session.scalar(
            select(Delivery.text).where(Delivery.address == "he@partner.example").order_by(Delivery.id.desc())
        )
    code = re.search(r"^\d{6}$", letter or "", re.MULTILINE)
    assert code, letter
    assert (await agree(browser, sent, code="000000" if code[0] != "000000" else "1")).status_code == 401
    assert (await agree(browser, sent, code=code[0])).status_code == 303
    assert [each["id"] for each in await who(browser)] == [membership["id"]]


class Overtaken(AccountLinking):
    """What the account signs in with is replaced just after somebody has looked at it."""

    async def _account(self, former: UUID) -> Account:
        account = await super()._account(former)
        async with self._dependencies.store.locked_account(former) as session:
            await self._dependencies.store.replace_name(session, former)
        return account


async def test_no_code_is_made_for_an_account_whose_means_are_being_replaced(
    partner: PartnerCompany, network: Network, runtime: Runtime
) -> None:
    member = await network.member(partner.id, "郑工", ["engineer"])
    assert member.account_id
    identity = VerifiedIdentity(partner.id, new_id(), 1, "engineer-1", "郑工", "held@partner.example", [], "", 0)
    with pytest.raises(SignOnRefused):
        await Overtaken(runtime.units_of_work, IdentityDependencies.of(runtime, DeliveryQueue())).send_code(
            member.account_id, identity, Origin()
        )
    async with network.signin.sessions() as session:
        living = select(AccountToken.id).where(AccountToken.account_id == member.account_id)
        assert await session.scalar(living) is None


async def test_an_account_of_a_provider_joins_nowhere_else(
    partner: PartnerCompany,
    http: ClientFor,
    network: Network,
    issuer: str,
    recognise: Recognise,
    runtime: Runtime,
    link_to: LinkTo,
) -> None:
    """A client's provider vouches for somebody, who then answers another partner's invitation."""
    elsewhere = await network.partner("羊城快修")
    address, browser = await set_up(await http(partner.owner), issuer), await http(None)
    await recognise(browser, address, "desk-1")
    invited = {"email": "he@partner.example", "display_name": "何小姐", "roles": ["service_manager"]}
    assert (await (await http(elsewhere.owner)).post("/api/v1/invitations", json=invited)).status_code == 201
    await run_due_work(runtime)
    link = await link_to(elsewhere.id, "he@partner.example")
    page = await browser.get(link)
    assert 'value="signed_in"' not in page.text, "it is not offered"
    token = re.search(r'name="_csrf_token" value="(\w+)"', page.text)
    assert token
    assert (await browser.post(link, data={"_csrf_token": token[1], "as": "signed_in"})).status_code == 403

    # And had it got in some other way, the provider would open nothing there.
    async with network.signin.sessions() as session:
        account_id = await session.scalar(
            select(AccountSubject.account_id).where(
                AccountSubject.subject == "desk-1", AccountSubject.tenant_id == partner.id
            )
        )
    async with runtime.units_of_work.begin(elsewhere.system) as work:
        planted = Membership(
            tenant_id=elsewhere.id,
            id=work.new_id(),
            account_id=account_id,
            client_id=None,
            display_name="何小姐",
            roles=["service_manager"],
            created_at=work.now,
        )
        work.session.add(planted)
    assert [each["tenant_id"] for each in await who(browser)] == [str(partner.id)]
    choice = {"membership_id": str(planted.id)}
    telephone = await http(None)
    telephone.headers["authorization"] = f"Bearer {browser.cookies['yinghuo_session']}"
    assert (await telephone.post("/api/v1/session/membership", json=choice)).status_code == 404
