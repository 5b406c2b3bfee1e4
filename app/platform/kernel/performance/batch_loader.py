"""Batched look-ups of single rows by key: callers that wait while a statement runs share the next statement.

For reads outside any transaction, before a unit of work exists (whose token is this?). A few connections stay checked
out of the pool, so that a request pays neither for a check-out nor for a statement of its own. A statement is sent
after all callers that it answers have asked: no answer is older than its question. A read whose connection has died is
sent again once on a new connection.
"""

import asyncio
import time
from contextvars import Context
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import PoolProxiedConnection

from app.platform.kernel.connection_pool import IDLE_SECONDS, is_alive
from app.platform.kernel.outages import DatabaseUnreachable, is_away
from app.platform.kernel.performance.prepared_statements import PreparedStatement, Row
from app.platform.kernel.time_source import TimeSource

CONNECTION_LIFETIME_SECONDS: Final = 1800
"""How long a connection stays checked out; as long as the pool keeps one."""
ANSWER_TIMEOUT_SECONDS: Final = 5
MAX_BATCH_SIZE: Final = 100
"""Keys of one statement at most. A second connection is used only when more are waiting: before that it would only
split one statement into two."""

_PendingLookup = tuple[str, "asyncio.Future[Row | None]"]


class _LoaderConnection:
    """One connection, and when it was taken and last used (monotonic seconds)."""

    __slots__ = ("driver", "pooled", "taken", "used")

    def __init__(self, pooled: PoolProxiedConnection) -> None:
        self.pooled = pooled
        self.driver: Any = pooled.driver_connection
        self.taken = self.used = time.monotonic()

    async def is_usable(self) -> bool:
        """Whether it can be used again: not too old, not closed, and answering if it was idle for long."""
        now = time.monotonic()
        if now - self.taken > CONNECTION_LIFETIME_SECONDS or self.driver.is_closed():
            return False
        idle = now - self.used > IDLE_SECONDS
        self.used = now
        if idle and not await is_alive(self.driver):
            self.driver.terminate()
            return False
        return True

    def release(self) -> None:
        if self.driver.is_closed():
            self.pooled.invalidate()
        else:
            # Nothing was begun on it: the pool has nothing to end and nothing to wait for.
            self.pooled.close()


class BatchLoader:
    """Uses at most `connections` of the pool of `engine`, checked out at first use.

    A question is a `PreparedStatement` whose first column is the key: it binds `keys` (an array)
    and optionally `now`.
    """

    def __init__(self, engine: AsyncEngine, clock: TimeSource, connections: int) -> None:
        self.engine = engine
        self._clock = clock
        self._idle: list[_LoaderConnection | None] = [None] * connections
        self._busy = 0
        self._waiting: dict[PreparedStatement, list[_PendingLookup]] = {}
        self._serving: set[asyncio.Task[None]] = set()

    async def load(self, question: PreparedStatement, key: str) -> Row | None:
        """The row of `key`, key included.

        Raises:
            ConnectionError: the database does not answer.
            TimeoutError: it did not answer in time.
        """
        if not self._busy:
            return await self._load_alone(question, key)
        answer: asyncio.Future[Row | None] = asyncio.get_running_loop().create_future()
        waiting = self._waiting.setdefault(question, [])
        waiting.append((key, answer))
        if self._idle and len(waiting) >= MAX_BATCH_SIZE:
            self._busy += 1
            self._reuse(self._idle.pop())
        return await answer

    async def close(self) -> None:
        """Hand the connections back to the pool. For the end of the process, when nobody asks any more."""
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        for kept in self._idle:
            if kept is not None:
                kept.release()
        self._idle.clear()

    async def _load_alone(self, question: PreparedStatement, key: str) -> Row | None:
        """Run the statement in the caller's own task: nobody else is waiting."""
        self._busy += 1
        kept = self._idle.pop()
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT_SECONDS):
                kept, rows = await self._ask(kept, question, [key])
        except BaseException:
            kept = None
            raise
        finally:
            self._reuse(kept)
        return rows[0] if rows else None

    def _reuse(self, kept: _LoaderConnection | None) -> None:
        """A connection, or the place of a lost one, is free: serve those who wait with it."""
        if not self._waiting:
            self._busy -= 1
            self._idle.append(kept)
            return
        # In a context of its own: what it does is not for the request alone that happened to start it.
        task = asyncio.get_running_loop().create_task(self._serve(kept), context=Context())
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, kept: _LoaderConnection | None) -> None:
        """Serve waiting callers with one connection until nobody waits."""
        try:
            while self._waiting:
                question, asked = next(iter(self._waiting.items()))
                del self._waiting[question]
                if len(asked) > MAX_BATCH_SIZE:
                    self._waiting[question] = asked[MAX_BATCH_SIZE:]
                    del asked[MAX_BATCH_SIZE:]
                kept = await self._answer(kept, question, asked)
        finally:
            self._busy -= 1
            self._idle.append(kept)

    async def _answer(
        self, kept: _LoaderConnection | None, question: PreparedStatement, asked: list[_PendingLookup]
    ) -> _LoaderConnection | None:
        """Resolve the futures of one batch; returns the connection if it can be used again."""
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT_SECONDS):
                kept, rows = await self._ask(kept, question, [key for key, _ in asked])
        except asyncio.CancelledError:
            for _, answer in asked:
                answer.cancel()
            raise
        except Exception as error:  # noqa: BLE001 — handed to everybody who asked
            for _, answer in asked:
                if not answer.done():
                    answer.set_exception(error)
            return None
        found = {row[0]: row for row in rows}
        for key, answer in asked:
            # Whoever went away in the meantime is not told.
            if not answer.done():
                answer.set_result(found.get(key))
        return kept

    async def _ask(
        self, kept: _LoaderConnection | None, question: PreparedStatement, keys: list[str]
    ) -> tuple[_LoaderConnection, list[Row]]:
        if kept is not None and not await kept.is_usable():
            kept.release()
            kept = None
        try:
            return await self._ask_once(kept, question, keys)
        except Exception as error:
            if not is_away(error):
                raise
            # The database was restarted, or an idle connection was cut: a fresh one may answer.
            try:
                return await self._ask_once(None, question, keys)
            except Exception as again:
                if not is_away(again):
                    raise
                raise DatabaseUnreachable from again

    async def _ask_once(
        self, kept: _LoaderConnection | None, question: PreparedStatement, keys: list[str]
    ) -> tuple[_LoaderConnection, list[Row]]:
        if kept is None:
            kept = _LoaderConnection(await self.engine.raw_connection())
        try:
            return kept, await question.rows(kept.driver, keys=keys, now=self._clock.now())
        except BaseException:
            # Also when time ran out in the middle: nobody knows what the connection is doing now.
            kept.pooled.invalidate()
            raise
