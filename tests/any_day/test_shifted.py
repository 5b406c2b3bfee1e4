"""What depends on the day passes on other days too: started processes, sign-in, certificates, calendars, the demo.

The tests marked `any_day` run again in a process of their own whose clock, and the clock of everything it starts, is
moved by libfaketime. Their marks say what it is that depends on the day; each of these days tries some of that:

    dates      counting days, months and years, and what is published for a year
    validity   sessions, codes and certificates that are valid from one moment to another
    processes  two processes that must live at the same hour
"""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

TESTS = Path(__file__).parents[1]
LIBRARY = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
MARK = re.compile(r'mark\.any_day\(on="(\w+)"\)')
SHANGHAI = ZoneInfo("Asia/Shanghai")
SERVERS = ("YINGHUO_TEST_ADMIN_DSN", "YINGHUO_TEST_REDIS_URL")
KINDS = ("dates", "validity", "processes")


class Shift(NamedTuple):
    """Another day on another machine."""

    to: datetime
    zone: str
    """Where the machine thinks it stands."""
    tries: Sequence[str]
    """What is tried of that which depends on the day."""
    own_servers: bool = False
    """PostgreSQL and Valkey live on that day too. Starting them takes its time, and no statement asks them for the
    hour, so once is enough."""


def _shifts() -> dict[str, Shift]:
    now = datetime.now(UTC)
    leap_year = next(year for year in range(now.year + 1, now.year + 9) if year % 4 == 0 and year % 100)
    return {
        # Sooner than much of what was valid ends, on the other side of the date line.
        "in-45-days": Shift(now + timedelta(days=45), "Pacific/Apia", ("validity",)),
        # Later than everything ends, in a year whose holidays nobody has published.
        "in-400-days": Shift(now + timedelta(days=400), "America/Los_Angeles", KINDS, own_servers=True),
        "leap-day": Shift(datetime(leap_year, 2, 29, 9, 30, tzinfo=SHANGHAI), "America/Los_Angeles", ("dates",)),
        # The year turns while the run goes on; in UTC it is still the old one for eight hours.
        "turn-of-the-year": Shift(datetime(now.year, 12, 31, 23, 59, 45, tzinfo=SHANGHAI), "UTC", ("dates",)),
    }


def _marked() -> dict[str, set[str]]:
    """The files that hold marked tests, and on what these depend: collecting all the others would take longer than
    running these."""
    found = {str(path): set(MARK.findall(path.read_text())) for path in sorted(TESTS.rglob("test_*.py"))}
    return {path: kinds for path, kinds in found.items() if kinds and path != __file__}


def test_everything_that_depends_on_the_day_is_tried_on_another() -> None:
    tried = {kind for shift in _shifts().values() for kind in shift.tries}
    assert tried == set(KINDS)
    assert {kind for kinds in _marked().values() for kind in kinds} == tried


@pytest.mark.parametrize("day", list(_shifts()))
@pytest.mark.slow(90, "a run of its own on another day")
def test_what_depends_on_the_day_passes_on_another(day: str) -> None:
    if not LIBRARY:
        if os.environ.get("CI"):
            pytest.fail("libfaketime is missing; .ci/run installs it")
        pytest.skip("there is no libfaketime on this machine (Debian: apt-get install libfaketime)")
    shift = _shifts()[day]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment = {
        **({name: value for name, value in kept.items() if name not in SERVERS} if shift.own_servers else kept),
        "LD_PRELOAD": str(LIBRARY[0]),
        "FAKETIME": f"{(shift.to - datetime.now(UTC)).total_seconds():+.0f}",
        # What waits must wait as long as ever.
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
        "TZ": shift.zone,
        "PYTHONPATH": str(TESTS / "any_day/every_process"),
    }
    wanted = " or ".join(f"any_day(on='{kind}')" for kind in shift.tries)
    files = [path for path, kinds in _marked().items() if kinds & set(shift.tries)]
    command = [sys.executable, "-m", "pytest", "-q", "-m", wanted, "-p", "no:cacheprovider", *files]
    run = subprocess.run(
        command,
        check=False,
        cwd=TESTS.parent,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert run.returncode == 0, f"on {shift.to:%Y-%m-%d %H:%M %Z}, on a machine in {shift.zone}:\n{run.stdout[-8000:]}"
