"""One renderer over the built assets for all tests of the pages (`./run test` builds them first), and the gallery in a
browser."""

import queue
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from app.platform.web.rendering import Renderer
from tests.web.gallery_server import GallerySite, gallery_site

DESK: ViewportSize = {"width": 1280, "height": 860}


@pytest.fixture(scope="session")
def renderer() -> Renderer:
    return Renderer()


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
def page(browser: Browser, site: GallerySite) -> Iterator[Page]:
    """A page of its own."""
    context = browser.new_context(base_url=site.address, viewport=DESK, service_workers="block")
    context.set_default_timeout(5000)
    yield context.new_page()
    context.close()
