"""Tells outages of PostgreSQL and Redis (unreachable, overloaded, disk full) from other exceptions.

The same outage arrives as the driver's own error, wrapped by SQLAlchemy, as a socket error while connecting, or inside
an exception group; all of them are classified here.
"""

import errno
from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from asyncpg.exceptions import InterfaceError, InternalClientError, OutdatedSchemaCacheError, PostgresConnectionError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError


class Outage(StrEnum):
    """The kinds of outage."""

    AWAY = "away"
    """The server does not answer, or has hung up: another try, on another connection, may succeed."""
    BUSY = "busy"
    """The server answers, and cannot serve this now: too many ask, or wait for each other."""
    FULL = "full"
    """No room is left to write."""


_BY_STATE: Final = {
    "25006": Outage.AWAY,  # read-only: this server is not the first one any more
    "25P03": Outage.AWAY,  # hung up on a transaction that did nothing for too long
    "40001": Outage.BUSY,
    "40P01": Outage.BUSY,  # deadlock
    "53100": Outage.FULL,
    "53200": Outage.BUSY,  # out of memory
    "53300": Outage.BUSY,  # too many connections
    "55P03": Outage.BUSY,  # somebody held a lock for too long
    "57014": Outage.BUSY,  # took too long and was cancelled
    "57P01": Outage.AWAY,
    "57P02": Outage.AWAY,
    "57P03": Outage.AWAY,  # starting, or shutting down
    "57P05": Outage.AWAY,
}
"""By SQLSTATE [PostgreSQL, appendix A]; class 08, connection exceptions, besides."""

_FULL: Final = frozenset((errno.ENOSPC, errno.EDQUOT))
_AWAY: Final = (ConnectionError, PostgresConnectionError, RedisConnectionError, RedisTimeoutError)
_HUNG_UP: Final = "connection is closed"
"""What the driver says when asked something on a connection that has gone; its other complaints of this kind are about
how it was asked."""


class DatabaseUnreachable(ConnectionError):
    """A server could not be reached. Its text names nothing but the fact."""

    def __init__(self) -> None:
        super().__init__("the database does not answer")


def outage_of(error: BaseException) -> Outage | None:
    """The outage behind `error` or one of its causes; None when it is no outage."""
    return next((found for each in _chain_of(error) if (found := _outage(each)) is not None), None)


def is_away(error: BaseException) -> bool:
    """Whether a server was away, so that the same may be tried again on another connection."""
    return outage_of(error) is Outage.AWAY


def _chain_of(error: BaseException) -> Iterator[BaseException]:
    """The error itself, what a wrapper wraps, and every member of a group."""
    yield error
    if isinstance(error, BaseExceptionGroup):
        for member in error.exceptions:
            yield from _chain_of(member)
    cause = error.orig if isinstance(error, DBAPIError) else error.__cause__
    if cause is not None:
        yield from _chain_of(cause)


def _outage(error: BaseException) -> Outage | None:
    state = str(getattr(error, "sqlstate", None) or "")
    if state:
        return Outage.AWAY if state.startswith("08") else _BY_STATE.get(state)
    if isinstance(error, OSError) and error.errno in _FULL:
        return Outage.FULL
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return Outage.AWAY
    if isinstance(error, _AWAY):
        return Outage.AWAY
    if isinstance(error, TimeoutError):
        # With a number it is the socket's. Without one somebody's patience has ended: the server may be well.
        return Outage.BUSY if error.errno is None else Outage.AWAY
    if isinstance(error, InterfaceError) and _HUNG_UP in str(error):
        return Outage.AWAY
    if isinstance(error, InternalClientError) and not isinstance(error, OutdatedSchemaCacheError):
        # The driver has lost the thread: the server said its last word between two of our questions.
        return Outage.AWAY
    if isinstance(error, PoolTimeoutError):
        return Outage.BUSY
    # What is left of Redis' errors: it is loading, read-only, or out of memory.
    return Outage.BUSY if isinstance(error, RedisError) else None
