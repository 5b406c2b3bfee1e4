"""Statements by which an area forgets somebody: a person who worked for a client, or the client's whole company."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, func, update
from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, kw_only=True)
class Forgotten:
    """Who is told or erased, in the transaction that does it."""

    session: AsyncSession
    client_id: UUID
    pseudonym: str
    words: Sequence[tuple[str, str]]
    """What is replaced inside texts, and by what."""

    def without(self, column: Any) -> ColumnElement[str]:
        """The column's text with the words replaced."""
        found: ColumnElement[str] = column
        for old, new in self.words:
            found = func.replace(found, old, new)
        return found

    def replaced(self, value: Any) -> Any:
        """A JSON value with the words replaced."""
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
