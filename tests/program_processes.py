"""The program's processes beside a test: they see the same database, and must live at the same hour."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path

import httpx

from app.platform.embedded.ports import free_port
from app.platform.kernel.settings import Settings
from app.platform.kernel.time_source import SystemClock, TimeSource

ROOT = Path(__file__).parents[1]
START_SECONDS = 60.0
"""How long a process may take to its first answer on a busy machine."""
WITHOUT_RIGHTS = ("/usr/bin/setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override")
"""Before a command: not even root may write where a file or folder does not let its owner."""
_SAME_HOUR = timedelta(hours=1)


class AnotherClock(AssertionError):
    """A process was to be started beside a test that lives at another hour."""

    def __init__(self, clock: TimeSource) -> None:
        super().__init__(
            f"This test's clock says {clock.now():%Y-%m-%d %H:%M}, a process that it starts lives by the machine's: "
            f"{SystemClock().now():%Y-%m-%d %H:%M} UTC. What one of them makes (sessions, codes, promises, events) is "
            "too old or not yet valid for the other, and the test fails on some days only. Ask for the fixture "
            "`machine_time` before anything is made: it moves the test's clock to the machine's hour."
        )


def environment_of(settings: Settings, clock: TimeSource, **more: str) -> dict[str, str]:
    """What a process of the program is started with to live with a test: its servers, its secret, its files.

    `more` replaces what is here.

    Raises:
        AnotherClock: when the test's clock is not the machine's.
    """
    if abs(clock.now() - SystemClock().now()) > _SAME_HOUR:
        raise AnotherClock(clock)
    return {
        **os.environ,
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "REDIS_URL": settings.redis_url.get_secret_value(),
        "YINGHUO_SECRET": settings.secret.get_secret_value(),
        "YINGHUO_DATA_DIRECTORY": str(settings.data_directory),
        "YINGHUO_PASSWORD_MEMORY_KIBIBYTES": str(settings.password_memory_kibibytes),
        "YINGHUO_ENVIRONMENT": "test",
        "YINGHUO_LOG_LEVEL": "WARNING",
        **more,
    }


@contextmanager
def started(
    environment: dict[str, str], *arguments: str, program: str = sys.executable, folder: Path = ROOT
) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a group of its own, of Python unless another program is named; whatever is left of it is killed in
    the end. `folder` holds another version of the program."""
    process = subprocess.Popen([program, *arguments], cwd=folder, env=environment, start_new_session=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


@asynccontextmanager
async def web_process(
    settings: Settings, clock: TimeSource, workers: int = 1, *, image: Path | None = None, folder: Path = ROOT
) -> AsyncIterator[tuple[str, subprocess.Popen[bytes]]]:
    """The web's main process as it is run in production: its address, and itself. Out of an `image` it runs as somebody
    who may change nothing there.

    Raises:
        AnotherClock: when the test's clock is not the machine's.
        TimeoutError: when it never answers.
        RuntimeError: when it ends before it answers.
    """
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environment = environment_of(settings, clock, YINGHUO_PUBLIC_URL=address)
    command = [sys.executable, "-m", "app.web_server"]
    if image is not None:
        command = [*WITHOUT_RIGHTS, f"{image}/bin/yinghuo", "web"]
    options = ("--port", str(port), "--workers", str(workers))
    with started(environment, *command[1:], *options, program=command[0], folder=folder) as process:
        async with asyncio.timeout(START_SECONDS), httpx.AsyncClient(base_url=address) as client:
            while not await _answers(client):
                if await asyncio.to_thread(ended_within, process, 0.1):
                    raise RuntimeError("the web process ended before it answered")
        yield address, process


async def _answers(client: httpx.AsyncClient) -> bool:
    with contextlib.suppress(httpx.TransportError):
        await client.get("/health/live")
        return True
    return False


def ended_within(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether the process ends before so many seconds have gone."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True
