"""The day's run: through all sources, and on where it was interrupted; killed in any step it makes each charge once."""

import asyncio
import os
import random
import signal

import pytest
from sqlalchemy import select

from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings
from app.platform.kernel.time_source import PLATFORM_ZONE, SettableClock
from billing.periods import Period, months_after
from billing.rating.commands import rate_day
from billing.rating.models import RatingRun
from billing.rating.runs import run_rating
from tests.factories.network import Network
from tests.program_processes import environment_of, started
from tests.rating.program import NEVER, STARTED
from tests.rating.test_contract_periods import care
from tests.rating.work_scene import WorkScene

CONTRACTS, MONTHS = 12, 3


@pytest.fixture
async def dozen(network: Network, runtime: Runtime, machine_time: SettableClock) -> WorkScene:
    """A dozen contracts that began two months ago, each 3,000.00 a month in advance."""
    partner = await network.partner()
    made = WorkScene(runtime.units_of_work, partner, await network.client(partner))
    today = machine_time.now().astimezone(PLATFORM_ZONE).date()
    first = months_after(today.replace(day=1), 1 - MONTHS)
    for _ in range(CONTRACTS):
        await made.agree(care(term=Period(first, months_after(first, 12))))
    await runtime.redis.delete(STARTED)
    return made


async def test_a_run_makes_what_is_due_and_run_again_nothing(dozen: WorkScene, runtime: Runtime) -> None:
    first = await run_rating(runtime, dozen.partner.id)
    assert (first.made, first.done) == (CONTRACTS * MONTHS, True)
    again = await run_rating(runtime, dozen.partner.id)
    assert (again.made, again.reversed, again.done) == (0, 0, True)
    assert await dozen.owed() == CONTRACTS * MONTHS * 300000


async def test_two_runs_at_once_make_each_charge_once(dozen: WorkScene, runtime: Runtime) -> None:
    await asyncio.gather(*(run_rating(runtime, dozen.partner.id) for _ in range(4)))
    assert await dozen.owed() == CONTRACTS * MONTHS * 300000


async def test_the_command_rates_one_company(dozen: WorkScene, runtime: Runtime) -> None:
    results = await rate_day(runtime, dozen.partner.slug)
    assert {slug: result.made for slug, result in results.items()} == {dozen.partner.slug: CONTRACTS * MONTHS}


async def said(runtime: Runtime) -> bytes:
    """What the process says next: that it waits in a step, or how the run ended."""
    async with asyncio.timeout(40):
        while (found := await runtime.redis.blpop([STARTED], timeout=0.1)) is None:
            pass
    said_last = found[1]
    return said_last if isinstance(said_last, bytes) else said_last.encode()


@pytest.mark.slow(12, "starts the program five times and kills it four times")
async def test_killed_in_any_step_it_goes_on_where_it_was(
    dozen: WorkScene,
    runtime: Runtime,
    test_settings: Settings,
    machine_time: SettableClock,
) -> None:
    environment = environment_of(test_settings, machine_time)
    chance = random.Random(361)
    for _ in range(4):
        with started(
            environment, "-m", "tests.rating.program", str(dozen.partner.id), str(chance.randint(1, 3))
        ) as held:
            if await said(runtime) != b"here":
                break
            os.killpg(held.pid, signal.SIGKILL)
            held.wait(10)
    with started(environment, "-m", "tests.rating.program", str(dozen.partner.id), str(NEVER)) as last:
        await said(runtime)
        assert last.wait(20) == 0
    rows = await dozen.charges()
    assert len(rows) == CONTRACTS * MONTHS
    assert await dozen.owed() == CONTRACTS * MONTHS * 300000
    async with runtime.units_of_work.begin(dozen.partner.system) as work:
        runs = (await work.session.scalars(select(RatingRun))).all()
    assert [run.state for run in runs] == ["done"]
