"""Unsaved input survives a refresh, Escape, another row, the back button and signing out, in every portal."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, BrowserContext, Dialog, Page, expect

from app.desk.tickets import Channel, TicketCreate, TicketCreation
from app.platform.http.authentication import REPORTER_COOKIE, SESSION_COOKIE
from app.platform.kernel.actor import Actor, ActorKind
from tests.factories.desk import Desk
from tests.factories.network import Network

pytestmark = pytest.mark.browser

BLUE_SCREEN = "电脑开机蓝屏，反复重启"
WORDS = "已联系客户，下午三点上门"


class Person:
    """A browser page that answers the question before leaving."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[str] = []
        self.agrees = False
        page.on("dialog", self._answer)

    async def _answer(self, dialog: Dialog) -> None:
        self.asked.append(dialog.type)
        await (dialog.accept() if self.agrees else dialog.dismiss())

    async def types(self, label: str, words: str = WORDS) -> None:
        await self.page.get_by_label(label, exact=True).press_sequentially(words)


@pytest.fixture
async def context(browser: Browser, address: str) -> AsyncIterator[BrowserContext]:
    made = await browser.new_context(base_url=address, locale="zh-CN", viewport={"width": 1280, "height": 860})
    made.set_default_timeout(15_000)
    yield made
    await made.close()


async def signed_in(context: BrowserContext, network: Network, address: str, actor: Actor) -> Person:
    """Sign `actor` in on this browser, in place of the one before."""
    name = REPORTER_COOKIE if actor.kind is ActorKind.REPORTER else SESSION_COOKIE
    await context.add_cookies([{"name": name, "value": await network.token(actor), "url": address}])
    return Person(await context.new_page())


@pytest.fixture
async def dispatcher(context: BrowserContext, network: Network, address: str, desk_today: Desk) -> Person:
    return await signed_in(context, network, address, desk_today.dispatcher)


@pytest.fixture
async def manager(context: BrowserContext, network: Network, address: str, at_the_clients: Actor) -> Person:
    """A member who may edit clients."""
    return await signed_in(context, network, address, at_the_clients)


@pytest.fixture(scope="module")
async def at_the_clients(network: Network, desk_today: Desk) -> Actor:
    return await network.member(desk_today.partner.id, "许经理", ["service_manager"])


async def test_leaving_a_record_with_words_in_it_is_asked_about(dispatcher: Person) -> None:
    page = dispatcher.page
    await page.goto("/workspace/tickets")
    await page.get_by_role("link", name=BLUE_SCREEN).click()
    note = page.locator("#record #field-text")
    await note.press_sequentially(WORDS)
    await page.keyboard.press("Escape")
    await page.get_by_role("link", name="扫码枪扫不出来").click()
    await page.evaluate("history.back()")
    await expect(page.locator("#panel")).to_contain_text("昨天装完驱动就这样")
    assert dispatcher.asked == ["confirm"] * 3
    await expect(note).to_have_value(WORDS)
    assert "/workspace/tickets/" in page.url
    dispatcher.agrees = True
    await note.blur()
    await page.keyboard.press("Escape")
    await expect(page.locator("#panel")).to_be_empty()
    await page.get_by_role("link", name=BLUE_SCREEN).click()
    await expect(note, "who agreed to lose it starts anew").to_have_value("")


async def test_another_form_of_the_same_record_takes_no_words_along(dispatcher: Person) -> None:
    page = dispatcher.page
    await page.goto("/workspace/tickets")
    await page.get_by_role("link", name="扫码枪扫不出来").click()
    record = page.locator("#panel #record")
    await record.locator("#field-text").press_sequentially(WORDS)
    await record.locator("label").filter(has_text="一个部门、今天要好").click()
    await record.get_by_role("button", name="保存分类").click()
    await expect(record).to_contain_text("已分类，等派单。")
    await expect(record.locator("#field-text")).to_have_value(WORDS)


async def test_signing_out_with_words_is_asked_about(manager: Person) -> None:
    page = manager.page
    await page.goto("/workspace/clients/new")
    await manager.types("公司全称")
    async with page.expect_event("dialog"):
        await page.evaluate("void document.querySelector('form[data-sign-out]').requestSubmit()")
    assert manager.asked == ["beforeunload"]
    await expect(page.get_by_label("公司全称", exact=True)).to_have_value(WORDS)


async def test_words_sent_after_the_session_has_ended_wait_for_their_person(
    manager: Person, context: BrowserContext, network: Network, address: str, desk_today: Desk, at_the_clients: Actor
) -> None:
    page = manager.page
    await page.goto("/workspace/clients/new")
    await manager.types("公司全称")
    await page.get_by_label("简称").fill("短")
    await page.get_by_label("门户地址").fill("duan")
    await context.clear_cookies(name=SESSION_COOKIE)
    await page.get_by_role("button", name="保存", exact=True).click()
    await expect(page.get_by_role("heading", name="请先登录")).to_be_visible()
    await expect(page.get_by_role("link", name="去登录")).to_have_attribute(
        "href", "/sign-in?next=%2Fworkspace%2Fclients%2Fnew"
    )

    colleague = await network.token(await network.member(desk_today.partner.id, "王经理", ["service_manager"]))
    await context.add_cookies([{"name": SESSION_COOKIE, "value": colleague, "url": address}])
    await page.goto("/workspace/clients/new")
    await expect(page.get_by_label("公司全称", exact=True), "a colleague does not read it").to_have_value("")
    again = await network.token(at_the_clients)
    await context.add_cookies([{"name": SESSION_COOKIE, "value": again, "url": address}])
    await page.goto("/workspace/clients/new")
    await expect(page.get_by_label("公司全称", exact=True)).to_have_value(WORDS)


@pytest.mark.slow(4, "a story in a browser")
async def test_every_face_gives_back_what_was_typed_before_a_refresh(
    browser: Browser, network: Network, address: str, desk_today: Desk, at_the_clients: Actor
) -> None:
    """Whoever agrees to reload, and whoever's browser does not ask (a telephone's), finds the words again."""
    client = desk_today.clients[0]
    ticket = desk_today.tickets[BLUE_SCREEN]
    device_id, reporter = await network.device(client, "XM-LOST")
    async with network.runtime.units_of_work.begin(reporter) as work:
        fault = TicketCreate(subject="打印机卡纸", device_id=device_id)
        own = await TicketCreation(work).create(fault, Channel.EMPLOYEE)
    faces = [
        (desk_today.dispatcher, f"/workspace/tickets/{ticket}"),
        (at_the_clients, "/workspace/clients/new"),
        (at_the_clients, f"/workspace/clients/{client.id}/contacts/new"),
        (client.contact, "/portal/report"),
        (reporter, f"/r/tickets/{own.id}"),
        (network.administrator, "/hq/access"),
    ]
    for actor, path in faces:
        context = await browser.new_context(base_url=address, locale="zh-CN")
        somebody = await signed_in(context, network, address, actor)
        somebody.agrees = True
        page = somebody.page
        await page.goto(path)
        field = page.locator("main form[method=post] :is(textarea, input[type=text]):visible").first
        await page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
        await expect(field, path).to_be_visible()
        await field.press_sequentially(WORDS)
        typed, name = await field.input_value(), await field.get_attribute("id")
        await page.reload()
        await expect(page.locator(f"#{name}"), path).to_have_value(typed)
        assert somebody.asked == ["beforeunload"], path
        await context.close()
