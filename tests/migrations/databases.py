"""A database for migrations alone, and what is in it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import pytest
from alembic import command as alembic_commands
from alembic.config import Config

from app.platform.embedded import role_dsns
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


def alembic(admin_dsn: str, database: str, command: str, *arguments: str) -> None:
    """Run Alembic as the owner role, as `migrate` does, in this process, which has loaded the program already.

    It has an event loop of its own, therefore a thread.

    Raises whatever the command raises.
    """
    config = Config(ROOT / "alembic.ini", stdout=StringIO())
    with pytest.MonkeyPatch.context() as environment, ThreadPoolExecutor(1) as thread:
        environment.setenv("YINGHUO_MIGRATION_URL", owner_address(admin_dsn, database))
        thread.submit(COMMANDS[command], config, *arguments).result()


def owner_address(admin_dsn: str, database: str) -> str:
    """The owner role's address of a database, as migrations are given it."""
    return role_dsns(admin_dsn, PASSWORD, database).owner.replace("postgresql://", "postgresql+asyncpg://")


async def shape_of(admin_dsn: str, database: str) -> dict[str, list[tuple[object, ...]]]:
    """Rows of every kind of `SHAPE`, in order."""
    admin = await asyncpg.connect(address_of(admin_dsn, database))
    try:
        return {
            kind: sorted((tuple(row) for row in await admin.fetch(question)), key=repr)
            for kind, question in SHAPE.items()
        }
    finally:
        await admin.close()


def address_of(admin_dsn: str, database: str) -> str:
    """The superuser's address of another database of the same server."""
    return urlsplit(admin_dsn)._replace(path=f"/{database}").geturl()


COMMANDS: dict[str, Callable[..., None]] = {
    "upgrade": alembic_commands.upgrade,
    "downgrade": alembic_commands.downgrade,
    "check": alembic_commands.check,
}
MOMENTS = ("date", "timestamp with time zone")


async def insert_row(connection: Any, table: str, *, owner: UUID, **values: Any) -> None:
    """A row with `values`; every other column that must have one gets an empty one of its type, ids that of `owner`."""
    empty = {
        "uuid": owner,
        "jsonb": "{}",
        "smallint": 0,
        "integer": 0,
        "bigint": 0,
        "boolean": False,
    }
    columns = await connection.fetch(
        "SELECT column_name, data_type FROM information_schema.columns "
        "WHERE table_schema = 'public' AND table_name = $1 AND is_nullable = 'NO' AND column_default IS NULL",
        table,
    )
    row = {column: empty.get(kind, "") for column, kind in columns} | values
    moments = [column for column, kind in columns if kind in MOMENTS and column not in values]
    plain = {column: value for column, value in row.items() if column not in moments}
    places = [f"${number}" for number in range(1, len(plain) + 1)] + ["now()"] * len(moments)
    await connection.execute(
        f"INSERT INTO {table} ({', '.join([*plain, *moments])}) VALUES ({', '.join(places)})",
        *plain.values(),
    )
