"""Browser contexts by person, with Chinese pages and screenshots."""

import re
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize

from tests.running_program import ROOT, TIMEOUT_SECONDS, RunningProgram

DESK: ViewportSize = {"width": 1280, "height": 860}
PHONE: ViewportSize = {"width": 390, "height": 844}
PICTURES = ROOT / "build/screenshots"
STEP_MILLISECONDS = 20_000
_REFUSED = re.compile("status of (401|404|409|422)")
PASSWORD = "萤火虫照亮夜路-2026"


class PersonBrowsers:
    """One browser context per person against one running program; collects console errors in `complaints`."""

    def __init__(self, browser: Browser, program: RunningProgram, pictures: Path = PICTURES) -> None:
        self.program = program
        self.complaints: list[str] = []
        self._browser = browser
        self._contexts: dict[str, BrowserContext] = {}
        self._pages: dict[str, Page] = {}
        self._pictures = pictures
        self._taken = 0

    def page(self, person: str, size: ViewportSize = DESK) -> Page:
        """The page of `person`, in a new browser context at first use."""
        if person not in self._pages:
            context = self._browser.new_context(
                base_url=self.program.address,
                viewport=size,
                locale="zh-CN",
                timezone_id="Asia/Shanghai",
                has_touch=size == PHONE,
                is_mobile=size == PHONE,
                reduced_motion="reduce",
                accept_downloads=True,
            )
            context.set_default_timeout(STEP_MILLISECONDS)
            page = context.new_page()
            page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
            page.on("console", lambda message: self._on_console_message(page, message))
            self._contexts[person], self._pages[person] = context, page
        return self._pages[person]

    def _on_console_message(self, page: Page, message: ConsoleMessage) -> None:
        """Collect console errors, except responses 401, 404, 409 and 422."""
        if message.type == "error" and not _REFUSED.search(message.text):
            self.complaints.append(f"{page.url}: {message.text}")

    def context_of(self, person: str) -> BrowserContext:
        """The browser context of `person`, for further pages of the same session."""
        return self._contexts[person]

    def screenshot(self, page: Page, name: str) -> None:
        """Keep a picture of the page as it is; what every page looks like at all widths is tests/portals' to keep."""
        self._pictures.mkdir(parents=True, exist_ok=True)
        self._taken += 1
        page.screenshot(path=self._pictures / f"{self._taken:02}-{name}.png", animations="disabled")

    def reload_until(self, page: Page, seen: Callable[[], bool], what: str) -> None:
        """Reload until `seen`, for effects of a worker.

        Raises:
            AssertionError: not seen in time; `what` names it.
        """
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while not seen():
            assert time.monotonic() < deadline, f"never came: {what}"
            page.wait_for_timeout(150)
            page.reload()

    def accept_invitation(self, person: str, address: str, size: ViewportSize = DESK) -> Page:
        """Accept the newest invitation to `address` with a password."""
        link = self.program.letter(address, "/invitations/").link
        page = self.page(person, size)
        page.goto(link)
        page.get_by_label("设置密码").fill(PASSWORD)
        page.get_by_role("button", name="加入", exact=True).click()
        page.wait_for_url(lambda url: "/invitations/" not in url)
        return page

    def close(self) -> None:
        """Close all browser contexts."""
        for context in self._contexts.values():
            context.close()
