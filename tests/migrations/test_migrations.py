"""The tables come from the migrations alone: all the way up, down and up again, and never behind the mapped classes."""

import pytest

from migrations.registry import mapped_classes
from tests.migrations.databases import alembic, shape_of


@pytest.mark.slow(10, "every migration up, down and up again")
async def test_down_takes_everything_away_and_up_again_makes_the_same(admin_dsn: str, empty_database: str) -> None:
    before = await shape_of(admin_dsn, empty_database)
    alembic(admin_dsn, empty_database, "upgrade", "head")
    made = await shape_of(admin_dsn, empty_database)
    assert mapped_classes().keys() <= {row[0] for row in made["columns"]}

    alembic(admin_dsn, empty_database, "downgrade", "base")
    left = await shape_of(admin_dsn, empty_database)
    assert {kind: _without_bookkeeping(rows) for kind, rows in left.items()} == before

    alembic(admin_dsn, empty_database, "upgrade", "head")
    assert await shape_of(admin_dsn, empty_database) == made


@pytest.mark.slow(5, "compares all tables")
async def test_the_migrations_are_not_behind_the_mapped_classes(admin_dsn: str, empty_database: str) -> None:
    alembic(admin_dsn, empty_database, "upgrade", "head")
    alembic(admin_dsn, empty_database, "check")


def _without_bookkeeping(rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Without Alembic's own table, which stays."""
    return [row for row in rows if row[0] != "alembic_version"]
