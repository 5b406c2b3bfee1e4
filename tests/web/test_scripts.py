"""What the scripts do in a real browser, under the strict security policy."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

import app.platform.web
from app.platform.web import gallery
from tests.web.gallery_server import GallerySite

pytestmark = pytest.mark.browser

AXE = Path(app.platform.web.__file__).parent / "assets/node_modules/axe-core/axe.min.js"
FIRST_TICKET = "FW-20261119-0031"
SECOND_TICKET = "FW-20261119-0028"
PHONE = {"width": 390, "height": 844}


@pytest.mark.parametrize("name", gallery.PAGES)
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_pages_break_no_rule_of_the_policy_and_need_no_sideways_scrolling(page: Page, name: str, width: int) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))

    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"/{name}")

    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", gallery.PAGES)
def test_nothing_stands_in_the_way_of_a_screen_reader(page: Page, name: str, theme: str) -> None:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]  # one of the literals it names
    page.goto(f"/{name}")
    page.evaluate(AXE.read_text())

    rules = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", rules)

    assert [
        (finding["id"], node["target"], node["failureSummary"])
        for finding in found["violations"]
        for node in finding["nodes"]
    ] == []


@pytest.mark.parametrize("name", ["employee", "follow", "field"])
def test_a_thumb_finds_every_control(page: Page, name: str) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a plain dict is what it takes
    page.goto(f"/{name}")

    small = page.evaluate(
        """[...document.querySelectorAll('.button, .choice, .check, .rating__choice, .phone__bar a, textarea')]
           .filter(element => element.checkVisibility())
           .map(element => [element.className, element.getBoundingClientRect().height])
           .filter(([, height]) => height < 44)"""
    )

    assert small == []


def test_a_record_opens_beside_its_list_by_keyboard_and_back_closes_it(page: Page) -> None:
    page.goto("/tickets")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.locator("#panel .panel__head")).to_contain_text(SECOND_TICKET)
    expect(page).to_have_url(f"{page.url.split('/tickets')[0]}/tickets/{SECOND_TICKET}")
    expect(page.locator(f"#row-{SECOND_TICKET}")).to_have_attribute("aria-current", "true")

    page.go_back()
    expect(page.locator("#panel")).to_be_empty()
    expect(page.locator(f"#row-{SECOND_TICKET}")).to_be_focused()
    assert page.url.endswith("/tickets")


def test_escape_closes_the_panel_and_the_list_has_not_moved(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 420})
    page.goto("/tickets")
    page.evaluate("document.querySelector('.app__main').scrollTop = 120")
    page.get_by_role("link", name="财务打印机卡纸").click()
    expect(page.locator("#panel .panel__head")).to_be_visible()

    page.keyboard.press("Escape")

    expect(page.locator("#panel")).to_be_empty()
    assert page.evaluate("document.querySelector('.app__main').scrollTop") == 120


def test_one_record_after_the_other_is_one_step_back(page: Page) -> None:
    page.goto("/tickets")
    page.get_by_role("link", name="三楼整层").click()
    expect(page.locator("#panel .panel__head")).to_contain_text(FIRST_TICKET)
    page.get_by_role("link", name="财务打印机卡纸").click()
    expect(page.locator("#panel .panel__head")).to_contain_text(SECOND_TICKET)

    page.go_back()

    expect(page.locator("#panel")).to_be_empty()


def test_a_records_address_opens_it_at_once(page: Page) -> None:
    page.goto(f"/tickets/{SECOND_TICKET}")

    expect(page.locator("#panel .panel__head")).to_contain_text(SECOND_TICKET)


def test_keys_search_explain_and_go(page: Page) -> None:
    page.goto("/tickets")
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()

    page.keyboard.type("g?")
    expect(page.locator("[data-search]")).to_have_value("g?")
    page.keyboard.press("Escape")

    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")

    page.keyboard.press("g")
    page.keyboard.press("b")
    page.wait_for_url("**/board")


def test_marked_rows_bring_the_bulk_bar(page: Page) -> None:
    page.goto("/tickets")
    page.get_by_role("checkbox", name="财务打印机卡纸").check()
    expect(page.locator("[data-bulk-bar]")).to_contain_text("已选 1")

    page.get_by_role("checkbox", name="全选").check()
    expect(page.locator("[data-bulk-bar]")).to_contain_text("已选 6")

    page.get_by_role("checkbox", name="全选").uncheck()
    expect(page.locator("[data-bulk-bar]")).to_be_hidden()


def test_a_change_elsewhere_appears_without_reload(page: Page, site: GallerySite) -> None:
    page.goto("/tickets")
    expect(page.locator(f"#row-{FIRST_TICKET}")).to_contain_text("三楼整层上不了网")

    site.first_title = "三楼已恢复，正在查原因"
    site.events.put('{"topics": ["tickets"]}')

    expect(page.locator(f"#row-{FIRST_TICKET}")).to_contain_text("三楼已恢复，正在查原因")


@pytest.mark.slow(4, "waits for a connection that is broken")
def test_a_broken_connection_is_told_and_what_was_missed_is_fetched(page: Page, site: GallerySite) -> None:
    page.clock.install()
    with page.expect_response("**/live"):
        page.goto("/tickets")
    banner = page.locator("[data-offline]")

    site.down = True
    with page.expect_event("requestfailed", lambda request: request.url.endswith("/live")):
        site.events.put("")
    page.clock.fast_forward("00:06")
    expect(banner).to_be_visible()

    site.first_title = "三楼已恢复，正在查原因"
    site.down = False
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(banner).to_be_hidden()
    expect(page.locator(f"#row-{FIRST_TICKET}")).to_contain_text("三楼已恢复，正在查原因")


def test_a_promise_runs_down_and_is_broken_in_words_and_shape(page: Page) -> None:
    page.clock.install()
    page.goto("/tickets")
    clock = page.locator(f"#row-{FIRST_TICKET} .clock")
    expect(clock).to_contain_text("还剩 8 分钟")

    page.clock.fast_forward("04:50")
    expect(clock).to_contain_text("还剩 3 分钟")

    page.clock.fast_forward("06:00")
    expect(clock).to_contain_text("超时 2 分钟")
    expect(clock).to_have_attribute("data-state", "breached")
    expect(clock.locator(".shape--breached")).to_be_visible()


def test_a_paused_promise_stands_still(page: Page) -> None:
    page.clock.install()
    page.goto("/tickets")
    page.clock.fast_forward("02:00:00")

    expect(page.locator("#row-FW-20261119-0026 .clock")).to_contain_text("已暂停，还剩 5 小时")


def test_the_chosen_theme_comes_back_from_the_server(page: Page) -> None:
    page.goto("/portal")
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="深色").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")

    page.reload()

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def sign(page: Page) -> None:
    sheet = page.locator(".signature canvas")
    sheet.scroll_into_view_if_needed()
    box = sheet.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 70, steps=6)
    page.mouse.up()


def test_what_was_typed_survives_a_closed_page(page: Page) -> None:
    page.goto("/field")
    page.get_by_label("做了什么").fill("换了交换机电源")
    expect(page.locator("form[data-draft]")).to_have_attribute("data-draft-kept", "true")

    page.reload()

    expect(page.get_by_label("做了什么")).to_have_value("换了交换机电源")


def test_a_report_without_signature_is_not_sent(page: Page, site: GallerySite) -> None:
    page.goto("/field")
    page.get_by_label("做了什么").fill("换了交换机电源")
    page.get_by_role("button", name="交服务报告").click()

    expect(page.get_by_text("还没有签名")).to_be_visible()
    assert site.arrivals == []


def test_a_signed_report_arrives_and_leads_on(page: Page, site: GallerySite) -> None:
    page.goto("/field")
    page.get_by_label("做了什么").fill("换了交换机电源")
    sign(page)
    page.get_by_role("button", name="交服务报告").click()
    page.wait_for_url("**/follow")

    (arrival,) = site.arrivals
    assert "换了交换机电源".encode() in arrival.body
    assert b"data:image/png;base64," in arrival.body
    assert len(arrival.key) == 36


def test_a_report_whose_answer_was_lost_is_repeated_byte_for_byte_under_one_key(page: Page, site: GallerySite) -> None:
    site.losing_answers = True
    page.goto("/field")
    page.get_by_label("做了什么").fill("换了交换机电源")
    sign(page)
    page.get_by_role("button", name="交服务报告").click()
    expect(page.locator("[data-outbox]")).to_contain_text("1 项记录等待发送")

    site.losing_answers = False
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("[data-outbox]")).to_be_hidden()

    assert len(site.arrivals) >= 2
    assert len({(arrival.key, arrival.body) for arrival in site.arrivals}) == 1


def test_a_report_written_without_network_waits_through_a_restart(page: Page, site: GallerySite) -> None:
    page.goto("/field")
    page.get_by_label("做了什么").fill("换了交换机电源")
    sign(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="交服务报告").click()
    expect(page.locator("[data-outbox]")).to_contain_text("1 项记录等待发送")
    assert site.arrivals == []

    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.context.set_offline(False)
    expect(page.locator("[data-outbox]")).to_be_hidden()

    assert len({arrival.key for arrival in site.arrivals}) == 1


def test_a_visited_page_can_be_read_without_the_server(browser: Browser, site: GallerySite) -> None:
    context = browser.new_context(base_url=site.address)
    page = context.new_page()
    page.goto("/field")
    page.evaluate("async () => { await navigator.serviceWorker.ready }")
    page.goto("/field")

    site.down = True
    page.goto("/field")

    expect(page.get_by_role("heading", name="今天 · 4 件")).to_be_visible()
    expect(page.get_by_role("link", name="打电话")).to_have_css("display", "flex")
    context.close()


def test_a_photo_is_made_smaller_and_shown_before_it_is_sent(page: Page, tmp_path: Path) -> None:
    from PIL import Image

    photo = tmp_path / "现场.jpg"
    Image.effect_noise((3000, 2000), 80).convert("RGB").save(photo, quality=95)
    page.goto("/employee")
    page.locator("input[type=file]").set_input_files(photo)
    expect(page.locator(".strip__item img")).to_be_visible()

    size = page.evaluate("document.querySelector('input[type=file]').files[0].size")
    preview = page.locator(".strip__item img")
    width = preview.evaluate("async image => { await image.decode(); return image.naturalWidth }")
    assert size < photo.stat().st_size / 2
    assert width == 1600

    page.get_by_role("button", name="移除").click()
    assert page.evaluate("document.querySelector('input[type=file]').files.length") == 0
