"""Several want to migrate the same database, and one of them dies: the others wait, and the tables are whole."""

import asyncio
import os
import signal

import asyncpg
import pytest

from tests.chaos.installation import until
from tests.migrations.databases import owner_address
from tests.program_processes import ROOT, ended_within, started

SECONDS = 120


@pytest.mark.slow(15, "every migration, by three processes")
async def test_three_at_once_of_which_one_is_killed(admin_dsn: str, empty_database: str) -> None:
    environment = {**os.environ, "YINGHUO_MIGRATION_URL": owner_address(admin_dsn, empty_database)}
    command = ("-m", "alembic", "-c", str(ROOT / "alembic.ini"), "upgrade", "head")
    connection = await asyncpg.connect(admin_dsn, database=empty_database)

    async def begun() -> bool:
        return await connection.fetchval("SELECT to_regclass('public.alembic_version')") is not None

    try:
        with started(environment, *command) as one, started(environment, *command) as two:
            with started(environment, *command) as killed:
                await until(begun, "the first revision is there", SECONDS)
                os.killpg(killed.pid, signal.SIGKILL)
            for process in (one, two):
                assert await asyncio.to_thread(ended_within, process, SECONDS)
                assert process.returncode == 0
        assert len(await connection.fetch("SELECT * FROM alembic_version")) == 1
    finally:
        await connection.close()
