"""Steps of the story of money: a contract, what work under it costs, and the draft of its invoice."""

from datetime import datetime

from playwright.sync_api import Page, expect

from app.platform.kernel.time_source import PLATFORM_ZONE
from tests.browser.people import DESK, PHONE, PersonBrowsers
from tests.browser.phone_width import WIDER

PRICE = "120"


def today() -> str:
    return datetime.now(PLATFORM_ZONE).date().isoformat()


def fits(browsers: PersonBrowsers, page: Page, name: str) -> None:
    """The page on a phone and on a desk; nothing is wider than its screen."""
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        assert page.evaluate(WIDER) == 0, f"{name} is wider than {size['width']}"
        browsers.screenshot(page, f"{name}-{size['width']}")


def contract_is_signed(browsers: PersonBrowsers) -> None:
    """Drafted by incident, offered, accepted on paper, active from today."""
    page = browsers.page("owner")
    page.goto("/workspace/contracts/new")
    page.locator("[name=client_id]").select_option(index=1)
    page.locator("[name=title]").fill("按次维修")
    page.locator("input[name=template][value=per_incident]").locator("..").click()
    page.locator("[name=first_day]").fill(today())
    page.get_by_role("button", name="下一步").click()
    page.locator("[name^='lines.'][name$='.price']").first.fill(PRICE)
    fits(browsers, page, "contract-editor")
    page.get_by_role("button", name="保存", exact=True).click()
    page.locator("form[action$='/offer'] button").first.click()
    page.locator("summary").filter(has_text="客户已在纸上签字").click()
    page.locator("[name='accept.accepted_by']").fill("林总")
    page.locator("form[action$='/accept'] button").first.click()
    page.locator("form[action$='/activate'] button").first.click()
    expect(page.locator("body")).to_contain_text("生效中")
    fits(browsers, page, "contract")


def work_is_charged(browsers: PersonBrowsers) -> None:
    """The finished visit became a charge by itself."""
    page = browsers.page("owner")
    page.goto("/workspace/charges")
    browsers.reload_until(page, lambda: "120.00" in page.locator("main").inner_text(), "the charge")
    fits(browsers, page, "charges")


def draft_is_made(browsers: PersonBrowsers) -> None:
    """A run to this day, and the draft looked through."""
    page = browsers.page("owner")
    page.goto("/workspace/invoices/runs")
    page.locator("[name=last_day]").fill(today())
    page.get_by_role("button", name="生成草稿").click()
    browsers.reload_until(page, page.get_by_text("已完成").first.is_visible, "the end of the run")
    page.goto("/workspace/invoices/drafts")
    draft = page.locator("main tbody a[href*='/invoices/drafts/']").first.get_attribute("href")
    assert draft
    page.goto(draft)
    expect(page.locator("body")).to_contain_text("120.00")
    fits(browsers, page, "invoice-draft")
