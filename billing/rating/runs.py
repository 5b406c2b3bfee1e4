"""Runs: the walk through all sources that is made once a day. Each step is a transaction that holds the run, so that
any number of workers go on where another was killed; walking again changes nothing."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.platform.kernel.actor import Actor
from app.platform.kernel.invariants import present
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.rating.models import RatingRun
from billing.rating.sources import rated_sources
from billing.rating.states import RATING_RUN_MACHINE, RunMove, RunState
from tenants.company_time import company_day

A_DAY: Final = timedelta(days=1)


class RunResult(msgspec.Struct, frozen=True):
    """What a run has made so far."""

    until: date
    made: int
    reversed: int
    done: bool


async def until_of(work: UnitOfWork) -> date:
    """Tomorrow in the company's zone: what is due today is due before it."""
    return await company_day(work) + A_DAY


async def run_rating(runtime: Runtime, tenant_id: UUID, until: date | None = None) -> RunResult:
    """Begin the run of a day (today's without `until`), go on with it where it was interrupted, or repeat it; to its
    end."""
    actor = Actor.system(tenant_id)
    async with runtime.units_of_work.begin(actor) as work:
        until = until or await until_of(work)
        await _begin(work, until)
    while True:
        async with runtime.units_of_work.begin(actor) as work:
            result = await _step(work, until)
        if result.done:
            return result


async def _begin(work: UnitOfWork, until: date) -> None:
    await work.session.execute(
        insert(RatingRun)
        .values(
            tenant_id=work.tenant_id,
            id=work.new_id(),
            until=until,
            state=RunState.RUNNING,
            source="",
            made=0,
            reversed=0,
            started_at=work.now,
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "until"])
    )
    run = await _held(work, until)
    if run.state == RunState.DONE:
        run.state = RATING_RUN_MACHINE.after(RunMove.REPEAT, run.state)
        run.source, run.cursor, run.started_at, run.ended_at = "", None, work.now, None
        run.made = run.reversed = 0
    await work.session.flush()


async def _step(work: UnitOfWork, until: date) -> RunResult:
    run = await _held(work, until)
    if run.state == RunState.RUNNING:
        sources = rated_sources()
        names = [source.name for source in sources]
        place = names.index(run.source) if run.source in names else 0
        step = await sources[place].step(work, run.cursor, until)
        run.made += step.charged.made
        run.reversed += step.charged.reversed
        run.source, run.cursor = names[place], step.last
        if step.last is None:
            if place + 1 < len(names):
                run.source = names[place + 1]
            else:
                run.state, run.ended_at = RATING_RUN_MACHINE.after(RunMove.FINISH, run.state), work.now
        await work.session.flush()
    return RunResult(run.until, run.made, run.reversed, run.state == RunState.DONE)


async def _held(work: UnitOfWork, until: date) -> RatingRun:
    return present(
        await work.session.scalar(
            select(RatingRun)
            .where(RatingRun.until == until)
            .with_for_update()
            .execution_options(populate_existing=True)
        ),
        "it was begun above",
    )
