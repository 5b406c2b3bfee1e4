"""Files that clients really sent lie beside the checkout and are never part of it.

In CI a missing file is a failure: the tests that matter most must not vanish in silence. On any
other machine they are skipped.
"""

import os
from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def _real_file(name: str) -> Path:
    path = SHARED_DATA / name
    if not path.is_file():
        message = f"{name} is missing: it is looked for in shared/data beside the checkout"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return path


@pytest.fixture(scope="session")
def device_list() -> Path:
    """The device list of a client, 236 devices and their mistakes."""
    return _real_file("device-list.xlsx")


@pytest.fixture(scope="session")
def incident_log() -> Path:
    """A service desk's log of 534 incidents, 3,611 events."""
    return _real_file("incident-log.csv")
