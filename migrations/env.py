"""Runs migrations as the owner role, one transaction each, never waiting long for a lock.

A new table's row-level security is written into its migration when the migration is generated, so that what ran on
one installation is what runs on every other.
"""

import asyncio
import os
import random
from typing import Any, cast

from alembic import context
from alembic.operations import ops
from sqlalchemy import Connection, Table, pool, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from app.platform.kernel.model import Model
from app.platform.kernel.settings import settings
from migrations import statistics
from migrations.registry import mapped_classes
from tenants.rls import isolation_statements

LOCK_MILLISECONDS = 500
"""How long a revision waits for a table that is in use. Less than PostgreSQL's `deadlock_timeout`, a second: where a
revision and a request wait for each other, the revision gives way and the request is answered."""
ATTEMPTS = 60
"""How often it tries before it gives up with nothing changed: half a minute at least."""
GIVES_WAY = frozenset({"55P03", "40P01"})
"""The lock was not there in time; a deadlock."""


def _complete(_context: Any, _revision: Any, directives: list[Any]) -> None:
    """Add what autogeneration leaves out of new tables: keys between tables that name each other, and isolation."""
    script = directives[0] if directives else None
    if not isinstance(script, ops.MigrationScript) or script.upgrade_ops is None or script.downgrade_ops is None:
        return
    classes = mapped_classes()
    created = [step.table_name for step in script.upgrade_ops.ops if isinstance(step, ops.CreateTableOp)]
    for name in created:
        table = cast("Table", classes[name].__table__)
        for key in table.foreign_key_constraints:
            if key.use_alter:
                script.upgrade_ops.ops.append(ops.CreateForeignKeyOp.from_constraint(key))
                script.downgrade_ops.ops.insert(0, ops.DropConstraintOp(key.name, name, type_="foreignkey"))
        script.upgrade_ops.ops.extend(ops.ExecuteSQLOp(statement) for statement in isolation_statements(classes[name]))
    if "device" in created:
        script.upgrade_ops.ops.extend(ops.ExecuteSQLOp(statement) for statement in statistics.CREATE)
        script.downgrade_ops.ops.insert(0, ops.ExecuteSQLOp(statistics.DROP))


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        compare_type=True,
        compare_server_default=True,
        transaction_per_migration=True,
        process_revision_directives=_complete,
    )
    with context.begin_transaction():
        context.run_migrations()


async def _alone(connection: AsyncConnection) -> None:
    """Two at once: the second waits for the first, and finds nothing left to do. The lock ends with the connection,
    also when this process is killed. Whoever waits holds no transaction open: an index that the first one makes
    concurrently would wait for it, and both for ever."""
    while not await connection.scalar(text("SELECT pg_try_advisory_lock(hashtext('yinghuo migrations'))")):
        await connection.rollback()
        await asyncio.sleep(0.2)
    await connection.commit()


async def _patiently(connection: AsyncConnection) -> None:
    """Run what is left, and again where a table was in use: a revision that gives way leaves nothing behind, and those
    before it are done."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            await connection.run_sync(_run)
        except DBAPIError as failure:
            if getattr(failure.orig, "sqlstate", "") not in GIVES_WAY or attempt == ATTEMPTS:
                raise
            await connection.rollback()
            await asyncio.sleep(random.uniform(0.1, 0.5))  # noqa: S311 - so that nobody keeps meeting the same others
        else:
            return


async def _run_online() -> None:
    address = os.environ.get("YINGHUO_MIGRATION_URL") or settings().database_address("owner")
    engine = create_async_engine(address, poolclass=pool.NullPool)
    try:
        async with engine.connect() as connection:
            await _alone(connection)
            # For the session: each revision has a transaction of its own.
            await connection.execute(text(f"SET lock_timeout = '{LOCK_MILLISECONDS}ms'"))
            await connection.commit()
            await _patiently(connection)
            await connection.commit()
    finally:
        await engine.dispose()


asyncio.run(_run_online())
