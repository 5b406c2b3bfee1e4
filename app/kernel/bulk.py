"""Many new rows of one table in one statement: for what comes by the thousand (a replayed past, the large demo).

Each column travels as one array, so the statement is the same text for any number of rows and is planned once. Runs as
the app role under row-level security, the same on PostgreSQL and on Citus (all rows belong to one tenant).
"""

from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from typing import Any, cast

import msgspec
from sqlalchemy import ARRAY, JSON, Column, String, Table, inspect
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapper
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from app.kernel.model import TenantModel
from app.kernel.statements import driver_of

Values = dict[str, Any]
"""One row: values by column; what is missing takes the column's default, else NULL."""

ROWS_AT_ONCE = 5_000

_json = msgspec.json.Encoder()
_dialect: Any = postgresql.dialect


class _Plan(msgspec.Struct, frozen=True):
    statement: str
    columns: tuple[tuple[str, bool, Any], ...]
    """Name, whether it holds a document, default."""


class Present(StrEnum):
    """What happens to a row whose id is there already."""

    REFUSED = "refused"
    KEPT = "kept"
    REPLACED = "replaced"


@cache
def _plan(model: type[TenantModel], present: Present) -> _Plan:
    table = cast("Table", cast("Mapper[Any]", inspect(model)).local_table)
    columns = [column for column in table.columns if column.name != "tenant_id"]
    names = ", ".join(column.name for column in columns)
    arrays = ", ".join(f"${place}::{_array(column)}" for place, column in enumerate(columns, 2))
    taken = ", ".join(
        f"new.{column.name}::jsonb" if _is_document(column) else f"new.{column.name}" for column in columns
    )
    return _Plan(
        # Table and column names come from mapped classes; values are parameters.
        f"WITH written AS (INSERT INTO {table.name} (tenant_id, {names}) "  # noqa: S608
        f"SELECT $1, {taken} FROM unnest({arrays}) AS new ({names}){_conflict(columns, present)} RETURNING tenant_id) "
        "SELECT count(*) FROM written",
        tuple((column.name, _is_document(column), _default(column)) for column in columns),
    )


def _conflict(columns: Sequence[Column[Any]], present: Present) -> str:
    match present:
        case Present.REFUSED:
            return ""
        case Present.KEPT:
            return " ON CONFLICT (tenant_id, id) DO NOTHING"
        case Present.REPLACED:
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
    session: AsyncSession, model: type[TenantModel], rows: Sequence[Values], *, present: Present = Present.REFUSED
) -> None:
    """Insert `rows` into the table of `model`, for the tenant that the session is bound to.

    Keys that point at rows of other tables must find them: parents first. Rows are locked in the order in which they
    are given. The unit of work does not know them.
    """
    plan, driver = _plan(model, present), await driver_of(session)
    tenant_id = session.info["tenant_id"]
    for begin in range(0, len(rows), ROWS_AT_ONCE):
        part = rows[begin : begin + ROWS_AT_ONCE]
        arrays: list[list[Any]] = []
        for name, is_document, default in plan.columns:
            values = [row.get(name, default) for row in part]
            if is_document:
                values = [None if value is None else _json.encode(value).decode() for value in values]
            arrays.append(values)
        await driver.fetchval(plan.statement, tenant_id, *arrays)
