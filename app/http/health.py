"""Is the process alive, can it serve, and its figures for operators."""

import asyncio
import hmac
from typing import Any

import msgspec
from litestar import MediaType, Request, Response, get
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app.http.work import runtime_of
from app.kernel.database import ping
from app.kernel.errors import NotFound
from rbac import Access

RELAY_HEARTBEAT = "yinghuo:relay:heartbeat"
"""Redis key that the outbox relay refreshes; it expires when the relay dies."""


class Readiness(msgspec.Struct, frozen=True):
    """Each part's state. Only the database decides whether the process can serve: losing Redis costs speed and PINs."""

    database: str
    redis: str
    relay: str


@get("/health/live", permission=Access.PUBLIC, include_in_schema=False)
async def live() -> dict[str, str]:
    """The event loop turns."""
    return {"status": "live"}


@get("/health/ready", permission=Access.PUBLIC, include_in_schema=False)
async def ready(request: Request[Any, Any, Any]) -> Response[Readiness]:
    """Answers 503 while the database does not answer."""
    runtime = runtime_of(request)
    database = redis = relay = "ok"
    try:
        async with asyncio.timeout(2):
            await ping(runtime.engine("app"))
    except (SQLAlchemyError, OSError, TimeoutError):
        database = "down"
    try:
        if not await runtime.redis.exists(RELAY_HEARTBEAT):
            relay = "down"
    except (RedisError, OSError):
        redis, relay = "down", "unknown"
    return Response(Readiness(database, redis, relay), status_code=200 if database == "ok" else 503)


@get("/metrics", permission=Access.PUBLIC, include_in_schema=False, media_type=MediaType.TEXT)
async def metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Prometheus' figures, for whoever holds the metrics token; in production nothing without one."""
    settings = runtime_of(request).settings
    token = settings.metrics_token
    if token is None and settings.environment == "production":
        raise NotFound
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if token is not None and not hmac.compare_digest(given.encode(), token.get_secret_value().encode()):
        raise NotFound
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
