"""One person whose data is told or erased, as the areas' `personal_data.py` meet them, and the statements they share.

An area has `async def erase(person: Person) -> dict[str, int]`, rows changed by table, and
`async def tell(person: Person) -> dict[str, list[dict[str, Any]]]`, what it keeps by heading.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

MOST_ROWS = 5_000
"""Rows under one heading of what a person is told."""


@dataclass(frozen=True)
class Person:
    """An employee of a client, in the transaction that tells or erases."""

    session: AsyncSession
    client_id: UUID
    employee_id: UUID
    reporters: Sequence[UUID]
    """The reporters that the employee reports as."""
    name: str
    addresses: Sequence[str]
    """E-mail and telephone, those that are known."""
    pseudonym: str
    words: Sequence[tuple[str, str]]
    """What is replaced inside texts, and by what."""

    def of_reporter(self, table: Any) -> tuple[ColumnElement[bool], ...]:
        """Rows of the person's own ring."""
        return (table.client_id == self.client_id, table.reporter_id.in_(self.reporters))

    def without(self, column: Any) -> ColumnElement[str]:
        """The column's text with the person's words replaced."""
        found: ColumnElement[str] = column
        for old, new in self.words:
            found = func.replace(found, old, new)
        return found

    def replaced(self, value: Any) -> Any:
        """A JSON value with the person's words replaced."""
        if isinstance(value, dict):
            return {key: self.replaced(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.replaced(each) for each in value]
        if isinstance(value, str):
            for old, new in self.words:
                value = value.replace(old, new)
        return value

    async def change(self, table: Any, where: tuple[ColumnElement[bool], ...], **values: Any) -> int:
        """Set `values` where `where` holds; returns how many rows."""
        return await self.count(update(table).where(*where).values(**values))

    async def count(self, statement: Any) -> int:
        """Execute `statement`; returns how many rows it changed."""
        done = await self.session.execute(statement.execution_options(synchronize_session=False))
        return done.rowcount if isinstance(done, CursorResult) else 0

    async def rows(self, *columns: Any, where: tuple[Any, ...], order: Any) -> list[dict[str, Any]]:
        """Some columns of what is kept, in order."""
        found = await self.session.execute(
            select(*columns).where(*where).order_by(order, order.class_.id).limit(MOST_ROWS)
        )
        return [dict(row) for row in found.mappings()]
