"""The worker as a process of its own: it does what is due, and dies at any point without harm."""

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import update

from app.platform.kernel.outbox import LANES, DueEntry, Event
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings
from app.platform.kernel.time_source import SettableClock
from tests.background.job_runs import runs_by_job
from tests.background.program import GATE, HELD, HELD_FIGURES, STARTED, Counted, Happened
from tests.factories.network import Network, PartnerCompany
from tests.program_processes import environment_of, started


@contextmanager
def worker(settings: Settings, clock: SettableClock, processes: int = 2) -> Iterator[subprocess.Popen[bytes]]:
    """A worker; whatever is left of it is killed in the end."""
    with started(environment_of(settings, clock), "-m", "tests.background.program", str(processes)) as process:
        yield process


@pytest.fixture
async def partner(network: Network, runtime: Runtime, machine_time: SettableClock) -> AsyncIterator[PartnerCompany]:
    await runtime.redis.delete(STARTED, GATE)
    yield await network.partner()
    await runtime.redis.flushdb()


async def publish(runtime: Runtime, partner: PartnerCompany, *events: Event) -> None:
    async with runtime.units_of_work.begin(partner.system) as work:
        for event in events:
            work.publish(event)


async def until_traced(runtime: Runtime, partner: PartnerCompany, wanted: dict[str, int]) -> None:
    async with asyncio.timeout(40):
        while await runs_by_job(runtime, partner) != wanted:
            await runtime.redis.blpop(["tests:nothing"], timeout=0.1)


async def until_held(runtime: Runtime) -> None:
    async with asyncio.timeout(40):
        while not await runtime.redis.llen(STARTED):
            await runtime.redis.blpop(["tests:nothing"], timeout=0.1)


async def leases_end(runtime: Runtime, partner: PartnerCompany) -> None:
    async with runtime.units_of_work.begin(partner.system) as work:
        await work.session.execute(update(DueEntry).where(DueEntry.kind.in_(LANES)).values(due_at=work.now))


@pytest.mark.slow(11, "starts workers, and one again")
@pytest.mark.parametrize(
    ("held", "before", "after"),
    [
        (Happened(number=HELD), {}, {"trace": 1}),
        (Counted(number=HELD), {}, {"notified": 1, "summed": 1}),
        (Counted(number=HELD_FIGURES), {"notified": 1}, {"notified": 1, "summed": 1}),
    ],
    ids=["an errand", "news", "figures"],
)
async def test_a_worker_killed_half_way_costs_time_and_nothing_else(
    test_settings: Settings,
    runtime: Runtime,
    partner: PartnerCompany,
    machine_time: SettableClock,
    held: Event,
    before: dict[str, int],
    after: dict[str, int],
) -> None:
    await publish(runtime, partner, held)
    with worker(test_settings, machine_time, 1) as first:
        await until_held(runtime)
        os.killpg(first.pid, signal.SIGKILL)
        first.wait(10)
    assert await runs_by_job(runtime, partner) == before
    await runtime.redis.set(GATE, "open")
    await leases_end(runtime, partner)
    with worker(test_settings, machine_time, 1) as second:
        await until_traced(runtime, partner, after)
        second.send_signal(signal.SIGTERM)
        assert second.wait(30) == 0
    assert await runs_by_job(runtime, partner) == after


@pytest.mark.slow(6, "starts workers")
async def test_figures_and_errands_that_take_long_keep_no_news_waiting(
    test_settings: Settings, runtime: Runtime, partner: PartnerCompany, machine_time: SettableClock
) -> None:
    await publish(runtime, partner, Counted(number=HELD_FIGURES), *[Happened(number=HELD) for _ in range(5)])
    with worker(test_settings, machine_time, 1):
        await until_held(runtime)
        await publish(runtime, partner, *[Counted() for _ in range(20)])
        await until_traced(runtime, partner, {"notified": 21})
        await runtime.redis.set(GATE, "open")
        await until_traced(runtime, partner, {"notified": 21, "summed": 21, "trace": 5})


@pytest.mark.slow(14, "starts workers, and one again")
async def test_processes_share_the_work_and_one_that_dies_is_replaced(
    test_settings: Settings, runtime: Runtime, partner: PartnerCompany, machine_time: SettableClock
) -> None:
    with worker(test_settings, machine_time) as process:
        await publish(runtime, partner, *[Counted() for _ in range(300)], *[Happened() for _ in range(20)])
        await until_traced(runtime, partner, {"notified": 300, "summed": 300, "trace": 20})
        for child in children(process.pid):
            os.kill(child, signal.SIGKILL)
        await publish(runtime, partner, Counted())
        await until_traced(runtime, partner, {"notified": 301, "summed": 301, "trace": 20})
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


@pytest.mark.slow(7, "starts workers")
async def test_no_process_outlives_the_one_that_started_it(
    test_settings: Settings, runtime: Runtime, partner: PartnerCompany, machine_time: SettableClock
) -> None:
    with worker(test_settings, machine_time) as process:
        await publish(runtime, partner, Counted())
        await until_traced(runtime, partner, {"notified": 1, "summed": 1})
        orphans = children(process.pid)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
        async with asyncio.timeout(30):
            while any(alive(child) for child in orphans):
                await runtime.redis.blpop(["tests:nothing"], timeout=0.1)
    assert len(orphans) == 3


def children(parent: int) -> list[int]:
    """The processes that it started."""
    listed = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    return [int(child) for child in listed.split()]


def alive(process: int) -> bool:
    """Whether it runs; one that has ended and waits to be buried does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
