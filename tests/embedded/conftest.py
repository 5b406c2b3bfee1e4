"""Directories for servers that are gone with all that lies in them when the test ends."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.platform.embedded.account import erase_server_directory
from app.platform.embedded.supervisor import stop_everything


@pytest.fixture
def server_home(tmp_path: Path) -> Iterator[Path]:
    """Where one server may live."""
    home = tmp_path / "server"
    yield home
    erase_server_directory(home)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    """Where one supervisor may keep its state; whatever it left running is ended."""
    directory = tmp_path / "state"
    yield directory
    stop_everything(directory)
    for name in ("postgres", "valkey"):
        erase_server_directory(directory / name)
