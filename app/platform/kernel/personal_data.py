"""One person whose data is told or erased, as the areas' `personal_data.py` meet them, and the statements they share.

An area has `async def erase(person: Person) -> dict[str, int]`, rows changed by table, and
`async def tell(person: Person) -> dict[str, list[dict[str, Any]]]`, what it keeps by heading.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from app.platform.kernel.forgetting import Forgotten

MOST_ROWS = 5_000
"""Rows under one heading of what a person is told."""


def pseudonym_of(employee_id: UUID) -> str:
    """What an erased person is called: deterministic, and not reversible."""
    return f"员工-{hashlib.sha256(employee_id.bytes).hexdigest()[:6].upper()}"


@dataclass(frozen=True, kw_only=True)
class Person(Forgotten):
    """An employee of a client, in the transaction that tells or erases."""

    employee_id: UUID
    reporters: Sequence[UUID]
    """The reporters that the employee reports as."""
    name: str
    addresses: Sequence[str]
    """E-mail and telephone, those that are known."""

    def of_reporter(self, table: Any) -> tuple[ColumnElement[bool], ...]:
        """Rows of the person's own ring."""
        return (table.client_id == self.client_id, table.reporter_id.in_(self.reporters))

    async def rows(self, *columns: Any, where: tuple[Any, ...], order: Any) -> list[dict[str, Any]]:
        """Some columns of what is kept, in order."""
        found = await self.session.execute(
            select(*columns).where(*where).order_by(order, order.class_.id).limit(MOST_ROWS)
        )
        return [dict(row) for row in found.mappings()]
