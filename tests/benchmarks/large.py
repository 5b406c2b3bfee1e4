"""The same requests and the same due work on a small network and on one with ten times the partners and tickets.

Both run at once, each on its own PostgreSQL, measured in turns: what is printed are ratios, large ÷ small.
"""

import itertools
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from uuid import UUID

from app.platform.background.sweeps import Sweeper, Sweeps
from app.platform.embedded.ports import free_port
from app.platform.kernel.actor import Actor
from app.platform.kernel.ids import new_id
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime
from tenants.partner_metrics.rollups import record_ticket
from tests.benchmarks import load
from tests.benchmarks.scenery import Scenery, scenery, server
from tests.factories.ticket_archive import ObservedPartner, Volume, fill

SMALL_PARTNERS, SMALL_TICKETS, TIMES = 5, 2_000, 10
"""Partners, tickets of each, and how many times as much of both the large network has."""

BY_SERVICE = 300
"""Tickets that are reported through the service; the measured requests read these."""

DUE = 200
CONCURRENCY = 32

Requests = Callable[[Scenery], dict[str, Callable[[], bytes]]]


@asynccontextmanager
async def _network(home: Path, times: int) -> AsyncIterator[Scenery]:
    """The observed partner has `times` the tickets, and there are `times` the partners."""
    home.mkdir()
    home.chmod(0o755)
    async with scenery(home, tickets=BY_SERVICE) as scene:
        observed = ObservedPartner(scene.partner.id, new_id(), scene.client.id, scene.device_ids[0], scene.reporter_id)
        await fill(
            scene.admin_url,
            observed,
            datetime.now(UTC) - timedelta(days=90),
            Volume(SMALL_TICKETS * times),
            others=(SMALL_PARTNERS - 1) * times,
            others_tickets=SMALL_TICKETS,
        )
        yield scene


async def measure(requests_of: Requests, seconds: float, rounds: int) -> None:
    """Print throughput and the time of due work, large ÷ small."""
    with tempfile.TemporaryDirectory(prefix="yinghuo-bench-") as folder:
        root = Path(folder)
        root.chmod(0o755)
        async with AsyncExitStack() as stack:
            scenes = [
                await stack.enter_async_context(_network(root / name, times))
                for name, times in (("small", 1), ("large", TIMES))
            ]
            # First: what the requests create is as much as each network's machine can take, not a tenth of the other's.
            for label, work in (("a sweep", _sweep), ("roll-ups", _roll_up)):
                await _due_work(label, scenes, work, rounds)
            await _throughput(scenes, requests_of, seconds, rounds)


async def _throughput(scenes: Sequence[Scenery], requests_of: Requests, seconds: float, rounds: int) -> None:
    ports = [free_port() for _ in scenes]
    async with AsyncExitStack() as stack:
        for scene, port in zip(scenes, ports, strict=True):
            await stack.enter_async_context(server("app.asgi:application", port, scene.environment, factory=True))
        requests = [requests_of(scene) for scene in scenes]
        for name in requests[0]:
            for port, made in zip(ports, requests, strict=True):
                await load.run(port, made[name], concurrency=CONCURRENCY, seconds=0.5)
            ratios = []
            for turn in range(rounds):
                rates = [0.0, 0.0]
                # Who begins changes, so that neither always meets a warmer machine.
                for place in (0, 1) if turn % 2 == 0 else (1, 0):
                    shown = await load.run(
                        ports[place], requests[place][name], concurrency=CONCURRENCY, seconds=seconds
                    )
                    rates[place] = shown.requests_per_second
                ratios.append(rates[1] / rates[0])
            _print(f"{name}, x{CONCURRENCY}: throughput", ratios)


async def _due_work(
    label: str, scenes: Sequence[Scenery], work: Callable[[Runtime, Scenery], Awaitable[float]], rounds: int
) -> None:
    runtimes = [Runtime(scene.settings) for scene in scenes]
    try:
        for runtime, scene in zip(runtimes, scenes, strict=True):
            await work(runtime, scene)
        ratios = []
        for _ in range(rounds):
            small, large = [await work(runtime, scene) for runtime, scene in zip(runtimes, scenes, strict=True)]
            ratios.append(large / small)
        _print(f"{label} with {DUE} due: time", ratios)
    finally:
        for runtime in runtimes:
            await runtime.close()


async def _sweep(runtime: Runtime, scene: Scenery) -> float:
    """Seconds to find and settle what is due, whatever else is planned."""
    sweeps = Sweeps()

    @sweeps.on(DueKind.DELIVERY_RETRY)
    async def nothing(_runtime: Runtime, _tenant_id: UUID, _subject_ids: Sequence[UUID]) -> None:
        return

    async with runtime.units_of_work.begin(Actor.system(scene.partner.id)) as work:
        for _ in range(DUE):
            work.schedule(DueKind.DELIVERY_RETRY, new_id(), work.now)
    sweeper = Sweeper(runtime, sweeps)
    started = time.perf_counter()
    while await sweeper.run_once():
        pass
    return time.perf_counter() - started


async def _roll_up(runtime: Runtime, scene: Scenery) -> float:
    """Seconds to bring tickets' figures up to date, one transaction each as the consumer does."""
    started = time.perf_counter()
    for ticket_id in itertools.islice(itertools.cycle(scene.ticket_ids), DUE):
        async with runtime.units_of_work.begin(Actor.system(scene.partner.id)) as work:
            await record_ticket(work, ticket_id)
    return time.perf_counter() - started


def _print(label: str, ratios: list[float]) -> None:
    print(f"{label}, large ÷ small: {median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})", flush=True)
