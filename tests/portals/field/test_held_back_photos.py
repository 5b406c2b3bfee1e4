"""Photos that a phone still holds when the result of the visit is here: missed until they come or are lost."""

from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Page, expect

from tests.portals.field.phone_driver import Desk, fill, online, press, waiting

pytestmark = pytest.mark.browser


@pytest.mark.slow(7, "a telephone that tries again and again")
async def test_photos_that_do_not_get_through_hold_nothing_up_and_are_missed(
    page: Page, desk: Desk, tmp_path: Path
) -> None:
    job = await desk.visit_at_work()
    await page.goto(job.page)
    await page.route("**/photos", lambda route: route.abort("connectionreset"))
    await take_photo(page, tmp_path)
    await waiting(page, 1)
    await fill(page)
    await press(page, "处理完了")
    await page.wait_for_url("**/report")
    assert await job.resolutions() == 1
    await expect(page.locator("[data-still-on-phone]")).to_contain_text("1 张照片")
    await page.goto(job.page)
    await expect(page.locator("[data-still-on-phone]")).to_contain_text("1 张照片")

    await page.unroute("**/photos")
    await press(page, "现在发送")
    await waiting(page, 0)
    await expect(page.locator('#photos img[src^="/files/"]')).to_have_count(1)
    await expect(page.locator("[data-still-on-phone]")).to_have_count(0)


@pytest.mark.slow(10, "a telephone that tries again and again")
async def test_a_photo_that_is_dropped_or_lost_is_missed_no_longer(page: Page, desk: Desk, tmp_path: Path) -> None:
    page.on("dialog", lambda dialog: dialog.accept())
    for gone in ("dropped", "lost"):
        job = await desk.visit_at_work()
        await page.goto(job.page)
        await page.context.set_offline(True)
        await take_photo(page, tmp_path)
        await waiting(page, 1)
        await fill(page)
        await press(page, "处理完了")
        await waiting(page, 2)
        await page.route("**/photos", lambda route: route.fulfill(status=413, body="<p data-reason>太大了</p>"))
        await online(page.context, page)
        await expect(page.locator("[data-still-on-phone]")).to_contain_text("1 张照片")
        if gone == "dropped":
            await press(page, "不要了")
        else:
            await press(page, "找不回来了")
        await expect(page.locator("[data-still-on-phone]")).to_have_count(0)
        if gone == "lost":
            await press(page, "不要了")
        await expect(page.locator("[data-refused]")).to_be_hidden()
        await page.unroute("**/photos")


async def take_photo(page: Page, folder: Path) -> None:
    await page.locator("#photos input[type=file]").set_input_files(photo_file(folder))
    await expect(page.locator("#photos .strip__item img")).to_be_visible()
    await press(page, "保存照片")


def photo_file(folder: Path) -> Path:
    picture = folder / "现场.jpg"
    Image.effect_noise((640, 480), 80).convert("RGB").save(picture, quality=90)
    return picture
