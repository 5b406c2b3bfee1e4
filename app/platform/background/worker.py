"""One worker process: handles due work of a lane whenever it is woken for it.

The lanes of a process share one event loop and never wait for each other. A turn is short; whoever has more to do asks
to be woken again, so that other processes and tenants get theirs.
"""

import asyncio
import time
from collections.abc import Collection, Mapping
from functools import partial
from typing import Final, Protocol
from uuid import UUID

from app.platform.background.batch_lane import BatchLane
from app.platform.background.consumers import BATCH_LANES, Consumers
from app.platform.background.due import due_tenants
from app.platform.background.leased_lane import GRACE_SECONDS, TIMEOUT_SECONDS, LeasedLane
from app.platform.background.loops import Loop
from app.platform.background.queues import QUEUES, Queue
from app.platform.background.wake_ups import Waker
from app.platform.kernel.logs import OncePerMinute, log
from app.platform.kernel.outbox import LANES, DueKind
from app.platform.kernel.runtime import Runtime

TURN_SECONDS: Final = 1.0
"""A turn starts no further batch after so long."""

IDLE_CHECK_SECONDS: Final = 2.0
"""A lane that had no turn for so long is checked without a wake-up: relay or Redis may be down."""

SLOTS: Final = {DueKind.OUTBOX_FOLLOW_UP: 2, DueKind.OUTBOX_DELIVERY: 6, DueKind.OUTBOX_LONG: 2}
"""How many events a process handles at the same time where each is handled alone."""

LONG_TIMEOUT_SECONDS: Final = 600.0
"""Timeout of long events, which resume where they stopped."""

_log: Final = log(__name__)


class Lane(Protocol):
    """One kind of work and the way in which it is done."""

    async def run_once(self, tenants: Collection[UUID]) -> dict[UUID, bool]:
        """Take something of each tenant; says of each that had something whether more may be waiting."""

    async def finish(self) -> None:
        """Wait until nothing is running any more."""


class LongJob(Protocol):
    """Long work that is no event (exports, erasures); finds and leases by itself what is due."""

    async def run_once(self) -> int:
        """Do what is due; returns how much there was."""


class Worker:
    """The lanes and long work of one process. Any number of processes may run."""

    def __init__(
        self,
        runtime: Runtime,
        consumers: Consumers,
        *,
        queues: Collection[Queue] = tuple(Queue),
        long_jobs: Mapping[DueKind, LongJob] | None = None,
        waker: Waker | None = None,
    ) -> None:
        self._runtime = runtime
        self._waker = waker
        self._lanes: dict[DueKind, Lane] = {
            lane: _lane(runtime, consumers, lane) for lane in LANES if QUEUES[lane] in queues
        }
        self._long_jobs = dict(long_jobs or {})
        self._turns: dict[DueKind, asyncio.Task[bool]] = {}
        self._last_turn: dict[DueKind, float] = dict.fromkeys([*self._lanes, *self._long_jobs], 0.0)
        self._one_turn = {kind: asyncio.Lock() for kind in self._last_turn}
        self._requested: set[DueKind] = set()
        """Kinds whose wake-up waits for the end of the current turn; a second wake-up is dropped."""
        self._stopping = False
        self._once_per_minute = OncePerMinute()

    @property
    def kinds(self) -> list[DueKind]:
        """What this process does."""
        return list(self._last_turn)

    def loops(self) -> list[Loop]:
        """Loops that check each lane without a wake-up."""
        return [Loop(kind, partial(self._look, kind), IDLE_CHECK_SECONDS / 2) for kind in self.kinds]

    async def run_once(self) -> int:
        """Handle the events that are due now, lane after lane; returns how many tenants had something. For tests and
        the demo."""
        found = 0
        for lane, work in self._lanes.items():
            due = await self._due(lane)
            while due:
                handled = await work.run_once(sorted(due))
                await work.finish()
                found += len(handled)
                due = {tenant_id for tenant_id, more in handled.items() if more}
        return found

    async def on_wake_up(self, kind: DueKind) -> None:
        """Handle a wake-up for `kind`: run a turn, and request another wake-up when work is left."""
        if kind not in self._last_turn:
            _log.warning("task_refused", reason="not this process's work")
            return
        if kind in self._requested:
            return
        self._requested.add(kind)
        async with self._one_turn[kind]:
            self._requested.discard(kind)
            await self._signal(kind, "acknowledge")
            try:
                left = await self._turn(kind)
            except Exception as failure:  # noqa: BLE001 - it is still due, and asked for again
                if self._once_per_minute(f"turn_failed:{kind}"):
                    _log.error("turn_failed", lane=kind, exc_info=failure)
                await self._signal(kind, "hold_back")
                return
        if left and not await self._signal(kind, "wake"):
            self._last_turn[kind] = 0.0

    async def stop(self) -> None:
        """Start nothing more; let running work end, or release it."""
        self._stopping = True
        if self._turns:
            _, slow = await asyncio.wait(self._turns.values(), timeout=GRACE_SECONDS)
            for turn in slow:
                turn.cancel()
        await asyncio.gather(*(lane.stop() for lane in self._lanes.values() if isinstance(lane, LeasedLane)))

    async def _signal(self, kind: DueKind, what: str) -> bool:
        """Signal the waker; False when the broker is down, which stops no work."""
        if self._waker is None:
            return True
        try:
            match what:
                case "acknowledge":
                    await self._waker.acknowledge(kind)
                case "hold_back":
                    await self._waker.hold_back(kind)
                case _:
                    await self._waker.wake([kind])
        except Exception as failure:  # noqa: BLE001 - nothing depends on it
            if self._once_per_minute("not_told"):
                _log.warning("broker_away", cause=type(failure).__name__)
            return False
        return True

    async def _look(self, kind: DueKind) -> int:
        if self._one_turn[kind].locked() or time.monotonic() - self._last_turn[kind] < IDLE_CHECK_SECONDS:
            return 0
        async with self._one_turn[kind]:
            left = await self._turn(kind)
        if left:
            self._last_turn[kind] = 0.0
        return int(left)

    async def _turn(self, kind: DueKind) -> bool:
        """One turn, which `stop` may cancel; whether something is left."""
        if self._stopping:
            return False
        turn = asyncio.create_task(self._drain(kind), name=f"turn:{kind}")
        self._turns[kind] = turn
        try:
            await asyncio.wait([turn])
        finally:
            del self._turns[kind]
            self._last_turn[kind] = time.monotonic()
        return not turn.cancelled() and turn.result()

    async def _drain(self, kind: DueKind) -> bool:
        if kind in self._long_jobs:
            return await self._long_jobs[kind].run_once() > 0
        ends = time.monotonic() + TURN_SECONDS
        due = await self._due(kind)
        while due and not self._stopping:
            if time.monotonic() >= ends:
                return True
            found = await self._lanes[kind].run_once(sorted(due))
            due = {tenant_id for tenant_id, more in found.items() if more}
            if found and not due:
                due = await self._due(kind)
        return False

    async def _due(self, kind: DueKind) -> set[UUID]:
        return {tenant_id for tenant_id, _ in await due_tenants(self._runtime, [kind])}


def _lane(runtime: Runtime, consumers: Consumers, lane: DueKind) -> Lane:
    if lane in BATCH_LANES:
        return BatchLane(runtime, consumers, lane)
    timeout = LONG_TIMEOUT_SECONDS if lane is DueKind.OUTBOX_LONG else TIMEOUT_SECONDS
    return LeasedLane(runtime, consumers, lane, slots=SLOTS[lane], timeout_seconds=timeout)
