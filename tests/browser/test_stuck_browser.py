"""A page that never answers costs its test, not the whole run."""

import asyncio
import time

import pytest
from playwright.async_api import Error as AsyncError
from playwright.async_api import async_playwright
from playwright.sync_api import Error, sync_playwright

from tests.browser.chromium import browsers_ended_after, chromium
from tests.browser.lasting_browser import LastingBrowser

pytestmark = pytest.mark.browser
FAILED = pytest.fail.Exception


def test_a_promise_that_is_never_kept_ends_with_the_browser() -> None:
    with sync_playwright() as playwright:
        page = playwright.chromium.launch(**chromium()).new_page()
        with browsers_ended_after(0.2), pytest.raises(Error, match=r"closed|crashed"):
            page.evaluate("new Promise(() => {})")


def test_who_waits_on_without_a_browser_fails_and_so_does_whoever_asks_next() -> None:
    """As a context does that is being closed: nothing tells it that its browser is gone. Its fixtures do not wait in
    their turn."""
    with asyncio.Runner() as loop, browsers_ended_after(30, 1):
        playwright = loop.run(async_playwright().start())
        browser = loop.run(playwright.chromium.launch(**chromium()))
        with browsers_ended_after(0.2, 0.2), pytest.raises(FAILED, match="still waits for a browser"):
            loop.run(asyncio.Event().wait())
        with pytest.raises(AsyncError):
            loop.run(browser.new_context())
        loop.run(playwright.stop())


def test_the_next_test_has_a_browser_again() -> None:
    with asyncio.Runner() as loop, browsers_ended_after(30, 1):
        lasting = LastingBrowser()
        loop.run(lasting.running())
        with browsers_ended_after(0.2, 0.2), pytest.raises(FAILED, match="still waits for a browser"):
            loop.run(asyncio.Event().wait())
        context = loop.run(loop.run(lasting.running()).new_context())
        loop.run(context.close())
        loop.run(lasting.stop())


def test_who_has_no_browser_may_take_its_time() -> None:
    with browsers_ended_after(0.05, 0.05):
        time.sleep(0.3)


def test_a_limit_inside_another_leaves_it_standing() -> None:
    with sync_playwright() as playwright:
        page = playwright.chromium.launch(**chromium()).new_page()
        with browsers_ended_after(0.5):
            with browsers_ended_after(30):
                pass
            with pytest.raises(Error, match=r"closed|crashed"):
                page.evaluate("new Promise(() => {})")
