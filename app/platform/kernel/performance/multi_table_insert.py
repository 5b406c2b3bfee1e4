"""INSERT into several tables in one statement, for the few writes whose cost is mostly round trips.

The rows are ordinary mapped objects; the statement is a chain of data-modifying CTEs built from their tables, the same
on PostgreSQL and on Citus (all rows belong to one tenant). The unit of work does not track the objects afterwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from itertools import groupby
from typing import Any, cast

import msgspec
from sqlalchemy import Table, inspect
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapper
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from app.platform.kernel.counters import Counter
from app.platform.kernel.model import Model
from app.platform.kernel.performance.prepared_statements import driver_of

_json = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class NumberedRow:
    """The row whose `number` column takes the tenant's next number of `prefix` on the local `day`.

    The counter's row stays locked until the transaction ends, so the statement that takes a number comes last.
    """

    row: Model
    prefix: str
    day: date


@dataclass(frozen=True, slots=True)
class _Columns:
    table: str
    names: tuple[str, ...]
    keys: tuple[str, ...]
    documents: frozenset[int]
    defaults: tuple[Any, ...]


@cache
def _columns(model: type[Model]) -> _Columns:
    mapper = cast("Mapper[Any]", inspect(model))
    table = cast("Table", mapper.local_table)
    columns = list(table.columns)
    return _Columns(
        table=table.name,
        names=tuple(column.name for column in columns),
        keys=tuple(mapper.get_property_by_column(column).key for column in columns),
        documents=frozenset(place for place, column in enumerate(columns) if isinstance(column.type, JSONB)),
        defaults=tuple(
            column.default.arg if isinstance(column.default, ScalarElementColumnDefault) else None for column in columns
        ),
    )


@lru_cache(maxsize=256)
def _statement(shape: tuple[tuple[type[Model], int], ...], numbered: type[Model] | None) -> str:
    """The statement for so many rows of each class; parameters run in the order of rows and columns."""
    parts: list[str] = []
    place = 0

    def parameter() -> str:
        nonlocal place
        place += 1
        return f"${place}"

    if numbered is not None:
        # Table and column names come from mapped classes; values are parameters.
        parts.append(
            f"counted AS (INSERT INTO {Counter.__tablename__} (tenant_id, name, value) "  # noqa: S608
            f"VALUES ({parameter()}, {parameter()}, 1) ON CONFLICT (tenant_id, name) "
            f"DO UPDATE SET value = {Counter.__tablename__}.value + 1 RETURNING "
            f"name || '-' || lpad(value::text, greatest(4, length(value::text)), '0') AS number)"
        )
    for position, (model, rows) in enumerate(shape):
        columns = _columns(model)
        values = []
        for _ in range(rows):
            row = [
                "(SELECT number FROM counted)" if model is numbered and name == "number" else parameter()
                for name in columns.names
            ]
            values.append(f"({', '.join(row)})")
        parts.append(
            f"w{position} AS (INSERT INTO {columns.table} ({', '.join(columns.names)}) VALUES {', '.join(values)})"  # noqa: S608
        )
    answer = "SELECT number FROM counted" if numbered is not None else "SELECT NULL"
    return f"WITH {', '.join(parts)} {answer}"


def _values(row: Model, *, numbered: bool) -> list[Any]:
    columns = _columns(type(row))
    state = row.__dict__
    values: list[Any] = []
    for place, key in enumerate(columns.keys):
        if numbered and columns.names[place] == "number":
            continue
        value = state.get(key, columns.defaults[place])
        if place in columns.documents and value is not None:
            value = _json.encode(value).decode()  # what the connection's jsonb codec takes
        values.append(value)
    return values


async def insert_in_one_statement(
    session: AsyncSession, rows: Sequence[Model], numbered: NumberedRow | None = None
) -> str | None:
    """Insert `rows` in one round trip; returns the number given to `numbered.row`, which then also carries it.

    Keys between the rows may point in any direction: they are checked when the statement ends.
    """
    ordered = sorted(rows, key=lambda row: type(row).__name__)
    shape = tuple((model, len(list(group))) for model, group in groupby(ordered, key=type))
    parameters: list[Any] = []
    if numbered is not None:
        parameters += [numbered.row.__dict__["tenant_id"], f"{numbered.prefix}-{numbered.day:%Y%m%d}"]
    for row in ordered:
        parameters += _values(row, numbered=numbered is not None and row is numbered.row)
    statement = _statement(shape, type(numbered.row) if numbered is not None else None)
    driver = await driver_of(session)
    number: str | None = await driver.fetchval(statement, *parameters)
    if numbered is not None:
        cast("Any", numbered.row).number = number
    return number
