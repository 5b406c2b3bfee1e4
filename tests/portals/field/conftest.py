"""The program as it is run, and a phone's browser in front of it."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, BrowserContext, Page

from app.platform.http.authentication import SESSION_COOKIE
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from tests.factories.network import Network
from tests.portals.field.phone_driver import Desk


@pytest.fixture(scope="module")
async def desk(runtime: Runtime, machine_time: SettableClock, network: Network) -> Desk:
    partner = await network.partner()
    await network.service_level(partner, "around_the_clock")
    client = await network.client(partner)
    device_id, _ = await network.device(client, "XM-0123")
    return Desk(runtime, partner, await network.engineer(partner), device_id)


@pytest.fixture
async def phone(browser: Browser, address: str, desk: Desk, network: Network) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(base_url=address, locale="zh-CN", viewport={"width": 390, "height": 844})
    context.set_default_timeout(10_000)
    token = await network.token(desk.engineer)
    await context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": address}])
    yield context
    await context.close()


@pytest.fixture
async def page(phone: BrowserContext) -> Page:
    return await phone.new_page()
