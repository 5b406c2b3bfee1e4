"""Editions of documents: numbered by a series, made from the records, never overwritten once they are final."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from app.platform.documents.layouts import Content, Layout, content_hash
from app.platform.documents.models import DocumentEdition
from app.platform.kernel.counters import Period, next_number
from app.platform.kernel.unit_of_work import UnitOfWork
from tenants.company_time import company_day

Edition = TypeVar("Edition", bound=DocumentEdition)


@dataclass(frozen=True, kw_only=True)
class DocumentKind(Generic[Content, Edition]):
    """What an area declares about a kind of document."""

    name: str
    """The record in the audit log, and what archived PDFs hang on: `service_report`."""
    rows: type[Edition]
    about: InstrumentedAttribute[UUID]
    """The column of `rows` that names the record whose document it is."""
    content: type[Content]
    """Frozen, `omit_defaults=True`, times in UTC."""
    layout: Layout[Content]
    prefix: str
    """Of its numbers."""
    period: Period = Period.DAY
    digits: int | None = None
    """Of its numbers, at least; None: four in a day, six in a year."""
    follows_records: bool = True
    """An edition that nobody signed is brought up to date in place; else every change makes the next edition."""


async def newest_edition(
    session: AsyncSession, kind: DocumentKind[Content, Edition], record_id: UUID, *, locked: bool = False
) -> Edition | None:
    """The newest edition of the record's document."""
    statement = select(kind.rows).where(kind.about == record_id).order_by(kind.rows.edition.desc()).limit(1)
    found = await session.scalars(statement.with_for_update() if locked else statement)
    return found.first()


async def editions_of(
    session: AsyncSession, kind: DocumentKind[Content, Edition], record_id: UUID
) -> Sequence[Edition]:
    """All editions of the record's document, the first one first."""
    found = await session.scalars(select(kind.rows).where(kind.about == record_id).order_by(kind.rows.edition))
    return found.all()


async def up_to_date(
    work: UnitOfWork,
    kind: DocumentKind[Content, Edition],
    columns: Mapping[str, Any],
    compose: Callable[[str, int], Awaitable[Content]],
    *,
    number: str | None = None,
) -> Edition:
    """The newest edition, saying what `compose(number, edition)` gives. Whoever calls holds the record's lock.

    The first edition takes the next number of the series, for good: without gaps, in this transaction; or `number`,
    which the record has already. `columns` are the record's: the one that `kind.about` names, others of the table, its
    ring.
    """
    about = columns[kind.about.key]
    newest = await newest_edition(work.session, kind, about, locked=not kind.rows.__append_only__)
    if newest is None:
        number = number or await next_number(
            work.session, work.actor, kind.prefix, await company_day(work), kind.period, digits=kind.digits
        )
        return await _add(work, kind, columns, await compose(number, 1), number=number, edition=1)
    content = await compose(newest.number, newest.edition)
    if content_hash(content) == newest.content_hash:
        return newest
    if newest.signed_at is not None or not kind.follows_records:
        number, edition = newest.number, newest.edition + 1
        return await _add(work, kind, columns, await compose(number, edition), number=number, edition=edition)
    newest.content, newest.content_hash = msgspec.to_builtins(content), content_hash(content)
    newest.created_at = work.now
    await work.session.flush()
    return newest


async def _add(
    work: UnitOfWork,
    kind: DocumentKind[Content, Edition],
    columns: Mapping[str, Any],
    content: Content,
    *,
    number: str,
    edition: int,
) -> Edition:
    made = kind.rows(
        tenant_id=work.tenant_id,
        id=work.new_id(),
        edition=edition,
        number=number,
        content=msgspec.to_builtins(content),
        content_hash=content_hash(content),
        created_at=work.now,
        signed_by="",
        signature_requested_by="",
        **columns,
    )
    work.session.add(made)
    work.audit(f"{kind.name}.created", kind.name, made.id, edition=edition)
    await work.session.flush()
    return made
