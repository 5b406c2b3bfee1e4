"""The client's IT contact sees the whole of the own company's service, and nothing of anybody else's."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from app.assets.devices.models import DevicePin
from app.desk.tickets.models import Ticket
from app.platform.kernel.actor import Actor
from app.platform.kernel.ids import new_id
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from tests.conftest import START, ClientFor
from tests.factories.network import ClientCompany, Network, PartnerCompany

WORK = {"work_done": "更换内存条并除尘，开机正常", "cause": "内存接触不良", "work_minutes": 25}
SECRET = "客户脾气急，先安抚"


@dataclass
class Scene:
    """Two clients of one partner; A has a finished and an open ticket on one device, B has a ticket and a device."""

    partner: PartnerCompany
    a: ClientCompany
    b: ClientCompany
    device: UUID
    finished: str
    resolved: str
    visit: str
    foreign_device: UUID
    foreign_ticket: str
    engineer: Actor
    by_contact: Any
    by_dispatcher: Any
    by_engineer: Any


@pytest.fixture(scope="module")
async def scene(network: Network, http: ClientFor, clock: SettableClock) -> Scene:
    clock.set(START)
    partner = await network.partner()
    await network.service_level(partner)
    a, b = await network.client(partner, "厦门建发集团"), await network.client(partner, "广州隔壁公司")
    device, reporter = await network.device(a, "XM-0123")
    foreign_device, neighbour = await network.device(b, "GZ-9999", holder="赵隔壁")
    engineer = await network.engineer(partner)
    by_reporter, by_dispatcher, by_engineer, by_contact, by_neighbour = [
        await http(actor) for actor in (reporter, partner.dispatcher, engineer, a.contact, neighbour)
    ]
    made = await by_neighbour.post("/api/v1/tickets", json={"subject": "隔壁的秘密", "device_id": str(foreign_device)})
    tickets, visits = [], []
    for subject in ("开不了机", "又开不了机"):
        ticket = await by_reporter.post("/api/v1/tickets", json={"subject": subject, "device_id": str(device)})
        tickets.append(ticket.json()["id"])
        await by_dispatcher.post(f"/api/v1/tickets/{tickets[-1]}/notes", json={"text": SECRET})
        visit = await by_dispatcher.post(
            f"/api/v1/tickets/{tickets[-1]}/assignments",
            json={
                "engineer_id": str(engineer.membership_id),
                "scheduled_start": (START + timedelta(hours=1)).isoformat(),
                "scheduled_end": (START + timedelta(hours=2)).isoformat(),
            },
        )
        visits.append(visit.json()["visit_id"])
        for step in ("accept", "depart", "arrive"):
            await by_engineer.post(f"/api/v1/visits/{visits[-1]}/{step}")
        clock.advance(timedelta(minutes=30))
        answer = await by_engineer.post(f"/api/v1/visits/{visits[-1]}/resolve", json=WORK)
        assert answer.status_code == 204, answer.text
    await by_reporter.post(f"/api/v1/tickets/{tickets[0]}/confirm")
    await by_engineer.post(f"/api/v1/visits/{visits[0]}/report")
    return Scene(
        partner, a, b, device, tickets[0], tickets[1], visits[0], foreign_device, made.json()["id"], engineer,
        by_contact, by_dispatcher, by_engineer,
    )  # fmt: skip


async def posted(client: Any, address: str, **fields: Any) -> Any:
    """Send a form."""
    return await client.post(address, data=fields)


async def test_the_overview_answers_how_our_it_is_today(scene: Scene) -> None:
    page = (await scene.by_contact.get("/portal")).text
    assert "今天我们的 IT 怎么样？" in page
    assert "修好了吗？请确认" in page
    assert "又开不了机" in page
    assert "XM-0123" in page
    assert "2 次" in page
    assert "0592-5551234" in page
    assert scene.a.name in page


async def test_open_matters_carry_their_running_promise(scene: Scene) -> None:
    made = await scene.by_contact.post("/api/v1/tickets", json={"subject": "三楼上不了网"})
    page = (await scene.by_contact.get("/portal")).text
    assert "1 件事在处理，都在承诺时间内" in page
    assert "data-countdown" in page
    cancelled = await scene.by_dispatcher.post(f"/api/v1/tickets/{made.json()['id']}/cancel", json={"reason": "误报"})
    assert cancelled.status_code == 200
    assert "今天一切正常" in (await scene.by_contact.get("/portal")).text


async def test_the_list_finds_by_number_and_by_what_waits(scene: Scene) -> None:
    number = (await scene.by_contact.get(f"/api/v1/tickets/{scene.resolved}")).json()["number"]
    found = (await scene.by_contact.get("/portal/tickets", params={"q": number})).text
    assert f"/portal/tickets/{scene.resolved}" in found
    assert f"/portal/tickets/{scene.finished}" not in found
    waiting = (await scene.by_contact.get("/portal/tickets", params={"state": "awaited"})).text
    assert f"/portal/tickets/{scene.resolved}" in waiting
    assert f"/portal/tickets/{scene.finished}" not in waiting


async def test_a_ticket_tells_its_public_story_and_its_reports(scene: Scene) -> None:
    page = (await scene.by_contact.get(f"/portal/tickets/{scene.finished}")).text
    for word in ("开不了机", "到了现场", "确认修好", "张师傅", "SR-20261116"):
        assert word in page
    assert SECRET not in page
    address = re.search(r"/service-reports/[0-9a-f-]{36}", page)
    assert address
    document = await scene.by_contact.get(address[0])
    assert document.headers["content-type"] == "application/pdf"


async def test_the_contact_writes_reopens_confirms_and_rates(scene: Scene) -> None:
    address = f"/portal/tickets/{scene.resolved}"
    empty = await posted(scene.by_contact, f"{address}/reopen", reason=" ")
    assert empty.status_code in (400, 422)
    assert "请说一下哪里还没好" in empty.text
    replied = await posted(scene.by_contact, f"{address}/replies", words="还是有异响")
    assert (replied.status_code, replied.headers["location"]) == (303, address)
    assert "还是有异响" in (await scene.by_contact.get(address)).text
    confirmed = await posted(scene.by_contact, f"{address}/confirm")
    assert confirmed.status_code == 303
    ticket = (await scene.by_contact.get(f"/api/v1/tickets/{scene.resolved}")).json()
    assert (ticket["state"], ticket["confirmed_by"]) == ("closed", "portal")
    assert (await posted(scene.by_contact, f"{address}/rating", score="5")).status_code == 303
    assert "评价 5 分" in (await scene.by_contact.get(address)).text
    again = await posted(scene.by_contact, f"{address}/reopen", reason="又黑屏了")
    assert again.status_code == 303
    assert (await scene.by_contact.get(f"/api/v1/tickets/{scene.resolved}")).json()["state"] == "reopened"


async def test_a_device_tells_its_whole_life(scene: Scene) -> None:
    version = (await scene.by_contact.get(f"/api/v1/devices/{scene.device}")).json()["version"]
    await scene.by_dispatcher.patch(
        f"/api/v1/devices/{scene.device}", json={"version": version, "hardware": "内存 16 GB"}
    )
    life = (await scene.by_contact.get(f"/api/v1/devices/{scene.device}/history")).json()
    assert sorted(event["kind"] for event in life) == ["change", "ticket", "ticket", "visit", "visit"]
    assert [event["occurred_at"] for event in life] == sorted((event["occurred_at"] for event in life), reverse=True)
    page = (await scene.by_contact.get(f"/portal/devices/{scene.device}")).text
    for word in ("报修 2 次，上门或远程 2 次，变更 1 次。", "更换内存条并除尘", "内存 16 GB", "又开不了机", "建档"):
        assert word in page


async def test_devices_are_found_by_site_department_number_and_person(scene: Scene) -> None:
    held = (await scene.by_contact.get(f"/api/v1/devices/{scene.device}")).json()
    for query in (
        {"q": "xm-01"},
        {"site": str(scene.a.site_id)},
        {"department": str(scene.a.department_id)},
        {"employee": held["employee_id"]},
    ):
        page = (await scene.by_contact.get("/portal/devices", params=query)).text
        assert "XM-0123" in page
    for query in ({"q": "ZZ"}, {"department": str(new_id())}, {"site": str(scene.b.site_id)}):
        assert "XM-0123" not in (await scene.by_contact.get("/portal/devices", params=query)).text


async def test_a_fault_is_reported_for_a_device_by_its_number(scene: Scene, runtime: Runtime) -> None:
    form = await scene.by_contact.get("/portal/report", params={"device": str(scene.device)})
    assert 'value="XM-0123"' in form.text
    wrong = await posted(scene.by_contact, "/portal/report", device="GZ-9999", symptom="print", subject="")
    assert wrong.status_code in (400, 422)
    assert "没有这个编号的设备。" in wrong.text
    assert "请用一句话说明问题。" in wrong.text
    fields = {"device": " xm-0123 ", "symptom": "print", "subject": "打印机卡纸", "idempotency_key": uuid4().hex}
    made = await posted(scene.by_contact, "/portal/report", **fields)
    again = await posted(scene.by_contact, "/portal/report", **fields)
    assert made.status_code == again.status_code == 303
    assert made.headers["location"] == again.headers["location"]
    async with runtime.units_of_work.begin(scene.partner.system) as work:
        rows = (await work.session.execute(select(Ticket).where(Ticket.subject == "打印机卡纸"))).scalars().all()
    assert [(row.device_id, row.channel, row.client_id) for row in rows] == [(scene.device, "portal", scene.a.id)]


async def test_a_client_administrator_issues_pins_and_a_contact_does_not(
    scene: Scene, network: Network, http: ClientFor, runtime: Runtime
) -> None:
    said = await posted(scene.by_contact, "/portal/pins", id=str(scene.device))
    assert "XM-0123" in said.text
    slips = await posted(scene.by_contact, "/portal/pins/issue", id=str(scene.device))
    assert slips.headers["content-type"] == "application/pdf"
    async with runtime.units_of_work.begin(scene.partner.system) as work:
        assert await work.session.scalar(select(func.count(DevicePin.id))) == 1
    assert (await posted(scene.by_contact, "/portal/pins/issue", id=str(scene.foreign_device))).status_code == 404
    plain = await http(await network.member(scene.partner.id, "小王", ["client_contact"], scene.a.id))
    assert "发新密码" not in (await plain.get(f"/portal/devices/{scene.device}")).text
    assert (await posted(plain, "/portal/pins/issue", id=str(scene.device))).status_code == 403


async def test_people_are_those_of_the_own_company(scene: Scene) -> None:
    page = (await scene.by_contact.get("/portal/people")).text
    assert "李静" in page
    assert "赵隔壁" not in page
    assert "李静" in (await scene.by_contact.get("/portal/people", params={"q": "李"})).text
    assert "李静" not in (await scene.by_contact.get("/portal/people", params={"q": "周"})).text


async def test_nothing_of_another_client_can_be_reached(scene: Scene) -> None:
    contact = scene.by_contact
    for address in ("/portal", "/portal/tickets", "/portal/devices", "/portal/people"):
        page = (await contact.get(address)).text
        assert not [word for word in ("隔壁", "GZ-9999") if word in page], address
    for address in (
        f"/portal/tickets/{scene.foreign_ticket}",
        f"/portal/devices/{scene.foreign_device}",
        f"/portal/report?device={scene.foreign_device}",
        f"/api/v1/tickets/{scene.foreign_ticket}",
        f"/api/v1/devices/{scene.foreign_device}",
        f"/api/v1/devices/{scene.foreign_device}/history",
        f"/api/v1/clients/{scene.b.id}/figures",
    ):
        assert (await contact.get(address)).status_code == 404, address
    for step in ("confirm", "reopen", "replies", "rating"):
        fields = {"reason": "x", "words": "x", "score": "5"}
        answer = await posted(contact, f"/portal/tickets/{scene.foreign_ticket}/{step}", **fields)
        assert answer.status_code == 404, step
    listed = (await contact.get("/api/v1/tickets", params={"client_id": str(scene.b.id)})).json()
    assert listed["items"] == []


async def test_internal_notes_reach_no_page_of_the_portal(scene: Scene) -> None:
    for address in (
        "/portal",
        f"/portal/tickets/{scene.finished}",
        f"/portal/tickets/{scene.resolved}",
        f"/portal/devices/{scene.device}",
        f"/api/v1/devices/{scene.device}/history",
    ):
        assert SECRET not in (await scene.by_contact.get(address)).text


async def test_the_own_figures_follow_the_same_rules_as_headquarters(scene: Scene) -> None:
    figures = (await scene.by_contact.get(f"/api/v1/clients/{scene.a.id}/figures")).json()
    now = figures["months"][-1]
    assert now["month"] == "2026-11-01"
    assert now["measures"]["arrival"] == {"met": 2, "breached": 0, "percent": 100.0}
    assert figures["repeated_faults"][0]["device_number"] == "XM-0123"


async def test_the_portal_is_for_clients_people_alone(scene: Scene, network: Network, http: ClientFor) -> None:
    for actor in (scene.partner.owner, network.administrator):
        assert (await (await http(actor)).get("/portal")).status_code == 403
    assert (await (await http(None)).get("/portal")).status_code == 401
