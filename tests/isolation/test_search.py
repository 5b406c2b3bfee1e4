"""A search finds words in the middle of everything that the asker sees, and tells nothing of anything else.

The same words stand in the records of everybody, so that whatever a ring or a reach lets through is found.
"""

from dataclasses import replace
from uuid import UUID

import httpx
import pytest

from app.desk.tickets import SearchService
from app.platform.kernel.actor import Actor
from app.platform.kernel.runtime import Runtime
from tests.conftest import ClientFor
from tests.factories.network import ClientCompany, Network, PartnerCompany

LISTS = ("tickets", "devices", "clients", "employees")


class SearchScene:
    """Two partners; the first has two clients, the first of these two employees who report; a manager of one client."""

    http: ClientFor
    partner: PartnerCompany
    people: dict[str, Actor]
    tickets: dict[str, str]
    devices: dict[str, UUID]
    school_id: UUID

    async def found(self, who: str, kind: str, typed: str) -> set[str]:
        """What a list of the API shows; nothing where the list is not for this person."""
        answer = await (await self.http(self.people[who])).get(f"/api/v1/{kind}", params={"q": typed})
        if answer.status_code == 403:
            return set()
        assert answer.status_code == 200, answer.text
        return {each["id"] for each in answer.json()["items"]}

    def names(self, ids: set[str]) -> set[str]:
        """Whose tickets or devices these are."""
        known = {each: name for name, each in self.tickets.items()}
        known |= {str(each): name for name, each in self.devices.items()}
        return {known[each] for each in ids}


@pytest.fixture(scope="module")
async def scene(network: Network, http: ClientFor) -> SearchScene:
    made = SearchScene()
    made.http, made.people, made.tickets, made.devices = http, {}, {}, {}
    made.partner, other = await network.partner(), await network.partner("广州岭南信息服务有限公司")
    clients: dict[str, ClientCompany] = {
        "harbour": await network.client(made.partner, "厦门港务打印集团"),
        "school": await network.client(made.partner, "厦门第九打印中学"),
        "canton": await network.client(other, "广州天河打印商贸"),
    }
    made.school_id = clients["school"].id
    for partner in (made.partner, other):
        await network.service_level(partner)
    for name, client, holder in (
        ("li", "harbour", "欧阳小兰"),
        ("zhang", "harbour", "张小兰芳"),
        ("pupil", "school", "陈小兰"),
        ("stranger", "canton", "林小兰英"),
    ):
        made.devices[name], reporter = await network.device(clients[client], f"OFFICE-{name.upper()}-0117", holder)
        fault = {"subject": f"三楼的打印机卡纸（{name}）50%", "device_id": str(made.devices[name])}
        answer = await (await http(reporter)).post("/api/v1/tickets", json=fault)
        assert answer.status_code == 201, answer.text
        made.tickets[name], made.people[name] = answer.json()["id"], reporter
    made.people |= {
        "dispatcher": made.partner.dispatcher,
        "engineer": await network.engineer(made.partner),
        "harbour": clients["harbour"].contact,
        "school": clients["school"].contact,
        "competitor": other.dispatcher,
        "manager": await network.member(made.partner.id, "周经理", ["service_manager"]),
    }
    scope = {"access_scope": "assigned", "client_ids": [str(clients["school"].id)], "version": 1}
    owner = await http(made.partner.owner)
    held = await owner.put(f"/api/v1/members/{made.people['manager'].membership_id}/access-scope", json=scope)
    assert held.status_code == 200, held.text
    return made


SEEN: dict[str, set[str]] = {
    "dispatcher": {"li", "zhang", "pupil"},
    "competitor": {"stranger"},
    "manager": {"pupil"},
    "engineer": set(),
    "harbour": {"li", "zhang"},
    "school": {"pupil"},
    "li": {"li"},
    "zhang": {"zhang"},
}


@pytest.mark.parametrize("who", SEEN)
async def test_a_word_in_the_middle_is_found_inside_the_own_ring_and_reach(scene: SearchScene, who: str) -> None:
    for typed in ("打印机", "印", "卡纸 三楼", '"打印机卡纸"', "机 -墨", "50%"):
        assert scene.names(await scene.found(who, "tickets", typed)) == SEEN[who], typed
    assert scene.names(await scene.found(who, "devices", "0117")) == SEEN[who]
    assert scene.names(await scene.found(who, "tickets", "office-")) == SEEN[who]
    for typed in ("打印机 墨盒", '"卡纸 三楼"', "打印机 -卡纸", "%机", "_", "打印机（li"):
        assert scene.names(await scene.found(who, "tickets", typed)) <= ({"li"} & SEEN[who]), typed


@pytest.mark.parametrize(
    ("who", "typed"),
    [
        ("competitor", "欧阳小兰"),
        ("competitor", "港务"),
        ("competitor", "ZHANG"),
        ("manager", "港务"),
        ("manager", "（zhang）"),
        ("manager", "ZHANG-0117"),
        ("manager", "欧阳"),
        ("harbour", "第九"),
        ("harbour", "PUPIL"),
        ("li", "ZHANG"),
        ("li", "张小"),
        ("dispatcher", "天河"),
        ("dispatcher", "林小兰英"),
    ],
)
async def test_what_is_not_seen_is_not_found_by_any_list(scene: SearchScene, who: str, typed: str) -> None:
    for kind in LISTS:
        assert await scene.found(who, kind, typed) == set(), kind
    http: httpx.AsyncClient = await scene.http(scene.people[who])
    found = await http.get("/api/v1/search", params={"q": typed})
    assert found.status_code == 403 or not any(found.json().values()), found.text


@pytest.mark.parametrize(
    ("who", "path", "typed", "shown", "hidden"),
    [
        ("dispatcher", "/workspace/tickets", "打印机", "（pupil）", "（stranger）"),
        ("dispatcher", "/workspace/tickets", "九打", "（pupil）", "（zhang）"),
        ("manager", "/workspace/tickets", "打印机", "（pupil）", "（zhang）"),
        ("manager", "/workspace/devices", "小兰", "OFFICE-PUPIL", "OFFICE-ZHANG"),
        ("dispatcher", "/workspace/clients", "打印", "第九", "天河"),
        ("dispatcher", "/workspace/search", "小兰", "欧阳小兰", "林小兰英"),
        ("harbour", "/portal/tickets", "打印机", "（zhang）", "（pupil）"),
        ("harbour", "/portal/devices", "0117", "OFFICE-ZHANG", "OFFICE-PUPIL"),
        ("harbour", "/portal/people", "小兰", "张小兰芳", "陈小兰"),
    ],
)
async def test_the_boxes_of_the_pages_find_the_same(
    scene: SearchScene, who: str, path: str, typed: str, shown: str, hidden: str
) -> None:
    answer = await (await scene.http(scene.people[who])).get(path, params={"q": typed})

    assert answer.status_code == 200
    assert shown in answer.text
    assert hidden not in answer.text


async def test_each_on_an_own_connection_at_the_same_time(runtime: Runtime, scene: SearchScene) -> None:
    held = replace(scene.people["manager"], clients=frozenset({scene.school_id}))
    async with (
        runtime.units_of_work.begin(scene.people["dispatcher"]) as ours,
        runtime.units_of_work.begin(scene.people["competitor"]) as theirs,
        runtime.units_of_work.begin(held) as narrow,
    ):
        found = {
            name: {str(ticket.id) for ticket in (await SearchService(work).search("打印机")).tickets}
            for name, work in (("dispatcher", ours), ("competitor", theirs), ("manager", narrow))
        }
    assert {name: scene.names(ids) for name, ids in found.items()} == {name: SEEN[name] for name in found}
