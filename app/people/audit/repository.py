"""Queries of the chain and of the entries."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.audit.digest import ENTRY_COLUMNS, GENESIS
from app.people.audit.models import AuditAnchor, AuditLink
from app.people.audit.schemas import AuditLine
from app.platform.kernel.audit import AuditEntry, AuditPending
from app.platform.kernel.columns import columns_of

_ENTRY: tuple[Any, ...] = tuple(getattr(AuditEntry, name) for name in ENTRY_COLUMNS)


class ChainHead(NamedTuple):
    """The newest link of a chain; sequence 0 before there is one."""

    sequence: int
    hash: bytes


class LinkedEntry(NamedTuple):
    """A link, and the entry that it names where that still exists."""

    sequence: int
    entry_id: UUID
    entry_digest: bytes
    previous_hash: bytes
    hash: bytes
    entry: Mapping[str, Any] | None


class ChainRepository:
    """One tenant's chain, in the tenant's own scope."""

    def __init__(self, session: AsyncSession, tenant_id: UUID) -> None:
        self._session = session
        self._tenant_id = tenant_id

    async def pending(self, limit: int) -> list[UUID]:
        """Entries that are not linked, locked: two linkers of one tenant wait for each other."""
        statement = (
            select(AuditPending.id)
            .where(AuditPending.tenant_id == self._tenant_id)
            .order_by(AuditPending.id)
            .limit(limit)
            .with_for_update()
        )
        return list(await self._session.scalars(statement))

    async def entries(self, entry_ids: Sequence[UUID]) -> list[Mapping[str, Any]]:
        """The entries by their ids, in the order of these."""
        rows = await self._session.execute(
            select(*_ENTRY)
            .where(AuditEntry.tenant_id == self._tenant_id, AuditEntry.id.in_(entry_ids))
            .order_by(AuditEntry.id)
        )
        return [dict(zip(ENTRY_COLUMNS, row, strict=True)) for row in rows]

    async def head(self) -> ChainHead:
        """Where the chain ends."""
        row = (
            await self._session.execute(
                select(AuditLink.sequence, AuditLink.hash)
                .where(AuditLink.tenant_id == self._tenant_id)
                .order_by(AuditLink.sequence.desc())
                .limit(1)
            )
        ).first()
        return ChainHead(0, GENESIS) if row is None else ChainHead(row.sequence, row.hash)

    async def add(self, links: Sequence[Mapping[str, Any]], linked: Sequence[UUID]) -> None:
        """Write new links, and forget that `linked` were pending."""
        if links:
            await self._session.execute(insert(AuditLink), [dict(link) for link in links])
        await self._session.execute(
            delete(AuditPending).where(AuditPending.tenant_id == self._tenant_id, AuditPending.id.in_(linked))
        )

    async def links_after(self, sequence: int, limit: int) -> list[LinkedEntry]:
        """The next links in order, each with its entry."""
        entry = and_(AuditEntry.tenant_id == AuditLink.tenant_id, AuditEntry.id == AuditLink.entry_id)
        rows = await self._session.execute(
            select(
                AuditLink.sequence,
                AuditLink.entry_id,
                AuditLink.entry_digest,
                AuditLink.previous_hash,
                AuditLink.hash,
                *_ENTRY,
            )
            .outerjoin(AuditEntry, entry)
            .where(AuditLink.tenant_id == self._tenant_id, AuditLink.sequence > sequence)
            .order_by(AuditLink.sequence)
            .limit(limit)
        )
        return [_linked(tuple(row)) for row in rows]

    async def unlinked_entries(self, limit: int) -> list[UUID]:
        """Entries that are neither linked nor waiting for it: they did not come through the program."""
        link, pending = AuditLink, AuditPending
        rows = await self._session.scalars(
            select(AuditEntry.id)
            .where(
                AuditEntry.tenant_id == self._tenant_id,
                ~exists().where(link.tenant_id == self._tenant_id, link.entry_id == AuditEntry.id),
                ~exists().where(pending.tenant_id == self._tenant_id, pending.id == AuditEntry.id),
            )
            .order_by(AuditEntry.id)
            .limit(limit)
        )
        return list(rows)

    async def missing_entries(self, limit: int) -> list[UUID]:
        """Entries that wait to be linked and do not exist any more."""
        rows = await self._session.scalars(
            select(AuditPending.id)
            .where(
                AuditPending.tenant_id == self._tenant_id,
                ~exists().where(AuditEntry.tenant_id == self._tenant_id, AuditEntry.id == AuditPending.id),
            )
            .order_by(AuditPending.id)
            .limit(limit)
        )
        return list(rows)

    async def anchor(self, day: date, head: ChainHead, made_at: datetime) -> bool:
        """Write the day's anchor; False when it has one."""
        made = await self._session.scalar(
            insert(AuditAnchor)
            .values(tenant_id=self._tenant_id, day=day, sequence=head.sequence, hash=head.hash.hex(), made_at=made_at)
            .on_conflict_do_nothing(index_elements=["tenant_id", "day"])
            .returning(AuditAnchor.day)
        )
        return made is not None

    async def anchors(self, *, limit: int | None = None) -> Sequence[AuditAnchor]:
        """The newest first."""
        statement = select(AuditAnchor).where(AuditAnchor.tenant_id == self._tenant_id).order_by(AuditAnchor.day.desc())
        return (await self._session.scalars(statement if limit is None else statement.limit(limit))).all()


def _linked(row: Sequence[Any]) -> LinkedEntry:
    entry: dict[str, Any] = dict(zip(ENTRY_COLUMNS, row[5:], strict=True))
    return LinkedEntry(row[0], row[1], row[2], row[3], row[4], entry if entry["id"] is not None else None)


async def find_entries(
    session: AsyncSession,
    conditions: Sequence[ColumnElement[bool]],
    *,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Sequence[Any]]:
    """Rows for `AuditLine`, newest first; the name of the actor is filled in later."""
    statement = (
        select(*columns_of(AuditLine, AuditEntry, filled_later=1))
        .where(*conditions)
        .order_by(AuditEntry.occurred_at.desc(), AuditEntry.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(tuple_(AuditEntry.occurred_at, AuditEntry.id) < tuple_(*before))
    return [tuple(row) for row in await session.execute(statement)]
