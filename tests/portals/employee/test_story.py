"""An employee's story on the pages, without any script: report, follow, confirm, rate."""

import asyncio
import re
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any

import httpx
import pytest
from PIL import Image
from sqlalchemy import update

from app.assets.clients.models import Employee
from app.platform.kernel.actor import Actor
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from tests.conftest import START, ClientFor
from tests.factories.network import ClientCompany, Network, PartnerCompany
from tests.intake.labelled_devices import LabelledDevice, hidden, make_labelled_device, sign_in_at_portal

pytestmark = pytest.mark.usefixtures("monday_morning", "fresh_counters")

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
GPS = 0x8825


@dataclass
class Scene:
    """One partner, one client, two desks, an engineer and a dispatcher."""

    partner: PartnerCompany
    client: ClientCompany
    at: LabelledDevice
    neighbour: LabelledDevice
    engineer: Actor
    by_engineer: Any
    by_dispatcher: Any


@pytest.fixture(scope="module")
async def scene(network: Network, http: ClientFor) -> Scene:
    partner = await network.partner()
    await network.service_level(partner)
    client = await network.client(partner)
    engineer = await network.engineer(partner, "陈嘉木", "senior")
    return Scene(
        partner,
        client,
        await make_labelled_device(network, client, "XM-PC-0117", "黄雅婷"),
        await make_labelled_device(network, client, "XM-PC-0118", "张伟"),
        engineer,
        await http(engineer),
        await http(partner.dispatcher),
    )


@pytest.fixture
async def employee(http: ClientFor, scene: Scene) -> httpx.AsyncClient:
    browser = await http(None)
    await sign_in_at_portal(browser, scene.at)
    return browser


def photo() -> bytes:
    written = BytesIO()
    exif = Image.Exif()
    exif[GPS] = {1: "N", 2: (24.0, 28.0, 46.0), 3: "E", 4: (118.0, 5.0, 22.0)}
    Image.new("RGB", (64, 48), "red").save(written, "JPEG", exif=exif)
    return written.getvalue()


async def sent(browser: httpx.AsyncClient, page: str, to: str = "", photos: tuple[Any, ...] = (), **fields: str) -> Any:
    """Open `page` and post its form with `fields` as a browser does."""
    opened = await browser.get(page)
    data = {"_csrf_token": hidden(opened, "_csrf_token"), **fields}
    if 'name="idempotency_key"' in opened.text:
        data.setdefault("idempotency_key", hidden(opened, "idempotency_key"))
    files = [("photos", each) for each in photos] or [("photos", ("", b"", "application/octet-stream"))]
    return await browser.post(to or page, data=data, files=files)


async def reported(browser: httpx.AsyncClient, words: str = "午休回来三楼全部断网") -> str:
    answer = await sent(browser, "/r/report", symptom="network", words=words)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def repaired(scene: Scene, address: str) -> None:
    """Triage, assign and resolve the ticket of `address` as the partner."""
    ticket_id = address.rsplit("/", 1)[1]
    plan = {
        "engineer_id": str(scene.engineer.membership_id),
        "scheduled_start": (START + timedelta(hours=1)).isoformat(),
        "scheduled_end": (START + timedelta(hours=2)).isoformat(),
    }
    assigned = await scene.by_dispatcher.post(f"/api/v1/tickets/{ticket_id}/assignments", json=plan)
    visit = f"/api/v1/visits/{assigned.json()['visit_id']}"
    for step in ("accept", "depart", "arrive"):
        assert (await scene.by_engineer.post(f"{visit}/{step}")).status_code == 204
    done = await scene.by_engineer.post(f"{visit}/resolve", json={"work_done": "换了交换机电源", "work_minutes": 20})
    assert done.status_code == 204, done.text


async def test_from_the_first_tap_to_the_rating(employee: httpx.AsyncClient, scene: Scene) -> None:
    page = await employee.get("/r/report")
    assert "这台电脑怎么了？" in page.text
    assert "XM-PC-0117" in page.text
    for choice in ("开不了机", "上不了网", "打印", "软件", "账号/密码", "其他"):
        assert choice in page.text

    address = await reported(employee)
    followed = (await employee.get(address)).text
    assert re.search(r"FW-20261116-\d{4}", followed)
    assert "收到了，正在安排工程师" in followed
    assert "最晚到达" in followed
    assert "上不了网：午休回来三楼全部断网" in followed

    await repaired(scene, address)
    asked = (await employee.get(address)).text
    assert "修好了吗？" in asked
    assert "请试一试，然后告诉我们。" in asked
    assert "换了交换机电源" in asked
    assert "陈嘉木" in asked
    assert "高级工程师" in asked

    confirmed = await sent(employee, address, f"{address}/confirm")
    assert confirmed.headers["location"] == address
    assert "已经修好" in (await employee.get(address)).text
    await sent(employee, address, f"{address}/rating", score="5")
    await sent(employee, address, f"{address}/rating-words", comment="来得真快")
    rated = (await employee.get(address)).text
    assert "谢谢您的评价。" in rated
    assert "rating-words" not in rated
    assert "很满意" in rated
    assert "结束" not in rated
    link = re.search(r'href="(/r/follow/[^"]+)"', rated)
    assert link
    assert "已修好" in (await employee.get(link[1])).text
    kept = await scene.by_dispatcher.get(f"/api/v1{address.removeprefix('/r')}")
    assert kept.json()["rating"] == 5


async def test_the_first_guess_of_the_classification_follows_the_picture(
    employee: httpx.AsyncClient, scene: Scene
) -> None:
    address = await reported(employee)
    ticket = (await scene.by_dispatcher.get(f"/api/v1{address.removeprefix('/r')}")).json()
    assert (ticket["channel"], ticket["symptom"]) == ("employee", "network")
    assert (ticket["service_category"], ticket["urgency"]) == ("network", "high")
    assert ticket["device_number"] == "XM-PC-0117"
    assert ticket["contact_name"] == "黄雅婷"
    assert ticket["vip"] is False


async def test_a_vip_is_known_as_one_although_a_reporter_may_not_read_it(
    scene: Scene, network: Network, http: ClientFor, runtime: Runtime
) -> None:
    at = await make_labelled_device(network, scene.client, "XM-PC-0001", "董事长")
    async with runtime.units_of_work.begin(scene.partner.system) as work:
        await work.session.execute(update(Employee).where(Employee.name == "董事长").values(vip=True))
    browser = await http(None)
    await sign_in_at_portal(browser, at)
    address = await reported(browser)
    ticket = (await scene.by_dispatcher.get(f"/api/v1{address.removeprefix('/r')}")).json()
    assert ticket["vip"] is True


async def test_not_fixed_with_a_reason_sends_it_back(employee: httpx.AsyncClient, scene: Scene) -> None:
    address = await reported(employee)
    await repaired(scene, address)
    wordless = await sent(employee, address, f"{address}/reopen", reason=" ")
    assert wordless.status_code == 422
    assert "请说一下哪里还没好" in wordless.text
    await sent(employee, address, f"{address}/reopen", reason="重启以后又断了")
    again = (await employee.get(address)).text
    assert "知道了，马上再安排工程师" in again
    assert "重启以后又断了" in again


async def test_waiting_says_for_what(employee: httpx.AsyncClient, scene: Scene) -> None:
    address = await reported(employee)
    ticket = f"/api/v1{address.removeprefix('/r')}"
    classes = {"service_category": "network", "product_category": "network", "impact": "low", "urgency": "high"}
    await scene.by_dispatcher.post(f"{ticket}/triage", json=classes)
    await scene.by_dispatcher.post(f"{ticket}/wait", json={"reason": "client", "note": "请告诉我们机房谁有钥匙"})
    page = (await employee.get(address)).text
    assert "在等您这边的消息" in page
    assert "请告诉我们机房谁有钥匙" in page


async def test_a_form_sent_twice_is_one_ticket(employee: httpx.AsyncClient) -> None:
    opened = await employee.get("/r/report")
    form = {
        "_csrf_token": hidden(opened, "_csrf_token"),
        "idempotency_key": hidden(opened, "idempotency_key"),
        "symptom": "print",
        "words": "卡纸",
    }
    answers = await asyncio.gather(
        *(employee.post("/r/report", data=form, files=[("photos", ("a.jpg", photo()))]) for _ in range(3))
    )
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["location"] for answer in answers}) == 1
    corrected = await employee.post("/r/report", data={**form, "words": "卡纸，还漏粉"})
    assert corrected.headers["location"] != answers[0].headers["location"]


async def test_what_was_typed_stays_when_something_is_refused(employee: httpx.AsyncClient) -> None:
    no_picture = await sent(employee, "/r/report", words="屏幕上有条<竖线>")
    assert no_picture.status_code == 422
    assert "屏幕上有条&lt;竖线&gt;" in no_picture.text
    assert "请选一个最像的。" in no_picture.text
    drawing = await sent(
        employee, "/r/report", photos=(("photo.svg", SVG, "image/svg+xml"),), symptom="other", words="屏幕上有条竖线"
    )
    assert drawing.status_code == 422
    assert "不接收网页、SVG 或脚本文件。" in drawing.text
    assert "照片没有传上来，请重新选。" in drawing.text
    assert re.search(r'value="other" checked', drawing.text)
    six = await sent(employee, "/r/report", photos=(("a.jpg", photo()),) * 6, symptom="other")
    assert "最多可以放 5 个文件。" in six.text


async def test_photos_travel_with_the_report_without_their_place(employee: httpx.AsyncClient, scene: Scene) -> None:
    answer = await sent(employee, "/r/report", photos=(("IMG_1.jpg", photo(), "image/jpeg"),), symptom="print")
    page = (await employee.get(answer.headers["location"])).text
    found = re.search(r'href="(/r/files/[0-9a-f-]{36})"', page)
    assert found
    assert f'src="{found[1]}/thumbnail"' in page
    kept = await employee.get(found[1])
    assert kept.headers["content-type"] == "image/jpeg"
    assert not Image.open(BytesIO(kept.content)).getexif()


async def test_one_reporter_sees_nothing_of_another(employee: httpx.AsyncClient, scene: Scene, http: ClientFor) -> None:
    answer = await sent(employee, "/r/report", photos=(("IMG_1.jpg", photo(), "image/jpeg"),), symptom="print")
    address = answer.headers["location"]
    file = re.search(r"/r/files/[0-9a-f-]{36}", (await employee.get(address)).text)
    assert file
    other = await http(None)
    await sign_in_at_portal(other, scene.neighbour)
    assert (await other.get(address)).status_code == 404
    assert (await other.get(file[0])).status_code == 404
    assert (await sent(other, "/r/report", f"{address}/messages", words="看看")).status_code == 404
    assert address not in (await other.get("/r/tickets")).text
    assert address in (await employee.get("/r/tickets")).text


async def test_the_same_fault_within_a_day_is_offered_to_be_added_to(
    employee: httpx.AsyncClient, clock: SettableClock
) -> None:
    address = await reported(employee, "又断网了")
    clock.advance(timedelta(hours=2))
    offered = (await employee.get("/r/report")).text
    assert "还是同一件事吗？" in offered
    assert f'href="{address}#add"' in offered
    added = await sent(employee, address, f"{address}/messages", photos=(("b.jpg", photo()),), words="四楼也断了")
    assert added.status_code == 303
    page = (await employee.get(address)).text
    assert "四楼也断了" in page
    assert "放了照片" in page
    empty = await sent(employee, address, f"{address}/messages", words="")
    assert "请写一句话，或者放一张照片。" in empty.text


async def test_an_engineers_own_session_does_not_open_the_employees_pages(scene: Scene) -> None:
    answer = await scene.by_engineer.get("/r/report")
    assert (answer.status_code, answer.headers["location"]) == (303, "/r")


async def test_signing_out_leads_back_to_the_door(employee: httpx.AsyncClient, scene: Scene) -> None:
    answer = await sent(employee, "/r/report", "/r/sign-out")
    assert answer.headers["location"] == scene.at.portal
    assert (await employee.get("/r/report")).headers["location"] == scene.at.portal
    assert (await employee.get("/r")).headers["location"] == scene.at.portal


async def test_english_readers_get_english(employee: httpx.AsyncClient) -> None:
    address = await reported(employee)
    english = {"accept-language": "en"}
    for path in ("/r/report", address, "/r/tickets"):
        page = (await employee.get(path, headers=english)).text
        assert '<html lang="en"' in page
    assert "Got it. Finding an engineer" in (await employee.get(address, headers=english)).text


async def test_a_page_without_scripts_and_pictures_is_light(employee: httpx.AsyncClient) -> None:
    address = await reported(employee)
    for path in ("/r/report", address):
        assert len((await employee.get(path)).content) < 16_000


async def test_the_follow_up_link_tells_the_public_state_and_nothing_else(
    employee: httpx.AsyncClient, scene: Scene, http: ClientFor, network: Network
) -> None:
    body = {"subject": "财务机密打不开", "device_id": str(scene.at.device_id), "description": "工资表"}
    token = await http(scene.at.reporter)
    made = (await token.post("/api/v1/tickets", json=body)).json()
    link = f"/r/follow/{scene.partner.slug}/{made['follow_token']}"
    stranger = await http(None)
    page = await stranger.get(link)
    assert page.status_code == 200
    assert made["number"] in page.text
    assert "安排中" in page.text
    assert "最晚到达" in page.text
    for secret in ("财务", "工资", "黄雅婷", "XM-PC", scene.client.name, made["id"]):
        assert secret not in page.text
    told = (await stranger.get(f"/api/v1/follow/{scene.partner.slug}/{made['follow_token']}")).json()
    assert set(told) == {"number", "state", "engineer_name", "arrival_due_at", "time_zone"}
    elsewhere = await network.partner()
    for wrong in (f"/r/follow/{elsewhere.slug}/{made['follow_token']}", f"/r/follow/{scene.partner.slug}/nothing"):
        assert (await stranger.get(wrong)).status_code == 404
