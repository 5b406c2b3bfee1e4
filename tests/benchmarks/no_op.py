"""What a request costs before it does anything: recognised, allowed, answered; against the bare framework with one
round trip to Redis, which is what a session kept there would cost."""

import os

from litestar import Litestar, get
from redis.asyncio import Redis

from app import asgi
from rbac import Permission
from tests.benchmarks.bare_framework import Nothing


@get("/no-op", permission=Permission.TICKET_READ)
async def no_op() -> Nothing:
    """Nothing, for whoever may read tickets."""
    return Nothing()


def product() -> Litestar:
    """The application with one handler more."""
    asgi.API_HANDLERS = [*asgi.API_HANDLERS, no_op]
    return asgi.application()


_redis: Redis = Redis.from_url(os.environ.get("REDIS_URL", "redis://127.0.0.1:6379"))


@get("/no-op")
async def with_redis() -> Nothing:
    """Nothing, after a look into Redis."""
    await _redis.get("session")
    return Nothing()


bare = Litestar([with_redis], openapi_config=None, logging_config=None)
