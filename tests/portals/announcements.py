"""What open pages hear of a change that nobody made."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import UUID

import msgspec
from redis.asyncio import Redis

from app.platform.kernel.live_updates import Change, channel_of

PAUSE_SECONDS = 0.2


@asynccontextmanager
async def announced(redis: Redis, tenant_id: UUID, change: Change) -> AsyncIterator[None]:
    """The change is announced again and again while the block runs.

    A page misses what is announced before its stream is open, and nobody outside can tell when that is: Redis counts
    one listener for all pages of a company.
    """

    async def announce() -> None:
        while True:
            await redis.publish(channel_of(tenant_id), msgspec.json.encode(change))
            await asyncio.sleep(PAUSE_SECONDS)

    announcing = asyncio.create_task(announce())
    try:
        yield
    finally:
        announcing.cancel()
        with suppress(asyncio.CancelledError):
            await announcing
