"""Servers that are away or have no room: told in words, once for the API and for pages, with when to try again."""

import errno
from collections.abc import AsyncIterator
from typing import Any, cast

import asyncpg
import httpx
import pytest
from asyncpg.exceptions import (
    AdminShutdownError,
    CannotConnectNowError,
    ConnectionDoesNotExistError,
    DeadlockDetectedError,
    DiskFullError,
    InterfaceError,
    InternalClientError,
    LockNotAvailableError,
    QueryCanceledError,
    ReadOnlySQLTransactionError,
    TooManyConnectionsError,
)
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.platform.http.errors import as_domain_error, status_of
from app.platform.kernel.outages import DatabaseUnreachable, is_away
from app.platform.kernel.runtime import Runtime
from tests.factories.network import Network

AWAY_OR_BUSY = (
    DatabaseUnreachable(),
    ConnectionRefusedError(111, "refused"),
    ConnectionResetError(),
    TimeoutError(),
    PoolTimeoutError(),
    RedisConnectionError(),
    ResponseError("OOM command not allowed when used memory > 'maxmemory'."),
    InterfaceError("cannot perform operation: connection is closed"),
    InternalClientError("cannot switch to state 12; another operation (2) is in progress"),
    AdminShutdownError("terminating connection due to administrator command"),
    CannotConnectNowError("the database system is starting up"),
    ConnectionDoesNotExistError("connection was closed in the middle of operation"),
    TooManyConnectionsError("sorry, too many clients already"),
    LockNotAvailableError("canceling statement due to lock timeout"),
    QueryCanceledError("canceling statement due to statement timeout"),
    DeadlockDetectedError("deadlock detected"),
    ReadOnlySQLTransactionError("cannot execute INSERT in a read-only transaction"),
)
FULL = (DiskFullError("could not extend file"), OSError(errno.ENOSPC, "No space left on device"))


def in_every_shape(error: Exception) -> list[Exception]:
    """As the driver, SQLAlchemy, something of ours that gives it as its cause, and a group tell the same."""
    wrapped = DBAPIError("SELECT 1", None, error)
    caused = RuntimeError("the turn failed")
    caused.__cause__ = error
    return [error, wrapped, caused, ExceptionGroup("of some tenants", [ValueError(), error])]


@pytest.mark.parametrize("error", AWAY_OR_BUSY, ids=lambda error: type(error).__name__)
def test_whatever_is_away_or_busy_is_unavailable_for_a_while(error: Exception) -> None:
    for shape in in_every_shape(error):
        known = as_domain_error(shape)
        assert known is not None, (
            f"{shape!r} is answered as a mistake of ours: add it to app/platform/kernel/outages.py"
        )
        assert (status_of(known), known.retry_after) == (503, 5)


@pytest.mark.parametrize("error", FULL, ids=lambda error: type(error).__name__)
def test_a_full_disk_is_told_as_such(error: Exception) -> None:
    for shape in in_every_shape(error):
        known = as_domain_error(shape)
        assert known is not None
        assert (status_of(known), known.code) == (507, "system.storage_full")


def test_a_mistake_stays_a_mistake() -> None:
    for mistake in (ValueError("x"), InterfaceError("cannot perform operation: another operation is in progress")):
        assert as_domain_error(mistake) is None


@pytest.fixture
async def starting(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """From now on the server refuses every new connection as one that is starting does."""

    async def refuse(*_: object, **__: object) -> Any:
        raise CannotConnectNowError("the database system is starting up")

    monkeypatch.setattr(asyncpg, "connect", refuse)
    for role in ("app", "signin"):
        await runtime.engine(role).dispose()
    await runtime.caller_lookups.close()
    runtime._caller_lookups = None  # as in a process that has just started
    yield
    monkeypatch.undo()


async def test_while_the_database_starts_pages_and_api_say_when_to_come_again(
    network: Network, runtime: Runtime, starting: None
) -> None:
    from app.asgi import build

    transport = httpx.ASGITransport(cast("Any", build(runtime)), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        signed_in = {"authorization": "Bearer anything"}
        api = await client.get("/api/v1/tickets", headers=signed_in)
        page = await client.get("/sign-in", headers={**signed_in, "accept": "text/html"})
        form = await client.post("/api/v1/sessions", json={"name": "a@a.example", "password": "x" * 12})
        ready = await client.get("/health/ready")
    assert [answer.status_code for answer in (api, form, ready)] == [503, 503, 503]
    assert api.json()["code"] == "system.unavailable"
    assert api.headers["retry-after"] == form.headers["retry-after"] == "5"
    assert page.status_code == 503
    assert page.headers["retry-after"] == "5"
    assert page.headers["content-type"].startswith("text/html")


def test_patience_that_ended_is_no_server_that_is_away() -> None:
    """Who works with a time limit must be able to tell its own end from an outage."""
    assert not is_away(TimeoutError())
    assert is_away(TimeoutError(errno.ETIMEDOUT, "Connection timed out"))
