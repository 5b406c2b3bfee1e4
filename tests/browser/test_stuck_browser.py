"""A page that never answers costs its test, not the whole run."""

import pytest
from playwright.sync_api import Error, sync_playwright

from tests.browser.chromium import browsers_ended_after, chromium

pytestmark = pytest.mark.browser


def test_a_promise_that_is_never_kept_ends_with_the_browser() -> None:
    with sync_playwright() as playwright:
        page = playwright.chromium.launch(**chromium()).new_page()
        with browsers_ended_after(0.2), pytest.raises(Error, match=r"closed|crashed"):
            page.evaluate("new Promise(() => {})")
