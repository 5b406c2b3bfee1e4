"""A partner composes roles from what it may do itself; whoever gets one may do that, from the next request on."""

import httpx

from app.platform.kernel.actor import Actor, ActorKind
from app.platform.kernel.ids import new_id
from app.platform.kernel.runtime import Runtime
from rbac import permissions_of
from rbac.roles.available_roles import staff_permissions
from rbac.roles.models import Role
from rbac.roles.service import MOST_ROLES
from tests.conftest import ClientFor
from tests.factories.network import Network, PartnerCompany

REGISTRAR = {"name": "设备台账员", "permissions": ["device:read", "device:write", "client:read"]}


async def made(owner: httpx.AsyncClient, **wanted: object) -> str:
    answer = await owner.post("/api/v1/roles", json={**REGISTRAR, **wanted})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def give(owner: httpx.AsyncClient, member: Actor, roles: list[str], version: int = 1) -> httpx.Response:
    path = f"/api/v1/members/{member.membership_id}/roles"
    return await owner.put(path, json={"roles": roles, "version": version})


async def test_whoever_has_the_role_may_do_what_it_says_and_nothing_else(
    owner: httpx.AsyncClient, partner: PartnerCompany, network: Network, http: ClientFor
) -> None:
    role = await made(owner)
    clerk = await network.member(partner.id, "小吴", ["dispatcher"])
    given = await give(owner, clerk, [role])
    assert given.status_code == 200, given.text
    assert given.json()["roles"] == [role]
    at_work = await http(clerk)
    assert (await at_work.get("/api/v1/devices")).status_code == 200
    assert (await at_work.get("/api/v1/tickets")).status_code == 403
    assert "设备台账员" in (await at_work.get("/workspace/devices")).text

    changed = {**REGISTRAR, "permissions": ["ticket:read"], "version": 1}
    assert (await owner.put(f"/api/v1/roles/{role}", json=changed)).status_code == 200
    assert (await at_work.get("/api/v1/devices")).status_code == 403
    assert (await at_work.get("/api/v1/tickets")).status_code == 200

    assert (await owner.delete(f"/api/v1/roles/{role}", params={"version": 2})).status_code == 204
    assert (await at_work.get("/api/v1/tickets")).status_code == 403
    assert (await give(owner, clerk, [role], version=2)).status_code == 422, "an archived role is given to nobody"
    assert (await owner.get("/api/v1/roles")).json()["items"] == []
    await made(owner)


async def test_an_own_role_stands_beside_the_system_s(
    owner: httpx.AsyncClient, partner: PartnerCompany, network: Network, http: ClientFor
) -> None:
    role = await made(owner, permissions=["client:write", "client:read"])
    engineer = await network.engineer(partner)
    assert (await give(owner, engineer, ["engineer", role])).json()["roles"] == ["engineer", role]
    assert (await (await http(engineer)).get("/api/v1/visits")).status_code != 403


async def test_nobody_composes_changes_or_gives_more_than_they_hold(
    owner: httpx.AsyncClient, partner: PartnerCompany, network: Network, http: ClientFor
) -> None:
    people = ["member:read", "member:write", "member:invite", "device:read"]
    keys = await made(owner, name="只管成员", permissions=people)
    scope = {"access_scope": "company", "client_ids": [], "version": 2}
    keeper = await network.member(partner.id, "老李", ["dispatcher"])
    assert (await give(owner, keeper, [keys])).status_code == 200
    await owner.put(f"/api/v1/members/{keeper.membership_id}/access-scope", json=scope)
    at_work = await http(keeper)
    beyond = {"name": "厉害", "permissions": ["tenant:export"]}
    assert (await at_work.post("/api/v1/roles", json=beyond)).status_code == 403
    assert (await at_work.post("/api/v1/roles", json={"name": "看", "permissions": ["device:read"]})).status_code == 201
    stronger = await made(owner, name="台账")
    assert (await at_work.put(f"/api/v1/roles/{stronger}", json={**REGISTRAR, "version": 1})).status_code == 403
    assert (await at_work.delete(f"/api/v1/roles/{stronger}", params={"version": 1})).status_code == 403
    colleague = await network.member(partner.id, "小王", ["engineer"])
    assert (await give(at_work, colleague, [stronger])).status_code == 403
    invited = {"email": "more@example.com", "display_name": "新人", "roles": [stronger]}
    assert (await at_work.post("/api/v1/invitations", json=invited)).status_code == 403


async def test_headquarters_permissions_are_no_partner_s_to_give_whatever_the_row_says(
    partner: PartnerCompany, network: Network, http: ClientFor, runtime: Runtime
) -> None:
    """The row could be written by a mistake in some migration: what staff may not have at all grants nothing."""
    async with runtime.units_of_work.begin(partner.system) as work:
        beyond = ["partner:suspend", "partner:read"]
        row = Role(tenant_id=partner.id, id=new_id(), name="越权", permissions=beyond, created_at=work.now)
        work.session.add(row)
    member = await network.member(partner.id, "老赵", [str(row.id)])
    assert (await (await http(member)).get("/api/v1/partners")).status_code == 403


async def test_another_company_s_role_is_none(owner: httpx.AsyncClient, network: Network, http: ClientFor) -> None:
    role = await made(owner)
    other = await network.partner()
    stranger = await http(other.owner)
    assert (await stranger.get(f"/api/v1/roles/{role}")).status_code == 404
    assert (await give(stranger, other.dispatcher, [role])).status_code == 422
    member = await network.member(other.id, "小林", [role])
    named_by_hand = await http(member)
    assert (await named_by_hand.get("/api/v1/devices")).status_code == 403


async def test_names_are_the_company_s_own_and_there_is_an_end_to_roles(owner: httpx.AsyncClient) -> None:
    await made(owner)
    assert (await owner.post("/api/v1/roles", json=REGISTRAR)).status_code == 409
    assert (await owner.post("/api/v1/roles", json={**REGISTRAR, "name": "  "})).status_code == 422
    for number in range(MOST_ROLES - 1):
        await made(owner, name=f"角色{number}")
    assert (await owner.post("/api/v1/roles", json={**REGISTRAR, "name": "再一个"})).json()["code"] == "role.too_many"


async def test_headquarters_has_the_system_s_roles_only(network: Network, http: ClientFor) -> None:
    headquarters = await http(network.administrator)
    assert (await headquarters.get("/api/v1/roles")).json()["items"] == []
    assert (await headquarters.post("/api/v1/roles", json=REGISTRAR)).status_code == 403


async def test_the_same_on_pages(owner: httpx.AsyncClient, partner: PartnerCompany) -> None:
    empty = await owner.post("/workspace/roles/new", data={"name": ""})
    assert empty.status_code == 422
    assert "请至少选择一项权限。" in empty.text
    form = {"name": "设备台账员", "permissions": ["device:read", "device:write"]}
    assert (await owner.post("/workspace/roles/new", data=form)).headers["location"] == "/workspace/roles"
    (role,) = (await owner.get("/api/v1/roles")).json()["items"]
    member = (await owner.get(f"/workspace/members/{partner.dispatcher.membership_id}")).text
    assert f'value="{role["id"]}"' in member
    gone = {"version": "1", "action": "archive", **form}
    assert (await owner.post(f"/workspace/roles/{role['id']}", data=gone)).status_code == 303
    assert "还没有自定义角色" in (await owner.get("/workspace/roles")).text


def test_the_owner_holds_everything_that_staff_can_hold() -> None:
    """Else an own role could be composed from what nobody holds, and the owner could not take it away again."""
    beyond = staff_permissions() - permissions_of(ActorKind.PROVIDER, ("partner_owner",))
    assert beyond == {"visit:work"}
