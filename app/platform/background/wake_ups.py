"""Wake-ups: one short Celery message, naming the kind of work, tells a worker that something is due.

A message may be lost, arrive twice, or find nothing to do. At most one waits for each
kind: a key in Redis says that it was sent, goes when it is heard, and ends by itself soon if nobody hears it; what
still waits in the queue then is not sent again.
"""

import time
from collections.abc import Awaitable, Callable, Collection
from functools import partial
from typing import Final

from app.platform.background.due import due_tenants
from app.platform.background.loops import Loop
from app.platform.background.queues import KINDS_OF_PROCESS, QUEUES, Queue, kinds_of
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime

WATCH_PAUSE_SECONDS: Final = 0.2
LONGEST_WATCH_PAUSE_SECONDS: Final = 1.0
WATCHING_SHARE: Final = 0.1
"""Largest share of its time that a relay spends on polling, which is slow when very much is due."""

GUARD_SECONDS: Final = 2.0
"""When a message that nobody heard is sent again."""

GUARD_PREFIX: Final = "yinghuo:woken:"
QUEUE_PREFIX: Final = "yinghuo:celery:"
"""Stands before every key that Celery keeps in Redis; a queue is a list of this and its name."""

Send = Callable[[Collection[DueKind]], Awaitable[None]]
"""Puts one message for each kind into its queue; raises when the broker does not take them."""


class Waker:
    """Any number of processes may wake workers: the guard is theirs together."""

    def __init__(self, runtime: Runtime, send: Send) -> None:
        self._redis = runtime.redis
        self._send = send

    async def wake(self, kinds: Collection[DueKind]) -> int:
        """Send a wake-up for each of these kinds that has none waiting; returns how many were sent.

        Raises:
            Exception: the broker is away; the rows are still due.
        """
        wanted = [kind for kind in kinds if await self._guard(kind)]
        if not wanted:
            return 0
        try:
            await self._send(wanted)
        except Exception:
            await self._redis.delete(*(GUARD_PREFIX + kind for kind in wanted))
            raise
        return len(wanted)

    async def acknowledge(self, kind: DueKind) -> None:
        """The wake-up has arrived: another may be sent."""
        await self._redis.delete(GUARD_PREFIX + kind)

    async def hold_back(self, kind: DueKind) -> None:
        """Suppress wake-ups of this kind for a moment: it has just failed."""
        await self._redis.set(GUARD_PREFIX + kind, "failed", px=int(GUARD_SECONDS * 1000))

    async def _guard(self, kind: DueKind) -> bool:
        if not await self._redis.set(GUARD_PREFIX + kind, "sent", px=int(GUARD_SECONDS * 1000), nx=True):
            return False
        queue = QUEUES[kind]
        # Without a worker the guard ends again and again, and the first message still lies there.
        waiting: int = await self._redis.llen(QUEUE_PREFIX + queue)
        return waiting < len(kinds_of((queue,)))


class DueWatcher:
    """Polls the database for due work and wakes workers for it. Any number may run."""

    def __init__(self, runtime: Runtime, waker: Waker) -> None:
        self._runtime = runtime
        self._waker = waker
        self._next_look = dict.fromkeys(KINDS_OF_PROCESS, 0.0)

    def loops(self) -> list[Loop]:
        """Urgent and other work is polled separately: much of the one must not slow down polling for the other."""
        return [
            Loop(f"watch-{queues[0]}", partial(self._look, queues), WATCH_PAUSE_SECONDS) for queues in KINDS_OF_PROCESS
        ]

    async def run_once(self) -> int:
        """Poll once for all kinds; returns how many wake-ups were sent."""
        return sum([await self._ask(queues) for queues in KINDS_OF_PROCESS])

    async def _look(self, queues: tuple[Queue, ...]) -> int:
        started = time.monotonic()
        if started >= self._next_look[queues]:
            await self._ask(queues)
            ended = time.monotonic()
            self._next_look[queues] = ended + min((ended - started) / WATCHING_SHARE, LONGEST_WATCH_PAUSE_SECONDS)
        return 0

    async def _ask(self, queues: tuple[Queue, ...]) -> int:
        due = {kind for _, kind in await due_tenants(self._runtime, kinds_of(queues))}
        return await self._waker.wake(sorted(due))
