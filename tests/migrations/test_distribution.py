"""Spreading the tables over several machines.

Citus cannot be installed where these tests run. What is tried for real: the answer of a server without it. For the rest
functions of Citus' names stand in a database of the real server and write down how they are called; that the statements
do on a cluster what they are meant to is not shown here, docs/scaling.md says what was.
"""

import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from migrations.distribution import NotDistributable, distribute, distributed_tables, reference_tables, spread, steps
from migrations.registry import mapped_classes
from tenants.rls import GLOBAL_TABLES
from tests.conftest import ROOT
from tests.migrations.databases import address_of, shape_of

STAND_IN = """
CREATE SCHEMA citus_stand_in;
CREATE TABLE citus_stand_in.pg_dist_node (nodename text, isactive boolean, shouldhaveshards boolean);
CREATE TABLE citus_stand_in.pg_dist_partition (logicalrelid regclass, colocated_with text, shards integer);
CREATE FUNCTION citus_stand_in.create_reference_table(which regclass) RETURNS void LANGUAGE sql AS
    $$ INSERT INTO citus_stand_in.pg_dist_partition VALUES (which, 'everywhere', 1) $$;
CREATE FUNCTION citus_stand_in.create_distributed_table(
    which regclass, by text, colocate_with text DEFAULT 'default', shard_count integer DEFAULT NULL
) RETURNS void LANGUAGE sql AS
    $$ INSERT INTO citus_stand_in.pg_dist_partition VALUES (which, colocate_with, shard_count) $$;
CREATE FUNCTION citus_stand_in.run_command_on_placements(which regclass, command text)
    RETURNS TABLE (nodename text, shardid bigint, success boolean, result text) LANGUAGE plpgsql AS
    $$ BEGIN
        nodename := 'one'; shardid := 102008; success := true;
        EXECUTE format(command, which) INTO result;
        RETURN NEXT;
    END $$;
"""


@pytest.fixture
async def cluster(admin_dsn: str, database: str) -> AsyncIterator[Any]:
    """A connection to a migrated database where Citus' names are stood in for, with one machine that takes parts."""
    connection = await asyncpg.connect(address_of(admin_dsn, database))
    await connection.execute(STAND_IN)
    await connection.execute("INSERT INTO citus_stand_in.pg_dist_node VALUES ('one', true, true)")
    await connection.execute("SET search_path = public, citus_stand_in")
    yield connection
    await connection.execute("DROP SCHEMA citus_stand_in CASCADE")
    await connection.close()


async def told(cluster: Any, **options: Any) -> list[str]:
    lines: list[str] = []
    await spread(cluster, lines.append, **{"shards": 32, "dry_run": False, **options})
    return lines


def test_every_table_is_spread_or_copied() -> None:
    assert set(reference_tables()) == set(GLOBAL_TABLES)
    assert sorted([*reference_tables(), *distributed_tables()]) == sorted(mapped_classes())


def test_a_table_moves_after_those_that_it_points_to() -> None:
    """Citus refuses a key to a table that has not moved; keys of tables that name each other are taken away first."""
    order = [step.table for step in steps() if step.table]
    for name, model in mapped_classes().items():
        for key in model.__table__.foreign_key_constraints:  # type: ignore[attr-defined]  # always a Table here
            if not key.use_alter and key.referred_table.name != name:
                assert order.index(key.referred_table.name) < order.index(name), f"{name} -> {key.referred_table.name}"


async def test_a_server_without_citus_says_so_and_changes_nothing(admin_dsn: str, database: str) -> None:
    before = await shape_of(admin_dsn, database)
    with pytest.raises(NotDistributable, match="no Citus"):
        await distribute(address_of(admin_dsn, database), lambda _: None)
    assert await shape_of(admin_dsn, database) == before


@pytest.mark.slow(6, "starts the program")
def test_the_command_says_why_it_does_nothing_and_fails(admin_dsn: str, database: str) -> None:
    command = [sys.executable, "-m", "app.cli", "db", "distribute", "--admin-url", admin_dsn, "--database", database]
    refused = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert "This PostgreSQL has no Citus" in refused.stderr
    shown = subprocess.run([*command, "--dry-run"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "ALTER DATABASE %I SET citus.propagate_set_commands = ''local''" in shown
    assert "SELECT create_reference_table('public.tenant');" in shown
    assert "SELECT create_distributed_table('public.ticket', 'tenant_id', colocate_with => 'public." in shown
    assert "ADD CONSTRAINT fk_device_reporter" in shown


async def test_everything_moves_once_and_nothing_of_the_tables_is_lost(
    cluster: Any, admin_dsn: str, database: str
) -> None:
    before = await shape_of(admin_dsn, database)
    lines = await told(cluster, shards=64)
    rows = await cluster.fetch("SELECT logicalrelid::text AS name, colocated_with, shards FROM pg_dist_partition")
    moved = {row["name"]: (row["colocated_with"], row["shards"]) for row in rows}
    assert len(rows) == len(moved) == len(mapped_classes())
    assert {name for name, (where, _) in moved.items() if where == "everywhere"} == set(GLOBAL_TABLES)
    (anchor,) = [name for name, (where, _) in moved.items() if where == "none"]
    assert moved[anchor][1] == 64
    together = {f"public.{anchor}"}
    assert {where for name, (where, _) in moved.items() if name != anchor and name not in GLOBAL_TABLES} == together
    setting = await cluster.fetchval(
        "SELECT setconfig FROM pg_db_role_setting WHERE setdatabase = "
        "(SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    assert setting == ["citus.propagate_set_commands=local"]
    assert await shape_of(admin_dsn, database) == before
    assert lines[-1].endswith("every part has its policies")

    again = await told(cluster)
    assert again == lines[-1:]
    assert await cluster.fetchval("SELECT count(*) FROM pg_dist_partition") == len(moved)


async def test_what_was_interrupted_is_gone_on_with(cluster: Any, admin_dsn: str, database: str) -> None:
    before = await shape_of(admin_dsn, database)
    await cluster.execute("SELECT create_distributed_table('client', 'tenant_id', colocate_with => 'none')")
    await cluster.execute("ALTER TABLE device DROP CONSTRAINT fk_device_reporter")
    await told(cluster)
    rows = await cluster.fetch("SELECT colocated_with FROM pg_dist_partition WHERE logicalrelid <> 'client'::regclass")
    assert {row["colocated_with"] for row in rows} == {"everywhere", "public.client"}
    assert await shape_of(admin_dsn, database) == before


async def test_a_part_without_its_policies_is_named_and_the_command_fails(cluster: Any) -> None:
    await cluster.execute(
        "CREATE OR REPLACE FUNCTION citus_stand_in.run_command_on_placements(which regclass, command text) "
        "RETURNS TABLE (nodename text, shardid bigint, success boolean, result text) LANGUAGE sql AS "
        "$$ SELECT 'one', 102008, true, 't f 0' $$"
    )
    with pytest.raises(NotDistributable, match=r"ticket_102008 on one"):
        await told(cluster)


async def test_a_cluster_without_machines_is_refused(cluster: Any) -> None:
    await cluster.execute("UPDATE citus_stand_in.pg_dist_node SET shouldhaveshards = false")
    with pytest.raises(NotDistributable, match="citus_add_node"):
        await told(cluster)


async def test_tables_that_are_not_there_yet_are_asked_for(cluster: Any) -> None:
    async with cluster.transaction():
        await cluster.execute("ALTER TABLE survey_response RENAME TO elsewhere")
        with pytest.raises(NotDistributable, match=r"\./run migrate.*survey_response"):
            await told(cluster)
        await cluster.execute("ALTER TABLE elsewhere RENAME TO survey_response")
