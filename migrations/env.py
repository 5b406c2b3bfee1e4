"""Runs migrations as the owner role, one transaction each, never waiting long for a lock.

A new table's row-level security is written into its migration when the migration is generated, so that what ran on
one installation is what runs on every other.
"""

import asyncio
import os
from typing import Any

from alembic import context
from alembic.operations import ops
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

from app.kernel.model import Model
from app.kernel.settings import settings
from migrations.registry import mapped_classes
from tenants.rls import isolation_statements


def _add_isolation(_context: Any, _revision: Any, directives: list[Any]) -> None:
    script = directives[0] if directives else None
    if not isinstance(script, ops.MigrationScript) or script.upgrade_ops is None:
        return
    classes = mapped_classes()
    created = [step.table_name for step in script.upgrade_ops.ops if isinstance(step, ops.CreateTableOp)]
    for name in created:
        script.upgrade_ops.ops.extend(ops.ExecuteSQLOp(statement) for statement in isolation_statements(classes[name]))


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        compare_type=True,
        compare_server_default=True,
        transaction_per_migration=True,
        process_revision_directives=_add_isolation,
    )
    with context.begin_transaction():
        connection.execute(text("SET LOCAL lock_timeout = '5s'"))
        context.run_migrations()


async def _run_online() -> None:
    address = os.environ.get("YINGHUO_MIGRATION_URL") or settings().database_address("owner")
    engine = create_async_engine(address, poolclass=pool.NullPool)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_run)
            await connection.commit()
    finally:
        await engine.dispose()


asyncio.run(_run_online())
