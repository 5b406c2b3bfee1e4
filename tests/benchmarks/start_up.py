"""How long a start of `./run web` takes to its first answer, and what an idle installation of one machine holds."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

from app.demo.launcher import web_command
from app.platform.embedded.ports import free_port
from app.platform.embedded.processes import group_members
from tests.benchmarks.scenery import ROOT

STARTS = 5
IDLE_SECONDS = 10
"""After this the processes have made their connections and beaten once or twice."""
MOST_SECONDS = 60.0


class Start(NamedTuple):
    """What was seen of a start, and of what stands around afterwards."""

    first_answer_seconds: float
    """From the command to the first page that came, the middle one of several starts."""
    megabytes: dict[str, float]
    """By process and its children; a page shared by several counts in each by its share (PSS), so they add up."""


@contextmanager
def _running(environment: dict[str, str], *command: str) -> Iterator[int]:
    process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    try:
        yield process.pid
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def _wait_for_page(address: str) -> float:
    """The moment at which the first page was there.

    Raises:
        TimeoutError: when none comes.
    """
    begun = time.perf_counter()
    while time.perf_counter() - begun < MOST_SECONDS:
        try:
            with urllib.request.urlopen(f"{address}/sign-in", timeout=MOST_SECONDS) as answer:
                answer.read()
                return time.perf_counter()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.02)
    raise TimeoutError(address)


def shared_out_megabytes(group: int) -> float:
    """What the processes of a group hold, a shared page counted by its share."""
    kilobytes = 0
    for pid in group_members(group):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        kilobytes += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kilobytes / 1024


def measure(environment: dict[str, str], starts: int = STARTS) -> Start:
    """Start the web process several times, then everything once."""
    port = free_port()
    address, web = f"http://127.0.0.1:{port}", web_command("127.0.0.1", port, 1)
    program = (sys.executable, "-m", "app.cli")
    seconds = []
    for _ in range(starts):
        begun = time.perf_counter()
        with _running(environment, *web):
            seconds.append(_wait_for_page(address) - begun)
    with (
        _running(environment, *web) as first,
        _running(environment, *program, "worker", "--concurrency", "1") as second,
        _running(environment, *program, "relay") as third,
    ):
        _wait_for_page(address)
        time.sleep(IDLE_SECONDS)
        groups = {"web": first, "worker": second, "relay": third}
        megabytes = {name: shared_out_megabytes(group) for name, group in groups.items()}
    return Start(median(seconds), megabytes)
