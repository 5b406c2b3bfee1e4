"""Bulk INSERT into one table with one array per column (`unnest`): for imports and the large demo.

The statement is the same text for any number of rows and is planned once. Runs as
the app role under row-level security, the same on PostgreSQL and on Citus (all rows belong to one tenant).
"""

from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from typing import Any, cast
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, JSON, Column, String, Table, inspect
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapper
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from app.platform.kernel.model import TenantModel
from app.platform.kernel.performance.prepared_statements import driver_of

RowValues = dict[str, Any]
"""One row: values by column; what is missing takes the column's default, else NULL."""

ROWS_PER_STATEMENT = 5_000

_json = msgspec.json.Encoder()
_dialect: Any = postgresql.dialect


class _Plan(msgspec.Struct, frozen=True):
    statement: str
    columns: tuple[tuple[str, bool, Any], ...]
    """Name, whether it is JSON, default."""


class OnConflict(StrEnum):
    """What happens to a row whose id exists already."""

    FAIL = "fail"
    KEEP = "keep"
    REPLACE = "replace"


@cache
def _plan(model: type[TenantModel], on_conflict: OnConflict) -> _Plan:
    columns = _columns(model)
    return _Plan(
        f"WITH written AS ({_insert(model)}{_conflict(columns, on_conflict)} RETURNING tenant_id) "  # noqa: S608
        "SELECT count(*) FROM written",
        _taken(columns),
    )


@cache
def _plan_of_new(model: type[TenantModel], key: tuple[str, ...]) -> _Plan:
    conflict = f" ON CONFLICT (tenant_id, {', '.join(key)}) DO NOTHING RETURNING id"
    return _Plan(_insert(model) + conflict, _taken(_columns(model)))


def _columns(model: type[TenantModel]) -> list[Column[Any]]:
    table = cast("Table", cast("Mapper[Any]", inspect(model)).local_table)
    return [column for column in table.columns if column.name != "tenant_id"]


def _insert(model: type[TenantModel]) -> str:
    columns = _columns(model)
    names = ", ".join(column.name for column in columns)
    arrays = ", ".join(f"${place}::{_array(column)}" for place, column in enumerate(columns, 2))
    taken = ", ".join(
        f"new.{column.name}::jsonb" if _is_document(column) else f"new.{column.name}" for column in columns
    )
    # Table and column names come from mapped classes; values are parameters.
    return (
        f"INSERT INTO {model.__tablename__} (tenant_id, {names}) "  # noqa: S608
        f"SELECT $1, {taken} FROM unnest({arrays}) AS new ({names})"
    )


def _taken(columns: Sequence[Column[Any]]) -> tuple[tuple[str, bool, Any], ...]:
    return tuple((column.name, _is_document(column), _default(column)) for column in columns)


def _conflict(columns: Sequence[Column[Any]], on_conflict: OnConflict) -> str:
    match on_conflict:
        case OnConflict.FAIL:
            return ""
        case OnConflict.KEEP:
            return " ON CONFLICT (tenant_id, id) DO NOTHING"
        case OnConflict.REPLACE:
            replaced = ", ".join(f"{column.name} = excluded.{column.name}" for column in columns if column.name != "id")
            return f" ON CONFLICT (tenant_id, id) DO UPDATE SET {replaced}"


def _is_document(column: Column[Any]) -> bool:
    return isinstance(column.type, JSON)


def _array(column: Column[Any]) -> str:
    """The parameter's type. Text goes unlimited, because a cast to a limited type would cut it off in silence."""
    if _is_document(column) or isinstance(column.type, String):
        return "text[]"
    return str(ARRAY(column.type).compile(dialect=_dialect()))


def _default(column: Column[Any]) -> Any:
    return column.default.arg if isinstance(column.default, ScalarElementColumnDefault) else None


async def insert_rows(
    session: AsyncSession,
    model: type[TenantModel],
    rows: Sequence[RowValues],
    *,
    on_conflict: OnConflict = OnConflict.FAIL,
) -> None:
    """Insert `rows` into the table of `model`, for the tenant that the session is bound to.

    Keys that point at rows of other tables must find them: parents first. Rows are locked in the order in which they
    are given. The unit of work does not know them.
    """
    plan, driver = _plan(model, on_conflict), await driver_of(session)
    for begin in range(0, len(rows), ROWS_PER_STATEMENT):
        arrays = _arrays(plan, rows[begin : begin + ROWS_PER_STATEMENT])
        await driver.fetchval(plan.statement, session.info["tenant_id"], *arrays)


async def insert_missing(
    session: AsyncSession, model: type[TenantModel], rows: Sequence[RowValues], *, key: tuple[str, ...]
) -> set[UUID]:
    """Insert those of `rows` of which the tenant has none yet with the same `key` (the columns of a unique rule beside
    the tenant); the ids of those that were new.

    Two rows with one key among `rows` count as one. Keys to other tables and the unit of work as in `insert_rows`.
    """
    plan, driver = _plan_of_new(model, key), await driver_of(session)
    written: set[UUID] = set()
    for begin in range(0, len(rows), ROWS_PER_STATEMENT):
        arrays = _arrays(plan, rows[begin : begin + ROWS_PER_STATEMENT])
        found = await driver.fetch(plan.statement, session.info["tenant_id"], *arrays)
        written.update(row[0] for row in found)
    return written


def _arrays(plan: _Plan, rows: Sequence[RowValues]) -> list[list[Any]]:
    arrays: list[list[Any]] = []
    for name, is_document, default in plan.columns:
        values = [row.get(name, default) for row in rows]
        if is_document:
            values = [None if value is None else _json.encode(value).decode() for value in values]
        arrays.append(values)
    return arrays
