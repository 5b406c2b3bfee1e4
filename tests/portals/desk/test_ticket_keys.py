"""A ticket by keyboard: assigned, triaged, answered, noted and paused by one key each, from list, panel and page."""

import re

import pytest
from playwright.async_api import BrowserContext, Dialog, Page, expect

from app.platform.http.authentication import SESSION_COOKIE
from tests.factories.desk import Desk
from tests.factories.network import Network

pytestmark = pytest.mark.browser

BLUE_SCREEN = "电脑开机蓝屏，反复重启"
SCANNER = "扫码枪扫不出来"
PRINTER = "财务打印机卡纸，凭证打不出来"


async def at_row(page: Page, subject: str) -> None:
    """The queue with the focus on the row of that ticket."""
    await page.goto("/workspace/tickets")
    await page.locator("[data-row]", has_text=subject).focus()


@pytest.mark.slow(5, "a story in a browser")
async def test_from_a_row_one_key_opens_the_ticket_where_the_work_begins(page: Page, desk_today: Desk) -> None:
    await at_row(page, SCANNER)
    await page.keyboard.press("t")
    record = page.locator("#panel #record")
    await expect(record.locator("input[name=severity]:checked")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(record).to_contain_text("已分类，等派单。")

    await at_row(page, SCANNER)
    await page.keyboard.press("a")
    await expect(record.locator("input[name=engineer_id]").first).to_be_focused()
    await page.keyboard.press("Space")
    await page.keyboard.press("Enter")
    await expect(page.locator(".toast").last).to_contain_text("已派单")


async def test_words_go_where_the_key_said_and_nowhere_else(page: Page, desk_today: Desk) -> None:
    await page.goto(f"/workspace/tickets/{desk_today.tickets[BLUE_SCREEN]}")
    words = page.locator("#record #field-text")
    await page.keyboard.press("n")
    await expect(words).to_be_focused()
    await expect(words).to_have_value("")
    await expect(words).to_have_attribute("placeholder", "只写给同事，客户看不到")
    await page.keyboard.type("no rush, art is waiting")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".timeline__words--internal").first).to_contain_text("no rush, art is waiting")

    await page.keyboard.press("r")
    await page.keyboard.type("下午三点到")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".timeline__words").first).to_have_text("下午三点到")


async def test_pausing_takes_one_key_and_a_reason(page: Page, desk_today: Desk) -> None:
    await page.goto("/workspace/tickets")
    await page.get_by_role("link", name=PRINTER).click()
    record = page.locator("#panel #record")
    await expect(record).to_contain_text("现场处理")
    await page.keyboard.press("w")
    await expect(record.locator("input[name=wait_reason]").first).to_be_focused()
    await page.keyboard.press("Space")
    await page.keyboard.press("Enter")
    await expect(record).to_contain_text("恢复前按约定暂停计时")


async def test_letters_in_fields_and_half_words_are_letters(page: Page, desk_today: Desk) -> None:
    await page.goto(f"/workspace/tickets/{desk_today.tickets[BLUE_SCREEN]}")
    words = page.locator("#record #field-text")
    await words.click()
    await page.keyboard.type("want")
    keyboard = await page.context.new_cdp_session(page)
    await keyboard.send("Input.imeSetComposition", {"text": "paidan", "selectionStart": 6, "selectionEnd": 6})
    await keyboard.send("Input.insertText", {"text": "派单"})
    await expect(words).to_be_focused()
    await expect(words).to_have_value("want派单")


async def test_another_row_by_key_asks_before_words_are_lost(page: Page, desk_today: Desk) -> None:
    asked: list[str] = []

    async def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        await dialog.dismiss()

    page.on("dialog", stay)
    await at_row(page, BLUE_SCREEN)
    await page.keyboard.press("r")
    words = page.locator("#panel #field-text")
    await expect(words).to_be_focused()
    await page.keyboard.type("正在写的话")
    await page.locator("[data-row]", has_text=PRINTER).focus()
    await page.keyboard.press("a")
    await expect(words).to_have_value("正在写的话")
    assert asked == ["confirm"]


async def help_of(page: Page) -> str:
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_be_visible()
    said = await page.get_by_role("dialog").inner_text()
    await page.keyboard.press("Escape")
    return re.sub(r"\s+", " ", said)


async def test_the_help_tells_what_works_here_for_this_person(
    page: Page, session: BrowserContext, desk_today: Desk, network: Network, address: str
) -> None:
    await page.goto("/workspace/tickets")
    on_list = await help_of(page)
    await page.goto(f"/workspace/tickets/{desk_today.tickets[PRINTER]}")
    on_page = await help_of(page)
    await page.goto("/workspace/clients")
    elsewhere = await help_of(page)
    for words in ("a 派单", "n 只写给同事", "在列表里上下移动"):
        assert words in on_list, words
    assert "a 派单" in on_page
    assert "t 分类定级" not in on_page
    assert "关闭详情" not in on_page
    assert "Ctrl Enter 发送写好的话" in on_page
    assert "派单" not in elsewhere

    token = await network.token(desk_today.engineers[1])
    await session.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": address}])
    await page.goto("/workspace/tickets")
    of_engineer = await help_of(page)
    assert "r 回复客户" in of_engineer
    assert "a 派单" not in of_engineer
