"""Steps of the browser story: a ticket from report to rating, seen by every role."""

import re

from playwright.sync_api import Page, expect

from tests.browser.devices import DEVICE, Door
from tests.browser.joining import CLIENT_SHORT, COMPANY, DISPATCHER, ENGINEER, IT_CONTACT, OTHER_CONTACT
from tests.browser.stage import PHONE, Stage
from tests.documents.reading import text_of
from tests.factories.pictures import photo

WORDS = "午休回来屏幕一直黑着，指示灯亮"
WORK_DONE = "重新插拔内存并清理金手指，开机正常"
CAUSE = "内存接触不良"


def come_in_by_label(stage: Stage, person: str, door: Door) -> Page:
    """The label scanned with a phone, a wrong PIN first, then the slip's."""
    page = stage.page(person, PHONE)
    page.goto(door.link)
    page.get_by_label("报修密码").fill("000000" if door.pin != "000000" else "111111")
    page.get_by_role("button", name="开始报修").click()
    expect(page.locator(".banner--bad")).to_be_visible()
    stage.picture(page, "label-wrong-pin")
    page.get_by_label("报修密码").fill(door.pin)
    page.get_by_role("button", name="开始报修").click()
    expect(page.get_by_role("heading", name="这台电脑怎么了？")).to_be_visible()
    return page


def employee_reports(stage: Stage, door: Door) -> str:
    """A picture choice, two sentences, a photo: a number and a page to follow. The ticket's number."""
    page = come_in_by_label(stage, "employee", door)
    page.locator(".choice").first.click()
    page.get_by_label("说两句").fill(WORDS)
    page.locator("input[type=file][name=photos]").set_input_files(
        {"name": "屏幕.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    stage.picture(page, "report")
    page.get_by_role("button", name="报修", exact=True).click()
    number = page.locator(".promise__number")
    expect(number).to_have_text(re.compile(r"^[A-Z]+-\d{8}-\d{4}$"))
    expect(page.locator("body")).to_contain_text(WORDS)
    stage.picture(page, "follow")
    return number.inner_text()


def dispatcher_waits(stage: Stage) -> None:
    """The queue stands open before anything happens; nobody touches it until a ticket is in it."""
    page = stage.accept_invitation("dispatcher", DISPATCHER)
    with page.expect_response("**/live"):
        page.goto("/workspace/tickets")
    expect(page.get_by_text("这里没有服务单")).to_be_visible()
    page.evaluate("window.untouched = true")


def dispatcher_sees_and_assigns(stage: Stage) -> None:
    """The ticket appears by itself; classified, given to the engineer who is suggested."""
    page = stage.page("dispatcher")
    line = page.get_by_role("row").filter(has_text=CLIENT_SHORT)
    expect(line).to_be_visible()
    assert page.evaluate("window.untouched"), "the queue was loaded anew"
    stage.picture(page, "queue")
    line.locator("a[data-panel]").click()
    record = page.locator("#record")
    expect(record).to_contain_text(WORDS)
    stage.picture(page, "ticket-new")
    record.get_by_text("一个人、今天要好").locator("..").click()
    record.get_by_role("button", name="保存分类").click()
    expect(record).to_contain_text("已分类，等派单。")
    expect(record.locator(".suggestion").first).to_contain_text("张师傅")
    record.locator(".suggestion input").first.check()
    stage.picture(page, "ticket-assign")
    record.get_by_role("button", name="派单", exact=True).click()
    expect(record.locator(".record__head")).to_contain_text("已派单")
    stage.picture(page, "ticket-assigned")


def engineer_comes_in(stage: Stage) -> None:
    """The invitation opened on a phone leads to the day's list."""
    page = stage.accept_invitation("engineer", ENGINEER, PHONE)
    expect(page).to_have_url(re.compile("/field"))
    expect(page.get_by_text("今天没有安排")).to_be_visible()


def engineer_works(stage: Stage) -> None:
    """One big next step after the other: accept, depart, arrive, what was done."""
    page = stage.page("engineer")
    page.goto("/field")
    page.locator("a.visit__open").first.click()
    stage.picture(page, "visit-planned")
    for step in ("接单", "出发", "我到了"):
        page.get_by_role("button", name=step, exact=True).click()
        expect(page.get_by_role("button", name=step, exact=True)).to_have_count(0)
    expect(page.get_by_label("做了什么")).to_be_visible()
    page.get_by_label("做了什么").fill(WORK_DONE)
    page.get_by_label("原因").fill(CAUSE)
    page.get_by_label("用了几分钟").fill("25")
    stage.picture(page, "visit-work")
    page.get_by_role("button", name="处理完了").click()


def client_signs(stage: Stage) -> None:
    """The front desk draws a signature on the engineer's screen; the report is a PDF with everything in it."""
    page = stage.page("engineer")
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
    stage.picture_as_is(page, "signature")
    page.get_by_role("button", name="确认签字").click()
    expect(page.get_by_text("已签字").first).to_be_visible()
    stage.picture(page, "report-signed")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 PDF").click()
    report = text_of(download.value.path().read_bytes())
    for words in (COMPANY, DEVICE, WORK_DONE, CAUSE):
        assert words in report


def employee_confirms_and_rates(stage: Stage) -> None:
    """The page to follow knows; one tap each."""
    page = stage.page("employee")
    page.get_by_role("button", name="修好了").click()
    page.get_by_role("button", name="很满意").click()
    expect(page.get_by_text("谢谢您的评价。")).to_be_visible()
    stage.picture(page, "rated")


def client_reads(stage: Stage, number: str) -> None:
    """The IT contact sees the ticket and the device's whole life; another client's contact sees neither."""
    page = stage.accept_invitation("it contact", IT_CONTACT)
    expect(page).to_have_url(re.compile("/portal"))
    stage.picture(page, "portal")
    page.goto("/portal/tickets")
    page.get_by_role("row").filter(has_text=number).get_by_role("link").first.click()
    expect(page.locator("main")).to_contain_text(WORDS)
    stage.picture(page, "portal-ticket")
    ticket = page.url
    page.goto(f"/portal/devices?q={DEVICE}")
    page.get_by_role("link", name=DEVICE).click()
    life = page.locator("section[aria-labelledby=life]")
    expect(life).to_contain_text(number)
    expect(life).to_contain_text(WORK_DONE)
    stage.picture(page, "portal-device")
    device = page.url

    other = stage.accept_invitation("another client", OTHER_CONTACT)
    for path in ("/portal", "/portal/tickets", "/portal/devices"):
        other.goto(path)
        expect(other.locator("body")).not_to_contain_text(number)
        expect(other.locator("body")).not_to_contain_text(DEVICE)
    for address in (ticket, device):
        answer = other.goto(address)
        assert answer is not None
        assert answer.status == 404


def headquarters_sees(stage: Stage) -> None:
    """The partner's month stands in the numbers, without a word of the client's."""
    page = stage.page("headquarters")
    page.goto("/hq")
    line = page.get_by_role("row").filter(has_text=COMPANY)
    stage.reload_until(page, lambda: line.count() > 0 and "1" in line.first.inner_text(), "the partner's numbers")
    stage.picture(page, "headquarters")
    assert CLIENT_SHORT not in page.content()
