"""A page that never answers costs its test, not the whole run."""

import pytest
from playwright.sync_api import Browser, Error

from tests.web.conftest import killed_when_stuck

pytestmark = pytest.mark.browser


def test_a_promise_that_is_never_kept_ends_with_the_browser(browser: Browser, browser_process: int) -> None:
    page = browser.new_page()
    with killed_when_stuck(browser_process, seconds=0.2), pytest.raises(Error, match=r"closed|crashed"):
        page.evaluate("new Promise(() => {})")
