"""Staff who are held to some clients: what they see, count, find and change is theirs, and nothing else is there."""

from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from app.platform.kernel.actor import Actor
from app.platform.kernel.ids import new_id
from tests.conftest import ClientFor
from tests.factories.network import ClientCompany, Network, PartnerCompany


class Company:
    """A partner with two clients, a device and a ticket in each, and a manager held to the school."""

    partner: PartnerCompany
    harbour: ClientCompany
    school: ClientCompany
    devices: dict[str, UUID]
    tickets: dict[str, str]
    manager: Actor
    owner_http: httpx.AsyncClient
    http: httpx.AsyncClient


@pytest.fixture
async def company(network: Network, http: ClientFor) -> Company:
    made = Company()
    made.partner = await network.partner()
    await network.service_level(made.partner)
    made.harbour, made.school = await network.client(made.partner), await network.client(made.partner, "厦门第九中学")
    made.owner_http = await http(made.partner.owner)
    made.devices, made.tickets = {}, {}
    for name, client in (("harbour", made.harbour), ("school", made.school)):
        made.devices[name], reporter = await network.device(client)
        fault = {"subject": f"{name}开不了机", "device_id": str(made.devices[name])}
        answer = await (await http(reporter)).post("/api/v1/tickets", json=fault)
        assert answer.status_code == 201, answer.text
        made.tickets[name] = answer.json()["id"]
    made.manager = await network.member(made.partner.id, "周经理", ["service_manager"])
    await restrict(made, made.manager, [made.school.id])
    made.http = await http(made.manager)
    return made


async def restrict(
    company: Company, member: Actor, clients: list[UUID], access_scope: str = "assigned", version: int = 1
) -> None:
    """The owner decides which clients a member sees."""
    body = {"access_scope": access_scope, "client_ids": [str(each) for each in clients], "version": version}
    answer = await company.owner_http.put(f"/api/v1/members/{member.membership_id}/access-scope", json=body)
    assert answer.status_code == 200, answer.text


async def ids(http: httpx.AsyncClient, path: str, **query: str) -> set[str]:
    answer = await http.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return {each["id"] for each in answer.json()["items"]}


async def test_lists_tell_of_the_clients_one_looks_after(company: Company) -> None:
    assert await ids(company.http, "/api/v1/clients") == {str(company.school.id)}
    assert await ids(company.http, "/api/v1/devices") == {str(company.devices["school"])}
    assert await ids(company.http, "/api/v1/tickets") == {company.tickets["school"]}
    assert await ids(company.owner_http, "/api/v1/clients") == {str(company.school.id), str(company.harbour.id)}


async def test_a_count_a_facet_and_a_search_are_lists_too(company: Company) -> None:
    counted = await company.http.get("/api/v1/tickets/counts")
    assert sum(counted.json().values()) == 1, counted.text
    spread = await company.http.get("/api/v1/clients/distribution")
    assert sum(each["clients"] for each in spread.json()["industries"]) == 1, spread.text
    number = (await company.owner_http.get(f"/api/v1/devices/{company.devices['harbour']}")).json()["number"]
    for words in (number, company.harbour.name[:4]):
        found = (await company.http.get("/api/v1/search", params={"q": words})).json()
        assert not any(found.values()), f"{words} is found: {found}"
    queue = (await company.http.get("/workspace/tickets")).text
    assert "school开不了机" in queue
    assert "harbour开不了机" not in queue


async def test_a_record_out_of_reach_is_what_does_not_exist(company: Company) -> None:
    for path in (
        f"/api/v1/tickets/{company.tickets['harbour']}",
        f"/api/v1/devices/{company.devices['harbour']}",
        f"/api/v1/clients/{company.harbour.id}",
        f"/api/v1/clients/{company.harbour.id}/sites",
    ):
        assert (await company.http.get(path)).status_code == 404, path
    device = {"subject": "换一台", "device_id": str(company.devices["harbour"])}
    assert (await company.http.post("/api/v1/tickets", json=device)).status_code == 404
    client = {"subject": "换一台", "client_id": str(company.harbour.id)}
    assert (await company.http.post("/api/v1/tickets", json=client)).status_code == 404


async def test_what_concerns_every_client_is_lost_with_the_reach(company: Company) -> None:
    for place in ("audit", "members", "records", "history", "roles", "teams"):
        assert (await company.http.get(f"/workspace/{place}")).status_code == 403, place
    assert "/workspace/members" not in (await company.http.get("/workspace")).text


async def test_reach_changes_with_the_very_next_request(company: Company) -> None:
    await restrict(company, company.manager, [company.harbour.id], version=2)
    assert await ids(company.http, "/api/v1/tickets") == {company.tickets["harbour"]}
    await restrict(company, company.manager, [], access_scope="company", version=3)
    assert await ids(company.http, "/api/v1/tickets") == set(company.tickets.values())
    await restrict(company, company.manager, [], access_scope="assigned", version=4)
    assert await ids(company.http, "/api/v1/clients") == set()


async def test_a_team_looks_after_its_clients_together(company: Company) -> None:
    team = {
        "name": "湖里组",
        "membership_ids": [str(company.manager.membership_id)],
        "client_ids": [str(company.harbour.id)],
    }
    made = await company.owner_http.post("/api/v1/teams", json=team)
    assert made.status_code == 201, made.text
    assert await ids(company.http, "/api/v1/tickets") == set(company.tickets.values())
    scope = (await company.owner_http.get(f"/api/v1/members/{company.manager.membership_id}/access-scope")).json()
    assert scope["team_client_ids"] == [str(company.harbour.id)]
    address = f"/api/v1/teams/{made.json()['id']}"
    assert (await company.owner_http.put(address, json={**team, "client_ids": [], "version": 1})).status_code == 200
    assert await ids(company.http, "/api/v1/tickets") == {company.tickets["school"]}
    assert (await company.owner_http.delete(address, params={"version": 1})).status_code == 409
    assert (await company.owner_http.delete(address, params={"version": 2})).status_code == 204
    assert (await company.owner_http.get(address)).status_code == 404


async def test_a_team_has_a_name_of_its_own_and_people_and_clients_of_the_company(
    company: Company, network: Network
) -> None:
    other = await network.partner()
    stranger = await network.client(other)
    await company.owner_http.post("/api/v1/teams", json={"name": "湖里组"})
    for body, status in (
        ({"name": "湖里组"}, 409),
        ({"name": " "}, 422),
        ({"name": "别人", "membership_ids": [str(other.dispatcher.membership_id)]}, 422),
        ({"name": "客户的人", "membership_ids": [str(company.school.contact.membership_id)]}, 422),
        ({"name": "别家", "client_ids": [str(stranger.id)]}, 422),
        ({"name": "没有", "client_ids": [str(new_id())]}, 422),
    ):
        assert (await company.owner_http.post("/api/v1/teams", json=body)).status_code == status, body


async def test_somebody_else_decides_how_far_one_sees(company: Company, http: ClientFor, network: Network) -> None:
    body = {"access_scope": "company", "client_ids": [], "version": 1}
    own = f"/api/v1/members/{company.partner.owner.membership_id}/access-scope"
    assert (await company.owner_http.put(own, json=body)).status_code == 403
    assert (await company.http.put(own, json=body)).status_code == 403
    contact = f"/api/v1/members/{company.school.contact.membership_id}/access-scope"
    assert (await company.owner_http.put(contact, json=body)).status_code == 404, "a client's people have their ring"


async def test_an_engineer_sees_the_work_that_is_theirs_and_what_it_needs(
    company: Company, http: ClientFor, network: Network
) -> None:
    engineer = await network.engineer(company.partner)
    worker = await http(engineer)
    assert await ids(worker, "/api/v1/devices") == set()
    now = network.runtime.clock.now()
    plan = {
        "engineer_id": str(engineer.membership_id),
        "scheduled_start": now.isoformat(),
        "scheduled_end": (now + timedelta(hours=1)).isoformat(),
    }
    given = await company.owner_http.post(f"/api/v1/tickets/{company.tickets['harbour']}/assignments", json=plan)
    assert given.is_success, given.text
    assert await ids(worker, "/api/v1/devices") == {str(company.devices["harbour"])}
    assert await ids(worker, "/api/v1/clients") == {str(company.harbour.id)}
    assert await ids(worker, "/api/v1/tickets") == {company.tickets["harbour"]}
    await restrict(company, engineer, [company.school.id], access_scope="by_role")
    assert await ids(worker, "/api/v1/tickets") == set(company.tickets.values()), "stationed at the school"


async def test_a_token_s_few_permissions_do_not_narrow_what_its_maker_sees(
    company: Company, http: ClientFor, network: Network
) -> None:
    wanted = {"name": "大屏", "permissions": ["ticket:read"]}
    made = (await company.owner_http.post("/api/v1/api-tokens", json=wanted)).json()
    program = await http(None)
    program.headers["authorization"] = f"Bearer {made['token']}"
    assert await ids(program, "/api/v1/tickets") == set(company.tickets.values())


async def test_the_same_on_pages(company: Company) -> None:
    page = f"/workspace/members/{company.manager.membership_id}/access-scope"
    shown = (await company.owner_http.get(page)).text
    assert company.school.name[:8] in shown
    form = {"access_scope": "assigned", "client_ids": [str(company.harbour.id)], "version": "2"}
    assert (await company.owner_http.post(page, data=form)).status_code == 303
    assert await ids(company.http, "/api/v1/clients") == {str(company.harbour.id)}
    assert (await company.owner_http.post(page, data=form)).status_code == 409, "somebody was faster"
    team = {"name": "湖里组", "client_ids": [str(company.school.id)]}
    made = await company.owner_http.post("/workspace/teams/new", data=team)
    assert made.headers["location"] == "/workspace/teams", made.text
    assert "湖里组" in (await company.owner_http.get("/workspace/teams")).text
