"""The employee's pages in a real browser, against the server process: looks, weight, live changes, accessibility."""

import os
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PIL import Image
from playwright.async_api import Browser, FilePayload, Page, Request, expect

import app.platform.web
from app.desk.tickets import Assignment, DispatchService, Resolution, VisitService
from app.platform.kernel.actor import Actor
from app.platform.kernel.live_updates import Change
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock, SystemClock
from tests.factories.network import Network
from tests.intake.labelled_devices import PIN, LabelledDevice, make_labelled_device

pytestmark = pytest.mark.browser

AXE = Path(app.platform.web.__file__).parent / "assets/node_modules/axe-core/axe.min.js"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 860}
SCREENSHOTS = os.environ.get("YINGHUO_SCREENSHOTS", "")
"""A folder that keeps what was seen, for people to look at."""


@pytest.fixture(scope="module")
async def engineer(scene: LabelledDevice, network: Network) -> Actor:
    return await network.engineer(scene.client.partner, "陈嘉木", "senior")


@pytest.fixture(scope="module")
async def scene(machine_time: SettableClock, network: Network) -> LabelledDevice:
    partner = await network.partner()
    await network.service_level(partner)
    client = await network.client(partner, "厦门市同安区闽南古厝文化旅游发展集团股份有限公司")
    return await make_labelled_device(network, client, "LD-PC-0117", "黄雅婷")


def photo() -> bytes:
    written = BytesIO()
    Image.new("RGB", (900, 600), "steelblue").save(written, "JPEG")
    return written.getvalue()


async def check_page(page: Page, name: str) -> None:
    """Take a screenshot and check width and accessibility (axe)."""
    if SCREENSHOTS:
        await page.screenshot(path=f"{SCREENSHOTS}/{name}.png", full_page=True)
    sideways = await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not sideways, name
    await page.evaluate(AXE.read_text())
    found = await page.evaluate("axe.run(document, {resultTypes: ['violations']}).then((run) => run.violations)")
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == [], name


async def publish_change(runtime: Runtime, scene: LabelledDevice, ticket_id: UUID) -> None:
    """Publish a live change as the worker does."""
    change = Change("ticket", ticket_id, scene.client.id, scene.reporter.reporter_id)
    async with runtime.units_of_work.begin(scene.client.partner.system) as work:
        work.announce(change)


APPEARANCES = [
    pytest.param(PHONE, "light", "zh-CN", True, id="phone-light-zh"),
    pytest.param(PHONE, "dark", "en-GB", True, id="phone-dark-en"),
    pytest.param(DESK, "dark", "zh-CN", False, id="desk-dark-zh-without-scripts"),
    pytest.param(DESK, "light", "en-GB", True, id="desk-light-en"),
]


@pytest.mark.slow(6, "a story in a browser")
@pytest.mark.parametrize(("size", "theme", "language", "scripts"), APPEARANCES)
async def test_the_story_on_a_screen(
    browser: Browser,
    address: str,
    scene: LabelledDevice,
    engineer: Actor,
    runtime: Runtime,
    clock: SettableClock,
    size: Any,
    theme: Any,
    language: str,
    scripts: bool,
    request: pytest.FixtureRequest,
) -> None:
    clock.set(SystemClock().now())
    look = request.node.callspec.id
    context = await browser.new_context(base_url=address, viewport=size, color_scheme=theme, locale=language)
    context.set_default_timeout(10_000)
    page = await context.new_page()
    if not scripts:
        await page.route("**/*.js", lambda route: route.abort())
    weighed: list[Request] = []

    def weigh(asked: Request) -> None:
        weighed.append(asked)

    page.on("requestfinished", weigh)

    await page.goto(scene.portal)
    await check_page(page, f"{look}-1-door")
    await page.fill("#field-number", "ld-pc-0117")
    await page.fill("#field-pin", PIN)
    await page.click("button.button--primary")
    await page.wait_for_url("**/r/report")
    await check_page(page, f"{look}-2-report")
    await page.locator(".choice", has=page.locator('[value="network"]')).click()
    await page.fill("#field-words", "午休回来三楼全部断网，无线也连不上。收银台那边也停了。")
    picture: FilePayload = {"name": "交换机.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    await page.set_input_files("#field-photos", picture)
    await page.click("button.button--primary")
    await page.wait_for_url("**/r/tickets/*")
    await check_page(page, f"{look}-3-reported")
    weight = sum([(await asked.sizes())["responseBodySize"] for asked in weighed])
    assert weight < 100_000, weight

    ticket_id = UUID(page.url.rsplit("/", 1)[1])
    assert engineer.membership_id
    clock.set(SystemClock().now())
    async with runtime.units_of_work.begin(scene.client.partner.dispatcher) as work:
        start = work.now + timedelta(minutes=20)
        visit_id = await DispatchService(work).assign(
            ticket_id, Assignment(engineer.membership_id, start, start + timedelta(hours=1))
        )
    if scripts:
        await publish_change(runtime, scene, ticket_id)
        await expect(page.locator("#now")).to_contain_text("陈嘉木")
    async with runtime.units_of_work.begin(engineer) as work:
        visits = VisitService(work)
        await visits.accept(visit_id)
        await visits.depart(visit_id)
    await page.reload()
    await check_page(page, f"{look}-4-on-the-way")
    clock.set(SystemClock().now())
    async with runtime.units_of_work.begin(engineer) as work:
        visits = VisitService(work)
        await visits.arrive(visit_id)
        await visits.resolve(visit_id, Resolution("更换三楼交换机电源", work_minutes=20))
    await page.reload()
    await check_page(page, f"{look}-5-fixed")
    await page.click("button.button--primary")
    await page.locator(".rating").wait_for()
    await check_page(page, f"{look}-6-confirmed")
    await page.locator('.rating [value="5"]').click()
    await page.locator("#field-comment").wait_for()
    await check_page(page, f"{look}-7-rated")
    await page.goto("/r/tickets")
    await check_page(page, f"{look}-8-own")
    await context.close()
