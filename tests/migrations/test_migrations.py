"""The tables come from the migrations alone: all the way up, down and up again, and never behind the mapped classes."""

import os
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import asyncpg
import pytest

from app.embedded import prepare_roles, role_dsns
from migrations.registry import mapped_classes
from tests.conftest import PASSWORD, ROOT

SHAPE = {
    "columns": "SELECT table_name, column_name, data_type, is_nullable, column_default "
    "FROM information_schema.columns WHERE table_schema = 'public'",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = 'public'::regnamespace",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "policies": "SELECT tablename, policyname, cmd, qual, with_check FROM pg_policies WHERE schemaname = 'public'",
    "isolation": "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class "
    "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
    "grants": "SELECT table_name, grantee, privilege_type FROM information_schema.role_table_grants "
    "WHERE table_schema = 'public'",
    "functions": "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "triggers": "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal",
}
"""Everything that a migration can leave, by kind."""


@pytest.fixture(scope="module")
async def empty_database(admin_dsn: str) -> AsyncIterator[str]:
    """A database as `db prepare` leaves it, without a table: its name."""
    name = f"migrations_{secrets.token_hex(6)}"
    await prepare_roles(admin_dsn, PASSWORD, databases=(name,))
    yield name
    admin = await asyncpg.connect(admin_dsn)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


async def test_down_takes_everything_away_and_up_again_makes_the_same(admin_dsn: str, empty_database: str) -> None:
    before = await _shape(admin_dsn, empty_database)
    _alembic(admin_dsn, empty_database, "upgrade", "head")
    made = await _shape(admin_dsn, empty_database)
    assert mapped_classes().keys() <= {row[0] for row in made["columns"]}

    _alembic(admin_dsn, empty_database, "downgrade", "base")
    left = await _shape(admin_dsn, empty_database)
    assert {kind: _without_bookkeeping(rows) for kind, rows in left.items()} == before

    _alembic(admin_dsn, empty_database, "upgrade", "head")
    assert await _shape(admin_dsn, empty_database) == made


async def test_the_migrations_are_not_behind_the_mapped_classes(admin_dsn: str, empty_database: str) -> None:
    _alembic(admin_dsn, empty_database, "upgrade", "head")
    _alembic(admin_dsn, empty_database, "check")


def _alembic(admin_dsn: str, database: str, *command: str) -> None:
    """Run Alembic as the owner role, as `migrate` does."""
    owner = role_dsns(admin_dsn, PASSWORD, database).owner.replace("postgresql://", "postgresql+asyncpg://")
    finished = subprocess.run(
        [sys.executable, "-m", "alembic", *command],
        cwd=ROOT,
        env={**os.environ, "YINGHUO_MIGRATION_URL": owner},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout


async def _shape(admin_dsn: str, database: str) -> dict[str, list[tuple[object, ...]]]:
    admin = await asyncpg.connect(urlsplit(admin_dsn)._replace(path=f"/{database}").geturl())
    try:
        return {
            kind: sorted((tuple(row) for row in await admin.fetch(question)), key=repr)
            for kind, question in SHAPE.items()
        }
    finally:
        await admin.close()


def _without_bookkeeping(rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Without Alembic's own table, which stays."""
    return [row for row in rows if row[0] != "alembic_version"]
