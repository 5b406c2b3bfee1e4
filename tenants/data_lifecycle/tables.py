"""Which rows are a tenant's, table by table: what an archive holds and what an erasure removes.

A table that is mapped is in by default. What is left out is declared by its area with the reason, and
tests/architecture keeps the declarations true.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import Column, DateTime, Table
from sqlalchemy.dialects import postgresql

from app.platform.kernel.areas import gathered
from app.platform.kernel.model import Isolation, Model
from tenants.rls import GLOBAL_TABLES


def excluded_tables() -> Mapping[str, str]:
    """Tables of a tenant that no archive holds, with the reason."""
    return gathered("not_archived")


def about_a_partner() -> Mapping[str, str]:
    """Headquarters' own rows about one partner: table → the column that names the partner (or its application)."""
    return gathered("about_a_partner")


ACCOUNT_COLUMNS: Final = ("id", "email", "mobile", "display_name", "language", "created_at", "disabled_at")
"""What an archive tells of the people whom the memberships name. No password and no second factor: an account may
belong to other companies as well, and whoever holds an archive could try passwords on it at leisure."""

_FROM_TEXT: Final[Mapping[str, Callable[[str], object]]] = {
    "UUID": UUID,
    "INTEGER": int,
    "BIGINT": int,
    "DATE": date.fromisoformat,
}
"""A key's value from its text, by PostgreSQL's type; all else stays text."""

_postgresql: Any = postgresql.dialect
_dialect = _postgresql()


class ColumnFormat(msgspec.Struct, frozen=True):
    """One column as the manifest tells it; `type` is PostgreSQL's."""

    name: str
    type: str


@dataclass(frozen=True)
class TenantTable:
    """One table, and the few statements that read and write it generically.

    Table and column names come from mapped classes, values are parameters. Every statement names the tenant.
    """

    table: Table
    isolation: Isolation
    append_only: bool

    @property
    def name(self) -> str:
        return str(self.table.name)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.table.columns)

    @cached_property
    def key(self) -> tuple[str, ...]:
        """The primary key within the tenant."""
        return tuple(column.name for column in self.table.primary_key.columns if column.name != "tenant_id")

    @cached_property
    def formats(self) -> list[ColumnFormat]:
        return [ColumnFormat(str(column.name), _type(column)) for column in self.table.columns]

    @cached_property
    def deferred_columns(self) -> tuple[str, ...]:
        """Columns of circular foreign keys (a device and its reporter name each other): NULL until both are there."""
        return tuple(
            column.name
            for constraint in self.table.foreign_key_constraints
            if constraint.use_alter or constraint.referred_table is self.table
            for column in constraint.columns
            if column.name not in ("tenant_id", "client_id")
        )

    @cached_property
    def _ordered(self) -> tuple[str, ...]:
        """The key as an order that is the same in every database, whatever its language."""
        return tuple(
            f'{_quoted(name)} COLLATE "C"' if _type(self.table.columns[name]).startswith("VARCHAR") else _quoted(name)
            for name in self.key
        )

    def read(self, *, onward: bool) -> str:
        """Rows of `$1`, at most `$2`, in the order of the key; `onward` begins after the key `$3…`. Each row comes as
        its key's columns and its JSON."""
        return self._reading("tenant_id = $1", onward=onward, first=3)

    def read_about(self, *, onward: bool) -> str:
        """Rows of headquarters (`$1`) about any of the ids `$3`, at most `$2`; `onward` begins after the key `$4…`."""
        whose = f"tenant_id = $1 AND {about_a_partner()[self.name]} = ANY($3::uuid[])"
        return self._reading(whose, onward=onward, first=4)

    def _reading(self, whose: str, *, onward: bool, first: int) -> str:
        order = ", ".join(self._ordered)
        begun = f" AND ({order}) > ({', '.join(self._casts(first))})" if onward else ""
        columns = ", ".join(column_expression(column) for column in self.table.columns)
        inner = f"SELECT {columns} FROM {self.name} WHERE {whose}{begun} ORDER BY {order} LIMIT $2"  # noqa: S608
        keys = ", ".join(f"r.{_quoted(name)}" for name in self.key)
        return f"SELECT {keys}, row_to_json(r)::text AS line FROM ({inner}) r"  # noqa: S608

    def _casts(self, first: int) -> list[str]:
        return [f"${place}::{_type(self.table.columns[name])}" for place, name in enumerate(self.key, first)]

    def key_values(self, texts: Sequence[str]) -> list[object]:
        """A key's values for the driver, from their texts in archives and journals."""
        kinds = [_type(self.table.columns[name]) for name in self.key]
        return [_FROM_TEXT.get(kind, str)(text) for kind, text in zip(kinds, texts, strict=False)]

    @cached_property
    def insert(self) -> str:
        """Insert the rows of the JSON array `$1` that are missing; the columns of `deferred_columns` stay NULL."""
        values = [
            f"CAST(NULL AS {_type(column)})" if column.name in self.deferred_columns else f"s.{_quoted(column.name)}"
            for column in self.table.columns
        ]
        columns = ", ".join(map(_quoted, self.columns))
        return (
            f"WITH made AS (INSERT INTO {self.name} ({columns}) SELECT {', '.join(values)} "  # noqa: S608
            f"FROM json_populate_recordset(NULL::{self.name}, $1::text::json) s WHERE s.tenant_id = $2 "
            f"ON CONFLICT DO NOTHING RETURNING 1) SELECT count(*) FROM made"
        )

    @cached_property
    def set_deferred_columns(self) -> str:
        """Set the columns of `deferred_columns` from the rows of the JSON array `$1`."""
        values = ", ".join(f"{_quoted(name)} = s.{_quoted(name)}" for name in self.deferred_columns)
        same = " AND ".join(f"t.{_quoted(name)} = s.{_quoted(name)}" for name in self.key)
        return (
            f"UPDATE {self.name} t SET {values} FROM json_populate_recordset(NULL::{self.name}, $1::text::json) s "  # noqa: S608
            f"WHERE t.tenant_id = $2 AND s.tenant_id = $2 AND {same}"
        )

    @cached_property
    def clear_deferred_columns(self) -> str:
        """Set the columns of `deferred_columns` to NULL, so that rows which name each other can be removed."""
        values = ", ".join(f"{_quoted(name)} = NULL" for name in self.deferred_columns)
        some = " OR ".join(f"{_quoted(name)} IS NOT NULL" for name in self.deferred_columns)
        return f"UPDATE {self.name} SET {values} WHERE tenant_id = $1 AND ({some})"  # noqa: S608

    def remove(self, kept: str = "") -> str:
        """Remove at most `$2` rows of `$1`; `kept` is a condition on rows that stay, with its parameter `$3`."""
        condition = f" AND NOT ({kept})" if kept else ""
        key = ", ".join(map(_quoted, self.key))
        return (
            f"DELETE FROM {self.name} WHERE tenant_id = $1 AND ({key}) IN "  # noqa: S608
            f"(SELECT {key} FROM {self.name} WHERE tenant_id = $1{condition} LIMIT $2)"
        )


class TenantTables:
    """All tables, parents before children."""

    def __init__(self, classes: Mapping[str, type[Model]]) -> None:
        """`classes` are all mapped classes by table name (`migrations.registry.mapped_classes`)."""
        ordered = [table for table in Model.metadata.sorted_tables if table.name in classes]
        self._all = [
            TenantTable(table, Isolation(classes[table.name].__isolation__), classes[table.name].__append_only__)
            for table in ordered
            if table.name not in GLOBAL_TABLES
        ]

    @property
    def everything(self) -> Sequence[TenantTable]:
        """Every table with a tenant, left out or not: what an erasure goes through, backwards."""
        return self._all

    @property
    def archived(self) -> Sequence[TenantTable]:
        """The tables whose rows of the tenant an archive holds."""
        return [table for table in self._all if table.name not in excluded_tables()]

    def about(self, *, complete: bool) -> Sequence[TenantTable]:
        """Headquarters' tables with rows about a partner. Unless `complete`, those only that anybody may read: an owner
        is not handed headquarters' papers."""
        return [
            table
            for table in self._all
            if table.name in about_a_partner() and (complete or table.isolation is Isolation.SHARED_READ)
        ]


def column_expression(column: Column[Any]) -> str:
    """The column in a SELECT list; times as text in UTC, whatever the connection's zone is."""
    if not isinstance(column.type, DateTime):
        return _quoted(column.name)
    name = _quoted(column.name)
    return f"""to_char({name} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"') AS {name}"""


def _quoted(name: str) -> str:
    """A column's name as an identifier: `position` may name a column, but stands for a function in a SELECT list."""
    return f'"{name}"'


def _type(column: Column[Any]) -> str:
    return column.type.dialect_impl(_dialect).compile(_dialect).split(" COLLATE")[0]
