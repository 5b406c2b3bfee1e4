"""Steps of the story of money: a contract, what work under it costs, its invoice, and the payment of it."""

import re
from datetime import datetime

from playwright.sync_api import Page, expect

from app.platform.kernel.time_source import PLATFORM_ZONE
from tests.browser.onboarding_steps import CLIENT, CLIENT_SHORT
from tests.browser.people import DESK, PHONE, PersonBrowsers
from tests.browser.phone_width import WIDER

PRICE = "120"
TAX_NUMBER = "91350200MA2Y0X1D7K"


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


def draft_is_made(browsers: PersonBrowsers) -> str:
    """A run to this day, and the draft looked through: its address."""
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
    return draft


def invoice_is_issued(browsers: PersonBrowsers, draft: str) -> str:
    """Refused with the reason until the company has its name and number on invoices: the address of the invoice."""
    page = browsers.page("owner")
    page.get_by_role("button", name="开出账单").click()
    expect(page.get_by_text("请先填写本公司的开票资料")).to_be_visible()
    page.goto("/workspace/seller-profile")
    page.get_by_label("税号").fill("123")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("统一社会信用代码是 18 位")).to_be_visible()
    fits(browsers, page, "seller-profile")
    page.get_by_label("税号").fill(TAX_NUMBER)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("统一社会信用代码是 18 位")).to_be_hidden()
    page.goto(draft)
    page.get_by_role("button", name="开出账单").click()
    page.wait_for_url(re.compile(r"/workspace/invoices/[0-9a-f-]{36}$"))
    fits(browsers, page, "invoice")
    invoice = page.url
    page.goto("/workspace/invoices")
    expect(page.get_by_role("row", name=re.compile(CLIENT_SHORT))).to_contain_text("未付")
    fits(browsers, page, "invoices")
    return invoice


def bank_statement_is_imported(browsers: PersonBrowsers, invoice: str) -> None:
    """The client paid the whole invoice; the bank tells who."""
    page = browsers.page("owner")
    page.goto(invoice)
    owed = (
        page.locator("dt")
        .filter(has_text=re.compile("^含税金额$"))
        .locator("xpath=following-sibling::dd[1]")
        .inner_text()
    )
    (amount,) = re.findall(r"[\d,]+\.\d\d", owed)
    statement = f'交易日期,收入,支出,对方户名,对方账号,摘要\n{today()},"{amount}",,{CLIENT},6222000011112222,货款\n'
    page.goto("/workspace/imports?kind=bank-statements")
    page.locator("input[type=file]").set_input_files(
        {"name": "银行流水.csv", "mimeType": "text/csv", "buffer": statement.encode()}
    )
    page.get_by_role("button", name="试读", exact=True).click()
    page.get_by_role("button", name="确认导入").click()
    browsers.reload_until(page, page.get_by_role("link", name="看导入的结果").is_visible, "the end of the import")
    fits(browsers, page, "bank-statement")


def payment_is_matched(browsers: PersonBrowsers, invoice: str) -> None:
    """Booked as suggested; the invoice is paid."""
    page = browsers.page("owner")
    page.goto("/workspace/payments/matching")
    expect(page.locator("form[action$='/book']")).to_contain_text(CLIENT_SHORT)
    fits(browsers, page, "matching")
    page.get_by_role("button", name="入账", exact=True).click()
    expect(page.locator("main")).to_contain_text("都认领完了")
    page.goto(invoice)
    expect(page.locator("main")).to_contain_text("已付清")
    fits(browsers, page, "invoice-paid")
    page.goto("/workspace/payments")
    expect(page.get_by_role("row", name=re.compile(CLIENT_SHORT))).to_be_visible()
    fits(browsers, page, "payments")
