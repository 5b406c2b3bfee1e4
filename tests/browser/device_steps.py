"""Steps of the browser story: service level, device import, labels and PINs."""

import re
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.browser.onboarding_steps import CLIENT_SHORT, Client
from tests.browser.people import PersonBrowsers
from tests.documents.pdf_reading import picture_of, scanned, text_of
from tests.factories.device_workbook import faulty_device_workbook

DEVICE = "XM-00001"
OTHER_DEVICE = "XM-00011"


@dataclass(frozen=True)
class LabelAndPin:
    """The address on a device's label and the PIN on its slip."""

    link: str
    pin: str


def service_level_is_chosen(browsers: PersonBrowsers, client: Client) -> None:
    """A promise and service hours from the shipped templates, for this client alone."""
    page = browsers.page("owner")
    page.goto(f"{client.path}/service-level")
    page.get_by_label("承诺").select_option(label="7×24 快速服务")
    page.get_by_label("服务时间").select_option(label="7×24 全天候（含节假日）")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", name="7×24 快速服务")).to_be_visible()
    browsers.screenshot(page, "service-level")


def device_list_is_imported(browsers: PersonBrowsers) -> None:
    """The list as the client sent it: dry run, doubtful rows with cell and reason, confirmation, progress."""
    page = browsers.page("owner")
    page.goto("/workspace/imports")
    page.get_by_label("客户", exact=True).select_option(label=CLIENT_SHORT)
    page.locator("input[type=file]").set_input_files(
        {"name": "设备清单.xlsx", "mimeType": "application/octet-stream", "buffer": faulty_device_workbook()}
    )
    page.get_by_role("button", name="试读", exact=True).click()
    expect(page.get_by_role("heading", name="要核对的地方")).to_be_visible()
    doubtful = page.locator("section[aria-labelledby=issues] tbody tr")
    for cell, reason in (("B5", "重复"), ("B6", "编号"), ("J13", "IP"), ("L8", "日期")):
        expect(doubtful.filter(has=page.get_by_text(cell, exact=True)).first).to_contain_text(reason)
    browsers.screenshot(page, "import-dry-run")
    page.get_by_role("button", name="确认导入").click()
    browsers.reload_until(page, page.get_by_role("link", name="看导入的结果").is_visible, "the end of the import")
    browsers.screenshot(page, "import-done")
    page.get_by_role("link", name="看导入的结果").click()
    expect(page.get_by_role("row", name=re.compile(DEVICE))).to_be_visible()


def labels_and_pins_are_printed(browsers: PersonBrowsers, *numbers: str) -> list[LabelAndPin]:
    """One PDF of QR labels, one of PIN slips; the QR code is read as a phone reads it."""
    page = browsers.page("owner")
    labels_and_pins = []
    for number in numbers:
        labels = _download(page, number, "打印标签", "下载 PDF")
        slips = _download(page, number, "发放报修密码", "下载密码条 PDF")
        labels_and_pins.append(LabelAndPin(scanned(picture_of(labels))[0], pin_on(slips, number)))
    browsers.screenshot(page, "pins")
    return labels_and_pins


def _download(page: Page, number: str, action: str, button: str) -> bytes:
    page.goto(f"/workspace/devices?q={number}")
    page.get_by_role("checkbox", name=number).check()
    page.get_by_role("button", name=action).click()
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    return download.value.path().read_bytes()


def pin_on(slip: bytes, number: str) -> str:
    """The six digits that the slip of one device hands over."""
    words = text_of(slip)
    found = re.search(rf"{number} ?(\d{{6}})", words)
    assert found, words
    return found.group(1)
