"""The kinds of kills, and how the recovery from each is detected."""

import os
import random
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import asyncpg

from app.platform.embedded.processes import ProcessIdentity, exists
from tests.chaos.installation import START_SECONDS, Installation, until
from tests.chaos.program import WEB_WORKERS

LIMIT_SECONDS = 10.0
"""How long a process may take from the moment at which what it needs is there again."""


@dataclass(frozen=True)
class Recovery:
    """What was killed; seconds until it ran again, and from then until everything worked."""

    kind: str
    gone: float
    idle: float


def _kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


async def _process(place: Installation, name: str) -> None:
    """The main process of the web, the worker or the relay."""
    before = place.pid(name)
    _kill(before)

    async def again() -> bool:
        return place.pid(name) != before

    await until(again, f"{name} was started again", START_SECONDS)


async def _web(place: Installation) -> None:
    await _process(place, "web")


async def _worker(place: Installation) -> None:
    await _process(place, "worker")


async def _relay(place: Installation) -> None:
    await _process(place, "relay")


async def _child(place: Installation, name: str, number: int) -> None:
    """One of the processes that a main process has started."""

    async def complete() -> bool:
        return len(place.children_of(name)) == number

    await until(complete, f"{name} has its {number} workers", START_SECONDS)
    before = random.choice(place.children_of(name))
    _kill(before)

    async def replaced() -> bool:
        return before not in place.children_of(name) and await complete()

    await until(replaced, f"a worker of {name} was replaced", START_SECONDS)


async def _web_worker(place: Installation) -> None:
    await _child(place, "web", WEB_WORKERS)


async def _connections(place: Installation) -> None:
    """Every connection to PostgreSQL, as a failover cuts them."""
    admin = await asyncpg.connect(place.postgres.admin_dsn())
    await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'yinghuo_%'")
    await admin.close()


async def _postgres(place: Installation) -> None:
    before = place.postgres.pid
    assert before is not None
    _kill(before)

    async def again() -> bool:
        if place.postgres.pid in (None, before):
            return False
        await (await asyncpg.connect(place.postgres.admin_dsn(), timeout=2)).close()
        return True

    await until(again, "PostgreSQL answers again", START_SECONDS)


async def _valkey(place: Installation) -> None:
    before = place.valkey.pid
    assert before is not None
    identity = ProcessIdentity.of(before)
    _kill(before)

    async def again() -> bool:
        gone = identity is None or not identity.is_alive() or not exists(before)
        return gone and place.valkey.pid not in (None, before) and bool(await place.runtime.redis.ping())

    await until(again, "Valkey answers again", START_SECONDS)


KILLS: dict[str, Callable[[Installation], Awaitable[None]]] = {
    "web worker": _web_worker,
    "PostgreSQL": _postgres,
    "worker": _worker,
    "connections": _connections,
    "relay": _relay,
    "Valkey": _valkey,
    "web": _web,
}


async def kill(place: Installation, kind: str, seconds: float) -> Recovery:
    """Kill it, and wait until everything works again.

    Raises:
        NeverSo: not within so many seconds after it ran again.
    """
    started = time.monotonic()
    await KILLS[kind](place)
    back = time.monotonic()
    await place.works(seconds)
    return Recovery(kind, back - started, time.monotonic() - back)
