"""The navigation in a real browser: numbers beside its entries, the bar and sheet of a phone, the command palette."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.web.gallery_server import GallerySite

pytestmark = pytest.mark.browser

OVERLAPPING = """() => {
  const found = [];
  for (const row of [...document.querySelectorAll("[data-row]")].slice(0, 60)) {
    const boxes = [...row.children].map((cell) => [...cell.children].map((each) => each.getBoundingClientRect())).flat()
      .filter((box) => box.width && box.height);
    boxes.forEach((one, at) => boxes.slice(at + 1).forEach((other) => {
      const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      if (across > 1 && down > 1) found.push(row.id);
    }));
  }
  return found;
}"""
"""Rows in which the content of two cells lies one over the other."""
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def phone(page: Page) -> Page:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a plain dict is what it takes
    return page


def test_what_waits_stands_beside_its_place(page: Page, site: GallerySite) -> None:
    page.goto("/tickets")
    beside = page.locator("#navigation").get_by_role("link", name=re.compile("服务单"))
    expect(beside).to_contain_text("4 张待派单")


def test_the_bar_of_a_phone_leads_to_four_places_and_the_sheet_to_all(phone: Page) -> None:
    phone.goto("/tickets")
    bar = phone.get_by_role("navigation", name="最常用的位置")
    expect(bar.get_by_role("link")).to_have_count(4)
    expect(phone.locator("#navigation")).to_be_hidden()

    bar.get_by_role("button", name="更多").click()
    sheet = phone.locator("#navigation")
    expect(sheet.get_by_role("link", name="工程师")).to_be_visible()
    expect(sheet.locator("[aria-current]")).to_be_focused()
    assert small_targets(phone, "#navigation a, .app__bar a") == []

    phone.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(bar.get_by_role("button", name="更多")).to_be_focused()


def test_a_tap_beside_the_sheet_closes_it(phone: Page) -> None:
    phone.goto("/tickets")
    phone.get_by_role("button", name="更多").click()
    phone.mouse.click(200, 20)
    expect(phone.locator("#navigation")).to_be_hidden()
    assert phone.url.endswith("/tickets")


def test_the_second_level_stands_open_where_one_is_inside(page: Page) -> None:
    page.goto("/components")
    expect(page.locator("#navigation").get_by_role("link", name="成员")).to_be_visible()
    page.goto("/tickets")
    expect(page.locator("#navigation").get_by_role("link", name="成员")).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.wait_for_url("**/members")


@pytest.mark.parametrize("width", [390, 1280])
def test_the_palette_finds_a_place_by_words_pinyin_and_keyboard_alone(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.goto("/portal")
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="命令面板")
    box = palette.get_by_role("combobox")
    expect(box).to_be_focused()
    expect(palette.get_by_role("option")).to_have_count(9)

    page.keyboard.type("设备")
    expect(palette.get_by_role("option")).to_have_count(1)
    expect(box).to_have_attribute("aria-activedescendant", re.compile("palette-places-"))
    box.fill("jlld")
    expect(palette.get_by_role("option", name="记录来电")).to_be_visible()
    box.fill("没有这样的地方")
    expect(palette.get_by_text("没有找到")).to_be_visible()

    box.fill("")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tickets")


def test_the_palette_opens_by_a_button_and_closes_by_escape(phone: Page) -> None:
    phone.goto("/portal")
    phone.get_by_role("button", name="去哪里").click()
    palette = phone.get_by_role("dialog", name="命令面板")
    expect(palette.get_by_role("option", name="设备")).to_be_visible()
    assert small_targets(phone, "[data-palette] [role=option], [data-palette] button, [data-palette] input") == []
    phone.keyboard.press("Escape")
    expect(palette).to_be_hidden()


def test_the_help_shows_only_what_works_on_this_page(page: Page) -> None:
    page.goto("/tickets")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("在列表里上下移动")
    expect(page.get_by_role("dialog").get_by_text("选中")).to_be_visible()
    page.goto("/components")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog").get_by_text("在列表里上下移动")).to_be_hidden()
    expect(page.get_by_role("dialog").get_by_text("去“服务单”")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.slow(10, "2,000 rows")
def test_two_thousand_rows_with_names_of_sixty_characters_break_nothing(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.goto("/many", timeout=60_000)
    expect(page.locator("[data-row]")).to_have_count(2000)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.evaluate(OVERLAPPING) == []


def small_targets(page: Page, selector: str) -> list[object]:
    """What a thumb would miss."""
    found: list[object] = page.evaluate(
        """selector => [...document.querySelectorAll(selector)]
           .filter((element) => element.checkVisibility())
           .map((element) => [element.textContent, Math.round(element.getBoundingClientRect().height)])
           .filter(([, height]) => height < 44)""",
        selector,
    )
    return found
