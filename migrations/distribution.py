"""Spreading the tables over several machines with Citus: which table, in which order, by which statements.

Everything is drawn from the mapped classes, so a new table is in without anybody thinking of it: tables of a tenant are
distributed by `tenant_id` and lie together, the few global ones are copied to every machine. docs/scaling.md tells what
to do before and after.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final

import asyncpg
from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.schema import AddConstraint

from app.platform.kernel.model import Model
from migrations.registry import mapped_classes
from tenants.rls import GLOBAL_TABLES, isolation_statements

SHARDS: Final = 32
"""How many parts each table is cut into: the most machines that can ever share the work."""

Say = Callable[[str], None]
"""Takes one line for the operator."""

_KEEP_CONTEXT: Final = "citus.propagate_set_commands = 'local'"
"""Carries `SET LOCAL app.actor` to the machine that holds the rows; without it its policies show nothing."""

_PROTECTION: Final = (
    "SELECT concat_ws(' ', c.relrowsecurity, c.relforcerowsecurity, "
    "(SELECT count(*) FROM pg_policy AS p WHERE p.polrelid = c.oid)) FROM pg_class AS c WHERE c.oid = '%s'::regclass"
)


class NotDistributable(RuntimeError):
    """The tables cannot be spread as things stand; the message says what is missing and what helps."""


@dataclass(frozen=True, slots=True)
class Step:
    """What happens to one table, or to the database where `table` is empty."""

    table: str
    statements: tuple[str, ...]


def reference_tables() -> list[str]:
    """Tables that every machine holds a copy of, those that others point to first."""
    return [name for name in _in_key_order() if name in GLOBAL_TABLES]


def distributed_tables() -> list[str]:
    """Tables that are cut by `tenant_id`, those that others point to first."""
    return [name for name in _in_key_order() if name not in GLOBAL_TABLES]


def steps(done: Collection[str] = (), *, shards: int = SHARDS) -> Iterator[Step]:
    """What remains to do in order, when the tables in `done` are spread already.

    Keys between tables that name each other are taken away while their tables move; `closing` brings them back.
    """
    yield Step("", (_database_setting(),))
    references, tables = reference_tables(), distributed_tables()
    first, *others = [*(name for name in tables if name in done), *(name for name in tables if name not in done)]
    for name in references:
        if name not in done:
            yield Step(name, (f"SELECT create_reference_table('public.{name}')", *_protection(name)))
    for key in _crossing_keys():
        if key.parent.name not in done or key.referred_table.name not in done:
            yield Step("", (f"ALTER TABLE {key.parent.name} DROP CONSTRAINT IF EXISTS {key.name}",))
    if first not in done:
        options = f"colocate_with => 'none', shard_count => {shards}"
        yield Step(first, (_distribution(first, options), *_protection(first)))
    for name in others:
        if name not in done:
            yield Step(name, (_distribution(name, f"colocate_with => 'public.{first}'"), *_protection(name)))


def closing(present: Collection[str] = ()) -> Iterator[Step]:
    """The keys that `steps` took away, but for those that are `present`."""
    for key in _crossing_keys():
        if key.name not in present:
            yield Step("", (str(AddConstraint(key)),))


async def distribute(admin_url: str, say: Say, *, shards: int = SHARDS, dry_run: bool = False) -> None:
    """Spread the tables of the database that `admin_url` names; what is spread already stays as it is.

    `say` is told each step; with `dry_run` each statement, and nothing is changed.

    Raises:
        NotDistributable: Citus, its machines or the tables are missing, or a part came out without its policies.
    """
    connection = await asyncpg.connect(admin_url)
    try:
        if not dry_run:
            await require_citus(connection)
            await connection.execute("CREATE EXTENSION IF NOT EXISTS citus")
        await spread(connection, say, shards=shards, dry_run=dry_run)
    finally:
        await connection.close()


async def require_citus(connection: Any) -> None:
    """
    Raises:
        NotDistributable: the server does not offer Citus, or whoever is connected may not use it.
    """
    if not await connection.fetchval("SELECT 1 FROM pg_available_extensions WHERE name = 'citus'"):
        raise NotDistributable(
            "This PostgreSQL has no Citus, so there is nothing to spread the tables with. One machine carries a "
            "network for long; docs/scaling.md says how far, and how to set up Citus. --dry-run shows what it would do."
        )
    if not await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
        raise NotDistributable(
            "Connect as a superuser: row-level security binds everybody else, and rows that the connection does not "
            "see would not move."
        )


async def spread(connection: Any, say: Say, *, shards: int, dry_run: bool) -> None:
    """Do the steps that remain on a database that has Citus, then look at every part's policies.

    Raises:
        NotDistributable: no machine takes parts, tables are missing, or a part came out without its policies.
    """
    done: set[str] = set()
    if not dry_run:
        await _require_tables(connection)
        if not await connection.fetchval("SELECT count(*) FROM pg_dist_node WHERE isactive AND shouldhaveshards"):
            raise NotDistributable("No machine takes parts yet: citus_set_coordinator_host, then citus_add_node each.")
    if await connection.fetchval("SELECT to_regclass('pg_dist_partition')"):
        rows = await connection.fetch("SELECT logicalrelid::regclass::text AS name FROM pg_dist_partition")
        done = {row["name"].removeprefix("public.") for row in rows}
    for step in steps(done, shards=shards):
        await _take(connection, step, say, dry_run=dry_run)
    keys = await connection.fetch("SELECT conname FROM pg_constraint WHERE contype = 'f'")
    for step in closing([] if dry_run else [key["conname"] for key in keys]):
        await _take(connection, step, say, dry_run=dry_run)
    if not dry_run:
        await _require_protection(connection)
        spread_out, copied = len(distributed_tables()), len(reference_tables())
        say(f"{spread_out} tables are spread, {copied} copied to every machine; every part has its policies")


async def _take(connection: Any, step: Step, say: Say, *, dry_run: bool) -> None:
    if dry_run:
        for statement in step.statements:
            say(f"{statement};")
        return
    for statement in step.statements:
        await connection.execute(statement)
    if step.table:
        say(f"{step.table}: {'copied to every machine' if step.table in GLOBAL_TABLES else 'spread by tenant_id'}")


async def _require_tables(connection: Any) -> None:
    rows = await connection.fetch("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace")
    missing = mapped_classes().keys() - {row["relname"] for row in rows}
    if missing:
        raise NotDistributable(f"Tables are missing; run `./run migrate` first: {', '.join(sorted(missing))}")


async def _require_protection(connection: Any) -> None:
    """Isolation is kept by the parts' own policies: one part without them would show every tenant's rows."""
    bare = []
    for name in _in_key_order():
        wanted = await connection.fetchval(_PROTECTION.replace("%s", f"public.{name}"))
        parts = await connection.fetch(
            "SELECT nodename, shardid, success, result FROM run_command_on_placements($1::text::regclass, $2)",
            f"public.{name}",
            _PROTECTION,
        )
        bare += [
            f"{name}_{part['shardid']} on {part['nodename']}"
            for part in parts
            if not part["success"] or part["result"] != wanted
        ]
    if bare:
        raise NotDistributable(
            f"These parts lack policies that their table has; let nobody in before they are there: {', '.join(bare)}"
        )


def _in_key_order() -> list[str]:
    mapped_classes()
    return [table.name for table in Model.metadata.sorted_tables]


def _crossing_keys() -> list[ForeignKeyConstraint]:
    """Keys between tables that point at each other, so that no order of the two would do."""
    return sorted(
        (key for table in Model.metadata.tables.values() for key in table.foreign_key_constraints if key.use_alter),
        key=lambda key: str(key.name),
    )


def _distribution(table: str, options: str) -> str:
    return f"SELECT create_distributed_table('public.{table}', 'tenant_id', {options})"


def _protection(table: str) -> Iterator[str]:
    """Row-level security, rights and policies once more, so that they reach every part whatever it was made with."""
    for statement in isolation_statements(mapped_classes()[table]):
        words = statement.split()
        if words[:2] == ["CREATE", "POLICY"]:
            yield f"DROP POLICY IF EXISTS {words[2]} ON {words[4]}"
        yield statement


def _database_setting() -> str:
    return (
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET "
        f"{_KEEP_CONTEXT.replace(chr(39), chr(39) * 2)}', current_database()); END $$"
    )
