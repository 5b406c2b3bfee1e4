"""How a transaction begins: `BEGIN` and the actor's context in one message, before anything else can run.

SQLAlchemy's adapter for asyncpg sends BEGIN by itself and would then send the context as a prepared statement of its
own: three round trips instead of one. Here the adapter is handed a transaction that has begun
already. The adapter's `_transaction` slot is private; tests/kernel/test_transactions.py fails when a release changes
it.

What is sent behind SQLAlchemy's back fails behind it too: it would go on handing out a connection that has gone. So
whoever begins on one gets another in its place: nothing has been done on it yet, so nothing is lost.
"""

from typing import Any

from sqlalchemy import Connection
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.util import await_only

from app.platform.kernel.connection_pool import replace_dead_connection
from app.platform.kernel.outages import is_away


class TransactionLost(RuntimeError):
    """COMMIT found the transaction aborted: an error was swallowed inside it, and nothing was kept."""


class _BegunTransaction:
    """What the adapter calls when SQLAlchemy commits or rolls back."""

    __slots__ = ("_driver",)

    def __init__(self, driver: Any) -> None:
        self._driver = driver

    async def commit(self) -> None:
        if await self._driver.execute("COMMIT") != "COMMIT":
            raise TransactionLost

    async def rollback(self) -> None:
        # A connection that has gone has rolled back; a complaint about it would hide why it went.
        if self._driver.is_closed():
            return
        try:
            await self._driver.execute("ROLLBACK")
        except Exception as error:
            self._driver.terminate()
            if not is_away(error):
                raise


SNAPSHOT = " ISOLATION LEVEL REPEATABLE READ, READ ONLY"
"""What follows BEGIN where all statements shall see one moment."""


def begin_with_context(connection: Connection, context: str, mode: str = "") -> None:
    """Begin on `connection` as `context` (`Actor.database_context`: UUIDs and fixed words, safe to format).

    To be called first thing in a transaction, inside SQLAlchemy's greenlet.

    Raises:
        Exception: what tells an outage (`app.platform.kernel.outages`), when a second connection fails as the first
        did.
    """
    message = f"BEGIN{mode}; SET LOCAL app.actor = '{context}'"
    pooled = connection.connection
    try:
        _begin(pooled, message)
    except Exception as error:
        if not is_away(error):
            raise
        replace_dead_connection(pooled, error)
        _begin(pooled, message)


def _begin(pooled: PoolProxiedConnection, message: str) -> None:
    adapter: Any = pooled.dbapi_connection
    driver = adapter.driver_connection
    # Before it is sent: whoever is cancelled while it is under way has begun, and must roll back.
    adapter._transaction = _BegunTransaction(driver)  # noqa: SLF001 - see above
    await_only(driver.execute(message))
