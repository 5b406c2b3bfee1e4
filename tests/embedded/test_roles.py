"""The login roles: who exists, and how far nobody can go."""

from collections.abc import Iterator
from uuid import uuid4

import asyncpg
import pytest

from app.platform.embedded import EmbeddedPostgres, RoleDsns, prepare_roles, role_dsns
from app.platform.embedded.roles import ROLES

PASSWORD = "it's a p@ss/word%"


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(tmp_path_factory.mktemp("roles") / "server", for_tests=True) as server:
        yield server
    server.erase()


@pytest.fixture
async def dsns(postgres: EmbeddedPostgres) -> RoleDsns:
    """The addresses of a database of this test's own."""
    database = f"yinghuo_{uuid4().hex}"
    await prepare_roles(postgres.admin_dsn(), PASSWORD, (database,))
    return role_dsns(postgres.admin_dsn(), PASSWORD, database)


async def run(dsn: str, statement: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_every_role_signs_in_to_the_database(dsns: RoleDsns) -> None:
    for role in ROLES:
        dsn = getattr(dsns, role.removeprefix("yinghuo_"))
        assert await run(dsn, "SELECT current_user::text") == role


async def test_preparing_again_changes_the_password_and_keeps_the_data(
    postgres: EmbeddedPostgres, dsns: RoleDsns
) -> None:
    await run(dsns.owner, "CREATE TABLE note (text text)")
    database = dsns.owner.rpartition("/")[2]

    await prepare_roles(postgres.admin_dsn(), "another", (database, "yinghuo_other"))

    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(dsns.owner)
    again = role_dsns(postgres.admin_dsn(), "another", database)
    assert await run(again.owner, "SELECT count(*) FROM note") == 0
    other = role_dsns(postgres.admin_dsn(), "another", "yinghuo_other")
    assert await run(other.app, "SELECT current_database()::text") == "yinghuo_other"


async def test_only_backup_passes_row_level_security_and_nobody_is_superuser(
    postgres: EmbeddedPostgres, dsns: RoleDsns
) -> None:
    connection = await asyncpg.connect(postgres.admin_dsn())
    try:
        rows = await connection.fetch(
            "SELECT rolname, rolbypassrls FROM pg_roles WHERE rolname LIKE 'yinghuo%' "
            "AND NOT rolsuper AND NOT rolcreaterole AND NOT rolcreatedb"
        )
    finally:
        await connection.close()
    assert {row["rolname"]: row["rolbypassrls"] for row in rows} == {role: role == "yinghuo_backup" for role in ROLES}


@pytest.mark.parametrize("role", ["app", "signin", "sweeper", "network", "backup"])
async def test_only_the_owner_makes_tables(dsns: RoleDsns, role: str) -> None:
    with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.ReadOnlySQLTransactionError)):
        await run(getattr(dsns, role), "CREATE TABLE note (text text)")


async def test_backup_reads_behind_row_level_security_and_writes_nothing(dsns: RoleDsns) -> None:
    await run(dsns.owner, "CREATE TABLE note AS SELECT 1 AS number")
    await run(dsns.owner, "ALTER TABLE note ENABLE ROW LEVEL SECURITY")
    await run(dsns.owner, "ALTER TABLE note FORCE ROW LEVEL SECURITY")
    assert await run(dsns.owner, "SELECT count(*) FROM note") == 0
    assert await run(dsns.backup, "SELECT count(*) FROM note") == 1
    connection = await asyncpg.connect(dsns.backup)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("BEGIN READ WRITE; DELETE FROM note")
    finally:
        await connection.close()
