"""Periodic loops of the relay process (wake-ups, sweeps, daily jobs), each in its own task, none stopping another."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.platform.kernel.logs import OncePerMinute, log
from app.platform.kernel.outages import outage_of
from app.platform.kernel.runtime import Runtime

LONGEST_BACKOFF_SECONDS: Final = 10.0
OUTAGE_BACKOFF_SECONDS: Final = 2.0
"""Longest delay while a server is down, so that work resumes soon after it is back."""
HEARTBEAT_SECONDS: Final = 5
HEARTBEAT_LIFETIME_SECONDS: Final = 20

_log: Final = log(__name__)


@dataclass(frozen=True, slots=True)
class Loop:
    """A function that is called repeatedly: `turn` returns how much it found to do."""

    name: str
    turn: Callable[[], Awaitable[int]]
    pause_seconds: float
    """How long to rest after a turn that found nothing."""


async def run_loops(loops: list[Loop], stopped: asyncio.Event) -> None:
    """Run all loops until `stopped`. A turn that raises is retried with growing delays and logged once a minute."""
    async with asyncio.TaskGroup() as group:
        for loop in loops:
            group.create_task(_turn(loop, stopped), name=loop.name)


async def _turn(loop: Loop, stopped: asyncio.Event) -> None:
    backoff = loop.pause_seconds
    failures, once_per_minute = 0, OncePerMinute()
    while not stopped.is_set():
        try:
            found = await loop.turn()
        except Exception as failure:  # noqa: BLE001 - a loop outlives whatever its turn meets
            failures += 1
            outage = outage_of(failure)
            longest = LONGEST_BACKOFF_SECONDS if outage is None else OUTAGE_BACKOFF_SECONDS
            backoff = min(max(backoff, 0.25) * 2, longest)
            if once_per_minute("turn_failed"):
                _log.error("turn_failed", loop=loop.name, failures=failures, outage=outage, exc_info=failure)
            await _rest(stopped, backoff)
            continue
        if failures and once_per_minute("turns_again"):
            _log.warning("turns_again", loop=loop.name, failures=failures)
        failures, backoff = 0, loop.pause_seconds
        if not found:
            await _rest(stopped, loop.pause_seconds)


async def _rest(stopped: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stopped.wait()
    except TimeoutError:
        return


def heartbeat(runtime: Runtime, key: str) -> Loop:
    """Refreshes a key that expires when this process dies."""

    async def beat() -> int:
        await runtime.redis.set(key, "alive", ex=HEARTBEAT_LIFETIME_SECONDS)
        return 0

    return Loop("heartbeat", beat, HEARTBEAT_SECONDS)


def sign_of_life(file: Path | None) -> list[Loop]:
    """Touches a file while this process's event loop turns; nothing where nobody watches."""
    if file is None:
        return []

    async def touch() -> int:
        await asyncio.to_thread(file.touch)
        return 0

    return [Loop("sign_of_life", touch, HEARTBEAT_SECONDS)]


def stop_on_signals(stopped: asyncio.Event) -> None:
    """Let SIGTERM and SIGINT end the loops after their present turn."""
    running = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        running.add_signal_handler(number, stopped.set)
