"""Record numbers (such as a ticket's) for the log, by readers that the areas above register."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.people.audit.schemas import AuditLine

NumberReader = Callable[[AsyncSession, set[UUID]], Awaitable[Mapping[UUID, str]]]
"""The numbers of those records that the session's actor may see."""


async def read_record_numbers(
    session: AsyncSession, readers: Mapping[str, NumberReader], lines: Iterable[AuditLine]
) -> dict[UUID, str]:
    """Of the records in these lines that have a number, the number; one statement for each kind of record."""
    wanted: dict[str, set[UUID]] = {}
    for line in lines:
        if line.record_id is not None and line.record_kind in readers:
            wanted.setdefault(line.record_kind, set()).add(line.record_id)
    found: dict[UUID, str] = {}
    for kind, ids in wanted.items():
        found.update(await readers[kind](session, ids))
    return found
