"""The main job once through, by the API: reported, classified, dispatched, fixed, confirmed; and what is refused."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from app.platform.kernel.actor import Actor
from app.platform.kernel.outbox import OutboxEvent
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from tests.conftest import START, ClientFor
from tests.factories.network import ClientCompany, Network, PartnerCompany

pytestmark = pytest.mark.usefixtures("monday_morning")

WORK = {"work_done": "更换内存条并除尘,开机正常", "cause": "内存接触不良", "work_minutes": 25}


@dataclass
class Scene:
    """One partner with one client, one device, one engineer, and everybody's API."""

    partner: PartnerCompany
    client: ClientCompany
    device_id: UUID
    reporter: Actor
    engineer: Actor
    by_reporter: Any
    by_dispatcher: Any
    by_engineer: Any
    by_contact: Any


@pytest.fixture(scope="module")
async def scene(network: Network, http: ClientFor) -> Scene:
    partner = await network.partner()
    await network.service_level(partner)
    client = await network.client(partner)
    device_id, reporter = await network.device(client)
    engineer = await network.engineer(partner)
    return Scene(
        partner,
        client,
        device_id,
        reporter,
        engineer,
        await http(reporter),
        await http(partner.dispatcher),
        await http(engineer),
        await http(client.contact),
    )


async def reported(scene: Scene, subject: str = "开不了机") -> str:
    answer = await scene.by_reporter.post(
        "/api/v1/tickets", json={"subject": subject, "device_id": str(scene.device_id)}
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def assigned(scene: Scene, ticket_id: str) -> str:
    answer = await scene.by_dispatcher.post(
        f"/api/v1/tickets/{ticket_id}/assignments",
        json={
            "engineer_id": str(scene.engineer.membership_id),
            "scheduled_start": (START + timedelta(hours=1)).isoformat(),
            "scheduled_end": (START + timedelta(hours=2)).isoformat(),
        },
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["visit_id"])


async def on_site(scene: Scene, visit_id: str) -> None:
    for step in ("accept", "depart", "arrive"):
        answer = await scene.by_engineer.post(f"/api/v1/visits/{visit_id}/{step}")
        assert answer.status_code == 204, answer.text


async def clocks_of(scene: Scene, ticket_id: str) -> dict[str, Any]:
    answer = await scene.by_dispatcher.get(f"/api/v1/tickets/{ticket_id}")
    return {clock["kind"]: clock for clock in answer.json()["clocks"]}


async def test_a_fault_is_reported_dispatched_fixed_and_confirmed(scene: Scene, clock: SettableClock) -> None:
    ticket_id = await reported(scene)
    visit_id = await assigned(scene, ticket_id)
    clock.advance(timedelta(minutes=70))
    await on_site(scene, visit_id)
    clock.advance(timedelta(minutes=30))
    answer = await scene.by_engineer.post(f"/api/v1/visits/{visit_id}/resolve", json=WORK)
    assert answer.status_code == 204, answer.text
    confirmed = await scene.by_reporter.post(f"/api/v1/tickets/{ticket_id}/confirm")
    assert confirmed.status_code == 200, confirmed.text
    ticket = confirmed.json()
    assert (ticket["state"], ticket["confirmed_by"]) == ("closed", "reporter")
    stages = [line["state"] for line in ticket["timeline"]]
    assert stages == ["new", "assigned", "accepted", "en_route", "on_site", "resolved", "confirmed", "closed"]
    assert {kind: each["state"] for kind, each in (await clocks_of(scene, ticket_id)).items()} == {
        "response": "met",
        "remote_access": "met",
        "arrival": "met",
        "resolution": "met",
    }


async def test_numbers_run_without_gaps_within_a_day(scene: Scene) -> None:
    first = await scene.by_contact.post("/api/v1/tickets", json={"subject": "打印机卡纸"})
    second = await scene.by_contact.post("/api/v1/tickets", json={"subject": "上不了网"})
    numbers = [int(answer.json()["number"].rsplit("-", 1)[1]) for answer in (first, second)]
    assert first.json()["number"].startswith("FW-20261116-")
    assert numbers[1] == numbers[0] + 1


async def test_a_move_that_the_state_does_not_allow_is_refused_with_a_reason(scene: Scene) -> None:
    ticket_id = await reported(scene)
    answer = await scene.by_reporter.post(f"/api/v1/tickets/{ticket_id}/confirm")
    assert answer.status_code == 409
    assert answer.json()["code"] == "ticket.move_refused"
    assert answer.json()["title"] == "服务单现在是“新建”,不能确认。"


async def test_waiting_for_the_client_pauses_arrival_and_resolution_but_not_response(
    scene: Scene, clock: SettableClock
) -> None:
    ticket_id = await reported(scene)
    await scene.by_dispatcher.post(
        f"/api/v1/tickets/{ticket_id}/triage",
        json={"service_category": "hardware", "product_category": "desktop", "impact": "low", "urgency": "medium"},
    )
    answer = await scene.by_dispatcher.post(f"/api/v1/tickets/{ticket_id}/wait", json={"reason": "client"})
    assert answer.status_code == 200, answer.text
    clocks = await clocks_of(scene, ticket_id)
    assert clocks["response"]["state"] == "met"
    assert clocks["arrival"]["state"] == clocks["resolution"]["state"] == "paused"
    assert clocks["resolution"]["due_at"] is None
    remaining = clocks["resolution"]["remaining_seconds"]
    clock.advance(timedelta(hours=3))
    await scene.by_dispatcher.post(f"/api/v1/tickets/{ticket_id}/resume")
    assert (await clocks_of(scene, ticket_id))["resolution"]["remaining_seconds"] == remaining


async def test_a_higher_priority_keeps_what_has_elapsed(scene: Scene, clock: SettableClock) -> None:
    ticket_id = await reported(scene)
    before = (await clocks_of(scene, ticket_id))["resolution"]
    clock.advance(timedelta(minutes=40))
    await scene.by_dispatcher.post(
        f"/api/v1/tickets/{ticket_id}/triage",
        json={"service_category": "network", "product_category": "network", "impact": "high", "urgency": "high"},
    )
    after = (await clocks_of(scene, ticket_id))["resolution"]
    assert after["target_seconds"] < before["target_seconds"]
    assert after["remaining_seconds"] == after["target_seconds"] - 40 * 60


async def test_reopening_goes_on_counting_and_the_engineer_is_free_again(scene: Scene, clock: SettableClock) -> None:
    ticket_id = await reported(scene)
    visit_id = await assigned(scene, ticket_id)
    await on_site(scene, visit_id)
    clock.advance(timedelta(minutes=20))
    await scene.by_engineer.post(f"/api/v1/visits/{visit_id}/resolve", json=WORK)
    clock.advance(timedelta(hours=1))
    answer = await scene.by_reporter.post(f"/api/v1/tickets/{ticket_id}/reopen", json={"reason": "又黑屏了"})
    assert answer.status_code == 200, answer.text
    resolution = (await clocks_of(scene, ticket_id))["resolution"]
    assert resolution["state"] == "running"
    assert resolution["target_seconds"] - resolution["remaining_seconds"] == 20 * 60


async def test_internal_notes_never_reach_the_client(scene: Scene) -> None:
    ticket_id = await reported(scene)
    await scene.by_dispatcher.post(f"/api/v1/tickets/{ticket_id}/notes", json={"text": "客户脾气急,先安抚"})
    inside = (await scene.by_dispatcher.get(f"/api/v1/tickets/{ticket_id}")).text
    assert "先安抚" in inside
    for outsider in (scene.by_reporter, scene.by_contact):
        assert "先安抚" not in (await outsider.get(f"/api/v1/tickets/{ticket_id}")).text


async def test_a_repeated_report_with_the_same_key_is_one_ticket(scene: Scene) -> None:
    body = {"subject": "蓝屏", "device_id": str(scene.device_id)}
    key = {"idempotency-key": uuid4().hex}
    first = await scene.by_reporter.post("/api/v1/tickets", json=body, headers=key)
    again = await scene.by_reporter.post("/api/v1/tickets", json=body, headers=key)
    other = await scene.by_reporter.post("/api/v1/tickets", json={**body, "subject": "x"}, headers=key)
    assert again.json() == first.json()
    assert other.status_code == 409


async def test_what_belongs_to_others_is_like_what_does_not_exist(
    scene: Scene, network: Network, http: ClientFor
) -> None:
    ticket_id = await reported(scene)
    neighbour = await network.client(scene.partner, "厦门第九中学")
    strangers = [
        await http(neighbour.contact),
        await http((await network.device(scene.client, holder="张伟"))[1]),
        await http((await network.partner()).dispatcher),
        await http(await network.engineer(scene.partner, "别的工程师")),
    ]
    for stranger in strangers:
        foreign = await stranger.get(f"/api/v1/tickets/{ticket_id}")
        missing = await stranger.get(f"/api/v1/tickets/{uuid4()}")
        assert foreign.status_code == missing.status_code == 404
        assert {**foreign.json(), "request_id": ""} == {**missing.json(), "request_id": ""}


async def test_a_report_cannot_name_another_clients_device(scene: Scene, network: Network, http: ClientFor) -> None:
    neighbour = await network.client(scene.partner, "厦门方华房地产")
    by_neighbour = await http(neighbour.contact)
    answer = await by_neighbour.post("/api/v1/tickets", json={"subject": "x", "device_id": str(scene.device_id)})
    assert answer.status_code == 404


async def test_the_list_is_paged_without_gaps_or_repeats(scene: Scene) -> None:
    for number in range(5):
        await reported(scene, f"第 {number} 次")
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await scene.by_reporter.get("/api/v1/tickets", params=query)).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    everything = (await scene.by_reporter.get("/api/v1/tickets", params={"limit": 200})).json()["items"]
    assert seen == [item["id"] for item in everything]
    assert len(set(seen)) == len(seen)


async def test_a_fault_solved_on_the_telephone_ends_the_visit_that_had_begun(scene: Scene) -> None:
    ticket_id = await reported(scene)
    visit_id = await assigned(scene, ticket_id)
    await on_site(scene, visit_id)
    solved = await scene.by_dispatcher.post(f"/api/v1/tickets/{ticket_id}/resolve", json=WORK)
    assert solved.status_code == 200, solved.text
    call, visit = sorted(solved.json()["visits"], key=lambda each: each["planned"])
    assert (visit["state"], visit["outcome"], visit["work_done"]) == ("finished", "resolved", "")
    assert (call["state"], call["mode"], call["work_minutes"], call["work_done"]) == (
        "finished",
        "telephone",
        WORK["work_minutes"],
        WORK["work_done"],
    )
    assert (call["engineer_id"], call["performed_by_name"]) == (None, scene.partner.dispatcher.display_name)
    assert (await scene.by_reporter.post(f"/api/v1/tickets/{ticket_id}/reopen", json={"reason": "又坏了"})).is_success
    triage = {"service_category": "hardware", "product_category": "desktop", "impact": "low", "urgency": "low"}
    assert (await scene.by_dispatcher.post(f"/api/v1/tickets/{ticket_id}/triage", json=triage)).is_success
    assert (await scene.by_dispatcher.post(f"/api/v1/tickets/{ticket_id}/wait", json={"reason": "client"})).is_success
    resumed = await scene.by_dispatcher.post(f"/api/v1/tickets/{ticket_id}/resume")
    assert resumed.json()["state"] == "triaged"


async def test_each_finished_visit_is_told_once_with_its_id(scene: Scene, runtime: Runtime) -> None:
    ticket_id = await reported(scene)
    visit_id = await assigned(scene, ticket_id)
    await on_site(scene, visit_id)
    left = {**WORK, "outcome": "unresolved"}
    for _ in range(2):
        assert (await scene.by_engineer.post(f"/api/v1/visits/{visit_id}/finish", json=left)).status_code == 204
    by_phone = {**WORK, "mode": "remote"}
    solved, again = [
        await scene.by_dispatcher.post(f"/api/v1/tickets/{ticket_id}/resolve", json=by_phone) for _ in range(2)
    ]
    assert (solved.status_code, again.status_code) == (200, 200)
    async with runtime.units_of_work.begin(scene.partner.system) as work:
        events = await work.session.scalars(
            select(OutboxEvent.payload).where(OutboxEvent.topic == "visit.finished").order_by(OutboxEvent.id)
        )
        told = [event for event in events if event["ticket_id"] == ticket_id]
    call = next(visit for visit in solved.json()["visits"] if not visit["planned"])
    assert [(event["visit_id"], event["outcome"]) for event in told] == [
        (visit_id, "unresolved"),
        (call["id"], "resolved"),
    ]
    assert [(event["engineer_id"] is None, event["performed_by"] is None) for event in told] == [
        (False, True),
        (True, False),
    ]
