"""What is taken out of use takes its people's doors along, all of them and at once; back in use, it opens again."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import httpx
import pytest

from app.platform.kernel.actor import Actor
from app.platform.kernel.unit_of_work import Origin
from tests.conftest import ClientFor
from tests.factories.network import ClientCompany, Network, PartnerCompany
from tests.identity.conftest import PASSWORD, WithPassword

Caller = Callable[[Actor], Awaitable[httpx.AsyncClient]]


@pytest.fixture
def program(network: Network, http: ClientFor) -> Caller:
    """A program with an API token of somebody's."""

    async def made(maker: Actor) -> httpx.AsyncClient:
        calling = await http(None)
        calling.headers["authorization"] = f"Bearer {await network.program(maker)}"
        return calling

    return made


async def put(owner: httpx.AsyncClient, client: ClientCompany, state: str, version: int) -> None:
    answer = await owner.post(f"/api/v1/clients/{client.id}/state", json={"state": state, "version": version})
    assert answer.is_success, answer.text


async def test_of_a_client_out_of_use_nobody_comes_in_and_nobody_acts(
    http: ClientFor,
    network: Network,
    partner: PartnerCompany,
    client: ClientCompany,
    program: Caller,
    with_password: WithPassword,
) -> None:
    owner, email = await http(partner.owner), await with_password(client.contact)
    device_id, employee = await network.device(client)
    number = (await owner.get(f"/api/v1/devices/{device_id}")).json()["number"]
    pins = await owner.post("/api/v1/pins", json={"device_ids": [str(device_id)]})
    assert pins.is_success, pins.text
    inside = [await http(client.contact), await http(employee), await program(client.contact)]
    bystander = await http((await network.client(partner, "厦门第九中学")).contact)
    for caller in (*inside, bystander):
        assert (await caller.get("/api/v1/tickets")).status_code == 200

    await put(owner, client, "inactive", 1)

    for caller in inside:
        assert (await caller.get("/api/v1/tickets")).status_code == 401
        reported = await caller.post("/api/v1/tickets", json={"subject": "打不开", "device_id": str(device_id)})
        assert reported.status_code == 401
    assert (await bystander.get("/api/v1/tickets")).status_code == 200
    visitor = await http(None)
    by_password = await visitor.post("/api/v1/sessions", json={"name": email, "password": PASSWORD})
    assert (by_password.status_code, by_password.json()["code"]) == (403, "session.no_membership")
    door = {"tenant": partner.slug, "client": client.code, "device_number": number, "pin": "000000"}
    assert (await visitor.post("/api/v1/reporter-sessions", json=door)).status_code == 401

    await put(owner, client, "active", 2)
    for caller in inside:
        assert (await caller.get("/api/v1/tickets")).status_code == 200
    assert (await visitor.post("/api/v1/sessions", json={"name": email, "password": PASSWORD})).status_code == 201


async def test_somebody_of_two_companies_loses_the_one_that_is_out_of_use(
    http: ClientFor, network: Network, partner: PartnerCompany, client: ClientCompany, with_password: WithPassword
) -> None:
    school, owner = await network.client(partner, "厦门第九中学"), await http(partner.owner)
    email, visitor = await with_password(client.contact), await http(None)
    await network.joins(client.contact, school)
    opened = (await visitor.post("/api/v1/sessions", json={"name": email, "password": PASSWORD})).json()
    assert len(opened["memberships"]) == 2
    await put(owner, client, "inactive", 1)
    opened = (await visitor.post("/api/v1/sessions", json={"name": email, "password": PASSWORD})).json()
    assert [each["client_id"] for each in opened["memberships"]] == [str(school.id)]
    there = {"authorization": f"Bearer {opened['token']}"}
    back = {"membership_id": str(client.contact.membership_id)}
    assert (await visitor.post("/api/v1/session/membership", json=back, headers=there)).status_code == 404


async def test_a_suspended_member_and_their_programs_are_out(
    http: ClientFor, network: Network, partner: PartnerCompany, program: Caller
) -> None:
    member, owner = await network.member(partner.id, "周经理", ["service_manager"]), await http(partner.owner)
    inside = [await http(member), await program(member)]
    shut = await owner.post(f"/api/v1/members/{member.membership_id}/suspend", json={"version": 1})
    assert shut.is_success, shut.text
    assert [(await caller.get("/api/v1/tickets")).status_code for caller in inside] == [401, 401]


async def test_the_pin_of_a_retired_device_has_let_in_nobody_who_stays(
    http: ClientFor, network: Network, partner: PartnerCompany, client: ClientCompany
) -> None:
    owner = await http(partner.owner)
    device_id, employee = await network.device(client)
    assert (await owner.post("/api/v1/pins", json={"device_ids": [str(device_id)]})).is_success
    telephone = await http(None)
    telephone.headers["authorization"] = f"Bearer {await by_device(network, employee, device_id)}"
    assert (await telephone.get("/api/v1/tickets")).status_code == 200
    retired = await owner.patch(f"/api/v1/devices/{device_id}", json={"state": "retired", "version": 1})
    assert retired.is_success, retired.text
    assert (await telephone.get("/api/v1/tickets")).status_code == 401


async def by_device(network: Network, employee: Actor, device_id: UUID) -> str:
    """The token of a session that the device's PIN opened."""
    assert employee.client_id
    assert employee.reporter_id
    opened = await network.signin.open_for_reporter(
        employee.tenant_id, employee.client_id, employee.reporter_id, device_id=device_id, origin=Origin()
    )
    return opened.token
