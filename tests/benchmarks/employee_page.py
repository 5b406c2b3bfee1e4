"""The employee's page on a phone: what it weighs on the wire, and when it can be used, over a slow 4G line."""

from dataclasses import dataclass

from playwright.async_api import async_playwright

from tests.browser.chromium import chromium

SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 90_000}
"""Latency in milliseconds, throughput in bytes a second (1.6 Mbit/s down)."""


@dataclass(frozen=True)
class PageWeight:
    """What one cold visit cost."""

    kilobytes: float
    interactive_milliseconds: float


async def measure(address: str) -> PageWeight:
    """Open `address` once with an empty cache on a slow line and a processor slowed four times."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**chromium())
        page = await browser.new_page(viewport={"width": 390, "height": 844})
        session = await page.context.new_cdp_session(page)
        received = 0

        def count(event: dict[str, float]) -> None:
            nonlocal received
            received += int(event["encodedDataLength"])

        session.on("Network.loadingFinished", count)
        await session.send("Network.enable")
        await session.send("Network.emulateNetworkConditions", SLOW_4G)
        await session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        await page.goto(address, wait_until="load")
        interactive = await page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
        await browser.close()
    return PageWeight(received / 1000, float(interactive))
