"""A database without a table."""

import secrets
from collections.abc import AsyncIterator

import asyncpg
import pytest

from app.platform.embedded import prepare_roles
from tests.conftest import PASSWORD


@pytest.fixture(scope="module")
async def empty_database(admin_dsn: str) -> AsyncIterator[str]:
    """A database as `db prepare` leaves it, without a table: its name."""
    name = f"migrations_{secrets.token_hex(6)}"
    await prepare_roles(admin_dsn, PASSWORD, databases=(name,))
    yield name
    admin = await asyncpg.connect(admin_dsn)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()
