"""A run's PostgreSQL is copied from the one before, until something that it is made by changes."""

from pathlib import Path

import asyncpg
import pytest

from app.platform.embedded import EmbeddedPostgres
from tests.runs.kept_cluster import fingerprint, start


@pytest.mark.slow(10, "makes a cluster and starts it three times")
async def test_the_second_server_is_a_copy_of_what_the_first_was_prepared_to(tmp_path: Path) -> None:
    prepared: list[EmbeddedPostgres] = []
    for name in ("first", "second"):
        server = start(tmp_path / name, prepared.append, tmp_path / "kept")
        connection = await asyncpg.connect(server.admin_dsn())
        assert await connection.fetchval("SELECT 1") == 1
        await connection.close()
        server.erase()
    assert len(prepared) == 1
    (kept,) = (tmp_path / "kept").iterdir()
    assert (kept / "data" / "PG_VERSION").exists()


def test_another_migration_makes_another_cluster(tmp_path: Path) -> None:
    migration = tmp_path / "migrations" / "versions" / "0001_first.py"
    migration.parent.mkdir(parents=True)
    migration.write_text("up()")
    before = fingerprint(18, tmp_path)
    assert fingerprint(18, tmp_path) == before
    assert fingerprint(15, tmp_path) != before
    migration.write_text("up(); and_down()")
    assert fingerprint(18, tmp_path) != before
