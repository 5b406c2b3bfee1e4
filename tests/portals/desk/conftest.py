"""A partner's desk with tickets in many states, and a signed-in client for each role."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest
from playwright.async_api import Browser, BrowserContext, Page

from app.platform.http.authentication import SESSION_COOKIE
from app.platform.kernel.time_source import SettableClock
from tests.conftest import START, ClientFor
from tests.factories.desk import Desk, DeskMaker
from tests.factories.network import Network


@dataclass
class Browsers:
    """Signed-in HTTP clients by role."""

    dispatcher: httpx.AsyncClient
    engineer: httpx.AsyncClient
    contact: httpx.AsyncClient
    other_dispatcher: httpx.AsyncClient
    """The dispatcher of another partner."""


@pytest.fixture(scope="module")
async def desk(network: Network, clock: SettableClock) -> Desk:
    clock.set(START)
    return await DeskMaker(network, clock).morning()


@pytest.fixture(scope="module")
async def desk_today(network: Network, machine_time: SettableClock) -> Desk:
    """The same for tests beside which the web runs: its morning, of a hundred minutes, ends now."""
    machine_time.advance(-timedelta(minutes=100))
    return await DeskMaker(network, machine_time).morning()


@pytest.fixture(scope="module")
async def browsers(desk: Desk, network: Network, http: ClientFor) -> Browsers:
    return Browsers(
        await http(desk.dispatcher),
        await http(desk.engineers[2]),
        await http(desk.clients[0].contact),
        await http((await network.partner()).dispatcher),
    )


@pytest.fixture
async def session(browser: Browser, address: str, desk_today: Desk, network: Network) -> AsyncIterator[BrowserContext]:
    """The dispatcher's browser."""
    context = await browser.new_context(base_url=address, locale="zh-CN", viewport={"width": 1280, "height": 860})
    context.set_default_timeout(15_000)
    token = await network.token(desk_today.dispatcher)
    await context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": address}])
    yield context
    await context.close()


@pytest.fixture
async def page(session: BrowserContext) -> Page:
    return await session.new_page()
