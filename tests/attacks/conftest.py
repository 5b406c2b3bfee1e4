"""The program as its users start it, attacked from outside."""

from collections.abc import Iterator

import pytest

from tests.running_program import RunningProgram, running_program


@pytest.fixture(scope="module")
def program() -> Iterator[RunningProgram]:
    """An installation of this module's own, empty but for headquarters."""
    with running_program() as started:
        yield started
