"""One renderer over the built assets for all tests of the pages (`./run test` builds them first)."""

import pytest

from app.platform.web.rendering import Renderer


@pytest.fixture(scope="session")
def renderer() -> Renderer:
    return Renderer()
