"""Readiness of database, Redis, relay, worker and storage, for operators and load balancers.

Busy is not down. A slow database is `busy`, and `down` only when it refuses, disconnects, or has not answered for 15
seconds: taking a busy process out of service would make the others busier. Relay and worker are judged by their
backlog, not by a heartbeat alone: a process that runs but handles nothing is `stuck`.
"""

import asyncio
import shutil
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

import msgspec
from redis.exceptions import RedisError

from app.platform.kernel.outages import outage_of
from app.platform.kernel.runtime import Runtime

RELAY_HEARTBEAT: Final = "yinghuo:relay:heartbeat"
"""Redis key that the relay refreshes; it expires when the relay dies."""

TIMEOUT_SECONDS: Final = 0.7
"""Timeout for all components together: an answer never takes longer than a second."""
CACHE_SECONDS: Final = 1.0
"""How long an answer holds: many who ask cost no more than one."""
SILENT_SECONDS: Final = 15.0
"""A database that has not answered for so long is down, whatever the reason."""
LATE_SECONDS: Final = 30.0
"""What should have been done so long ago is late."""
STUCK_SECONDS: Final = 60.0
"""What is late and has not moved for so long is stuck."""
MIN_FREE_BYTES: Final = 64 * 1024 * 1024
"""Bytes that the folder of uploaded files needs free."""
FULL_SECONDS: Final = 60.0
"""How long storage is reported as full after a write failed for lack of space."""

ComponentState = Literal["ok", "busy", "behind", "stuck", "full", "down", "unknown"]


@dataclass(frozen=True, slots=True)
class Backlog:
    """Work that is due and not done: how much, and since when (None: nothing)."""

    oldest: datetime | None = None
    count: int = 0


@dataclass(frozen=True, slots=True)
class Backlogs:
    """The backlogs of the worker (events) and of the relay (all other due work)."""

    events: Backlog
    entries: Backlog


BacklogReader = Callable[[Runtime], Awaitable[Backlogs]]
"""Asks the database; a way in fills this port."""


class Readiness(msgspec.Struct, frozen=True):
    """Each part's state. Only the database decides whether the process can serve: losing Redis costs speed and PINs,
    a full disk costs writing, and what is behind comes later."""

    database: ComponentState
    redis: ComponentState
    relay: ComponentState
    worker: ComponentState
    storage: ComponentState
    oldest_event_seconds: int
    """How long the longest waiting event is due, in whole seconds."""
    oldest_entry_seconds: int
    """The same of all other due work."""

    @property
    def can_serve(self) -> bool:
        return self.database != "down"


class BacklogMonitor:
    """Watches whether a backlog shrinks from one check to the next."""

    def __init__(self) -> None:
        self._seen = Backlog()
        self._since = time.monotonic()

    def judge(self, waiting: Backlog, now: datetime) -> ComponentState:
        """`ok` while nothing is late, `behind` while what is late moves (or nobody knows yet), then `stuck`."""
        if waiting.oldest != self._seen.oldest or waiting.count < self._seen.count:
            self._since = time.monotonic()
        self._seen = waiting
        if seconds_since(waiting.oldest, now) < LATE_SECONDS:
            return "ok"
        return "behind" if time.monotonic() - self._since < STUCK_SECONDS else "stuck"


def seconds_since(moment: datetime | None, now: datetime) -> int:
    """Whole seconds from `moment` to `now`; 0 where there is none."""
    return 0 if moment is None else max(0, int((now - moment).total_seconds()))


class ReadinessCheck:
    """Checks the components; one instance per web process."""

    def __init__(self, runtime: Runtime, read_backlogs: BacklogReader) -> None:
        self._runtime = runtime
        self._read_backlogs = read_backlogs
        self._answered = time.monotonic()
        self._full_until = 0.0
        self._worker, self._relay = BacklogMonitor(), BacklogMonitor()
        self._running_check: asyncio.Task[Readiness] | None = None
        self._checked_at = 0.0

    def note_storage_full(self) -> None:
        """A request has just failed because the storage is full."""
        self._full_until = time.monotonic() + FULL_SECONDS

    async def current(self) -> Readiness:
        """The state of all components, at most a second old."""
        now = time.monotonic()
        if self._running_check is None or (self._running_check.done() and now - self._checked_at > CACHE_SECONDS):
            self._checked_at = now
            self._running_check = asyncio.create_task(self._check_now())
        return await asyncio.shield(self._running_check)

    async def _check_now(self) -> Readiness:
        (database, due), (redis, breathes), storage = await asyncio.gather(
            self._database(), self._redis(), asyncio.to_thread(self._storage)
        )
        now = self._runtime.clock.now()
        worker: ComponentState = "unknown"
        relay: ComponentState = "unknown"
        events = entries = Backlog()
        if due is not None:
            events, entries = due.events, due.entries
            worker, relay = self._worker.judge(events, now), self._relay.judge(entries, now)
        if breathes is False:
            relay = "down"
        return Readiness(
            database=database,
            redis=redis,
            relay=relay,
            worker=worker,
            storage=storage,
            oldest_event_seconds=seconds_since(events.oldest, now),
            oldest_entry_seconds=seconds_since(entries.oldest, now),
        )

    async def _database(self) -> tuple[ComponentState, Backlogs | None]:
        """Asked as a role whose connections no request uses: a pool that is used up is busy, not down."""
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                due = await self._read_backlogs(self._runtime)
        except TimeoutError:
            silent = time.monotonic() - self._answered > SILENT_SECONDS
            return ("down" if silent else "busy"), None
        except Exception as failure:
            if outage_of(failure) is None:
                raise
            return "down", None
        self._answered = time.monotonic()
        return "ok", due

    async def _redis(self) -> tuple[ComponentState, bool | None]:
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                return "ok", bool(await self._runtime.redis.exists(RELAY_HEARTBEAT))
        except (RedisError, OSError):
            return "down", None

    def _storage(self) -> ComponentState:
        if time.monotonic() < self._full_until:
            return "full"
        if self._runtime.settings.s3_bucket is not None:
            return "ok"
        folder = self._runtime.settings.data_directory.absolute()
        while not folder.exists():
            folder = folder.parent
        return "full" if shutil.disk_usage(folder).free < MIN_FREE_BYTES else "ok"
