"""The backup of docs/operations.md: taken as the backup role, brought back on a prepared database."""

import secrets
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from app.platform.embedded import prepare_roles, role_dsns
from app.platform.embedded.postgres import postgres_binaries
from tests.conftest import PASSWORD, TEMPLATE
from tests.migrations.databases import address_of, shape_of


@pytest.fixture
async def prepared(admin_dsn: str) -> AsyncIterator[str]:
    """A database as `db prepare` leaves it: its name."""
    name = f"restored_{secrets.token_hex(6)}"
    await prepare_roles(admin_dsn, PASSWORD, databases=(name,))
    yield name
    admin = await asyncpg.connect(admin_dsn)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


async def test_what_was_backed_up_comes_back_with_its_isolation(
    admin_dsn: str, database: str, prepared: str, tmp_path: Path
) -> None:
    source = await asyncpg.connect(address_of(admin_dsn, database))
    await source.execute(
        "INSERT INTO tenant (id, kind, slug, name, state, version, created_at) "
        "VALUES (gen_random_uuid(), 'partner', 'kept', '存下的服务商', 'active', 1, now())"
    )
    await source.close()
    programs, dump = postgres_binaries(None), tmp_path / "yinghuo.dump"

    _run(programs / "pg_dump", "--format=custom", f"--file={dump}", role_dsns(admin_dsn, PASSWORD, database).backup)
    _run(programs / "pg_restore", f"--dbname={address_of(admin_dsn, prepared)}", str(dump))

    restored = await asyncpg.connect(address_of(admin_dsn, prepared))
    assert await restored.fetchval("SELECT name FROM tenant WHERE slug = 'kept'") == "存下的服务商"
    await restored.close()
    assert await shape_of(admin_dsn, prepared) == await shape_of(admin_dsn, TEMPLATE)


def _run(program: Path, *options: str) -> None:
    finished = subprocess.run([program, *options], capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
