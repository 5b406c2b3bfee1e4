"""Every page of every role on the large demo, alone on one connection, against the time that a page may take.

Pages are those of `tests/demo/every_page.py`, with some records of each kind; of a kind the slowest record counts.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import httpx

from app.asgi import build
from app.demo.large.companies import CITIES
from app.demo.large.network import CLIENTS, DEVICES, TICKETS, NetworkSize, fill
from app.demo.onboarding import Partner
from app.demo.simulation import Simulation
from app.platform.embedded.ports import free_port
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.worker import all_consumers, all_sweeps
from tests.benchmarks import employee_page, load
from tests.benchmarks.scenery import Installation, analyse, installation, server
from tests.demo.every_page import kind_of, opened, roles_of, sign_in

MOST_MILLISECONDS = 40
"""What a page may take, median of one connection alone."""
MOST_KILOBYTES = 20
"""What the employee's page may weigh on the wire, cold."""
TIMES = 9
OF_A_KIND = 4


@dataclass(frozen=True)
class Page:
    """A page as one role opens it: the slowest of its kind."""

    role: str
    kind: str
    milliseconds: float
    kilobytes: float


def demo_of(partners: int | None) -> NetworkSize:
    """The large demo, or one of so many partners with their share of everything."""
    share = (partners or len(CITIES)) / len(CITIES)
    return NetworkSize(
        round(len(CITIES) * share), round(CLIENTS * share), round(DEVICES * share), round(TICKETS * share)
    )


async def measure(size: NetworkSize) -> None:
    """Fill a demo, then print every page, the slowest first."""
    with TemporaryDirectory(prefix="yinghuo-bench-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        async with installation(home) as installed:
            administrator, first = await _demo(installed, size)
            port = free_port()
            async with server("app.asgi:application", port, installed.environment, factory=True):
                _print(await _pages(installed, port, administrator, first))
                weight = await employee_page.measure(f"http://127.0.0.1:{port}{first.clients[0].portal}")
                print(f"employee page, cold: {weight.kilobytes:.1f} KB of {MOST_KILOBYTES} on the wire")


async def _demo(installed: Installation, size: NetworkSize) -> tuple[str, Partner]:
    until = datetime.now(UTC).replace(microsecond=0)
    clock = SettableClock(until)
    runtime = Runtime(installed.settings, clock)
    try:
        simulation = Simulation(runtime, clock, all_consumers(), all_sweeps())
        administrator, made = await fill(simulation, until, size, lambda text: print(f"  … {text}", flush=True))
    finally:
        await runtime.close()
    await analyse(installed.environment)
    return administrator, made[0]


async def _pages(installed: Installation, port: int, administrator: str, partner: Partner) -> list[Page]:
    runtime = Runtime(installed.settings)
    application = build(runtime)
    found: list[Page] = []
    for role in roles_of(administrator, partner):
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as browser:
            token = await sign_in(browser, role)
            answers = [
                (address, answer) async for address, answer in opened(browser, application, role, of_a_kind=OF_A_KIND)
            ]
        slowest: dict[str, Page] = {}
        async with _connection(port) as (reader, writer):
            for address, answer in answers:
                if answer.status_code != httpx.codes.OK:
                    continue
                milliseconds = await _median(reader, writer, load.request_bytes("GET", address, token))
                page = Page(role.name, kind_of(address), milliseconds, len(answer.content) / 1000)
                slowest[page.kind] = max(page, slowest.get(page.kind, page), key=lambda each: each.milliseconds)
        found += slowest.values()
    await runtime.close()
    return found


@asynccontextmanager
async def _connection(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
    try:
        yield reader, writer
    finally:
        writer.close()


async def _median(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> float:
    """Milliseconds, after one to warm up."""
    times = []
    for _ in range(TIMES + 1):
        started = time.perf_counter()
        writer.write(request)
        await load.answer(reader)
        times.append((time.perf_counter() - started) * 1000)
    return median(times[1:])


def _print(pages: list[Page]) -> None:
    for page in sorted(pages, key=lambda each: -each.milliseconds):
        mark = "  OVER" if page.milliseconds > MOST_MILLISECONDS else ""
        print(f"{page.milliseconds:6.1f} ms  {page.kilobytes:6.1f} KB  {page.role:12} {page.kind}{mark}")
    times = [page.milliseconds for page in pages]
    over = sum(1 for each in times if each > MOST_MILLISECONDS)
    print(
        f"{len(times)} pages, {min(times):.1f}-{max(times):.1f} ms, median {median(times):.1f}; "
        f"over {MOST_MILLISECONDS} ms: {over}",
        flush=True,
    )
