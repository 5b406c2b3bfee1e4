"""What a worker process turns: it asks which tenants have events, and works in every lane at the same time.

The lanes share one event loop and never wait for each other: while figures of one tenant are summed up, an escalation
is told between two of their statements.
"""

import asyncio
import time
from collections.abc import Collection
from functools import partial
from typing import Final, Protocol
from uuid import UUID

from app.background.batches import Batches
from app.background.consumers import TOGETHER, Consumers
from app.background.due import due_tenants
from app.background.errands import PATIENCE_SECONDS, Errands
from app.background.loops import Loop
from app.kernel.outbox import LANES, DueKind
from app.kernel.runtime import Runtime

WATCH_PAUSE_SECONDS: Final = 0.2
LANE_PAUSE_SECONDS: Final = 0.05
LONGEST_WATCH_PAUSE_SECONDS: Final = 1.0
WATCHING_SHARE: Final = 0.1
"""About the most of its time that a worker spends on asking: with very much waiting, the question itself costs."""

WATCHES: Final = (LANES[:3], LANES[3:])
"""Asked for apart, so that much that is not urgent does not make the question after the urgent dear."""

SLOTS: Final = {DueKind.OUTBOX_ERRAND: 2, DueKind.OUTBOX_LETTER: 6, DueKind.OUTBOX_LONG: 2}
"""How many events a process handles at the same time where each is handled alone."""

LONG_PATIENCE_SECONDS: Final = 600.0
"""For what is long by nature and goes on where it stopped."""


class Lane(Protocol):
    """One queue of events and the way in which they are handled."""

    lane: DueKind

    async def run_once(self, tenants: Collection[UUID]) -> dict[UUID, bool]:
        """Take something of each tenant; says of each that had something whether more may be waiting."""

    async def finish(self) -> None:
        """Wait until nothing is running any more."""


class Worker:
    """The lanes of one process. Any number of processes may run."""

    def __init__(self, runtime: Runtime, consumers: Consumers) -> None:
        self._runtime = runtime
        self._lanes: dict[DueKind, Lane] = {lane: _lane(runtime, consumers, lane) for lane in LANES}
        self._due: dict[DueKind, set[UUID]] = {lane: set() for lane in LANES}
        self._next_look = dict.fromkeys(WATCHES, 0.0)

    def loops(self) -> list[Loop]:
        """The watches and one loop a lane."""
        return [
            *(Loop("watch", partial(self._look, lanes), WATCH_PAUSE_SECONDS) for lanes in WATCHES),
            *(Loop(lane, partial(self._turn, lane), LANE_PAUSE_SECONDS) for lane in LANES),
        ]

    async def run_once(self) -> int:
        """Handle what is due now, lane after lane; returns how many tenants had something. For tests and the demo."""
        found = 0
        for lane in LANES:
            await self._ask([lane])
            while self._due[lane]:
                found += await self._turn(lane)
                await self._lanes[lane].finish()
        return found

    async def stop(self) -> None:
        """After the loops have ended: let what is running end, or give it back."""
        await asyncio.gather(*(lane.stop() for lane in self._lanes.values() if isinstance(lane, Errands)))

    async def _look(self, lanes: tuple[DueKind, ...]) -> int:
        started = time.monotonic()
        if started >= self._next_look[lanes]:
            await self._ask(lanes)
            ended = time.monotonic()
            self._next_look[lanes] = ended + min((ended - started) / WATCHING_SHARE, LONGEST_WATCH_PAUSE_SECONDS)
        return 0

    async def _ask(self, lanes: Collection[DueKind]) -> None:
        for tenant_id, lane in await due_tenants(self._runtime, lanes):
            self._due[lane].add(tenant_id)

    async def _turn(self, lane: DueKind) -> int:
        due, self._due[lane] = self._due[lane], set()
        if not due:
            return 0
        found = await self._lanes[lane].run_once(sorted(due))
        self._due[lane] |= {tenant_id for tenant_id, more in found.items() if more}
        return len(found)


def _lane(runtime: Runtime, consumers: Consumers, lane: DueKind) -> Lane:
    if lane in TOGETHER:
        return Batches(runtime, consumers, lane)
    patience = LONG_PATIENCE_SECONDS if lane is DueKind.OUTBOX_LONG else PATIENCE_SECONDS
    return Errands(runtime, consumers, lane, slots=SLOTS[lane], patience_seconds=patience)
