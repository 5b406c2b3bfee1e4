"""One ticket on the desk: its story, what may be done, and what becomes of a refused form."""

from uuid import UUID, uuid4

import httpx
import pytest

from app.desk.hot_line import Call, HotLineService
from app.desk.tickets import TicketCreate, TicketState
from app.platform.kernel.runtime import Runtime
from tests.factories.desk import Desk
from tests.portals.desk.conftest import Browsers
from tests.portals.desk.page_reader import PANEL, RECORD, actions, version, words

SCRIPT = "<script>alert(1)</script>"


async def reported(desk: Desk, runtime: Runtime, subject: str = "开不了机", description: str = "") -> UUID:
    """A new ticket that nobody has looked at."""
    fault = TicketCreate(
        subject=subject, device_id=desk.devices["XM-SV-0001"], description=description, contact_name="郑凯"
    )
    async with runtime.units_of_work.begin(desk.dispatcher) as work:
        return (await HotLineService(work).log(Call(fault, classified=False))).id


async def state_of(browsers: Browsers, ticket_id: UUID) -> str:
    return str((await browsers.dispatcher.get(f"/api/v1/tickets/{ticket_id}")).json()["state"])


async def do(
    browsers: Browsers, ticket_id: UUID, action: str, headers: dict[str, str] | None = None, **form: str
) -> httpx.Response:
    return await browsers.dispatcher.post(f"/workspace/tickets/{ticket_id}/{action}", data=form, headers=headers)


async def test_a_ticket_is_told_from_what_to_who_to_promise_to_now(desk: Desk, browsers: Browsers) -> None:
    said = words(await browsers.dispatcher.get(f"/workspace/tickets/{desk.tickets['财务打印机卡纸，凭证打不出来']}"))

    for part in (
        "财务打印机卡纸",
        "吴丽云",
        "林晓彤 现场处理",
        "到场",
        "按时完成",
        "回复客户",
        "林工已经到楼下",
        "客户脾气急",
    ):
        assert part in said
    assert "内部备注，客户看不到" in said


async def test_the_panel_is_the_record_without_the_page_around_it(desk: Desk, browsers: Browsers) -> None:
    ticket_id = desk.tickets["电脑开机蓝屏，反复重启"]
    panel = await browsers.dispatcher.get(f"/workspace/tickets/{ticket_id}", headers=PANEL)
    record = await browsers.dispatcher.get(f"/workspace/tickets/{ticket_id}", headers=RECORD)

    assert "<html" not in panel.text + record.text
    assert "data-panel-title" in panel.text
    assert "data-panel-title" not in record.text
    assert 'id="record"' in record.text


async def test_classifying_by_one_cell_of_the_matrix_changes_priority_and_promise(
    desk: Desk, browsers: Browsers, runtime: Runtime
) -> None:
    ticket_id = await reported(desk, runtime)
    form = {"severity": "high:high", "service_category": "network", "product_category": "network"}
    answer = await do(browsers, ticket_id, "triage", None, **form)

    assert answer.status_code == 303
    assert answer.headers["location"] == f"/workspace/tickets/{ticket_id}?done=triage"
    said = words(await browsers.dispatcher.get(answer.headers["location"]))
    assert "优先级 P3 → P1" in said
    assert "分类已保存" in said


async def test_sending_an_engineer_without_script_and_with(desk: Desk, browsers: Browsers, runtime: Runtime) -> None:
    ticket_id = await reported(desk, runtime)
    form = {
        "engineer_id": str(desk.engineers[2].membership_id),
        "day": "2026-11-16",
        "from": "14:00",
        "until": "16:00",
        "note": "带备用电源",
    }
    answer = await do(browsers, ticket_id, "assign", RECORD, **form)

    assert answer.status_code == 200
    assert "toast" in answer.headers["hx-trigger"]
    assert "王志远" in words(answer)
    assert "14:00 – 16:00" in words(answer)
    assert await state_of(browsers, ticket_id) == TicketState.ASSIGNED


async def test_an_impossible_window_keeps_every_typed_word(desk: Desk, browsers: Browsers, runtime: Runtime) -> None:
    ticket_id = await reported(desk, runtime)
    form = {"engineer_id": str(desk.engineers[0].membership_id), "day": "2026-11-16", "note": "先打电话再去"}
    answer = await do(browsers, ticket_id, "assign", RECORD, **form, **{"from": "16:00", "until": "15:00"})

    assert answer.status_code == 422
    assert answer.headers["hx-retarget"] == "#record"
    assert "结束时间应晚于开始时间" in answer.text
    assert "先打电话再去" in answer.text
    assert 'value="16:00"' in answer.text
    assert await state_of(browsers, ticket_id) == TicketState.NEW


async def test_suggestions_warn_of_a_clash_with_the_window_in_the_form(desk: Desk, browsers: Browsers) -> None:
    ticket_id = desk.tickets["电脑开机蓝屏，反复重启"]
    address = f"/workspace/tickets/{ticket_id}/suggestions"
    busy = await browsers.dispatcher.get(address, params={"day": "2026-11-16", "from": "11:00", "until": "12:00"})
    free = await browsers.dispatcher.get(address, params={"day": "2026-11-20", "from": "11:00", "until": "12:00"})

    assert words(busy).count("这个时间另有安排") == 3
    assert "这个时间另有安排" not in words(free)
    assert words(free).index("林晓彤") < words(free).index("陈嘉木")


async def test_who_was_overtaken_is_told_and_keeps_the_words(desk: Desk, browsers: Browsers, runtime: Runtime) -> None:
    ticket_id = await reported(desk, runtime)
    seen = version(await browsers.dispatcher.get(f"/workspace/tickets/{ticket_id}"))
    await do(browsers, ticket_id, "note", text="我先看")
    form = {"severity": "low:low", "service_category": "software", "product_category": "", "version": seen}
    answer = await do(browsers, ticket_id, "triage", RECORD, **form)

    assert answer.status_code == 409
    assert "刚被别人修改过" in answer.text
    assert "我先看" in answer.text
    assert version(answer) != seen


async def test_waiting_and_going_on(desk: Desk, browsers: Browsers, runtime: Runtime) -> None:
    ticket_id = await reported(desk, runtime)
    await do(
        browsers, ticket_id, "triage", severity="low:medium", service_category="hardware", product_category="desktop"
    )
    empty = await do(browsers, ticket_id, "wait", RECORD)
    assert empty.status_code == 422
    await do(browsers, ticket_id, "wait", wait_reason="part", note="等电源到货")
    said = words(await browsers.dispatcher.get(f"/workspace/tickets/{ticket_id}"))
    assert "等备件" in said
    assert "等电源到货" in said
    await do(browsers, ticket_id, "resume")
    assert await state_of(browsers, ticket_id) == TicketState.TRIAGED


async def test_solved_on_the_telephone_then_not_solved_then_confirmed(
    desk: Desk, browsers: Browsers, runtime: Runtime
) -> None:
    ticket_id = await reported(desk, runtime)
    await do(
        browsers, ticket_id, "triage", severity="low:medium", service_category="software", product_category="platform"
    )
    refused = await do(browsers, ticket_id, "resolve", RECORD, work_done="远程指导重启打印服务", work_minutes="")
    assert (refused.status_code, "远程指导重启打印服务" in refused.text) == (422, True)
    done = {"mode": "remote", "work_done": "远程指导重启打印服务", "work_minutes": "12"}
    assert "用时 12 分钟" in words(await do(browsers, ticket_id, "resolve", RECORD, **done))
    assert await state_of(browsers, ticket_id) == TicketState.RESOLVED
    await do(browsers, ticket_id, "reopen", reason="又不行了")
    assert await state_of(browsers, ticket_id) == TicketState.REOPENED
    await do(
        browsers, ticket_id, "triage", severity="low:medium", service_category="software", product_category="platform"
    )
    await do(browsers, ticket_id, "resolve", work_done="重装驱动", work_minutes="20")
    visits = (await browsers.dispatcher.get(f"/api/v1/tickets/{ticket_id}")).json()["visits"]
    assert sorted((visit["mode"], visit["work_minutes"], visit["outcome"]) for visit in visits) == [
        ("remote", 12, "resolved"),
        ("telephone", 20, "resolved"),
    ]
    answer = await do(browsers, ticket_id, "confirm", RECORD)
    assert "电话回访确认" in words(answer)
    assert await state_of(browsers, ticket_id) == TicketState.CLOSED


async def test_a_move_that_came_too_late_says_why(desk: Desk, browsers: Browsers, runtime: Runtime) -> None:
    ticket_id = await reported(desk, runtime)
    await do(browsers, ticket_id, "cancel", reason="重复报修")
    answer = await do(browsers, ticket_id, "cancel", RECORD, reason="再取消一次")

    assert answer.status_code == 409
    assert "已取消" in answer.text
    assert "不能取消" in words(answer)


async def test_an_engineer_is_offered_no_dispatch_and_refused_when_trying(desk: Desk, browsers: Browsers) -> None:
    ticket_id = desk.tickets["服务器备份报错，请远程看一下"]
    page = await browsers.engineer.get(f"/workspace/tickets/{ticket_id}")

    assert page.status_code == 200
    assert actions(page) == {"reply"}
    for action in ("triage", "assign", "wait", "resume", "resolve", "cancel", "confirm", "reopen"):
        refused = await browsers.engineer.post(f"/workspace/tickets/{ticket_id}/{action}", data={"reason": "x"})
        assert refused.status_code == 403, action


@pytest.mark.parametrize("who", ["other_dispatcher", "engineer"])
async def test_what_belongs_to_others_is_like_what_does_not_exist(desk: Desk, browsers: Browsers, who: str) -> None:
    browser = getattr(browsers, who)
    ticket_id, device_id = desk.tickets["三楼整层上不了网，收银也停了"], desk.devices["XM-SW-0003"]
    pairs = [(f"/workspace/tickets/{ticket_id}", f"/workspace/tickets/{uuid4()}")]
    if who == "other_dispatcher":
        pairs.append((f"/workspace/devices/{device_id}", f"/workspace/devices/{uuid4()}"))
        pairs.append((f"/workspace/hot-line?device={device_id}", f"/workspace/hot-line?device={uuid4()}"))
    for mine, nobodys in pairs:
        foreign, missing = await browser.get(mine), await browser.get(nobodys)
        assert foreign.status_code == missing.status_code == 404, mine
        hide = {foreign.headers["x-request-id"]: "", missing.headers["x-request-id"]: ""}
        texts = [foreign.text, missing.text]
        for request_id in hide:
            texts = [text.replace(request_id, "") for text in texts]
        assert texts[0] == texts[1]


async def test_the_clients_people_have_another_face(desk: Desk, browsers: Browsers) -> None:
    for path in (
        "/workspace",
        "/workspace/tickets",
        f"/workspace/tickets/{desk.tickets['鼠标左键失灵']}",
        "/workspace/hot-line",
    ):
        assert (await browsers.contact.get(path)).status_code == 403, path


async def test_script_in_words_stays_text(desk: Desk, browsers: Browsers, runtime: Runtime) -> None:
    ticket_id = await reported(desk, runtime, subject=SCRIPT, description=SCRIPT)
    await do(browsers, ticket_id, "note", text=SCRIPT)
    await do(browsers, ticket_id, "reply", text=SCRIPT)
    await do(browsers, ticket_id, "cancel", RECORD, reason="")
    number = (await browsers.dispatcher.get(f"/api/v1/tickets/{ticket_id}")).json()["number"]
    for path in (
        f"/workspace/tickets/{ticket_id}",
        "/workspace/tickets?view=unassigned",
        f"/workspace/search?q={number}",
    ):
        page = await browsers.dispatcher.get(path)
        assert page.status_code == 200
        assert SCRIPT not in page.text, path
        assert "&lt;script&gt;" in page.text, path
