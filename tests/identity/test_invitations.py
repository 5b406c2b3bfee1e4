"""How people join: invited by somebody with the right to, once, whatever the clicks and windows."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import func, select

from app.people.identity import Membership
from app.people.identity.models import Account, Invitation
from app.platform.kernel.actor import Actor
from app.platform.kernel.ids import new_id
from app.platform.kernel.outbox import OutboxEvent
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.platform.notifications.models import Delivery
from tests.conftest import ClientFor
from tests.factories.network import Network, PartnerCompany
from tests.identity.conftest import PASSWORD, LinkTo, WithPassword


def wanted(email: str, *roles: str, **more: Any) -> dict[str, Any]:
    return {"email": email, "display_name": "陈小东", "roles": list(roles or ("engineer",)), **more}


def links_api(path: str) -> str:
    """The API's address of a mailed link."""
    return path.replace("/invitations/", "/api/v1/invitation-links/")


async def count(runtime: Runtime, partner: PartnerCompany, topic: str) -> int:
    async with runtime.units_of_work.begin(partner.system) as work:
        found = await work.session.scalar(
            select(func.count()).select_from(OutboxEvent).where(OutboxEvent.topic == topic)
        )
    return found or 0


async def test_an_engineer_is_invited_and_joins_with_a_new_account(
    http: ClientFor, runtime: Runtime, network: Network, link_to: LinkTo
) -> None:
    partner = await network.partner()
    owner, visitor = await http(partner.owner), await http(None)

    invited = await owner.post("/api/v1/invitations", json=wanted("Dong@Example.com"))
    assert invited.status_code == 201
    assert invited.json()["email"] == "dong@example.com"

    link = links_api(await link_to(partner.id, "dong@example.com"))
    offer = (await visitor.get(link)).json()
    assert (offer["company"], offer["account_exists"]) == (partner.name, False)
    accepted = await visitor.post(link, json={"password": PASSWORD, "display_name": "陈东"})
    assert accepted.status_code == 200

    signed_in = await visitor.post("/api/v1/sessions", json={"name": "dong@example.com", "password": PASSWORD})
    assert signed_in.json()["membership"]["home"] == "/field"
    async with runtime.units_of_work.begin(partner.system) as work:
        event = (await work.session.scalars(select(OutboxEvent).where(OutboxEvent.topic == "member.joined"))).one()
    assert event.payload == {
        "membership_id": accepted.json()["membership_id"],
        "roles": ["engineer"],
        "client_id": None,
    }


async def test_somebody_who_has_an_account_proves_it_and_gets_a_second_membership(
    http: ClientFor, network: Network, with_password: WithPassword, link_to: LinkTo
) -> None:
    first, second = await network.partner(), await network.partner()
    email = await with_password(first.dispatcher)
    inviting, visitor = await http(second.owner), await http(None)
    await inviting.post("/api/v1/invitations", json=wanted(email, "dispatcher"))
    link = links_api(await link_to(second.id, email))

    assert (await visitor.get(link)).json()["account_exists"] is True
    refused = await visitor.post(link, json={"password": "somebody else's guess"})
    assert (refused.status_code, refused.json()["code"]) == (401, "session.sign_in_refused")
    assert (await visitor.post(link, json={"password": PASSWORD})).status_code == 200

    opened = (await visitor.post("/api/v1/sessions", json={"name": email, "password": PASSWORD})).json()
    assert {each["tenant_id"] for each in opened["memberships"]} == {str(first.id), str(second.id)}


async def test_whoever_is_signed_in_joins_with_that_account_if_it_was_invited(
    http: ClientFor, network: Network, with_password: WithPassword, link_to: LinkTo
) -> None:
    first, second = await network.partner(), await network.partner()
    inviting, signed_in = await http(second.owner), await http(first.dispatcher)
    await inviting.post("/api/v1/invitations", json=wanted("somebody-else@example.com", "dispatcher"))
    passed_on = await signed_in.post(links_api(await link_to(second.id, "somebody-else@example.com")), json={})
    assert (passed_on.status_code, passed_on.json()["code"]) == (403, "invitation.other_address")

    email = await with_password(first.dispatcher)
    await inviting.post("/api/v1/invitations", json=wanted(email, "dispatcher"))
    accepted = await signed_in.post(links_api(await link_to(second.id, email)), json={})
    assert accepted.json()["account_id"] == str(first.dispatcher.account_id)


async def test_a_second_click_and_two_windows_make_one_membership(
    http: ClientFor, runtime: Runtime, network: Network, link_to: LinkTo
) -> None:
    partner = await network.partner()
    owner = await http(partner.owner)
    double = await asyncio.gather(
        *(owner.post("/api/v1/invitations", json=wanted("twice@example.com")) for _ in range(2))
    )
    assert {answer.status_code for answer in double} == {201}
    assert double[0].json()["id"] == double[1].json()["id"]
    link = links_api(await link_to(partner.id, "twice@example.com"))

    windows = [await http(None) for _ in range(4)]
    answers = await asyncio.gather(*(window.post(link, json={"password": PASSWORD}) for window in windows))
    later = await windows[0].post(link, json={"password": PASSWORD})

    assert {answer.status_code for answer in (*answers, later)} == {200}
    assert len({answer.json()["membership_id"] for answer in (*answers, later)}) == 1
    async with network.signin.sessions() as session:
        accounts = await session.scalar(
            select(func.count()).select_from(Account).where(Account.email == "twice@example.com")
        )
    async with runtime.units_of_work.begin(partner.system) as work:
        memberships = await work.session.scalar(
            select(func.count()).select_from(Membership).where(Membership.email == "twice@example.com")
        )
    assert (accounts, memberships) == (1, 1)
    assert await count(runtime, partner, "member.joined") == 1


async def test_a_used_link_is_closed_to_everybody_else(http: ClientFor, network: Network, link_to: LinkTo) -> None:
    partner, other = await network.partner(), await network.partner()
    owner, visitor, stranger = await http(partner.owner), await http(None), await http(other.dispatcher)
    await owner.post("/api/v1/invitations", json=wanted("used@example.com"))
    link = links_api(await link_to(partner.id, "used@example.com"))
    await visitor.post(link, json={"password": PASSWORD})

    assert (await visitor.get(link)).status_code == 404
    assert (await stranger.post(link, json={})).json()["code"] == "invitation.closed"


async def test_expired_revoked_resent_and_made_up_links_are_answered_alike(
    http: ClientFor, network: Network, link_to: LinkTo, clock: SettableClock
) -> None:
    partner, other = await network.partner(), await network.partner()
    owner, visitor = await http(partner.owner), await http(None)

    async def invite(email: str) -> tuple[str, str]:
        made = await owner.post("/api/v1/invitations", json=wanted(email))
        return made.json()["id"], links_api(await link_to(partner.id, email))

    revoked_id, revoked = await invite("revoked@example.com")
    assert (await owner.delete(f"/api/v1/invitations/{revoked_id}")).status_code == 204
    assert (await owner.delete(f"/api/v1/invitations/{revoked_id}")).status_code == 204
    resent_id, resent = await invite("resent@example.com")
    assert (await owner.post(f"/api/v1/invitations/{resent_id}/resend")).status_code == 200
    fresh = links_api(await link_to(partner.id, "resent@example.com"))
    assert (await visitor.get(fresh)).status_code == 200
    elsewhere = fresh.replace(str(partner.id), str(other.id))
    made_up = fresh.replace(str(partner.id), str(new_id()))
    clock.advance(timedelta(days=7))

    answers = [await visitor.get(link) for link in (revoked, resent, fresh, elsewhere, made_up, fresh + "x")]

    assert {(answer.status_code, answer.json()["title"]) for answer in answers} == {
        (404, "这份邀请已经用过、撤回或者过期了，请让邀请您的人重新发送。")
    }
    assert (await visitor.post(fresh, json={"password": PASSWORD})).status_code == 404


@pytest.mark.parametrize(
    ("inviter", "roles", "code"),
    [
        ("dispatcher", ["engineer"], "request.forbidden"),
        ("manager", ["partner_owner"], "role.beyond_own"),
        ("manager", ["engineer", "partner_owner"], "role.beyond_own"),
        ("owner", ["hq_administrator"], "role.unknown"),
        ("owner", ["client_contact"], "role.unknown"),
        ("owner", [], "role.unknown"),
        ("contact", ["client_contact"], "request.forbidden"),
        ("manager", ["engineer", "dispatcher"], None),
        ("owner", ["partner_owner"], None),
    ],
)
async def test_nobody_gives_more_than_they_hold(
    inviter: str, roles: list[str], code: str | None, http: ClientFor, network: Network
) -> None:
    partner = await network.partner()
    client = await network.client(partner)
    people = {
        "owner": partner.owner,
        "dispatcher": partner.dispatcher,
        "manager": await network.member(partner.id, "周经理", ["service_manager"]),
        "contact": client.contact,
    }
    inviting = await http(people[inviter])

    answer = await inviting.post("/api/v1/invitations", json=wanted("new@example.com", *roles) | {"roles": roles})

    assert answer.json().get("code") == code


async def test_a_clients_contact_is_invited_to_that_client_and_to_no_other(
    http: ClientFor, network: Network, link_to: LinkTo
) -> None:
    partner, other = await network.partner(), await network.partner()
    client, foreign = await network.client(partner), await network.client(other)
    owner, visitor = await http(partner.owner), await http(None)

    async def invite(client_id: UUID) -> httpx.Response:
        body = wanted("it@example.com", "client_contact", client_id=str(client_id))
        return await owner.post("/api/v1/invitations", json=body)

    assert [(await invite(each)).json()["code"] for each in (foreign.id, new_id())] == [
        "request.not_found",
        "request.not_found",
    ]
    assert (await invite(client.id)).status_code == 201
    accepted = await visitor.post(links_api(await link_to(partner.id, "it@example.com")), json={"password": PASSWORD})
    assert accepted.status_code == 200
    opened = await visitor.post("/api/v1/sessions", json={"name": "it@example.com", "password": PASSWORD})
    assert opened.json()["membership"]["client_id"] == str(client.id)
    assert opened.json()["membership"]["home"] == "/portal"


async def test_other_companies_invitations_do_not_exist(http: ClientFor, network: Network) -> None:
    partner, other = await network.partner(), await network.partner()
    owner, stranger = await http(partner.owner), await http(other.owner)
    made = (await owner.post("/api/v1/invitations", json=wanted("mine@example.com"))).json()["id"]

    for invitation_id in (made, str(new_id())):
        assert (await stranger.delete(f"/api/v1/invitations/{invitation_id}")).status_code == 404
        assert (await stranger.post(f"/api/v1/invitations/{invitation_id}/resend")).status_code == 404
    assert (await stranger.get("/api/v1/invitations")).json() == []
    assert [each["id"] for each in (await owner.get("/api/v1/invitations")).json()] == [made]


async def test_members_are_not_invited_again_and_weak_passwords_not_taken(
    http: ClientFor, runtime: Runtime, network: Network, link_to: LinkTo
) -> None:
    partner = await network.partner()
    owner, visitor = await http(partner.owner), await http(None)
    async with runtime.units_of_work.begin(partner.system) as work:
        row = await work.session.get_one(Membership, (partner.id, partner.dispatcher.membership_id))
    again = await owner.post("/api/v1/invitations", json=wanted(row.email))
    assert (again.status_code, again.json()["code"]) == (409, "invitation.already_member")

    await owner.post("/api/v1/invitations", json=wanted("weak@example.com"))
    link = links_api(await link_to(partner.id, "weak@example.com"))
    for password in ("short", "1234567890", "aaaaaaaaaaaaaa", "weak@example.com", "x" * 201):
        answer = await visitor.post(link, json={"password": password})
        assert answer.status_code in (400, 422), password
    assert (await visitor.post(link, json={"password": PASSWORD})).status_code == 200


async def test_an_address_is_not_flooded_in_our_name(http: ClientFor, network: Network) -> None:
    partner = await network.partner()
    owner = await http(partner.owner)
    made = (await owner.post("/api/v1/invitations", json=wanted("flooded@example.com"))).json()["id"]

    answers = [await owner.post(f"/api/v1/invitations/{made}/resend") for _ in range(5)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]


async def test_the_same_roles_again_renew_and_other_roles_replace(
    http: ClientFor, runtime: Runtime, network: Network, clock: SettableClock
) -> None:
    partner = await network.partner()
    owner = await http(partner.owner)
    manager = await http(await network.member(partner.id, "周经理", ["service_manager"]))
    first = (await owner.post("/api/v1/invitations", json=wanted("renew@example.com"))).json()
    clock.advance(timedelta(days=8))

    renewed = (await owner.post("/api/v1/invitations", json=wanted("renew@example.com", "partner_owner"))).json()
    lowered = await manager.post("/api/v1/invitations", json=wanted("renew@example.com", "engineer"))

    assert renewed["id"] == first["id"]
    assert renewed["expires_at"] > first["expires_at"]
    assert lowered.json()["code"] == "role.beyond_own"
    async with runtime.units_of_work.begin(Actor.system(partner.id)) as work:
        row = await work.session.get_one(Invitation, (partner.id, UUID(first["id"])))
    assert row.roles == ["partner_owner"]


async def test_the_mail_speaks_the_language_asked_for(http: ClientFor, runtime: Runtime, network: Network) -> None:
    partner = await network.partner()
    owner = await http(partner.owner)
    await owner.post("/api/v1/invitations", json=wanted("en@example.com", language="en"))
    await owner.post("/api/v1/invitations", json=wanted("zh@example.com"))

    async with runtime.units_of_work.begin(partner.system) as work:
        texts = {
            row.address: row.subject
            for row in await work.session.scalars(select(Delivery).where(Delivery.channel == "email"))
        }
    assert texts == {"en@example.com": f"{partner.name} invites you", "zh@example.com": f"{partner.name} 邀请您加入"}
