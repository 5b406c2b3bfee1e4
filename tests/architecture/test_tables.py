"""Keys, constraints and row-level security policies of every table, on which tenant isolation depends."""

import re
from typing import cast

import asyncpg
import pytest
from sqlalchemy import Table, UniqueConstraint

from app.platform.kernel.model import Isolation, Model
from migrations.registry import mapped_classes
from tenants.rls import (
    CROSS_TENANT_READERS,
    GLOBAL_READERS,
    GLOBAL_TABLES,
    SIGNIN_TABLES,
    WRITE_CONDITION,
    isolation_of,
    read_condition,
)

MODELS = sorted(mapped_classes().items())
TENANT_TABLES = [(name, model) for name, model in MODELS if name not in GLOBAL_TABLES]
RING_COLUMNS = {
    Isolation.CLIENT: {"client_id"},
    Isolation.REPORTER: {"client_id", "reporter_id"},
}
OWN_RING = {("client", "client_id"), ("reporter", "reporter_id")}
"""The row is itself the ring: a client's `id` is the client, a reporter's `id` the reporter."""


STAFF_ONLY = {("member_client", "membership"), ("visit", "membership")}
"""Rows about a client that name one of the company's own people, who belong to no client; the service sees to it."""


def table_of(model: type[Model]) -> Table:
    return cast("Table", model.__table__)


@pytest.mark.parametrize(("name", "model"), MODELS)
def test_every_table_declares_its_isolation_class(name: str, model: type[Model]) -> None:
    isolation = isolation_of(model)
    assert (isolation is Isolation.GLOBAL) == (name in GLOBAL_TABLES), (
        f"{name}: a table without tenant_id stands on the short list in tenants/rls.py with a reason, and only there"
    )


@pytest.mark.parametrize(("name", "model"), TENANT_TABLES)
def test_every_tenant_table_begins_its_keys_with_the_tenant(name: str, model: type[Model]) -> None:
    table = table_of(model)
    assert next(iter(table.primary_key.columns)).name == "tenant_id", f"{name}: the primary key begins with tenant_id"
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            first = next(iter(constraint.columns)).name
            assert first == "tenant_id", f"{name}: {constraint.name} must begin with tenant_id, or it tells of others"
    for index in table.indexes:
        if index.unique:
            assert next(iter(index.columns)).name == "tenant_id", (
                f"{name}: unique {index.name} must begin with tenant_id"
            )


@pytest.mark.parametrize(("name", "model"), TENANT_TABLES)
def test_every_foreign_key_stays_inside_tenant_and_client(name: str, model: type[Model]) -> None:
    table = table_of(model)
    for key in table.foreign_key_constraints:
        columns = [column.name for column in key.columns]
        target = key.referred_table
        assert columns[0] == "tenant_id", f"{name}: {columns} -> {target.name} must begin with tenant_id"
        both_client = "client_id" in table.columns and "client_id" in target.columns
        both_required = both_client and not table.columns["client_id"].nullable
        if both_required and target.name != "client" and (name, target.name) not in STAFF_ONLY:
            assert columns[1] == "client_id", (
                f"{name}: {columns} -> {target.name}: both ends belong to a client; use client_key, or one client's "
                "row can name a record of another client"
            )


@pytest.mark.parametrize(("name", "model"), TENANT_TABLES)
def test_every_ring_column_is_there(name: str, model: type[Model]) -> None:
    columns = set(table_of(model).columns.keys())
    for needed in RING_COLUMNS.get(isolation_of(model), set()):
        assert needed in columns or (name, needed) in OWN_RING, f"{name}: its class needs the column {needed}"


@pytest.mark.parametrize(("name", "model"), MODELS)
def test_constraint_names_are_short(name: str, model: type[Model]) -> None:
    named = [*(c.name for c in table_of(model).constraints), *(i.name for i in table_of(model).indexes)]
    for label in map(str, named):
        assert len(label) < 60, f"{name}: {label} is longer than a shard suffix allows"


def _flat(condition: str | None) -> str:
    text = re.sub(r"::(uuid|text|character varying|boolean)(\[\])?", "", (condition or "").lower())
    return re.sub(r"[\s()'\[\]]|array", "", text).replace("=any", "in")


async def test_every_table_in_the_database_is_one_that_we_declared(superuser: asyncpg.Connection) -> None:
    found = {
        row["relname"]
        for row in await superuser.fetch(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r','p','v','m')"
        )
    }
    assert found - {"alembic_version"} == {name for name, _ in MODELS}


async def test_row_level_security_is_enabled_and_forced_everywhere(superuser: asyncpg.Connection) -> None:
    open_tables = await superuser.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' "
        "AND relname <> 'alembic_version' AND NOT (relrowsecurity AND relforcerowsecurity)"
    )
    assert not open_tables, "these tables lack ENABLE or FORCE ROW LEVEL SECURITY in their migration"


async def test_the_policies_in_the_database_are_those_of_the_declared_class(superuser: asyncpg.Connection) -> None:
    rows = await superuser.fetch(
        "SELECT tablename, policyname, permissive, roles::text[] AS roles, cmd, qual, with_check FROM pg_policies"
    )
    policies = {row["policyname"]: row for row in rows}
    assert all(row["permissive"] == "PERMISSIVE" for row in rows), "RESTRICTIVE policies turn permissive on shards"
    assert not [row["policyname"] for row in rows if "select" in _flat(row["qual"])], "no sub-queries in policies"
    for name, model in TENANT_TABLES:
        expected = _flat(read_condition(table_of(model), isolation_of(model)))
        select = policies[f"{name}_app_select"]
        assert _flat(select["qual"]) == expected, f"{name}: the read policy is not that of its class; write a migration"
        assert _flat(policies[f"{name}_app_insert"]["with_check"]) == _flat(WRITE_CONDITION)
        for command in ("update", "delete"):
            assert (f"{name}_app_{command}" in policies) == (not model.__append_only__)


async def test_no_role_owns_bypasses_or_truncates(superuser: asyncpg.Connection) -> None:
    rows = await superuser.fetch("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname LIKE 'yinghuo_%'")
    assert not [row["rolname"] for row in rows if row["rolsuper"]]
    assert [row["rolname"] for row in rows if row["rolbypassrls"]] == ["yinghuo_backup"]
    truncating = await superuser.fetch(
        "SELECT grantee, table_name FROM information_schema.role_table_grants "
        "WHERE privilege_type = 'TRUNCATE' AND grantee LIKE 'yinghuo_%' AND grantee <> 'yinghuo_owner'"
    )
    assert not truncating, "TRUNCATE ignores row-level security"


async def test_special_roles_read_only_their_few_tables(superuser: asyncpg.Connection) -> None:
    rows = await superuser.fetch(
        "SELECT grantee, table_name, privilege_type FROM information_schema.role_table_grants "
        "WHERE grantee LIKE 'yinghuo_%'"
    )
    grants: dict[str, set[tuple[str, str]]] = {}
    for row in rows:
        grants.setdefault(row["grantee"], set()).add((row["table_name"], row["privilege_type"]))
    for role in ("sweeper", "network", "signin"):
        allowed = {(table, "SELECT") for table, readers in CROSS_TENANT_READERS.items() if role in readers}
        allowed |= {(table, "SELECT") for table, readers in GLOBAL_READERS.items() if role in readers}
        if role == "signin":
            allowed |= {(t, p) for t in SIGNIN_TABLES for p in ("SELECT", "INSERT", "UPDATE", "DELETE")}
        assert grants[f"yinghuo_{role}"] == allowed
    assert not {table for table, _ in grants["yinghuo_app"]} & SIGNIN_TABLES, "the app role never sees password hashes"
