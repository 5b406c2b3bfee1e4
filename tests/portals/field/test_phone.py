"""The engineer's phone in a real browser against the real server: with a network, without one, and in between."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import BrowserContext, Page, Route, expect

import app.platform.web
from app.platform.http.authentication import SESSION_COOKIE
from app.platform.kernel.live_updates import Change
from tests.factories.network import Network
from tests.portals.announcements import announced
from tests.portals.field.phone_driver import WORDS, Desk, fill, sign

pytestmark = pytest.mark.browser

AXE = Path(app.platform.web.__file__).parent / "assets/node_modules/axe-core/axe.min.js"


@pytest.mark.slow(6, "a story on a telephone")
async def test_work_is_written_down_and_signed_on_the_screen(page: Page, desk: Desk) -> None:
    job = await desk.visit_at_work()
    await page.goto("/field")
    await page.locator(f'a[href="{job.page}"]').click()
    await fill(page)
    await page.get_by_role("button", name="处理完了").click()
    await page.wait_for_url("**/report")
    await expect(page.get_by_text(WORDS)).to_be_visible()
    await page.get_by_label("签字人").fill("李静")
    await sign(page)
    await page.get_by_label("客户确认故障已解决").check()
    await page.get_by_role("button", name="确认签字").click()
    await expect(page.get_by_role("link", name="下载 PDF")).to_be_visible()

    assert await job.resolutions() == 1
    (report,) = await job.reports()
    assert (report.signed_by, (await job.ticket()).confirmed_by) == ("李静", "signature")


async def test_work_written_without_a_network_is_resolved_once_when_it_is_back(
    phone: BrowserContext, page: Page, desk: Desk
) -> None:
    job = await desk.visit_at_work()
    await page.goto(job.page)
    await fill(page)
    await phone.set_offline(True)
    await page.get_by_role("button", name="处理完了").click()
    await expect(page.locator("[data-outbox]")).to_contain_text("1 项记录等待发送")
    assert await job.resolutions() == 0

    async with page.expect_response(lambda answer: answer.request.method == "POST"):
        await phone.set_offline(False)
    await expect(page.locator("[data-outbox]")).to_be_hidden()

    assert await job.resolutions() == 1
    await expect(page.get_by_role("button", name="请客户签字")).to_be_visible()


async def test_an_answer_lost_on_the_way_does_not_resolve_twice(page: Page, desk: Desk) -> None:
    job = await desk.visit_at_work()
    await page.goto(job.page)
    await fill(page)
    sent: list[str] = []

    async def lose_the_first_answer(route: Route) -> None:
        sent.append(await route.request.header_value("idempotency-key") or "")
        if len(sent) > 1:
            await route.continue_()
            return
        await route.fetch(max_redirects=0)
        await route.abort("connectionreset")

    await page.route("**/work", lose_the_first_answer)
    await page.get_by_role("button", name="处理完了").click()
    await expect(page.locator("[data-outbox]")).to_contain_text("1 项记录等待发送")
    assert await job.resolutions() == 1

    await page.get_by_role("button", name="现在发送").click()
    await expect(page.locator("[data-outbox]")).to_be_hidden()

    assert len(sent) == 2
    assert len(set(sent)) == 1
    assert await job.resolutions() == 1


async def test_a_page_older_than_the_session_still_sends_what_was_written(
    phone: BrowserContext, page: Page, desk: Desk, network: Network, address: str
) -> None:
    job = await desk.visit_at_work()
    await page.goto(job.page)
    await fill(page)
    another = await network.token(desk.engineer)
    await phone.add_cookies([{"name": SESSION_COOKIE, "value": another, "url": address}])
    await page.get_by_role("button", name="处理完了").click()
    await page.wait_for_url("**/report")
    assert await job.resolutions() == 1


async def test_a_visit_just_assigned_appears_by_itself(page: Page, desk: Desk) -> None:
    async with page.expect_request("**/live"):
        await page.goto("/field")
    job = await desk.visit_at_work()
    card = page.locator(f'a[href="{job.page}"]')
    await expect(card).to_have_count(0)
    assert desk.engineer.membership_id
    change = Change(kind="ticket", id=job.ticket_id, engineers=(desk.engineer.membership_id,))
    async with announced(desk.runtime.redis, desk.partner.id, change), page.expect_response("**/field"):
        pass
    await expect(card).to_be_visible()


async def test_photos_taken_without_a_network_arrive_later(
    phone: BrowserContext, page: Page, desk: Desk, tmp_path: Path
) -> None:
    from PIL import Image

    job = await desk.visit_at_work()
    picture = tmp_path / "现场.jpg"
    Image.effect_noise((1800, 1200), 80).convert("RGB").save(picture, quality=90)
    taken = datetime(2026, 11, 16, 1, 30, tzinfo=UTC).timestamp()
    os.utime(picture, (taken, taken))
    await page.goto(job.page)
    await page.locator("#photos input[type=file]").set_input_files(picture)
    await expect(page.locator("#photos .strip__item img")).to_be_visible()
    await phone.set_offline(True)
    await page.get_by_role("button", name="保存照片").click()
    await expect(page.locator("[data-outbox]")).to_contain_text("1 项记录等待发送")
    async with page.expect_response(lambda answer: answer.request.method == "POST"):
        await phone.set_offline(False)
    await expect(page.locator("[data-outbox]")).to_be_hidden()
    shown = page.locator('#photos img[src^="/files/"]')
    await expect(shown).to_have_count(1)
    assert await shown.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    # Made smaller by the phone, which keeps nothing else of what the camera wrote.
    await expect(page.locator("#photos a[href^='/files/']")).to_have_attribute("title", "拍摄于 2026-11-16 09:30")


async def test_a_visit_seen_once_can_be_read_without_a_network(phone: BrowserContext, page: Page, desk: Desk) -> None:
    job = await desk.visit_at_work()
    await page.goto("/field")
    await page.evaluate("async () => { await navigator.serviceWorker.ready }")
    await page.goto(job.page)
    await phone.set_offline(True)
    await page.goto(job.page)
    await expect(page.get_by_role("heading", name="开机后反复重启")).to_be_visible()
    await fill(page)
    await page.reload()
    await expect(page.get_by_label("做了什么")).to_have_value(WORDS)
    await phone.set_offline(False)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
async def test_nothing_sticks_out_and_nobody_is_shut_out(
    phone: BrowserContext, page: Page, desk: Desk, address: str, theme: str, width: int
) -> None:
    await phone.add_cookies([{"name": "theme", "value": theme, "url": address}])
    job = await desk.visit_at_work()
    await page.set_viewport_size({"width": width, "height": 844})
    for place in ("/field", job.page, "/field/finished"):
        await page.goto(place)
        assert await page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        await page.evaluate(AXE.read_text())
        found: list[dict[str, Any]] = await page.evaluate("axe.run().then(result => result.violations)")
        assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == [], place
