"""Changing what people may do, without anybody ending up with too much or a company with nobody in charge."""

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from app.people.identity import Members
from app.people.identity.errors import LastAdministrator
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.audit import AuditEntry
from app.platform.kernel.ids import new_id
from app.platform.kernel.outbox import OutboxEvent
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from tests.conftest import ClientFor
from tests.factories.network import Network


def change(roles: list[str], version: int = 1) -> dict[str, Any]:
    return {"roles": roles, "version": version}


async def test_the_owner_makes_a_dispatcher_a_team_leader(http: ClientFor, runtime: Runtime, network: Network) -> None:
    partner = await network.partner()
    owner = await http(partner.owner)
    path = f"/api/v1/members/{partner.dispatcher.membership_id}"

    answer = await owner.put(f"{path}/roles", json=change(["team_leader", "dispatcher"]))

    assert answer.json()["roles"] == ["dispatcher", "team_leader"]
    assert answer.json()["version"] == 2
    stale = await owner.put(f"{path}/roles", json=change(["engineer"]))
    assert (stale.status_code, stale.json()["code"]) == (409, "request.stale_version")
    async with runtime.units_of_work.begin(partner.system) as work:
        entry = (
            await work.session.scalars(select(AuditEntry).where(AuditEntry.action == "member.roles_changed"))
        ).one()
        event = (await work.session.scalars(select(OutboxEvent).where(OutboxEvent.topic == "member.changed"))).one()
    assert entry.details == {"before": ["dispatcher"], "after": ["dispatcher", "team_leader"]}
    assert event.payload["roles"] == ["dispatcher", "team_leader"]


async def test_a_suspended_member_is_a_stranger_at_once_and_can_come_back(http: ClientFor, network: Network) -> None:
    partner = await network.partner()
    owner, dispatcher = await http(partner.owner), await http(partner.dispatcher)
    path = f"/api/v1/members/{partner.dispatcher.membership_id}"
    assert (await dispatcher.get("/api/v1/members")).status_code == 200

    assert (await owner.post(f"{path}/suspend", json={"version": 1})).json()["state"] == "suspended"
    assert (await dispatcher.get("/api/v1/members")).status_code == 401
    assert (await owner.post(f"{path}/reactivate", json={"version": 2})).json()["state"] == "active"
    assert (await dispatcher.get("/api/v1/members")).status_code == 200


async def test_the_last_owner_stays(http: ClientFor, network: Network) -> None:
    partner = await network.partner()
    owner = await http(partner.owner)
    path = f"/api/v1/members/{partner.owner.membership_id}"

    lowered = await owner.put(f"{path}/roles", json=change(["dispatcher"]))
    suspended = await owner.post(f"{path}/suspend", json={"version": 1})

    assert [answer.json()["code"] for answer in (lowered, suspended)] == [
        "member.last_administrator",
        "member.last_administrator",
    ]


async def test_two_owners_cannot_remove_each_other_at_once(units_of_work: UnitOfWorkFactory, network: Network) -> None:
    partner = await network.partner()
    second = await network.member(partner.id, "林总", ["partner_owner"])

    async def suspend(actor: Actor, other: Actor) -> str:
        assert other.membership_id
        try:
            async with units_of_work.begin(actor) as work:
                return (await Members(work).suspend(other.membership_id, 1)).state
        except LastAdministrator as refused:
            return refused.code

    answers = await asyncio.gather(suspend(partner.owner, second), suspend(second, partner.owner))

    assert sorted(answers) == ["member.last_administrator", "suspended"]


async def test_headquarters_keeps_an_administrator(http: ClientFor, network: Network) -> None:
    administrator = await http(network.administrator)
    path = f"/api/v1/members/{network.administrator.membership_id}"

    assert (await administrator.post(f"{path}/suspend", json={"version": 1})).json()[
        "code"
    ] == "member.last_administrator"
    officer = await network.member(HQ_TENANT_ID, "质量专员", ["hq_quality_officer"])
    promoted = await administrator.put(
        f"/api/v1/members/{officer.membership_id}/roles", json=change(["hq_administrator"])
    )
    assert promoted.status_code == 200
    assert (await administrator.post(f"{path}/suspend", json={"version": 1})).status_code == 200


async def test_other_companies_people_do_not_exist(http: ClientFor, network: Network) -> None:
    partner, other = await network.partner(), await network.partner()
    stranger = await http(other.owner)

    async def tries(membership_id: object) -> list[httpx.Response]:
        path = f"/api/v1/members/{membership_id}"
        return [
            await stranger.get(path),
            await stranger.put(f"{path}/roles", json=change(["engineer"])),
            await stranger.post(f"{path}/suspend", json={"version": 1}),
            await stranger.get(f"/workspace/members/{membership_id}"),
        ]

    existing, made_up = await tries(partner.dispatcher.membership_id), await tries(new_id())

    assert [answer.status_code for answer in existing] == [404] * 4
    for one, other_one in zip(existing[:3], made_up[:3], strict=True):
        assert one.json() | {"request_id": ""} == other_one.json() | {"request_id": ""}


@pytest.mark.parametrize("method", ["roles", "suspend"])
async def test_who_may_not_change_members_cannot(method: str, http: ClientFor, network: Network) -> None:
    partner = await network.partner()
    manager = await http(await network.member(partner.id, "周经理", ["service_manager"]))
    path = f"/api/v1/members/{partner.owner.membership_id}/{method}"

    answer = await (manager.put if method == "roles" else manager.post)(path, json=change(["dispatcher"]))

    assert answer.status_code == 403


async def test_the_list_is_paged_searched_and_kept_apart_from_clients_people(
    http: ClientFor, runtime: Runtime, network: Network
) -> None:
    partner = await network.partner()
    client = await network.client(partner)
    names = {f"工程师{number}" for number in range(5)}
    for name in sorted(names):
        await network.member(partner.id, name, ["engineer"])
    owner = await http(partner.owner)

    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = (
            await owner.get("/api/v1/members", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))
        ).json()
        seen += [each["display_name"] for each in answer["items"]]
        cursor = answer["next_cursor"]

    assert sorted(seen) == sorted([*names, "陈总", "林小燕"])
    found = (await owner.get("/api/v1/members", params={"q": "师3"})).json()["items"]
    assert [each["display_name"] for each in found] == ["工程师3"]
    assert (await owner.get("/api/v1/members", params={"q": "%"})).json()["items"] == []
    contacts = (await owner.get("/api/v1/members", params={"clients": "true"})).json()["items"]
    assert [each["client_id"] for each in contacts] == [str(client.id)]
    assert (await owner.get("/api/v1/members", params={"cursor": "nonsense"})).status_code == 400


async def test_a_suspended_company_changes_nobody(http: ClientFor, runtime: Runtime, network: Network) -> None:
    from tenants.models import Tenant

    partner = await network.partner()
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        (await work.session.get_one(Tenant, partner.id)).state = "suspended"
    owner = await http(partner.owner)

    assert (await owner.get("/api/v1/members")).status_code == 200
    path = f"/api/v1/members/{partner.dispatcher.membership_id}"
    assert (await owner.post(f"{path}/suspend", json={"version": 1})).status_code == 403
    assert (await owner.delete("/api/v1/session")).status_code == 204
