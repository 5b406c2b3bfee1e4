"""Connection pools that replace dead connections before handing them out: after a restart or failover of the server, a
terminated backend, a firewall that dropped an idle connection.

Two checks are made at every check-out, because they cost microseconds: whether the driver knows that the connection is
closed, and whether unexpected data waits on its socket (the event loop may not have read the server's goodbye yet). A
connection that was cut silently only shows when something is sent: one that was idle for long is queried first, and TCP
keep-alive gives up on a peer that acknowledges nothing. Querying every time (`pool_pre_ping`) would cost every request
a round trip.
"""

import asyncio
import select
import socket
import time
from typing import Any, Final

import asyncpg
from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection
from sqlalchemy.util import await_only

from app.platform.kernel.outages import DatabaseUnreachable

CONNECT_SECONDS: Final = 5
"""How long a server may take to accept a connection."""
IDLE_SECONDS: Final = 30
"""A connection that nobody used for so long is asked whether it is still there."""
TIMEOUT_SECONDS: Final = 2
"""How long it may take to say so."""

_RETURNED: Final = "returned_at"
_READABLE: Final = "readable"
_KEEPING_ALIVE: Final = {
    "SO_KEEPALIVE": (socket.SOL_SOCKET, 1),
    "TCP_KEEPIDLE": (socket.IPPROTO_TCP, 15),
    "TCP_KEEPINTVL": (socket.IPPROTO_TCP, 5),
    "TCP_KEEPCNT": (socket.IPPROTO_TCP, 3),
    "TCP_USER_TIMEOUT": (socket.IPPROTO_TCP, 15_000),
}
"""Seconds, and milliseconds for the last: who vanishes without a word is noticed within half a minute, also in the
middle of a statement. What a system does not know is left out."""


async def connect(*arguments: Any, **options: Any) -> Any:
    """The driver's connection, which notices within seconds that its other end has vanished.

    Raises:
        DatabaseUnreachable: nobody answers there.
        PostgresError: the server answers and refuses.
    """
    try:
        driver = await asyncpg.connect(*arguments, **options, timeout=CONNECT_SECONDS)
    except (OSError, TimeoutError) as error:
        raise DatabaseUnreachable from error
    _keep_alive(driver)
    return driver


async def is_alive(driver: Any) -> bool:
    """Whether the server still answers on this connection, within two seconds."""
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            await driver.execute("SELECT 1")
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
        return False
    return True


def discard_dead_connections(engine: AsyncEngine) -> None:
    """Have the pool of `engine` replace, when it hands them out, connections that have gone."""
    pool = engine.sync_engine
    event.listen(pool, "connect", _note_socket)
    event.listen(pool, "checkin", _note_return)
    event.listen(pool, "checkout", _reject_dead)


def replace_dead_connection(pooled: PoolProxiedConnection, error: Exception) -> None:
    """Put a new connection in the place of one that turned out to have gone before anything was done on it.

    As the pool itself does when a connection proves dead while it is handed out; `_connection_record` is private, and
    tests/kernel/test_lost_connections.py fails when a release changes it. Inside SQLAlchemy's greenlet.

    Raises:
        DatabaseUnreachable: there is no server.
        Exception: it refuses.
    """
    place: Any = pooled
    record = place._connection_record  # noqa: SLF001 - see above
    record.invalidate(error)
    place.dbapi_connection = record.get_connection()


def _socket(driver: Any) -> Any:
    transport = getattr(driver, "_transport", None)
    return transport.get_extra_info("socket") if transport is not None else None


def _keep_alive(driver: Any) -> None:
    connected = _socket(driver)
    if connected is None or connected.family == socket.AF_UNIX:
        return
    for name, (level, value) in _KEEPING_ALIVE.items():
        option = getattr(socket, name, None)
        if option is not None:
            connected.setsockopt(level, option, value)


def _note_socket(connection: Any, record: ConnectionPoolEntry) -> None:
    connected = _socket(connection.driver_connection)
    if connected is not None:
        readable = select.poll()
        readable.register(connected.fileno(), select.POLLIN)
        record.info[_READABLE] = readable


def _note_return(_: Any, record: ConnectionPoolEntry) -> None:
    record.info[_RETURNED] = time.monotonic()


def _reject_dead(connection: Any, record: ConnectionPoolEntry, _: PoolProxiedConnection) -> None:
    driver = connection.driver_connection
    if driver.is_closed():
        raise DisconnectionError("the server has hung up")
    returned = record.info.get(_RETURNED)
    if returned is None:
        return
    readable = record.info.get(_READABLE)
    doubtful = time.monotonic() - returned > IDLE_SECONDS or (readable is not None and readable.poll(0))
    if doubtful and not await_only(is_alive(driver)):
        driver.terminate()
        raise DisconnectionError("nobody answers on it any more")
