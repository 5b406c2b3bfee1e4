"""The desk in a real browser against the real server: by keyboard, with words that are never swept away."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import BrowserContext, Page, Route, expect

import app.platform.web
from app.platform.http.authentication import SESSION_COOKIE
from app.platform.kernel.live_updates import Change
from app.platform.kernel.runtime import Runtime
from tests.browser.phone_width import CRAMPED, WIDER
from tests.factories.desk import Desk
from tests.factories.network import Network
from tests.portals.announcements import announced

pytestmark = pytest.mark.browser

AXE = Path(app.platform.web.__file__).parent / "assets/node_modules/axe-core/axe.min.js"
BLUE_SCREEN = "电脑开机蓝屏，反复重启"


async def test_the_queue_is_walked_opened_and_closed_by_keyboard(page: Page, desk_today: Desk) -> None:
    await page.goto("/workspace/tickets")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.locator("#panel #record")).to_be_visible()
    assert "/workspace/tickets/" in page.url
    await page.keyboard.press("Escape")
    await expect(page.locator("#panel")).to_be_empty()
    assert page.url.endswith("/workspace/tickets")


async def test_an_action_in_the_panel_leaves_the_list_where_it_is(page: Page, desk_today: Desk) -> None:
    await page.goto("/workspace/tickets")
    await page.get_by_role("link", name="扫码枪扫不出来").click()
    record = page.locator("#panel #record")
    await record.locator("label").filter(has_text="一个部门、今天要好").click()
    await record.get_by_role("button", name="保存分类").click()

    await expect(record).to_contain_text("已分类，等派单。")
    await expect(page.locator(".toast")).to_contain_text("分类已保存")
    await expect(page.locator("#list")).to_be_visible()


async def test_a_list_answers_while_somebody_types_and_the_views_keep_the_words(page: Page, desk_today: Desk) -> None:
    await page.goto("/workspace/tickets")
    box = page.get_by_placeholder("单号、问题、报修人、客户或设备", exact=True)
    await box.click()
    await page.keyboard.type("机卡")
    await expect(page.locator("#list [data-row]")).to_have_count(1)

    await expect(box).to_be_focused()
    await expect(page).to_have_url(re.compile(r"[?&]q=%E6%9C%BA%E5%8D%A1"))
    await page.get_by_role("link", name="已结束").click()
    await expect(box).to_have_value("机卡")
    await expect(page.locator("#list")).to_contain_text("没有符合条件的服务单")


async def test_rows_are_marked_by_range_and_noted_together(page: Page, desk_today: Desk) -> None:
    await page.goto("/workspace/tickets?sort=reported_at")
    await expect(page.locator("[data-bulk-bar]")).to_be_hidden()
    boxes = page.locator('#list [data-row] input[name="id"]')
    await boxes.nth(0).click()
    await boxes.nth(2).click(modifiers=["Shift"])
    await expect(page.locator("[data-bulk-count]")).to_have_text("3")
    await page.locator("[data-bulk-bar] summary", has_text="内部备注").click()
    await page.get_by_placeholder("只有自己公司的人看得到").fill("一起去")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-list-notice]")).to_contain_text("3 张服务单加了备注。")
    await expect(page).to_have_url(re.compile(r"sort=reported_at"))


async def test_the_way_back_leads_to_the_place_in_the_list(page: Page, desk_today: Desk) -> None:
    await page.goto("/workspace/devices?sort=-number")
    row = page.locator("#list [data-row]").nth(1)
    number = await row.locator(".record__title").inner_text()
    await row.locator(".record__title").click()
    await page.locator("#panel").get_by_role("link", name="打开整页").click()
    await page.locator(".breadcrumbs").get_by_role("link", name="设备").click()
    await expect(page).to_have_url(re.compile(r"/workspace/devices\?sort=-number#row-"))
    await expect(page.locator("[data-row]:focus")).to_contain_text(number)


async def test_letters_that_are_not_a_word_yet_ask_nothing(page: Page, desk_today: Desk) -> None:
    await page.goto("/workspace/tickets")
    await page.get_by_placeholder("单号、问题、报修人、客户或设备", exact=True).click()
    await page.evaluate(
        "() => { window.asked = []; document.querySelector('.filters').addEventListener('input', "
        "(event) => window.asked.push(event.target.value)); }"
    )
    keyboard = await page.context.new_cdp_session(page)
    await keyboard.send("Input.imeSetComposition", {"text": "ka'zhi", "selectionStart": 6, "selectionEnd": 6})
    await keyboard.send("Input.insertText", {"text": "卡纸"})

    await expect(page.locator("#list [data-row]")).to_have_count(1)
    assert set(await page.evaluate("() => window.asked")) == {"卡纸"}


async def test_words_in_the_making_survive_a_colleagues_change(page: Page, desk_today: Desk, runtime: Runtime) -> None:
    ticket_id = desk_today.tickets[BLUE_SCREEN]
    async with page.expect_response("**/live"):
        await page.goto(f"/workspace/tickets/{ticket_id}")
    await page.locator("#field-text").fill("已联系客户，下午")
    notice = page.locator("[data-changed]")
    await expect(notice).to_be_hidden()

    async with announced(runtime.redis, desk_today.partner.id, Change("ticket", ticket_id)):
        await expect(notice).to_be_visible()
    await expect(page.locator("#field-text")).to_have_value("已联系客户，下午")


async def test_a_choice_made_while_a_refresh_is_on_its_way_is_kept(
    page: Page, desk_today: Desk, runtime: Runtime
) -> None:
    ticket_id = desk_today.tickets[BLUE_SCREEN]
    async with page.expect_response("**/live"):
        await page.goto(f"/workspace/tickets/{ticket_id}")
    asked, chosen = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        asked.set()
        await chosen.wait()
        await route.continue_()

    await page.route(f"**/workspace/tickets/{ticket_id}", hold)
    async with announced(runtime.redis, desk_today.partner.id, Change("ticket", ticket_id)), asyncio.timeout(15):
        await asked.wait()
    engineer = page.locator("#record .suggestion input").last
    await engineer.check()
    async with page.expect_response(f"**/workspace/tickets/{ticket_id}"):
        chosen.set()

    await expect(page.locator("[data-changed]")).to_be_visible()
    await expect(engineer).to_be_checked()


async def test_a_call_is_found_judged_and_logged_without_the_mouse(page: Page, desk_today: Desk) -> None:
    await page.goto("/workspace/hot-line")
    await expect(page.locator("[data-result-search]")).to_be_focused()
    await page.keyboard.type("XM-SV")
    await expect(page.locator("#results [data-row]")).to_have_count(1)
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("怎么了？")).to_be_visible()
    await page.keyboard.press("ArrowRight")
    await expect(page.locator('input[name="severity"][value="low:high"]')).to_be_checked()
    await expect(page.locator("#field-service_category")).to_have_value("network")
    await page.get_by_role("button", name="登记，接下一个").focus()
    await page.keyboard.press("Enter")

    await expect(page.locator(".toast")).to_contain_text("报修已登记")
    await expect(page.locator("[data-result-search]")).to_be_focused()


@pytest.mark.slow(4, "axe on several pages")
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_nothing_is_hidden_from_anybody(
    page: Page, desk_today: Desk, address: str, width: int, theme: str
) -> None:
    await page.context.add_cookies([{"name": "theme", "value": theme, "url": address}])
    await page.set_viewport_size({"width": width, "height": 860})
    ticket = f"/workspace/tickets/{desk_today.tickets[BLUE_SCREEN]}"
    call = f"/workspace/hot-line?device={desk_today.devices['XM-PC-0117']}"
    for place in ("/workspace", "/workspace/tickets", ticket, call, "/workspace/hot-line?q=林"):
        await page.goto(place)
        await page.evaluate(AXE.read_text())
        found: list[dict[str, Any]] = await page.evaluate("axe.run().then(result => result.violations)")
        assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == [], place
        wider = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, place


async def test_what_a_changed_service_level_moves_can_be_read_on_a_phone(
    session: BrowserContext, desk_today: Desk, network: Network, address: str
) -> None:
    token = await network.token(desk_today.partner.owner)
    await session.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": address}])
    page = await session.new_page()
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.goto("/workspace/service-levels")
    await page.locator("a[href*='/service-levels/policies/']:not([href*='/new'])").first.click()
    for level in (1, 2, 3, 4):
        await page.locator(f"[name='P{level}.arrival.amount']").fill("1")
    await page.get_by_role("button", name="保存").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("正在计时的承诺会变动")
    assert await page.evaluate(CRAMPED) == []
    assert await page.evaluate(WIDER) <= 0


@pytest.mark.parametrize("width", [390, 1280])
async def test_what_a_form_still_needs_is_said_beside_the_field_and_no_bar_covers_it(
    page: Page, desk_today: Desk, width: int
) -> None:
    await page.set_viewport_size({"width": width, "height": 700})
    await page.goto(f"/workspace/tickets/{desk_today.tickets[BLUE_SCREEN]}")
    refused = page.locator("form[action$='/cancel']")
    await page.locator("details.action", has=refused).locator("summary").click()
    sent: list[str] = []
    page.on("request", lambda each: sent.append(each.url) if each.method == "POST" else None)
    reason = refused.get_by_label("为什么取消")
    for nothing in ("", "   "):
        await reason.fill(nothing)
        await refused.get_by_role("button").click()
        await expect(refused.locator(".field__error")).to_have_text("请填写。")
        await expect(reason).to_be_focused()
        await expect(reason).to_have_attribute("aria-invalid", "true")
        assert await reason.evaluate(
            "field => { const box = field.getBoundingClientRect();"
            " return document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2) === field }"
        ), "a bar covers the field at fault"
    assert sent == []
    await reason.fill("客户自己修好了")
    await expect(refused.locator(".field__error")).to_have_count(0)


async def test_the_search_above_every_page_answers_while_somebody_types(page: Page, desk_today: Desk) -> None:
    await page.goto("/workspace")
    before = await page.evaluate("history.length")
    box = page.get_by_role("combobox", name="搜索单号、问题、设备、人、电话、客户")
    await box.click()
    await page.keyboard.type("XM-PC-0117")
    await expect(page.get_by_role("option").first).to_contain_text("XM-PC-0117")
    await expect(box).to_have_attribute("aria-expanded", "true")
    await page.keyboard.press("ArrowDown")
    chosen = page.locator("[role=option][aria-selected=true]")
    await expect(chosen).to_have_count(1)
    await expect(box).to_have_attribute("aria-activedescendant", await chosen.get_attribute("id") or "")
    await page.evaluate(AXE.read_text())
    assert await page.evaluate("axe.run('.search').then(result => result.violations.map(each => each.id))") == []
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("option")).to_have_count(0)
    await expect(box).to_be_focused()
    assert await page.evaluate("history.length") == before
    await page.keyboard.press("Backspace")
    await expect(page.get_by_role("option").first).to_be_visible()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(f"/workspace/(devices/{desk_today.devices['XM-PC-0117']}|tickets/)"))


async def test_words_in_the_making_are_one_place_in_the_history(page: Page, desk_today: Desk) -> None:
    await page.goto("/workspace/tickets")
    before = await page.evaluate("history.length")
    box = page.get_by_placeholder("单号、问题、报修人、客户或设备", exact=True)
    await box.click()
    for letter in "卡纸":
        async with page.expect_response("**/workspace/tickets?*"):
            await page.keyboard.type(letter)
    await expect(page).to_have_url(re.compile(r"[?&]q="))
    await expect(page.locator("#list [data-row]")).to_have_count(1)
    assert await page.evaluate("history.length") == before


async def test_a_double_click_on_the_hot_line_makes_one_ticket(page: Page, desk_today: Desk) -> None:
    await page.goto(f"/workspace/hot-line?device={desk_today.devices['XM-PR-0011']}")
    await page.get_by_label("一句话", exact=False).first.fill("打印机又卡纸，点了两下")
    await page.get_by_role("button", name="登记，接下一个").dblclick()
    await expect(page.locator(".toast").first).to_contain_text("FW-")
    await page.goto("/workspace/tickets?q=" + "点了两下")
    await expect(page.locator("#list [data-row]")).to_have_count(1)
