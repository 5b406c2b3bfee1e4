"""The engineer's day on the phone, page by page: every step a form, every form once, nobody else's work."""

import asyncio
import re
from datetime import timedelta
from uuid import uuid4

import pytest

from app.assets.clients.models import Site
from app.platform.kernel.time_source import SettableClock
from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from tests.conftest import ClientFor
from tests.factories.network import Network
from tests.factories.signature import strokes
from tests.portals.field.jobs import WORK, Scene, at_work, data_address, photo, planned, pressed, shown, ticket_of

pytestmark = pytest.mark.usefixtures("monday_morning")


@pytest.fixture(scope="module")
async def scene(network: Network, http: ClientFor) -> Scene:
    partner = await network.partner()
    await network.service_level(partner)
    client = await network.client(partner)
    device_id, reporter = await network.device(client, "XM-0123")
    engineer = await network.engineer(partner)
    people = [await http(actor) for actor in (reporter, partner.dispatcher, engineer)]
    return Scene(partner, client, device_id, engineer, *people)


async def test_the_day_shows_visits_in_order_and_what_is_left_or_comes(scene: Scene, clock: SettableClock) -> None:
    await planned(scene, "下午的打印机", hours=5)
    await planned(scene, "上午的网络", hours=1)
    await planned(scene, "明天的键盘", hours=25)
    today = (await scene.phone.get("/field")).text
    assert today.index("上午的网络") < today.index("下午的打印机") < today.index("明天的键盘")
    clock.advance(timedelta(days=1))
    tomorrow = (await scene.phone.get("/field")).text
    assert tomorrow.index("以前没做完的") < tomorrow.index("上午的网络") < tomorrow.index("明天的键盘")
    shown = (await scene.phone.get("/api/v1/visits", params={"day": "2026-11-16"})).json()
    assert [visit["subject"] for visit in shown["visits"]][:1] == ["上午的网络"]


async def test_each_visit_has_one_next_step_until_the_client_has_signed(scene: Scene, clock: SettableClock) -> None:
    job = await planned(scene)
    for step, label in (("accept", "接单"), ("depart", "出发"), ("arrive", "我到了")):
        page = await shown(scene, job.page)
        assert page.count("button--primary") == 1
        assert label in page
        answer = await pressed(scene, job, step)
        assert (answer.status_code, answer.headers["location"]) == (303, job.page)
    clock.advance(timedelta(minutes=20))
    page = await shown(scene, job.page)
    assert "处理完了" in page
    assert 'value="20"' in page
    answer = await pressed(scene, job, "work", **WORK)
    assert answer.headers["location"] == f"{job.page}/report"
    report = (await scene.phone.get(f"{job.page}/report")).text
    for word in ("更换内存条并除尘", "到场", "达成", "确认签字"):
        assert word in report
    digest = (await scene.phone.get(f"/api/v1/visits/{job.visit_id}/report")).json()["content_hash"]
    answer = await pressed(
        scene,
        job,
        "signature",
        name="李静",
        content_hash=digest,
        signature=data_address(strokes()),
        client_confirms="yes",
    )
    assert answer.status_code == 303, answer.text
    assert "李静" in (await scene.phone.get(f"{job.page}/report")).text
    assert (await ticket_of(scene, job))["confirmed_by"] == "signature"
    assert "已签字" in (await scene.phone.get("/field/finished")).text


async def test_a_form_sent_twice_under_one_key_resolves_once(scene: Scene) -> None:
    job = await at_work(scene)
    key = {"idempotency-key": str(uuid4())}
    answers = [await scene.phone.post(f"{job.page}/work", data=WORK, headers=key) for _ in range(3)]
    assert {(answer.status_code, answer.headers["location"]) for answer in answers} == {(303, f"{job.page}/report")}
    lines = [line for line in (await ticket_of(scene, job))["timeline"] if line["state"] == "resolved"]
    assert len(lines) == 1


async def test_one_form_arriving_several_times_at_once_resolves_once(scene: Scene) -> None:
    job = await at_work(scene)
    key = {"idempotency-key": str(uuid4())}
    sending = [scene.phone.post(f"{job.page}/work", data=WORK, headers=key) for _ in range(4)]
    answers = await asyncio.gather(*sending)
    assert {(answer.status_code, answer.headers["location"]) for answer in answers} == {(303, f"{job.page}/report")}
    lines = [line for line in (await ticket_of(scene, job))["timeline"] if line["state"] == "resolved"]
    assert len(lines) == 1


async def test_an_action_is_known_again_after_weeks_in_a_drawer(scene: Scene, clock: SettableClock) -> None:
    job = await at_work(scene)
    key = {"idempotency-key": str(uuid4())}
    said = {"kind": "consent", "person_name": "李静"}
    first = await scene.phone.post(f"{job.page}/data-handling", data=said, headers=key)
    clock.advance(timedelta(days=13))
    again = await scene.phone.post(f"{job.page}/data-handling", data=said, headers=key)
    assert [(each.status_code, each.headers["location"]) for each in (first, again)] == [(303, f"{job.page}#data")] * 2
    assert len((await scene.phone.get(f"/api/v1/visits/{job.visit_id}/data-handling")).json()) == 1
    other = await scene.phone.post(f"{job.page}/data-handling", data={**said, "person_name": "王五"}, headers=key)
    assert other.status_code == 409


async def test_a_colleague_on_the_same_phone_sends_nothing_in_anothers_name(
    scene: Scene, network: Network, http: ClientFor
) -> None:
    job = await planned(scene)
    colleague = await http(await network.engineer(scene.partner, "接班的工程师"))
    kept = {"idempotency-key": str(uuid4()), "x-field-person": str(scene.engineer.membership_id)}
    assert (await colleague.post(f"{job.page}/accept", headers=kept)).status_code == 401
    assert (await scene.phone.post(f"{job.page}/accept", headers=kept)).status_code == 303


async def test_what_was_signed_without_a_network_is_taken_if_the_report_says_the_same(scene: Scene) -> None:
    job = await at_work(scene)
    page = (await scene.phone.get(job.page)).text
    facts = re.search(r'name="facts_hash" value="([0-9a-f]{64})"', page)
    assert facts
    shown = {"name": "李静", "facts_hash": facts[1], "signature": data_address(strokes()), "client_confirms": "yes"}
    early = await pressed(scene, job, "signature", **shown, **WORK)
    assert early.status_code == 409
    await pressed(scene, job, "work", **WORK)
    changed = await pressed(scene, job, "signature", **shown, **{**WORK, "cause": "主板"})
    assert (changed.status_code, "请客户看过新的报告再签" in changed.text) == (409, True)
    for _ in range(2):
        answer = await pressed(scene, job, "signature", **shown, **WORK)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{job.page}/report"), answer.text
    assert (await ticket_of(scene, job))["confirmed_by"] == "signature"


async def test_the_address_leads_to_the_map_and_the_number_to_the_telephone(
    scene: Scene, units_of_work: UnitOfWorkFactory
) -> None:
    async with units_of_work.begin(scene.partner.system) as work:
        site = await work.session.get(Site, (scene.partner.id, scene.client.site_id))
        assert site is not None
        site.address = "厦门市思明区软件园二期望海路 10 号 & 旁门"
    reported = await scene.by_dispatcher.post(
        "/api/v1/tickets",
        json={"subject": "断网", "device_id": str(scene.device_id), "contact_phone": "0592-5550123"},
    )
    job = await planned(scene, ticket_id=reported.json()["id"])
    for page in ("/field", job.page):
        text = (await scene.phone.get(page)).text
        assert 'href="https://uri.amap.com/search?keyword=%E5%8E%A6%E9%97%A8' in text
        assert "%26+%E6%97%81%E9%97%A8" in text
    assert 'href="tel:0592-5550123"' in (await scene.phone.get(job.page)).text


async def test_what_was_typed_is_drawn_again_with_what_is_wrong(scene: Scene) -> None:
    job = await at_work(scene)
    answer = await pressed(scene, job, "work", **{**WORK, "work_minutes": "两小时"})
    assert answer.status_code == 422
    assert "更换内存条并除尘" in answer.text
    assert "请填写 0 到 1440 分钟。" in answer.text
    empty = await pressed(scene, job, "work", work_done="", work_minutes="5")
    assert (empty.status_code, "请写下做了什么" in empty.text) == (422, True)
    assert (await ticket_of(scene, job))["state"] == "on_site"


async def test_a_step_that_came_too_late_says_why_and_shows_where_things_stand(scene: Scene) -> None:
    job = await planned(scene)
    answer = await pressed(scene, job, "arrive")
    assert answer.status_code == 409
    assert "不能到达" in answer.text
    assert "接单" in answer.text


async def test_declining_needs_a_reason_which_the_client_never_sees(scene: Scene) -> None:
    job = await planned(scene)
    assert (await pressed(scene, job, "decline", reason="")).status_code == 422
    answer = await pressed(scene, job, "decline", reason="车坏在路上")
    assert (answer.status_code, answer.headers["location"]) == (303, "/field")
    assert (await ticket_of(scene, job))["state"] == "triaged"
    assert "车坏在路上" not in (await scene.by_reporter.get(f"/api/v1/tickets/{job.ticket_id}")).text
    assert "已经取消" in (await scene.phone.get(job.page)).text


async def test_waiting_before_the_work_stops_the_promise_and_going_on_leads_back(scene: Scene) -> None:
    job = await planned(scene)
    await pressed(scene, job, "accept")
    assert (await pressed(scene, job, "wait", reason="weather")).status_code == 422
    assert (await pressed(scene, job, "wait", reason="part", note="等内存条")).status_code == 303
    page = await shown(scene, job.page)
    assert "等备件" in page
    assert "恢复处理" in page
    assert (await pressed(scene, job, "resume")).status_code == 303
    assert "出发" in await shown(scene, job.page)


async def test_work_that_is_not_finished_keeps_its_minutes_and_report_while_the_ticket_waits(scene: Scene) -> None:
    job = await at_work(scene)
    assert "没修完，等备件" in await shown(scene, job.page)
    left = {**WORK, "work_done": "缺一条内存", "outcome": "part", "travel_minutes": "35"}
    answer = await pressed(scene, job, "work", **left)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{job.page}/report")
    assert "缺一条内存" in (await scene.phone.get(f"{job.page}/report")).text
    ticket = await ticket_of(scene, job)
    (visit,) = ticket["visits"]
    assert (ticket["state"], ticket["wait_reason"]) == ("waiting", "part")
    assert (visit["state"], visit["outcome"], visit["travel_minutes"]) == ("finished", "unresolved", 35)


async def test_another_visit_is_needed_and_the_ticket_goes_back_to_dispatch(scene: Scene) -> None:
    job = await at_work(scene)
    assert (await pressed(scene, job, "work", **{**WORK, "outcome": "unresolved"})).status_code == 303
    assert (await ticket_of(scene, job))["state"] == "triaged"


async def test_remote_work_begins_without_a_journey(scene: Scene) -> None:
    job = await planned(scene, mode="remote")
    await pressed(scene, job, "accept")
    assert "开始远程" in await shown(scene, job.page)
    assert (await pressed(scene, job, "connect")).status_code == 303
    assert (await ticket_of(scene, job))["state"] == "remote"


async def test_the_devices_last_stories_are_told_whoever_worked_on_it(
    scene: Scene, network: Network, http: ClientFor
) -> None:
    first = await at_work(scene)
    await pressed(scene, first, "work", **{**WORK, "work_done": "换了主板电池"})
    second = await planned(scene, "又慢了")
    assert "换了主板电池" in (await scene.phone.get(second.page)).text
    device_tickets = (await scene.phone.get(f"/api/v1/visits/{second.visit_id}")).json()["device_tickets"]
    assert len(device_tickets) <= 5
    assert device_tickets[0]["work_done"] == "换了主板电池"


async def test_photos_hang_on_the_visit_and_stand_in_the_report(
    scene: Scene, network: Network, http: ClientFor
) -> None:
    job = await at_work(scene)
    picture = photo()
    for _ in range(2):
        files = {"photos": ("现场.jpg", picture, "image/jpeg")}
        answer = await scene.phone.post(f"{job.page}/photos", data={"kind": "before"}, files=files)
        assert answer.status_code == 303, answer.text
    detail = (await scene.phone.get(f"/api/v1/visits/{job.visit_id}")).json()
    assert [each["kind"] for each in detail["photos"]] == ["before"]
    address = f"/api/v1/files/{detail['photos'][0]['file']['id']}"
    assert (await scene.by_reporter.get(address)).status_code == 200
    neighbour = await http((await network.client(scene.partner, "厦门第九中学")).contact)
    assert (await neighbour.get(address)).status_code == 404
    await pressed(scene, job, "work", **WORK)
    report = (await scene.phone.get(f"/api/v1/visits/{job.visit_id}/report")).json()
    assert [each["caption"] for each in report["content"]["photos"]] == ["处理前"]
    paper = await scene.phone.get(f"/service-reports/{report['id']}")
    assert paper.content.startswith(b"%PDF-")


async def test_a_list_is_not_a_photo(scene: Scene) -> None:
    job = await at_work(scene)
    files = {"photos": ("list.csv", "编号,型号\n1,a\n".encode(), "text/csv")}
    answer = await scene.phone.post(f"{job.page}/photos", data={"kind": "after"}, files=files)
    assert (answer.status_code, "请上传照片" in answer.text) == (422, True)


@pytest.mark.parametrize("signature", ["", "data:text/html;base64,PGI+", "data:image/png;base64,***", "AAAA"])
async def test_rubbish_instead_of_a_signature_is_refused_and_nothing_is_signed(scene: Scene, signature: str) -> None:
    job = await at_work(scene)
    await pressed(scene, job, "work", **WORK)
    digest = (await scene.phone.get(f"/api/v1/visits/{job.visit_id}/report")).json()["content_hash"]
    answer = await pressed(scene, job, "signature", name="李静", content_hash=digest, signature=signature)
    assert answer.status_code == 422
    assert (await scene.phone.get(f"/api/v1/visits/{job.visit_id}/report")).json()["signed_at"] is None


async def test_a_client_who_cannot_sign_is_called_back(scene: Scene) -> None:
    job = await at_work(scene)
    await pressed(scene, job, "work", **WORK)
    answer = await pressed(scene, job, "signature", signature_without="yes")
    assert (answer.status_code, answer.headers["location"]) == (303, job.page)
    notes = [line["text"] for line in (await ticket_of(scene, job))["timeline"] if line["kind"] == "note"]
    assert notes == ["客户无法在屏幕上签名，请回访确认。"]


async def test_a_correction_after_the_signature_asks_for_another_one(scene: Scene) -> None:
    job = await at_work(scene)
    await pressed(scene, job, "work", **WORK)
    digest = (await scene.phone.get(f"/api/v1/visits/{job.visit_id}/report")).json()["content_hash"]
    await pressed(scene, job, "signature", name="李静", content_hash=digest, signature=data_address(strokes()))
    form = (await scene.phone.get(f"{job.page}/correct")).text
    assert "更换内存条并除尘" in form
    assert "已签字，不会改变" in form
    answer = await pressed(scene, job, "correct", **{**WORK, "work_done": "更换电源"})
    assert answer.headers["location"] == f"{job.page}/report"
    report = (await scene.phone.get(f"{job.page}/report")).text
    assert "第 2 版" in report
    assert "确认签字" in report


async def test_another_engineers_visit_is_not_there(scene: Scene, network: Network, http: ClientFor) -> None:
    job = await at_work(scene)
    other = await http(await network.engineer(scene.partner, "别的工程师"))
    for page in ("", "/correct", "/report"):
        assert (await other.get(f"{job.page}{page}")).status_code == 404
    for step in ("accept", "work", "notes", "wait", "resume", "report", "signature", "photos", "correct"):
        form = {**WORK, "text": "x", "reason": "part", "signature_without": "yes"}
        assert (await other.post(f"{job.page}/{step}", data=form)).status_code == 404, step
    assert "开不了机" not in (await other.get("/field")).text
    assert (await other.get(f"/api/v1/visits/{job.visit_id}")).status_code == 404
    theirs = {"engineer_id": str(scene.engineer.membership_id)}
    assert (await other.get("/api/v1/visits", params=theirs)).status_code == 403
    assert (await scene.by_dispatcher.get("/api/v1/visits", params=theirs)).status_code == 200


async def test_only_engineers_come_in(scene: Scene, http: ClientFor) -> None:
    assert (await scene.by_dispatcher.get("/field")).status_code == 403
    visitor = await http(None)
    assert (await visitor.get("/field")).status_code in (303, 401)


async def test_the_phone_can_install_it(http: ClientFor) -> None:
    visitor = await http(None)
    worker = await visitor.get("/sw.js")
    assert worker.status_code == 200
    assert worker.headers["content-type"].startswith("text/javascript")
    assert worker.headers["cache-control"] == "no-cache"
    manifest = await visitor.get("/manifest.webmanifest")
    assert manifest.headers["content-type"].startswith("application/manifest+json")
    assert manifest.json()["start_url"] == "/field"
    for icon in manifest.json()["icons"]:
        answer = await visitor.get(icon["src"])
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]


async def test_the_pages_speak_english(scene: Scene, http: ClientFor) -> None:
    job = await at_work(scene)
    answer = await scene.phone.get(job.page, headers={"accept-language": "en", "cookie": ""})
    for word in ("Work done", "Photos", "Work finished"):
        assert word in answer.text


async def test_what_the_phone_still_holds_is_shown_until_it_comes_or_is_lost(scene: Scene) -> None:
    job = await at_work(scene)
    ids = [uuid4().hex for _ in range(3)]
    held = [f"{ids[0]} photos 2", f"{ids[1]} photos 1", f"{ids[2]} other 1", "not readable"]
    assert (await scene.phone.post(f"{job.page}/work", data={**WORK, "unsent": held})).status_code == 303
    desk = f"/workspace/tickets/{job.ticket_id}"
    for page in (job.page, f"{job.page}/report"):
        assert "3 张照片、1 项记录" in (await scene.phone.get(page)).text
    assert "还在工程师手机上：3 张照片、1 项记录" in (await scene.by_dispatcher.get(desk)).text

    files = {"photos": ("现场.jpg", photo(), "image/jpeg")}
    key = {"Idempotency-Key": ids[0]}
    sent = await scene.phone.post(f"{job.page}/photos", data={"kind": "after"}, files=files, headers=key)
    assert sent.status_code == 303, sent.text
    assert "还在工程师手机上：1 张照片、1 项记录" in (await scene.by_dispatcher.get(desk)).text
    assert (await scene.phone.post(f"{job.page}/lost", data={"action": ids[2]})).status_code == 303
    assert "还在工程师手机上：1 张照片<" in (await scene.by_dispatcher.get(desk)).text
    assert (await scene.phone.post(f"{job.page}/lost")).status_code == 303
    assert "还在工程师手机上" not in (await scene.by_dispatcher.get(desk)).text
    assert "data-still-on-phone" not in (await scene.phone.get(job.page)).text
    notes = [line["text"] for line in (await ticket_of(scene, job))["timeline"] if line["kind"] == "note"]
    assert notes == ["手机上没发出的 1 项找不回来了。", "手机上没发出的 1 项找不回来了。"]


async def test_what_another_engineer_holds_is_nobody_elses_to_give_up(
    scene: Scene, network: Network, http: ClientFor
) -> None:
    job = await at_work(scene)
    held = f"{uuid4().hex} photos 1"
    await scene.phone.post(f"{job.page}/work", data={**WORK, "unsent": held})
    other = await http(await network.engineer(scene.partner, "王师傅"))
    assert (await other.post(f"{job.page}/lost")).status_code == 404
    assert "1 张照片" in (await scene.phone.get(job.page)).text


async def test_a_correction_shows_how_the_work_was_done_and_corrects_the_way_there(scene: Scene) -> None:
    job = await at_work(scene)
    await pressed(scene, job, "work", **WORK, travel_minutes="30")
    page = (await scene.phone.get(f"{job.page}/correct")).text
    assert 'name="travel_minutes" type="text" value="30"' in page
    assert "修好了" in page
    await pressed(scene, job, "correct", **WORK, travel_minutes="45")
    (visit,) = (await ticket_of(scene, job))["visits"]
    assert (visit["travel_minutes"], visit["work_minutes"]) == (45, 25)
    assert "45 分钟" in (await scene.phone.get(f"{job.page}/report")).text


async def test_a_planned_call_is_taken_like_a_visit(scene: Scene) -> None:
    job = await planned(scene, mode="telephone")
    await pressed(scene, job, "accept")
    assert "开始电话处理" in await shown(scene, job.page)
    await pressed(scene, job, "connect")
    await pressed(scene, job, "work", **WORK)
    assert "电话服务" in (await scene.phone.get(f"{job.page}/report")).text
    (visit,) = (await ticket_of(scene, job))["visits"]
    assert (visit["mode"], visit["outcome"]) == ("telephone", "resolved")
