"""Queries of quotes."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.assets.clients.models import Client
from app.desk.tickets import is_assigned_client
from app.platform.kernel.errors import NotFound
from app.platform.kernel.row_scope import ScopedStaff, row_scope_of
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.quotes.models import OfferedQuote, OfferedQuoteLine, Quote, QuoteLine, QuoteVersion


async def locked_quote(work: UnitOfWork, quote_id: UUID) -> Quote | None:
    """The quote, if this actor may see it, which nobody else changes until the transaction ends."""
    found: Quote | None = await work.session.scalar(
        select(Quote).where(Quote.id == quote_id).with_for_update().execution_options(populate_existing=True)
    )
    return found


async def quote_of(work: UnitOfWork, quote_id: UUID, *, locked: bool = False) -> Quote:
    """
    Raises:
        NotFound: no such quote for this actor.
    """
    if locked:
        found = await locked_quote(work, quote_id)
    else:
        found = await work.session.scalar(select(Quote).where(Quote.id == quote_id))
    if found is None:
        raise NotFound
    return found


async def version_of(work: UnitOfWork, quote: Quote) -> QuoteVersion:
    """The version that counts."""
    found = await work.session.scalars(
        select(QuoteVersion).where(QuoteVersion.quote_id == quote.id, QuoteVersion.number == quote.version_number)
    )
    return found.one()


async def lines_of(work: UnitOfWork, version_id: UUID) -> Sequence[QuoteLine]:
    """In their order."""
    found = await work.session.scalars(
        select(QuoteLine).where(QuoteLine.version_id == version_id).order_by(QuoteLine.position)
    )
    return found.all()


async def offer_of_version(work: UnitOfWork, version_id: UUID) -> OfferedQuote | None:
    """The offer that was made of a version."""
    found: OfferedQuote | None = await work.session.scalar(
        select(OfferedQuote).where(OfferedQuote.version_id == version_id)
    )
    return found


async def newest_offer(work: UnitOfWork, quote_id: UUID) -> OfferedQuote | None:
    """The last offer of a quote."""
    found: OfferedQuote | None = await work.session.scalar(
        select(OfferedQuote).where(OfferedQuote.quote_id == quote_id).order_by(OfferedQuote.edition.desc()).limit(1)
    )
    return found


async def offered_lines(work: UnitOfWork, offered_quote_id: UUID) -> Sequence[OfferedQuoteLine]:
    """In their order."""
    found = await work.session.scalars(
        select(OfferedQuoteLine)
        .where(OfferedQuoteLine.offered_quote_id == offered_quote_id)
        .order_by(OfferedQuoteLine.position)
    )
    return found.all()


async def quote_numbers(session: AsyncSession, quote_ids: Collection[UUID]) -> dict[UUID, str]:
    """The numbers of those quotes that the actor may see and that were offered."""
    rows = await session.execute(select(Quote.id, Quote.number).where(Quote.id.in_(quote_ids), Quote.number != ""))
    return {row.id: row.number for row in rows}


async def client_zone(work: UnitOfWork, client_id: UUID) -> ZoneInfo:
    """The zone in whose days an offer is valid.

    Raises:
        NotFound: no such client for this actor.
    """
    zone = await work.session.scalar(select(Client.time_zone).where(Client.id == client_id))
    if zone is None:
        raise NotFound
    return ZoneInfo(zone)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The moment at which `day` is over there."""
    return datetime.combine(day + timedelta(days=1), time(), zone)


@row_scope_of(Quote, QuoteVersion, QuoteLine, OfferedQuote, OfferedQuoteLine)
def _quotes(table: Any, staff: ScopedStaff) -> ColumnElement[bool]:
    """Staff who are held to some clients see those clients' quotes."""
    return is_assigned_client(table.client_id, staff)
