"""SQLAlchemy statements that are compiled once and run directly on the driver's connection.

For reads of every request and for work done for every event. A `PreparedStatement` is an
ordinary `select()` of mapped columns (or an `update()`, a `delete()`) with named `bindparam`s, so it is checked and
readable like any other; what it saves is building and adapting the statement anew every time. It must name the tenant
itself (and the client, for inner rings): the session's criterion does not
see it. Rows come back as tuples in the order of the columns.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cached_property
from typing import Any

from sqlalchemy import Delete, Select, Update
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from app.platform.kernel.outages import is_away

Row = Sequence[Any]
_dialect: Any = asyncpg.dialect


class PreparedStatement:
    """One statement. Thread-free: made at import, compiled once."""

    def __init__(self, statement: Select[*tuple[Any, ...]] | Update | Delete) -> None:
        self._statement = statement

    @cached_property
    def _compiled(self) -> tuple[str, tuple[str, ...], dict[str, Any]]:
        compiled: Any = self._statement.compile(dialect=_dialect())
        return compiled.string, tuple(compiled.positiontup or ()), dict(compiled.params)

    def _arguments(self, parameters: dict[str, Any]) -> list[Any]:
        _, names, defaults = self._compiled
        return [parameters[name] if name in parameters else defaults[name] for name in names]

    async def all(self, session: AsyncSession, **parameters: Any) -> list[Row]:
        """Every row."""
        return await self.rows(await driver_of(session), **parameters)

    async def first(self, session: AsyncSession, **parameters: Any) -> Row | None:
        """The first row, or None."""
        driver = await driver_of(session)
        row: Row | None = await driver.fetchrow(self._compiled[0], *self._arguments(parameters))
        return row

    async def rows(self, driver: Any, **parameters: Any) -> list[Row]:
        """Every row, on a driver's connection that somebody holds (`borrowed_driver`,
        `app.platform.kernel.performance.batch_loader`)."""
        rows: list[Row] = await driver.fetch(self._compiled[0], *self._arguments(parameters))
        return rows


@asynccontextmanager
async def borrowed_driver(engine: AsyncEngine) -> AsyncIterator[Any]:
    """The driver's own connection from the pool of a role that reads across tenants; nothing is begun on it."""
    raw = await engine.raw_connection()
    driver: Any = raw.driver_connection
    try:
        yield driver
    except Exception as error:
        if is_away(error):
            # It may not have heard of its end yet.
            driver.terminate()
        raise
    finally:
        # Nothing was begun, so that the pool has nothing to end and nothing to wait for.
        raw.close()


async def driver_of(session: AsyncSession) -> Any:
    """The driver's connection inside the session's transaction, begun and bound to its actor."""
    driver = session.info.get("driver")
    if driver is None:
        connection = await session.connection()
        driver = (await connection.get_raw_connection()).driver_connection
        session.info["driver"] = driver
    return driver
