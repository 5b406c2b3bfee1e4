"""A tenant's rows as lines of JSON, read in one REPEATABLE READ transaction."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.performance import driver_of
from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from tenants.data_lifecycle.tables import TenantTable

PAGE: Final = 5_000
"""Rows asked for at once."""


class Page(NamedTuple):
    """Some rows of a table: their lines, and the key of the last one as text."""

    lines: list[str]
    last_key: list[str]


class TenantReader:
    """Reads one tenant inside one transaction: its own rows, and headquarters' rows about it."""

    def __init__(self, session: AsyncSession, driver: Any, tenant_id: UUID) -> None:
        self._session = session
        self._driver = driver
        self.tenant_id = tenant_id
        self._about: list[UUID] = [tenant_id]

    async def page(self, table: TenantTable, after: Sequence[str], most: int) -> Page:
        """At most `most` of the tenant's rows after the key `after` (empty: from the beginning)."""
        statement = table.read(onward=bool(after))
        return self._page(table, await self._driver.fetch(statement, self.tenant_id, most, *table.key_values(after)))

    async def page_about(self, table: TenantTable, after: Sequence[str], most: int) -> Page:
        """The same of headquarters' rows about the tenant; inside `at_headquarters` only."""
        statement = table.read_about(onward=bool(after))
        rows = await self._driver.fetch(statement, HQ_TENANT_ID, most, self._about, *table.key_values(after))
        return self._page(table, rows)

    @asynccontextmanager
    async def at_headquarters(self) -> AsyncIterator[None]:
        """Read as headquarters inside the block: its own rows, of which the statements take those about the tenant."""
        here, there = (Actor.system(tenant).database_context() for tenant in (self.tenant_id, HQ_TENANT_ID))
        await self._session.execute(text(f"SET LOCAL app.actor = '{there}'"))
        applications = await self._driver.fetch(
            "SELECT id FROM partner_application WHERE tenant_id = $1 AND partner_tenant_id = $2",
            HQ_TENANT_ID,
            self.tenant_id,
        )
        self._about = [self.tenant_id, *(row["id"] for row in applications)]
        yield
        await self._session.execute(text(f"SET LOCAL app.actor = '{here}'"))

    async def accounts(self) -> list[UUID]:
        """The accounts that the memberships name."""
        rows = await self._driver.fetch(
            "SELECT DISTINCT account_id FROM membership WHERE tenant_id = $1 ORDER BY account_id", self.tenant_id
        )
        return [row["account_id"] for row in rows]

    @staticmethod
    def _page(table: TenantTable, rows: Sequence[Any]) -> Page:
        last = [str(rows[-1][place]) for place in range(len(table.key))] if rows else []
        return Page([row["line"] for row in rows], last)


@asynccontextmanager
async def open_tenant_reader(units_of_work: UnitOfWorkFactory, tenant_id: UUID) -> AsyncIterator[TenantReader]:
    """A reader of one consistent snapshot of a tenant."""
    async with units_of_work.snapshot(Actor.system(tenant_id)) as session:
        driver = await driver_of(session)
        yield TenantReader(session, driver, tenant_id)
