"""How a transaction begins: `BEGIN` and the actor's context in one message, before anything else can run.

SQLAlchemy's adapter for asyncpg sends BEGIN by itself and would then send the context as a prepared statement of its
own: three round trips instead of one. Here the adapter is handed a transaction that has begun
already. The adapter's `_transaction` slot is private; tests/kernel/test_transactions.py fails when a release changes
it.
"""

from typing import Any

from sqlalchemy import Connection
from sqlalchemy.util import await_only


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
        await self._driver.execute("ROLLBACK")


SNAPSHOT = " ISOLATION LEVEL REPEATABLE READ, READ ONLY"
"""What follows BEGIN where all statements shall see one moment."""


def begin_bound(connection: Connection, context: str, mode: str = "") -> None:
    """Begin on `connection` as `context` (`Actor.database_context`: UUIDs and fixed words, safe to format).

    To be called first thing in a transaction, inside SQLAlchemy's greenlet.
    """
    adapter: Any = connection.connection.dbapi_connection
    driver = adapter.driver_connection
    await_only(driver.execute(f"BEGIN{mode}; SET LOCAL app.actor = '{context}'"))
    adapter._transaction = _BegunTransaction(driver)  # noqa: SLF001 - see above
