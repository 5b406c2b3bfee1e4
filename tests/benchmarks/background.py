"""How fast what follows a report is done: people told, pages hinted at, figures summed up.

The processes are the program's own, started as an operator does; figures are read from the tables with the superuser's
connection. `python -m tests.benchmarks.background` measures this alone; the parts that older versions have too can be
measured in their checkout with the same file (`--basic`).
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import msgspec
from redis.asyncio import Redis

from app.desk.tickets import Channel, TicketCreate, TicketCreation
from app.platform.embedded.ports import free_port
from app.platform.kernel.actor import Actor
from app.platform.kernel.ids import new_id
from app.platform.kernel.runtime import Runtime
from tests.benchmarks import load
from tests.benchmarks.scenery import ROOT, Scenery, scenery, server

CONSUMERS = 3
"""Who listens to a report: people, pages, figures."""

EVENTS, BURST, RATE, STEADY_SECONDS, FIGURES, ON_DEVICE = 3_000, 2_600, 100, 30, 50_000, 1_001
WORKER, RELAY = ("worker", "--concurrency", "1"), ("relay",)


class Watch:
    """Looks at the tables and at Redis from outside."""

    def __init__(self, connection: Any, redis: Redis) -> None:
        self._connection = connection
        self._redis = redis
        self.redis_megabytes = 0.0
        """The most that Redis held whenever it was looked at."""

    async def proved(self) -> int:
        """Proofs of consumption so far."""
        await self._look_at_redis()
        count: int = await self._connection.fetchval("SELECT count(*) FROM consumed_event")
        return count

    async def waiting(self) -> int:
        """Events in any lane."""
        await self._look_at_redis()
        count: int = await self._connection.fetchval("SELECT count(*) FROM due_entry WHERE kind LIKE 'outbox%'")
        return count

    async def told(self) -> int:
        """Lines in bells."""
        count: int = await self._connection.fetchval("SELECT count(*) FROM notification")
        return count

    async def execute(self, statement: str, *values: Any) -> None:
        """Prepare a scene."""
        await self._connection.execute(statement, *values)

    async def _look_at_redis(self) -> None:
        used = (await self._redis.info("memory"))["used_memory"]
        self.redis_megabytes = max(self.redis_megabytes, used / 1_000_000)


@asynccontextmanager
async def watching(scene: Scenery) -> AsyncIterator[Watch]:
    """A watch on the scene's servers."""
    connection = await asyncpg.connect(scene.admin_url)
    redis = Redis.from_url(scene.environment["REDIS_URL"])
    try:
        yield Watch(connection, redis)
    finally:
        await redis.aclose()
        await connection.close()


@asynccontextmanager
async def running(scene: Scenery, *commands: Iterable[str], core: int | None = None) -> AsyncIterator[list[int]]:
    """Processes of the program, on one core if it is named; yields their ids."""
    async with AsyncExitStack() as stack:
        started = []
        for command in commands:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "app.cli", *command, cwd=ROOT, env=scene.environment
            )
            started.append(process)
            if core is not None:
                os.sched_setaffinity(process.pid, {core})

            async def end(ending: asyncio.subprocess.Process = process) -> None:
                ending.terminate()
                await ending.wait()

            stack.push_async_callback(end)
        yield [process.pid for process in started]


async def report(scene: Scenery, number: int, *, device: int | None = None) -> None:
    """`number` reports as the service takes them, none of them urgent."""
    runtime = Runtime(scene.settings)
    await _report(scene, runtime, number, device)
    await runtime.close()


async def _report(scene: Scenery, runtime: Runtime, number: int, device: int | None = None) -> None:
    left = iter(range(number))

    async def some() -> None:
        for place in left:
            device_id = scene.device_ids[place % len(scene.device_ids) if device is None else device]
            async with runtime.units_of_work.begin(Actor.system(scene.partner.id)) as work:
                fault = TicketCreate(subject="打印机卡纸,无法打印", device_id=device_id)
                await TicketCreation(work).create(fault, Channel.EMPLOYEE)

    await asyncio.gather(*(some() for _ in range(4)))


async def seconds_until(reached: Any, *, at_most: float = 600) -> float:
    """How long it takes until `reached()` is true.

    Raises:
        TimeoutError: it takes too long.
    """
    started = time.perf_counter()
    async with asyncio.timeout(at_most):
        while not await reached():
            await asyncio.sleep(0.05)
    return time.perf_counter() - started


async def settled(watch: Watch, proofs: int, *, at_most: float = 600) -> float:
    """Seconds until so many proofs are there."""

    async def enough() -> bool:
        return await watch.proved() >= proofs

    return await seconds_until(enough, at_most=at_most)


class Speed(NamedTuple):
    """Events a second, and for each second of processor time of worker and relay together: what other programs on the
    same machine take does not count in the latter."""

    by_the_clock: float
    by_the_processor: float


async def speed(scene: Scenery, watch: Watch, number: int, *, device: int | None = None) -> Speed:
    """Reports that wait already, worked off by one worker whose processes have one core; its start does not count."""
    before = await watch.proved()
    await report(scene, number, device=device)
    async with running(scene, RELAY, WORKER, core=0) as processes:
        await settled(watch, before + CONSUMERS * number // 10)
        started, at_start, spent = time.perf_counter(), await watch.proved(), processor_seconds(processes)
        await settled(watch, before + CONSUMERS * number)
        events = (before + CONSUMERS * number - at_start) / CONSUMERS
        by_the_processor = events / (processor_seconds(processes) - spent)
        return Speed(events / (time.perf_counter() - started), by_the_processor)


def processor_seconds(processes: Iterable[int]) -> float:
    """What these processes and their children have used of the processor so far."""
    parents, spent = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        process = int(stat.parent.name)
        parents[process] = int(fields[1])
        spent[process] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    family = set(processes)
    for _ in range(4):
        family |= {process for process, parent in parents.items() if parent in family}
    return sum(spent.get(process, 0.0) for process in family)


async def settle_burst(scene: Scenery, watch: Watch, number: int) -> tuple[float, float]:
    """As many reports as the web takes, as fast as it can: how many a second it took, and seconds from the last one
    until everybody was told and every figure stood."""
    before = await watch.proved()
    port = free_port()
    devices = scene.device_ids
    async with (
        server("app.asgi:application", port, scene.environment, factory=True),
        running(scene, RELAY, WORKER),
    ):
        left = iter(range(number))
        started = time.perf_counter()
        await asyncio.gather(*(_post(port, scene, left, devices) for _ in range(16)))
        ended = time.perf_counter()
        return number / (ended - started), await settled(watch, before + CONSUMERS * number)


async def _post(port: int, scene: Scenery, left: Any, devices: list[Any]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for place in left:
        body = msgspec.json.encode({"subject": "打印机卡纸,无法打印", "device_id": devices[place % len(devices)]})
        writer.write(load.request_bytes("POST", "/api/v1/tickets", scene.token, body))
        status, answer = await load.answer(reader)
        if status != 201:
            raise RuntimeError(f"{status}: {answer[:300]!r}")
    writer.close()


async def steady(scene: Scenery, watch: Watch, rate: int, seconds: int) -> list[int]:
    """How many events waited, second by second, while the web took `rate` reports a second."""
    port = free_port()
    found: list[int] = []
    async with (
        server("app.asgi:application", port, scene.environment, factory=True),
        running(scene, RELAY, WORKER),
    ):
        before = await watch.proved()
        await asyncio.gather(*(_post(port, scene, iter(range(20)), scene.device_ids) for _ in range(8)))
        await settled(watch, before + CONSUMERS * 20 * 8)
        posts: set[asyncio.Task[None]] = set()
        for _ in range(seconds):
            second = time.perf_counter()
            for step in range(20):
                posts.add(asyncio.create_task(_post(port, scene, iter(range(rate // 20)), scene.device_ids)))
                await asyncio.sleep(max(0.0, second + (step + 1) / 20 - time.perf_counter()))
            found.append(await watch.waiting())
        await asyncio.gather(*posts)
    return found


async def urgent_among_figures(scene: Scenery, watch: Watch, number: int) -> tuple[float, float]:
    """Seconds until an urgent notice is out while `number` events wait for their figures, the longest of five; and how
    many of these a second were worked off meanwhile."""
    from app.agreements.sla import events

    now = datetime.now(UTC)
    rows = [(scene.partner.id, new_id(), scene.ticket_ids[place % len(scene.ticket_ids)]) for place in range(number)]
    await watch.execute(
        "INSERT INTO outbox_event (tenant_id, id, topic, payload, occurred_at) SELECT t, i, $4, "
        "jsonb_build_object('ticket_id', k::text, 'clock_id', k::text, 'kind', 'response'), $5 "
        "FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS r (t, i, k)",
        *zip(*rows, strict=True),
        events.ClockBreached.topic,
        now,
    )
    await watch.execute(
        "INSERT INTO due_entry (tenant_id, id, kind, subject_id, due_at) SELECT t, gen_random_uuid(), "
        "$3, i, $4 FROM unnest($1::uuid[], $2::uuid[]) AS r (t, i)",
        [row[0] for row in rows],
        [row[1] for row in rows],
        str(events.ClockBreached.lane),
        now,
    )
    waits = []
    runtime = Runtime(scene.settings)
    async with running(scene, RELAY, WORKER):

        async def begun() -> bool:
            return await watch.waiting() < number

        await seconds_until(begun)
        started, at_start = time.perf_counter(), await watch.waiting()
        for _ in range(5):
            told = await watch.told()
            await _report(scene, runtime, 1)

            async def out(before: int = told) -> bool:
                return await watch.told() > before

            waits.append(await seconds_until(out))
        left = await watch.waiting()
        if not left:
            raise AssertionError("the backlog was gone before the notices were out")
        rate = (at_start - left) / (time.perf_counter() - started)
    await runtime.close()
    await watch.execute("DELETE FROM due_entry WHERE kind LIKE 'outbox%'")
    return max(waits), rate


async def measure(scene: Scenery, *, basic: bool = False, events: int = EVENTS) -> None:
    """One line a figure."""
    await _forget_what_the_scene_made(scene)
    async with watching(scene) as watch:
        rate = await speed(scene, watch, events)
        print(
            f"background, one worker on one core: {rate.by_the_clock:.0f} events/s ({CONSUMERS} consumers each), "
            f"{rate.by_the_processor:.0f} for a second of the processor",
            flush=True,
        )
        taken, after = await settle_burst(scene, watch, BURST)
        print(f"a burst of {BURST} reports at {taken:.0f}/s: settled {after:.1f} s after its end", flush=True)
        print(f"Redis held at most {watch.redis_megabytes:.1f} MB", flush=True)
        on_device = await speed(scene, watch, ON_DEVICE, device=0)
        print(
            f"{ON_DEVICE} reports of one device: {on_device.by_the_clock:.0f} events/s, "
            f"{on_device.by_the_processor:.0f} for a second of the processor",
            flush=True,
        )
        if basic:
            return
        waiting = await steady(scene, watch, RATE, STEADY_SECONDS)
        half = len(waiting) // 2
        print(
            f"{RATE} reports a second for {STEADY_SECONDS} s: waiting {statistics.median(waiting[:half]):.0f} in the "
            f"first half, {statistics.median(waiting[half:]):.0f} in the second, at most {max(waiting)}",
            flush=True,
        )
        wait, figures = await urgent_among_figures(scene, watch, FIGURES)
        print(
            f"among {FIGURES} figures ({figures:.0f} events/s): the slowest of five notices was out after {wait:.2f} s",
            flush=True,
        )
        print(f"Redis held at most {watch.redis_megabytes:.1f} MB", flush=True)


async def _forget_what_the_scene_made(scene: Scenery) -> None:
    async with watching(scene) as watch:
        await watch.execute("DELETE FROM due_entry WHERE kind LIKE 'outbox%'")


async def main(options: argparse.Namespace) -> None:
    """The scene, and everything in it."""
    with tempfile.TemporaryDirectory(prefix="yinghuo-bench-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        async with scenery(home, tickets=200) as scene:
            await measure(scene, basic=options.basic, events=options.events)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--basic", action="store_true", help="only what every version has")
    parser.add_argument("--events", type=int, default=EVENTS)
    asyncio.run(main(parser.parse_args()))
