"""The database as its superuser sees it: nothing is hidden from a search for what should be gone."""

from collections.abc import AsyncIterator

import asyncpg
import pytest


@pytest.fixture
async def admin(admin_dsn: str, database: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(admin_dsn, database=database)
    yield connection
    await connection.close()
