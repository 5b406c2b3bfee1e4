"""One renderer over the built assets for all tests of the pages (`./run test` builds them first), and the gallery in a
browser."""

import os
import queue
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from app.platform.web.rendering import Renderer
from tests.web.gallery_server import GallerySite, gallery_site

DESK: ViewportSize = {"width": 1280, "height": 860}
STUCK_SECONDS = 120
"""How long one test may hold a page; Playwright waits without limit for a promise and for a page that closes."""


@pytest.fixture(scope="session")
def renderer() -> Renderer:
    return Renderer()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield started
        started.close()


@pytest.fixture(scope="module")
def browser_process(browser: Browser) -> int:
    """The process id of the browser."""
    session = browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    return next(int(process["id"]) for process in processes if process["type"] == "browser")


@contextmanager
def killed_when_stuck(process: int, seconds: float = STUCK_SECONDS) -> Iterator[None]:
    """Kill the browser after `seconds`, so that whoever waits for it fails instead of waiting for ever."""
    limit = threading.Timer(seconds, os.kill, (process, signal.SIGKILL))
    limit.daemon = True
    limit.start()
    try:
        yield
    finally:
        limit.cancel()


@pytest.fixture(scope="module")
def shared_site(renderer: Renderer) -> Iterator[GallerySite]:
    with gallery_site(renderer) as site:
        yield site


@pytest.fixture
def site(shared_site: GallerySite) -> GallerySite:
    shared_site.arrivals.clear()
    shared_site.losing_answers = shared_site.down = False
    shared_site.first_title = ""
    shared_site.events = queue.Queue()
    return shared_site


@pytest.fixture
def page(browser: Browser, browser_process: int, site: GallerySite) -> Iterator[Page]:
    """A page of its own; a browser that hung is gone for the module's later tests, which then say so at once."""
    with killed_when_stuck(browser_process):
        context = browser.new_context(base_url=site.address, viewport=DESK, service_workers="block")
        context.set_default_timeout(5000)
        page = context.new_page()
        yield page
        context.close()
