"""A browser for many tests, of which one may lose it."""

from playwright.async_api import Browser, Playwright, async_playwright

from tests.browser.chromium import chromium


class LastingBrowser:
    """Debian's chromium, started again for the next test when one has lost it."""

    def __init__(self) -> None:
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None

    async def running(self) -> Browser:
        if self._browser is None or not self._browser.is_connected():
            await self.stop()
            self._playwright = await async_playwright().start()
            self._browser = await self._playwright.chromium.launch(**chromium())
        return self._browser

    async def stop(self) -> None:
        if self._browser is not None and self._browser.is_connected():
            await self._browser.close()
        if self._playwright is not None:
            await self._playwright.stop()
        self._playwright = self._browser = None
