"""Several want to migrate the same database, and one of them dies: the others wait, and the tables are whole."""

import asyncio
import os
import secrets
import shutil
import signal
from pathlib import Path

import asyncpg
import pytest

from app.platform.embedded import prepare_roles
from tests.chaos.installation import until
from tests.conftest import PASSWORD
from tests.migrations.databases import owner_address
from tests.program_processes import ROOT, ended_within, started

SECONDS = 120
REVISION = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "{number}", {before}
branch_labels = depends_on = None
def upgrade():
    op.execute("CREATE TABLE IF NOT EXISTS seen (revision text, waits text)")
    op.execute("INSERT INTO seen VALUES ('{number}', current_setting('lock_timeout'))")
    with op.get_context().autocommit_block():
        op.execute("CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_seen_{number} ON seen (revision)")
"""
"""Adds a row and makes an index as one is made on a table that people write to."""


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


@pytest.fixture
def three_revisions(tmp_path: Path) -> Path:
    """The way in which migrations run, with three small revisions: its settings."""
    (tmp_path / "versions").mkdir()
    shutil.copy(ROOT / "migrations/env.py", tmp_path)
    for number in (1, 2, 3):
        before = repr(str(number - 1)) if number > 1 else None
        (tmp_path / f"versions/{number}_seen.py").write_text(REVISION.format(number=number, before=before))
    settings = tmp_path / "alembic.ini"
    settings.write_text(f"[alembic]\nscript_location = {tmp_path}\nprepend_sys_path = {ROOT}\npath_separator = os\n")
    return settings


@pytest.mark.slow(10, "two processes")
async def test_no_revision_waits_long_for_a_table_and_who_waits_for_another_run_holds_nothing_up(
    admin_dsn: str, three_revisions: Path
) -> None:
    """An index that is made concurrently waits for every transaction: also for one of whoever waits for it."""
    name = f"migrations_{secrets.token_hex(6)}"
    await prepare_roles(admin_dsn, PASSWORD, databases=(name,))
    environment = {**os.environ, "YINGHUO_MIGRATION_URL": owner_address(admin_dsn, name)}
    command = ("-m", "alembic", "-c", str(three_revisions), "upgrade", "head")
    with started(environment, *command) as one, started(environment, *command) as two:
        for process in (one, two):
            assert await asyncio.to_thread(ended_within, process, SECONDS)
            assert process.returncode == 0
    connection = await asyncpg.connect(admin_dsn, database=name)
    try:
        rows = await connection.fetch("SELECT revision, waits FROM seen ORDER BY revision")
    finally:
        await connection.close()
    admin = await asyncpg.connect(admin_dsn)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()
    assert [tuple(row) for row in rows] == [("1", "500ms"), ("2", "500ms"), ("3", "500ms")]
