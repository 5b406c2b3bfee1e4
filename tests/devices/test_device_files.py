"""Device files: who sees them, how they change, and that every change is kept."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.assets.clients.models import Employee
from app.assets.devices.models import Device, DeviceChange, DevicePin
from app.people.identity import Reporter
from app.platform.kernel.actor import Actor
from app.platform.kernel.ids import new_id
from app.platform.kernel.outbox import OutboxEvent
from app.platform.kernel.unit_of_work import Origin, UnitOfWorkFactory
from tests.conftest import ClientFor
from tests.devices.conftest import Companies
from tests.factories.network import ClientCompany, Network


async def _employee(units_of_work: UnitOfWorkFactory, client: ClientCompany, name: str) -> UUID:
    employee_id = new_id()
    async with units_of_work.begin(client.partner.system) as work:
        work.session.add(Employee(tenant_id=client.partner.id, client_id=client.id, id=employee_id, name=name))
    return employee_id


async def _create(http: ClientFor, actor: Actor, client: ClientCompany, number: str, **fields: Any) -> dict[str, Any]:
    caller = await http(actor)
    answer = await caller.post("/api/v1/devices", json={"client_id": str(client.id), "number": number, **fields})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_a_new_device_is_written_as_people_mean_it(http: ClientFor, companies: Companies) -> None:
    made = await _create(
        http,
        companies.partner.dispatcher,
        companies.jianfa,
        " ｐｃ－００１ ",
        category="笔记本",
        mac_address="aabb.ccdd.eeff",
        ip_address="10.0.0.5",
        site_id=str(companies.jianfa.site_id),
    )
    assert (made["number"], made["category"], made["mac_address"]) == ("PC-001", "laptop", "AA:BB:CC:DD:EE:FF")
    assert made["site_name"] == "总部大楼"
    assert made["reporter_id"] is None


@pytest.mark.parametrize(
    ("field", "value"),
    [("ip_address", "10.0.0.300"), ("mac_address", "zz"), ("number", "PC\x00€"), ("category", "飞机")],
)
async def test_what_cannot_be_understood_is_refused_with_its_field(
    http: ClientFor, companies: Companies, field: str, value: str
) -> None:
    caller = await http(companies.partner.dispatcher)
    body = {"client_id": str(companies.jianfa.id), "number": "PC-BAD", field: value}
    answer = await caller.post("/api/v1/devices", json=body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_a_number_stands_once_at_a_client_and_again_at_another(http: ClientFor, companies: Companies) -> None:
    await _create(http, companies.partner.dispatcher, companies.jianfa, "TWICE-1")
    await _create(http, companies.partner.dispatcher, companies.xiangyu, "TWICE-1")
    caller = await http(companies.partner.dispatcher)
    answer = await caller.post("/api/v1/devices", json={"client_id": str(companies.jianfa.id), "number": "twice-1"})
    assert (answer.status_code, answer.json()["code"]) == (409, "device.number_taken")


async def test_a_change_is_kept_with_before_and_after(http: ClientFor, companies: Companies) -> None:
    made = await _create(http, companies.partner.dispatcher, companies.jianfa, "PC-100", brand="联想")
    caller = await http(companies.partner.dispatcher)
    address = f"/api/v1/devices/{made['id']}"
    changed = await caller.patch(
        address, json={"version": 1, "brand": "戴尔", "site_id": str(companies.jianfa.site_id), "model": ""}
    )
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    history = await caller.get(f"{address}/changes")
    assert history.status_code == 200, history.text
    (change,) = history.json()
    assert change["changes"] == {"brand": ["联想", "戴尔"], "site_id": ["", "总部大楼"]}
    assert change["actor_name"] == "林小燕"

    again = await caller.patch(address, json={"version": 2, "brand": "戴尔"})
    assert again.json()["version"] == 2
    assert len((await caller.get(f"{address}/changes")).json()) == 1


async def test_two_people_do_not_overwrite_each_other(http: ClientFor, companies: Companies) -> None:
    made = await _create(http, companies.partner.dispatcher, companies.jianfa, "PC-101")
    caller = await http(companies.partner.dispatcher)
    address = f"/api/v1/devices/{made['id']}"
    assert (await caller.patch(address, json={"version": 1, "remark": "一"})).status_code == 200
    late = await caller.patch(address, json={"version": 1, "remark": "二"})
    assert (late.status_code, late.json()["code"]) == (409, "request.stale_version")


async def test_a_retired_device_is_nobodys_and_comes_back_as_a_spare(
    http: ClientFor, companies: Companies, network: Network, units_of_work: UnitOfWorkFactory
) -> None:
    device_id, reporter = await network.device(companies.jianfa, "PC-OLD", "赵一")
    caller = await http(companies.partner.dispatcher)
    address = f"/api/v1/devices/{device_id}"
    retired = (await caller.patch(address, json={"version": 1, "state": "retired"})).json()
    assert (retired["state"], retired["reporter_id"], retired["holder_name"]) == ("retired", None, "赵一")
    refused = await caller.patch(address, json={"version": 2, "state": "in_repair"})
    assert (refused.status_code, refused.json()["code"]) == (409, "device.move_refused")
    back = (await caller.patch(address, json={"version": 2, "state": "spare"})).json()
    assert back["reporter_id"] == str(reporter.reporter_id)


async def test_with_a_new_holder_the_old_pin_and_its_sessions_end(
    http: ClientFor, companies: Companies, network: Network, units_of_work: UnitOfWorkFactory
) -> None:
    device_id, before = await network.device(companies.jianfa, "PC-200", "钱二")
    successor = await _employee(units_of_work, companies.jianfa, "孙三")
    caller = await http(companies.partner.dispatcher)
    assert (await caller.post("/api/v1/pins", json={"device_ids": [str(device_id)]})).status_code == 200
    assert before.client_id
    assert before.reporter_id
    opened = await network.signin.open_for_reporter(
        companies.partner.id, before.client_id, before.reporter_id, device_id=device_id, origin=Origin()
    )
    old_holder = await http(None)
    old_holder.headers["authorization"] = f"Bearer {opened.token}"
    assert (await old_holder.get(f"/api/v1/devices/{device_id}")).status_code == 200

    changed = await caller.patch(f"/api/v1/devices/{device_id}", json={"version": 1, "employee_id": str(successor)})
    assert changed.json()["holder_name"] == "孙三"
    assert changed.json()["reporter_id"] not in (None, str(before.reporter_id))
    assert (await old_holder.get(f"/api/v1/devices/{device_id}")).status_code == 401
    async with units_of_work.begin(companies.partner.system) as work:
        assert await work.session.scalar(select(DevicePin).where(DevicePin.device_id == device_id)) is None
        assert await work.session.scalar(select(Reporter).where(Reporter.employee_id == successor)) is not None
        topics = (await work.session.scalars(select(OutboxEvent.payload))).all()
        assert any(payload.get("device_id") == str(device_id) for payload in topics)


async def test_a_shared_device_reports_as_itself(
    http: ClientFor, companies: Companies, units_of_work: UnitOfWorkFactory
) -> None:
    made = await _create(http, companies.partner.dispatcher, companies.jianfa, "POS-1", category="pos", shared=True)
    async with units_of_work.begin(companies.partner.system) as work:
        reporter = await work.session.scalar(select(Reporter).where(Reporter.device_id == UUID(made["id"])))
    assert reporter is not None
    assert (made["reporter_id"], reporter.display_name) == (str(reporter.id), "POS-1")


async def test_a_list_is_filtered_and_paged_by_number(http: ClientFor, companies: Companies) -> None:
    for serial in range(1, 6):
        await _create(
            http, companies.partner.dispatcher, companies.xiangyu, f"LIST-{serial}", serial_number=f"SN{serial}"
        )
    caller = await http(companies.partner.dispatcher)
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        parameters: dict[str, str | int] = {"client_id": str(companies.xiangyu.id), "q": "list-", "limit": 2}
        found = (await caller.get("/api/v1/devices", params=parameters | ({"cursor": cursor} if cursor else {}))).json()
        seen += [device["number"] for device in found["items"]]
        cursor = found["next_cursor"]
    assert seen == [f"LIST-{serial}" for serial in range(1, 6)]
    by_serial = (await caller.get("/api/v1/devices", params={"q": "sn3"})).json()["items"]
    assert [device["number"] for device in by_serial] == ["LIST-3"]
    retired = (await caller.get("/api/v1/devices", params={"q": "LIST-", "state": "retired"})).json()["items"]
    assert retired == []


async def test_clients_and_reporters_see_their_own_devices_only(
    http: ClientFor, companies: Companies, network: Network
) -> None:
    device_id, reporter = await network.device(companies.jianfa, "RING-1", "周四")
    other_id, _ = await network.device(companies.xiangyu, "RING-2", "吴五")
    contact = await http(companies.jianfa.contact)
    assert (await contact.get(f"/api/v1/devices/{device_id}")).json()["number"] == "RING-1"
    numbers = {device["number"] for device in (await contact.get("/api/v1/devices?q=RING-")).json()["items"]}
    assert numbers == {"RING-1"}
    holder = await http(reporter)
    found = (await holder.get("/api/v1/devices")).json()["items"]
    assert [device["number"] for device in found] == ["RING-1"]
    unknown = await contact.get(f"/api/v1/devices/{new_id()}")
    foreign = await contact.get(f"/api/v1/devices/{other_id}")
    assert _without_id(foreign.json()) == _without_id(unknown.json())
    assert foreign.status_code == unknown.status_code == 404


async def test_foreign_ids_anywhere_are_like_unknown_ones(
    http: ClientFor, companies: Companies, network: Network
) -> None:
    own, _ = await network.device(companies.jianfa, "NEST-1", "郑六")
    theirs, _ = await network.device(companies.foreign, "NEST-2", "王七")
    caller = await http(companies.partner.dispatcher)

    async def problem(method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        answer = await caller.request(method, path, json=body)
        return answer.status_code, _without_id(answer.json())

    unknown = str(new_id())
    assert await problem("GET", f"/api/v1/devices/{theirs}") == await problem("GET", f"/api/v1/devices/{unknown}")
    for foreign_id in (theirs, companies.foreign.site_id, companies.xiangyu.site_id):
        for field in ("site_id", "department_id", "employee_id"):
            body = {"version": 1, field: str(foreign_id)}
            same = {"version": 1, field: unknown}
            assert await problem("PATCH", f"/api/v1/devices/{own}", body) == await problem(
                "PATCH", f"/api/v1/devices/{own}", same
            )
    create = {"number": "NEST-9", "client_id": str(companies.foreign.id)}
    assert await problem("POST", "/api/v1/devices", create) == await problem(
        "POST", "/api/v1/devices", create | {"client_id": unknown}
    )
    for path in ("/api/v1/labels", "/api/v1/pins"):
        assert await problem("POST", path, {"device_ids": [str(own), str(theirs)]}) == await problem(
            "POST", path, {"device_ids": [str(own), unknown]}
        )
    async with network.runtime.units_of_work.begin(companies.stranger.system) as work:
        device = await work.session.scalar(select(Device).where(Device.id == theirs))
        assert device is not None
        assert device.version == 1
        assert (await work.session.scalars(select(DeviceChange))).all() == []


def _without_id(problem: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in problem.items() if key != "request_id"}
