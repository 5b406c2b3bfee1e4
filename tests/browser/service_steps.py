"""Steps of the browser story: a ticket from report to rating, seen by every role."""

import re

from playwright.sync_api import Page, expect

from tests.browser.device_steps import DEVICE, LabelAndPin
from tests.browser.onboarding_steps import CLIENT_SHORT, COMPANY, DISPATCHER, ENGINEER, IT_CONTACT, OTHER_CONTACT
from tests.browser.people import PHONE, PersonBrowsers
from tests.documents.pdf_reading import text_of
from tests.factories.pictures import photo

WORDS = "午休回来屏幕一直黑着，指示灯亮"
WORK_DONE = "重新插拔内存并清理金手指，开机正常"
CAUSE = "内存接触不良"


def sign_in_by_label(browsers: PersonBrowsers, person: str, label_and_pin: LabelAndPin) -> Page:
    """The label scanned with a phone, a wrong PIN first, then the slip's."""
    page = browsers.page(person, PHONE)
    page.goto(label_and_pin.link)
    page.get_by_label("报修密码").fill("000000" if label_and_pin.pin != "000000" else "111111")
    page.get_by_role("button", name="开始报修").click()
    expect(page.locator(".banner--bad")).to_be_visible()
    browsers.screenshot(page, "label-wrong-pin")
    page.get_by_label("报修密码").fill(label_and_pin.pin)
    page.get_by_role("button", name="开始报修").click()
    expect(page.get_by_role("heading", name="这台电脑怎么了？")).to_be_visible()
    return page


def employee_reports(browsers: PersonBrowsers, label_and_pin: LabelAndPin) -> str:
    """A picture choice, two sentences, a photo: a number and a page to follow. The ticket's number."""
    page = sign_in_by_label(browsers, "employee", label_and_pin)
    page.locator(".choice").first.click()
    page.get_by_label("说两句").fill(WORDS)
    page.locator("input[type=file][name=photos]").set_input_files(
        {"name": "屏幕.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    browsers.screenshot(page, "report")
    page.get_by_role("button", name="报修", exact=True).click()
    number = page.locator(".ticket-summary__number")
    expect(number).to_have_text(re.compile(r"^[A-Z]+-\d{8}-\d{4}$"))
    expect(page.locator("body")).to_contain_text(WORDS)
    browsers.screenshot(page, "follow")
    return number.inner_text()


def dispatcher_waits(browsers: PersonBrowsers) -> None:
    """The queue stands open before anything happens; nobody touches it until a ticket is in it."""
    page = browsers.accept_invitation("dispatcher", DISPATCHER)
    with page.expect_response("**/live"):
        page.goto("/workspace/tickets")
    expect(page.get_by_text("这里没有服务单")).to_be_visible()
    page.evaluate("window.untouched = true")


def dispatcher_sees_and_assigns(browsers: PersonBrowsers) -> None:
    """The ticket appears by itself; classified, given to the engineer who is suggested."""
    page = browsers.page("dispatcher")
    line = page.get_by_role("row").filter(has_text=CLIENT_SHORT)
    expect(line).to_be_visible()
    assert page.evaluate("window.untouched"), "the queue was loaded anew"
    browsers.screenshot(page, "queue")
    line.locator("a[data-panel]").click()
    record = page.locator("#record")
    expect(record).to_contain_text(WORDS)
    browsers.screenshot(page, "ticket-new")
    record.get_by_text("一个人、今天要好").locator("..").click()
    record.get_by_role("button", name="保存分类").click()
    expect(record).to_contain_text("已分类，等派单。")
    expect(record.locator(".suggestion").first).to_contain_text("张师傅")
    record.locator(".suggestion input").first.check()
    browsers.screenshot(page, "ticket-assign")
    record.get_by_role("button", name="派单", exact=True).click()
    expect(record.locator(".record__head")).to_contain_text("已派单")
    browsers.screenshot(page, "ticket-assigned")


def engineer_signs_in(browsers: PersonBrowsers) -> None:
    """The invitation opened on a phone leads to the day's list."""
    page = browsers.accept_invitation("engineer", ENGINEER, PHONE)
    expect(page).to_have_url(re.compile("/field"))
    expect(page.get_by_text("今天没有安排")).to_be_visible()


def engineer_works(browsers: PersonBrowsers) -> None:
    """One big next step after the other: accept, depart, arrive, what was done."""
    page = browsers.page("engineer")
    page.goto("/field")
    page.locator("a.visit__link").first.click()
    browsers.screenshot(page, "visit-planned")
    for step in ("接单", "出发", "我到了"):
        page.get_by_role("button", name=step, exact=True).click()
        expect(page.get_by_role("button", name=step, exact=True)).to_have_count(0)
    expect(page.get_by_label("做了什么")).to_be_visible()
    page.get_by_label("做了什么").fill(WORK_DONE)
    page.get_by_role("textbox", name="原因 选填", exact=True).fill(CAUSE)
    page.get_by_label("用了几分钟").fill("25")
    browsers.screenshot(page, "visit-work")
    page.get_by_role("button", name="处理完了").click()


def client_signs(browsers: PersonBrowsers) -> None:
    """The front desk draws a signature on the engineer's screen; the report is a PDF with everything in it."""
    page = browsers.page("engineer")
    expect(page.get_by_label("签字人")).to_be_visible()
    page.get_by_label("签字人").fill("前台小李")
    expect(page.get_by_label("客户确认故障已解决")).not_to_be_checked()
    sheet = page.locator(".signature canvas")
    sheet.scroll_into_view_if_needed()
    box = sheet.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + 40)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(box["x"] + 30 + 25 * step, box["y"] + (30 if step % 2 else 70))
    page.mouse.up()
    browsers.screenshot(page, "signature")
    page.get_by_role("button", name="确认签字").click()
    expect(page.get_by_text("已签字").first).to_be_visible()
    browsers.screenshot(page, "report-signed")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 PDF").click()
    report = text_of(download.value.path().read_bytes())
    for words in (COMPANY, DEVICE, WORK_DONE, CAUSE):
        assert words in report


def employee_confirms_and_rates(browsers: PersonBrowsers) -> None:
    """The page to follow knows; one tap each."""
    page = browsers.page("employee")
    page.get_by_role("button", name="修好了").click()
    page.get_by_role("button", name="很满意").click()
    expect(page.get_by_text("谢谢您的评价。")).to_be_visible()
    browsers.screenshot(page, "rated")


def client_reads(browsers: PersonBrowsers, number: str) -> None:
    """The IT contact sees the ticket and the device's whole life; another client's contact sees neither."""
    page = browsers.accept_invitation("it contact", IT_CONTACT)
    expect(page).to_have_url(re.compile("/portal"))
    browsers.screenshot(page, "portal")
    page.goto("/portal/tickets")
    page.get_by_role("row").filter(has_text=number).get_by_role("link").first.click()
    expect(page.locator("main")).to_contain_text(WORDS)
    browsers.screenshot(page, "portal-ticket")
    ticket = page.url
    page.goto(f"/portal/devices?q={DEVICE}")
    page.get_by_role("link", name=DEVICE).click()
    life = page.locator("section[aria-labelledby=life-title]")
    expect(life).to_contain_text(number)
    expect(life).to_contain_text(WORK_DONE)
    browsers.screenshot(page, "portal-device")
    device = page.url

    other = browsers.accept_invitation("another client", OTHER_CONTACT)
    for path in ("/portal", "/portal/tickets", "/portal/devices"):
        other.goto(path)
        expect(other.locator("body")).not_to_contain_text(number)
        expect(other.locator("body")).not_to_contain_text(DEVICE)
    for address in (ticket, device):
        answer = other.goto(address)
        assert answer is not None
        assert answer.status == 404


def headquarters_sees(browsers: PersonBrowsers) -> None:
    """The partner's month stands in the numbers, without a word of the client's."""
    page = browsers.page("headquarters")
    page.goto("/hq/quality")
    line = page.get_by_role("row").filter(has_text=COMPANY)
    browsers.reload_until(page, lambda: line.count() > 0 and "1" in line.first.inner_text(), "the partner's numbers")
    browsers.screenshot(page, "headquarters")
    assert CLIENT_SHORT not in page.content()
