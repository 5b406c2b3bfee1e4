"""A phone without signal: nothing is lost, nothing is done twice, nobody reads or sends what is another's."""

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Browser, BrowserContext, Error, Page, async_playwright, expect

from app.desk.tickets import TriageService, Waiting
from app.platform.http.authentication import SESSION_COOKIE
from app.platform.promises import WaitReason
from tests.browser.chromium import chromium
from tests.factories.network import Network
from tests.portals.field.phone_driver import (
    WORDS,
    Desk,
    Job,
    cached_pages,
    fill,
    online,
    open_today,
    press,
    sign,
    until,
    waiting,
)

pytestmark = pytest.mark.browser


async def arrived(page: Page, job: Job) -> None:
    """Open the visit, accept, depart and arrive, with or without network."""
    await page.goto(job.page)
    for step in ("接单", "出发", "我到了"):
        await press(page, step)
    await expect(page.get_by_label("做了什么")).to_be_visible()


async def finished(page: Page) -> None:
    """Fill the work form and sign, offline on the visit's page."""
    await fill(page)
    await press(page, "处理完了")
    await expect(page.locator('[data-work-output="work_done"]')).to_have_text(WORDS)
    await sign(page)
    await page.get_by_label("客户确认故障已解决").check()
    await press(page, "确认签字")
    await expect(page.get_by_text("这次上门都记下了")).to_be_visible()


async def sign_in_again(phone: BrowserContext, network: Network, desk: Desk, address: str, who: Any = None) -> None:
    token = await network.token(who or desk.engineer)
    await phone.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": address}])


@pytest.mark.slow(15, "a whole visit on a telephone")
async def test_a_whole_visit_without_signal_and_the_truth_afterwards(
    phone: BrowserContext, page: Page, desk: Desk
) -> None:
    job = await desk.visit_planned()
    await open_today(page, job)
    await phone.set_offline(True)
    await page.goto("/field")
    await page.locator(f'a[href="{job.page}"]').click()
    await arrived(page, job)
    await waiting(page, 3)
    await page.reload()
    await expect(page.get_by_label("做了什么"), "the stage survives a reload").to_be_visible()
    await finished(page)
    await waiting(page, 5)
    await page.goto("/field")
    await expect(page.locator(f'[data-visit-card="{job.visit_id}"] [data-unsent-mark]')).to_be_visible()
    await page.goto(job.page)
    await expect(page.get_by_text("这次上门都记下了")).to_be_visible()
    assert await job.states() == ["assigned"]

    await online(phone, page)
    await expect(page.get_by_role("link", name="看服务报告")).to_be_visible()
    await waiting(page, 0)
    steps = ["assigned", "accepted", "en_route", "on_site", "resolved", "confirmed", "closed"]
    assert await job.states() == steps
    (report,) = await job.reports()
    assert (report.signed_by, (await job.ticket()).confirmed_by) == ("李静", "signature")


@pytest.mark.slow(4, "a story on a telephone")
async def test_what_was_written_can_be_changed_before_it_is_sent(phone: BrowserContext, page: Page, desk: Desk) -> None:
    job = await desk.visit_at_work()
    await open_today(page, job)
    await phone.set_offline(True)
    await page.goto(job.page)
    await fill(page)
    await press(page, "处理完了")
    await press(page, "改处理结果")
    await expect(page.get_by_label("做了什么")).to_have_value(WORDS)
    await page.get_by_label("做了什么").fill("换了电源")
    await press(page, "处理完了")
    await expect(page.locator('[data-work-output="work_done"]')).to_have_text("换了电源")
    await waiting(page, 1)
    await online(phone, page)
    await expect(page.get_by_role("button", name="请客户签字")).to_be_visible()
    assert await job.resolutions() == 1


async def test_a_page_that_is_not_kept_says_so_and_opens_by_itself(
    phone: BrowserContext, page: Page, desk: Desk
) -> None:
    job = await desk.visit_at_work()
    await open_today(page, job)
    await phone.set_offline(True)
    await page.goto("/field?day=2020-01-01")
    await expect(page.get_by_text("这一页没有存在手机上")).to_be_visible()
    await page.get_by_role("link", name="看今天的上门").click()
    await expect(page.locator(f'a[href="{job.page}"]')).to_be_visible()
    await page.goto("/field?day=2020-01-01")
    await online(phone, page)
    await expect(page.get_by_text("这一天没有安排")).to_be_visible()


async def test_a_kept_page_has_all_that_it_needs(page: Page, desk: Desk) -> None:
    """Photos too. A page whose files came from another build would be drawn without them."""
    job = await desk.visit_at_work()
    await open_today(page, job)
    missing: list[str] = await page.evaluate(
        """async () => {
          const [pages, files] = [await caches.open("pages"), await caches.open("files")];
          const wanted = [];
          for (const request of await pages.keys()) {
            const text = await (await pages.match(request)).text();
            wanted.push(...[...text.matchAll(/(?:href|src)="(\\/static\\/build\\/[^"]+)"/g)].map((each) => each[1]));
          }
          const there = await Promise.all(wanted.map((each) => files.match(each)));
          return [wanted.length > 3 ? "" : "nothing was wanted", ...wanted.filter((_, place) => !there[place])];
        }"""
    )
    assert [each for each in missing if each] == []
    gone = await page.request.get("/static/build/engineer-OLDBUILD.css")
    assert (gone.status, "text/css" in gone.headers["content-type"]) == (404, False)


@pytest.mark.slow(4, "a story on a telephone")
async def test_a_visit_given_to_somebody_else_meanwhile_is_told_with_what_was_typed(
    phone: BrowserContext, page: Page, desk: Desk, network: Network
) -> None:
    job = await desk.visit_at_work()
    await open_today(page, job)
    await phone.set_offline(True)
    await page.goto(job.page)
    await fill(page)
    await press(page, "处理完了")
    await waiting(page, 1)
    async with desk.runtime.units_of_work.begin(desk.partner.dispatcher) as work:
        await TriageService(work).wait(job.ticket_id, Waiting(WaitReason.PART))
    await desk.given_to(await network.engineer(desk.partner, "接手的工程师"), job)

    await online(phone, page)
    refused = page.locator("[data-refused]")
    await expect(refused).to_contain_text("这次上门已经结束或取消")
    await expect(refused).to_contain_text(WORDS)
    assert (await job.states())[-1] == "assigned"
    await page.goto("/field")
    await expect(refused, "it stays until somebody has decided").to_contain_text(WORDS)
    page.on("dialog", lambda dialog: dialog.accept())
    await press(page, "不要了")
    await expect(refused).to_be_hidden()


@pytest.mark.slow(5, "a story on a telephone")
async def test_two_tabs_send_each_step_once(phone: BrowserContext, page: Page, desk: Desk) -> None:
    job = await desk.visit_planned()
    await open_today(page, job)
    other = await phone.new_page()
    await other.goto(job.page)
    await phone.set_offline(True)
    await page.goto(job.page)
    await press(page, "接单")
    await expect(other.get_by_role("button", name="出发"), "the other tab follows").to_be_visible()
    await press(other, "出发")
    await press(page, "我到了")
    await waiting(page, 3)
    await phone.set_offline(False)
    for tab in (page, other):
        await waiting(tab, 0)
        await expect(tab.get_by_label("做了什么")).to_be_visible()
    assert await job.states() == ["assigned", "accepted", "en_route", "on_site"]


@pytest.mark.slow(4, "a story on a telephone")
async def test_a_day_in_the_drawer_keeps_what_waits_until_its_person_signs_in_again(
    phone: BrowserContext, page: Page, desk: Desk, network: Network, address: str
) -> None:
    job = await desk.visit_at_work()
    await open_today(page, job)
    await phone.set_offline(True)
    await page.goto(job.page)
    await fill(page)
    await press(page, "处理完了")
    await phone.clear_cookies(name=SESSION_COOKIE)
    await phone.set_offline(False)
    await expect(page.locator("[data-outbox]")).to_contain_text("登录后自动发出")
    await expect(page.locator("[data-outbox-sign-in]")).to_have_attribute("href", re.compile("^/sign-in"))
    await page.goto("/field")
    await expect(page.get_by_role("heading", name="请先登录")).to_be_visible()
    assert await job.resolutions() == 0

    await sign_in_again(phone, network, desk, address)
    await page.goto("/field")
    await waiting(page, 0)
    assert await job.resolutions() == 1


@pytest.mark.slow(5, "a story on a telephone")
async def test_the_next_engineer_on_the_same_phone_reads_and_sends_nothing_of_the_first(
    phone: BrowserContext, page: Page, desk: Desk, network: Network, address: str
) -> None:
    job = await desk.visit_at_work()
    await open_today(page, job)
    await phone.set_offline(True)
    await page.goto(job.page)
    await fill(page)
    await press(page, "处理完了")
    await waiting(page, 1)
    colleague = await network.engineer(desk.partner, "下一班的工程师")
    await phone.clear_cookies(name=SESSION_COOKIE)
    await phone.set_offline(False)
    await expect(page.locator("[data-outbox]")).to_contain_text("登录后自动发出")
    await page.goto("/sign-in")
    await until(page, lambda: _caches_nothing(page), "the door takes the pages away")

    await sign_in_again(phone, network, desk, address, colleague)
    await page.goto("/field")
    await expect(page.locator("[data-outbox]")).to_contain_text("同事的")
    await until(page, lambda: _caches(page, "/field"), "the colleague's own day")
    assert job.page not in await cached_pages(page)
    await phone.set_offline(True)
    await page.goto(job.page)
    await expect(page.get_by_text("这一页没有存在手机上")).to_be_visible()
    assert WORDS not in await page.content()
    await phone.set_offline(False)

    assert await job.resolutions() == 0
    await sign_in_again(phone, network, desk, address)
    await page.goto("/field")
    await waiting(page, 0)
    assert await job.resolutions() == 1


async def test_signing_out_takes_the_pages_along(page: Page, desk: Desk) -> None:
    job = await desk.visit_at_work()
    await open_today(page, job)
    async with page.expect_navigation(url="**/sign-in"):
        await page.evaluate("document.querySelector('form[data-sign-out]').requestSubmit()")
    assert await cached_pages(page) == []


async def _caches_nothing(page: Page) -> bool:
    return not await cached_pages(page)


async def _caches(page: Page, address: str) -> bool:
    return address in await cached_pages(page)


@pytest.mark.slow(7, "a story on a telephone that starts twice")
async def test_a_killed_phone_goes_on_where_it_was(address: str, desk: Desk, network: Network, tmp_path: Path) -> None:
    job = await desk.visit_at_work()
    async with async_playwright() as playwright:

        async def switched_on() -> tuple[BrowserContext, Page]:
            context = await playwright.chromium.launch_persistent_context(
                tmp_path, base_url=address, locale="zh-CN", **chromium()
            )
            token = await network.token(desk.engineer)
            await context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": address}])
            return context, await context.new_page()

        phone, page = await switched_on()
        await open_today(page, job)
        await phone.set_offline(True)
        await page.goto(job.page)
        await fill(page)
        await press(page, "处理完了")
        await waiting(page, 1)
        with pytest.raises(Error):
            await (await phone.new_cdp_session(page)).send("Browser.crash")

        phone, page = await switched_on()
        await phone.set_offline(True)
        await page.goto(job.page)
        await expect(page.locator('[data-work-output="work_done"]'), "what waited is there").to_have_text(WORDS)
        await online(phone, page)
        await expect(page.get_by_role("button", name="请客户签字")).to_be_visible()
        assert await job.resolutions() == 1
        await phone.close()


async def test_a_browser_without_storage_or_worker_still_sends_and_never_loses_words(
    browser: Browser, address: str, desk: Desk, network: Network
) -> None:
    """As in WeChat's browser: no IndexedDB, no service worker, no locks."""
    job = await desk.visit_at_work()
    phone = await browser.new_context(base_url=address, locale="zh-CN", service_workers="block")
    await phone.add_init_script(
        """Object.defineProperty(window, "indexedDB", { get() { throw new DOMException("no", "SecurityError"); } });
        Object.defineProperty(window, "localStorage", { get() { throw new DOMException("no", "SecurityError"); } });
        delete Navigator.prototype.locks; delete Navigator.prototype.serviceWorker; delete window.BroadcastChannel;
        delete Crypto.prototype.randomUUID;"""
    )
    await sign_in_again(phone, network, desk, address)
    page = await phone.new_page()
    await page.goto(job.page)
    await page.get_by_label("做了什么").fill(WORDS)
    await page.get_by_label("用了几分钟").fill("25")
    await phone.set_offline(True)
    await press(page, "处理完了")
    await expect(page.get_by_text("请不要关闭页面")).to_be_visible()
    await expect(page.get_by_label("做了什么")).to_have_value(WORDS)
    await phone.set_offline(False)
    await page.wait_for_function("navigator.onLine")
    await page.get_by_role("button", name="处理完了").dblclick()
    await page.wait_for_url("**/report")
    assert await job.resolutions() == 1
    await phone.close()


async def test_turning_the_phone_keeps_the_signature_and_an_empty_sheet_is_not_sent(
    phone: BrowserContext, page: Page, desk: Desk
) -> None:
    job = await desk.visit_at_work()
    await page.goto(job.page)
    await fill(page)
    await press(page, "处理完了")
    await page.wait_for_url("**/report")
    await press(page, "确认签字")
    await expect(page.get_by_text("还没有签名")).to_be_visible()
    await sign(page)
    await page.set_viewport_size({"width": 844, "height": 390})
    ink = """sheet => {
      const { data } = sheet.getContext("2d").getImageData(0, 0, sheet.width, sheet.height);
      return data.some((value, place) => place % 4 === 3 && value > 0);
    }"""
    sheet = page.locator(".signature canvas")
    await page.evaluate("new Promise(requestAnimationFrame)")
    assert await sheet.evaluate(ink), "the strokes are drawn again"
    await page.set_viewport_size({"width": 390, "height": 844})
    await press(page, "确认签字")
    await expect(page.get_by_role("link", name="下载 PDF")).to_be_visible()
    assert len(await job.reports()) == 1


async def test_a_photo_taken_sideways_is_upright_once(page: Page, desk: Desk, tmp_path: Path) -> None:
    job = await desk.visit_at_work()
    picture = tmp_path / "现场.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6  # as a phone held upright writes it: turn by a quarter to the right
    Image.new("RGB", (1800, 900), "navy").save(picture, exif=exif)
    await page.goto(job.page)
    await page.locator("#photos input[type=file]").set_input_files(picture)
    await expect(page.locator("#photos .strip__item img")).to_be_visible()
    await press(page, "保存照片")
    shown = page.locator('#photos a[href^="/files/"]')
    await expect(shown).to_have_count(1)
    full = await page.request.get(await shown.get_attribute("href") or "")
    width, height = Image.open(BytesIO(await full.body())).size
    assert (height, height > width) == (1600, True), "turned once, neither never nor twice"


@pytest.mark.slow(14, "a story on a telephone")
async def test_words_half_written_are_not_swept_away_by_the_truth(
    phone: BrowserContext, page: Page, desk: Desk
) -> None:
    job = await desk.visit_planned()
    await open_today(page, job)
    await phone.set_offline(True)
    await arrived(page, job)
    await page.get_by_label("做了什么").press_sequentially("更换")
    await online(phone, page)
    await waiting(page, 0)
    await expect(page.get_by_text("这里有新的变化。")).to_be_visible()
    await page.get_by_label("做了什么").press_sequentially("内存")
    await expect(page.locator("#work")).to_have_attribute("data-draft-kept", "true")
    await press(page, "看最新的")
    await expect(page.get_by_label("做了什么")).to_have_value("更换内存")
