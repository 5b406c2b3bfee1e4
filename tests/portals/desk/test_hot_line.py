"""The hot-line: one input finds everything; a call becomes a ticket while the caller talks."""

import asyncio
import re

import pytest
from sqlalchemy import update

from app.assets.clients.models import Contact, Employee
from app.platform.kernel.runtime import Runtime
from tests.factories.desk import Desk
from tests.portals.desk.conftest import Browsers
from tests.portals.desk.page_reader import FRAGMENT, words

SCRIPT = "<script>alert(1)</script>"


@pytest.mark.parametrize(
    ("typed", "kind", "found"),
    [
        ("XM-PC-01", "devices", "XM-PC-0117"),
        ("xm-pc-0117", "devices", "XM-PC-0117"),
        ("ＸＭ－ＰＣ－０１１７", "devices", "XM-PC-0117"),
        ("林", "people", "林美玲"),
        ("0592-5550123", "people", "林美玲"),
        ("0592 5550123", "people", "林美玲"),
        ("0592-555", "people", "林美玲"),
        ("闽南古厝", "clients", "厦门市同安区闽南"),
        ("20261116-0003", "tickets", "FW-20261116-0003"),
        ("fw-20261116", "tickets", "FW-20261116-0003"),
    ],
)
async def test_one_input_finds_device_person_client_and_ticket(
    desk: Desk, browsers: Browsers, typed: str, kind: str, found: str
) -> None:
    by_api = (await browsers.dispatcher.get("/api/v1/search", params={"q": typed})).json()
    on_page = await browsers.dispatcher.get("/workspace/hot-line", params={"q": typed}, headers=FRAGMENT)

    assert found in str(by_api[kind])
    assert found in words(on_page)
    assert "<html" not in on_page.text


async def test_nothing_is_found_in_another_partners_records(desk: Desk, browsers: Browsers) -> None:
    for typed in ("XM-PC-0117", "林", "0592-5550123", "闽南", "FW-2026111"):
        found = (await browsers.other_dispatcher.get("/api/v1/search", params={"q": typed})).json()
        assert found == {"tickets": [], "devices": [], "people": [], "clients": []}, typed


async def test_an_engineers_search_finds_own_tickets_only(desk: Desk, browsers: Browsers) -> None:
    found = (await browsers.engineer.get("/api/v1/search", params={"q": "FW-"})).json()
    assert len(found["tickets"]) == 1


@pytest.mark.parametrize("typed", ["", " ", "%", "_", "'", "\\", SCRIPT, "x" * 500])
async def test_odd_words_find_nothing_and_break_nothing(desk: Desk, browsers: Browsers, typed: str) -> None:
    answer = await browsers.dispatcher.get("/workspace/hot-line", params={"q": typed})

    assert answer.status_code == 200
    assert SCRIPT not in answer.text


async def test_the_caller_leads_to_the_device_and_its_history_on_one_screen(desk: Desk, browsers: Browsers) -> None:
    found = (await browsers.dispatcher.get("/api/v1/search", params={"q": "林国栋"})).json()["people"]
    page = await browsers.dispatcher.get(f"/workspace/hot-line?employee={found[0]['id']}")
    said = words(page)

    for part in ("林国栋", "集美光电", "XM-PC-0117", "ThinkCentre M720", "电脑开机蓝屏，反复重启", "怎么了？", "P3"):
        assert part in said
    assert "这台设备还有没结的单" in said


async def test_a_symptom_proposes_classification_priority_and_engineers(desk: Desk, browsers: Browsers) -> None:
    address = "/workspace/hot-line/classification"
    query = {"symptom": "network", "device": str(desk.devices["XM-PC-0042"]), "client": str(desk.clients[2].id)}
    answer = await browsers.dispatcher.get(address, params=query)

    assert re.search(r'value="low:high" checked', answer.text)
    assert re.search(r'value="network" selected', answer.text)
    assert answer.text.index("陈嘉木") < answer.text.index("林晓彤")


async def test_a_call_is_logged_classified_and_dispatched_in_one_go(
    desk: Desk, browsers: Browsers, runtime: Runtime
) -> None:
    form = {
        "client": str(desk.clients[2].id),
        "device": str(desk.devices["XM-PC-0042"]),
        "symptom": "power",
        "severity": "low:high",
        "service_category": "hardware",
        "product_category": "desktop",
        "contact_name": "许静",
        "contact_phone": "13600000000",
        "classified": "yes",
        "engineer_id": str(desk.engineers[1].membership_id),
        "day": "2026-11-17",
        "from": "09:30",
        "until": "11:00",
        "next": "open",
    }
    answer = await browsers.dispatcher.post("/workspace/hot-line", data=form)

    assert answer.status_code == 303
    said = words(await browsers.dispatcher.get(answer.headers["location"]))
    for part in ("开不了机", "热线", "林晓彤", "11-17 09:30 – 11:00", "13600000000", "已登记"):
        assert part in said


async def test_an_unknown_caller_is_logged_against_the_client(desk: Desk, browsers: Browsers) -> None:
    page = await browsers.dispatcher.get(f"/workspace/hot-line?client={desk.clients[1].id}")
    form = {
        "client": str(desk.clients[1].id),
        "subject": "前台电话没有声音",
        "severity": "low:low",
        "service_category": "hardware",
        "product_category": "",
        "next": "stay",
    }
    answer = await browsers.dispatcher.post("/workspace/hot-line", data=form)

    assert "还不知道" in words(page)
    assert answer.status_code == 303
    assert re.fullmatch(r"/workspace/hot-line\?logged=FW-\d{8}-\d{4}", answer.headers["location"])
    assert "报修已登记" in words(await browsers.dispatcher.get(answer.headers["location"]))


async def test_what_is_missing_is_asked_for_and_nothing_typed_is_lost(desk: Desk, browsers: Browsers) -> None:
    form = {
        "client": str(desk.clients[2].id),
        "device": str(desk.devices["XM-PC-0042"]),
        "description": f"屏幕一闪一闪 {SCRIPT}",
        "severity": "low:high",
        "contact_name": "许静的同事",
    }
    answer = await browsers.dispatcher.post("/workspace/hot-line", data=form)

    assert answer.status_code == 422
    assert "请填写。" in answer.text
    for part in ("屏幕一闪一闪", "许静的同事", "XM-PC-0042"):
        assert part in answer.text
    assert SCRIPT not in answer.text


async def test_a_call_that_cannot_be_dispatched_makes_no_ticket(desk: Desk, browsers: Browsers) -> None:
    before = (await browsers.dispatcher.get("/api/v1/tickets/counts")).json()
    body = {
        "fault": {"subject": "打不开", "device_id": str(desk.devices["XM-PC-0042"])},
        "assignment": {
            "engineer_id": str(desk.clients[0].id),
            "scheduled_start": "2026-11-17T01:30:00Z",
            "scheduled_end": "2026-11-17T02:30:00Z",
        },
    }
    answer = await browsers.dispatcher.post("/api/v1/calls", json=body)

    assert answer.status_code == 422
    assert (await browsers.dispatcher.get("/api/v1/tickets/counts")).json() == before


async def test_calls_are_for_the_desk_only(desk: Desk, browsers: Browsers) -> None:
    assert (await browsers.engineer.get("/workspace/hot-line")).status_code == 403
    assert (await browsers.engineer.post("/workspace/hot-line", data={"subject": "x"})).status_code == 403


async def test_a_double_click_makes_one_ticket(desk: Desk, browsers: Browsers) -> None:
    caller = desk.clients[1].id
    drawn = await browsers.dispatcher.get(f"/workspace/hot-line?client={caller}")
    key = re.search(r'name="idempotency_key" value="([0-9a-f]{32})"', drawn.text)
    assert key is not None
    form = {
        "client": str(caller),
        "subject": "前台电话没有声音",
        "severity": "low:low",
        "service_category": "hardware",
        "next": "open",
        "idempotency_key": key[1],
    }
    twice = await asyncio.gather(*(browsers.dispatcher.post("/workspace/hot-line", data=form) for _ in range(2)))

    assert {answer.status_code for answer in twice} == {303}
    assert len({answer.headers["location"] for answer in twice}) == 1, "two clicks, one ticket, the same page after it"


async def test_a_call_is_logged_in_the_callers_name(desk: Desk, browsers: Browsers, runtime: Runtime) -> None:
    """林国栋 calls about nothing that has a number: neither the operator's name nor nobody's stands on the ticket."""
    await _reachable(desk, runtime, "林国栋", "0592-5551111")
    found = (await browsers.dispatcher.get("/api/v1/search", params={"q": "林国栋"})).json()["people"][0]
    call = {
        "caller_id": found["id"],
        "fault": {"subject": "会议室没有网络", "client_id": found["client_id"]},
    }
    made = (await browsers.dispatcher.post("/api/v1/calls", json=call)).json()
    ticket = (await browsers.dispatcher.get(f"/api/v1/tickets/{made['id']}")).json()
    nobody = {"fault": {"subject": "前台电话没有声音", "client_id": found["client_id"]}}
    unknown = (await browsers.dispatcher.post("/api/v1/calls", json=nobody)).json()

    assert ticket["contact_name"] == "林国栋"
    assert ticket["contact_phone"] == "0592-5551111"
    assert ticket["reporter_id"] is not None, "the caller follows it among their own"
    assert (await browsers.dispatcher.get(f"/api/v1/tickets/{unknown['id']}")).json()["contact_name"] == ""
    elsewhere = {**call, "fault": {"subject": "x", "client_id": str(desk.clients[0].id)}}
    assert (await browsers.dispatcher.post("/api/v1/calls", json=elsewhere)).status_code == 404


async def test_whoever_is_called_back_has_a_number(desk: Desk, browsers: Browsers, runtime: Runtime) -> None:
    """The ticket's own, the employee's, the device holder's, the client's contact's, in this order."""
    about = {"subject": "蓝屏", "device_id": str(desk.devices["XM-PC-0117"])}
    client = desk.clients[0].id
    at_client = {"subject": "前台电话没有声音", "client_id": str(client)}
    own, unknown = (
        await _log_call(browsers, {**about, "contact_phone": "13900000001"}),
        await _log_call(browsers, about),
    )
    nobody = await _log_call(browsers, at_client)
    assert "tel:13900000001" in await _record(browsers, own)

    await _reachable(desk, runtime, "林国栋", "0592-5551111")
    async with runtime.units_of_work.begin(desk.partner.system) as work:
        ring = {"tenant_id": desk.partner.id, "client_id": client}
        work.session.add(Contact(id=work.new_id(), name="吴秀珍", phone="0592-5559876", **ring))

    assert "tel:13900000001" in await _record(browsers, own)
    assert "tel:0592-5551111" in await _record(browsers, unknown), "the holder's, where nobody left another"
    assert "tel:0592-5559876" in await _record(browsers, nobody), "the client's contact's, where nobody else has one"
    assert "吴秀珍" in await _record(browsers, nobody)


async def _log_call(browsers: Browsers, fault: dict[str, str]) -> str:
    return str((await browsers.dispatcher.post("/api/v1/calls", json={"fault": fault})).json()["id"])


async def _record(browsers: Browsers, ticket_id: str) -> str:
    return (await browsers.dispatcher.get(f"/workspace/tickets/{ticket_id}")).text


async def _reachable(desk: Desk, runtime: Runtime, name: str, phone: str) -> None:
    async with runtime.units_of_work.begin(desk.partner.system) as work:
        await work.session.execute(update(Employee).where(Employee.name == name).values(phone=phone))
