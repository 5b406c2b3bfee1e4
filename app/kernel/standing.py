"""Connections that stay taken from a role's pool, for single statements that every request waits for.

Taking a connection from the pool and handing it back costs a request more than such a statement itself. A few of them
are therefore taken once and kept. Only reads outside any transaction go this way (who is calling, before a unit of work
exists), so that a statement can be sent again when its connection turns out to have died.
"""

import asyncio
import time
from typing import Any, Final

from asyncpg.exceptions import InterfaceError, OperatorInterventionError, PostgresConnectionError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import PoolProxiedConnection

from app.kernel.statements import Prepared, Row

KEPT_SECONDS: Final = 1800
"""As long as the pool keeps a connection; then it is handed back, and the pool decides."""
WAIT_SECONDS: Final = 10
LOST: Final = (InterfaceError, PostgresConnectionError, OperatorInterventionError, ConnectionError)
"""What the driver raises on a connection that the server, or somebody between, has closed."""


class _Standing:
    """One connection, and when it was taken (monotonic seconds)."""

    __slots__ = ("driver", "pooled", "taken")

    def __init__(self, pooled: PoolProxiedConnection) -> None:
        self.pooled = pooled
        self.driver: Any = pooled.driver_connection
        self.taken = time.monotonic()

    @property
    def stale(self) -> bool:
        return time.monotonic() - self.taken > KEPT_SECONDS or self.driver.is_closed()

    def hand_back(self) -> None:
        if self.driver.is_closed():
            self.pooled.invalidate()
        else:
            # Nothing was begun on it: the pool has nothing to end and nothing to wait for.
            self.pooled.close()


class StandingConnections:
    """At most `count` connections of the pool of `engine`, taken at first use. Whoever finds all of them busy waits."""

    def __init__(self, engine: AsyncEngine, count: int) -> None:
        self.engine = engine
        self._places: asyncio.LifoQueue[_Standing | None] = asyncio.LifoQueue(count)
        for _ in range(count):
            self._places.put_nowait(None)

    async def first(self, statement: Prepared, **parameters: Any) -> Row | None:
        """The first row.

        Raises:
            ConnectionError: the database does not answer.
            TimeoutError: no connection came free.
        """
        try:
            return await self._first(statement, parameters)
        except LOST:
            # The database was restarted, or an idle connection was cut: a fresh one may answer.
            try:
                return await self._first(statement, parameters)
            except LOST as error:
                raise ConnectionError("the database does not answer") from error

    async def _first(self, statement: Prepared, parameters: dict[str, Any]) -> Row | None:
        standing = await self._take()
        try:
            if standing is not None and standing.stale:
                standing.hand_back()
                standing = None
            if standing is None:
                standing = _Standing(await self.engine.raw_connection())
            return await statement.first_of(standing.driver, **parameters)
        except BaseException:
            # Also when the caller went away in the middle: nobody knows what the connection is doing now.
            if standing is not None:
                standing.pooled.invalidate()
                standing = None
            raise
        finally:
            self._places.put_nowait(standing)

    async def _take(self) -> _Standing | None:
        if not self._places.empty():
            return self._places.get_nowait()
        async with asyncio.timeout(WAIT_SECONDS):
            return await self._places.get()

    def close(self) -> None:
        """Hand the connections back to the pool. For the end of the process, when nobody asks any more."""
        while not self._places.empty():
            standing = self._places.get_nowait()
            if standing is not None:
                standing.hand_back()
