"""A rating run as a process of its own that waits inside a step: `python -m tests.rating.program TENANT STEP`.

It takes its settings from the environment. In the step of that number everything is written and nothing committed.
"""

import asyncio
import sys
from datetime import date
from uuid import UUID

import msgspec

from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.rating import own_sources, runs
from billing.rating.sources import RatedSource, RatedStep, rated_sources

STARTED, GATE = "tests:rating:started", "tests:rating:gate"
NEVER = 0


def held_at(runtime: Runtime, step: int) -> tuple[RatedSource, ...]:
    """The sources, of which one waits in the step of that number."""
    done = 0

    def held(source: RatedSource) -> RatedSource:
        async def go(work: UnitOfWork, after: UUID | None, until: date) -> RatedStep:
            nonlocal done
            done += 1
            found = await source.step(work, after, until)
            if done == step:
                await work.session.flush()
                await runtime.redis.lpush(STARTED, "here")
                await runtime.redis.blpop([GATE], timeout=60)
            return found

        return RatedSource(name=source.name, step=go)

    return tuple(held(source) for source in rated_sources())


async def run(tenant_id: UUID, step: int) -> None:
    """Run to the end, or until somebody kills it."""
    runtime = Runtime(Settings())
    own_sources.CONTRACTS_AT_ONCE = 2
    sources = held_at(runtime, step)
    setattr(runs, "rated_sources", lambda: sources)  # noqa: B010 - what waits is put in the place of what does not
    result = await runs.run_rating(runtime, tenant_id)
    await runtime.redis.lpush(STARTED, msgspec.json.encode(result))
    await runtime.close()


if __name__ == "__main__":
    asyncio.run(run(UUID(sys.argv[1]), int(sys.argv[2])))
