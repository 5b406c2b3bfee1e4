"""What clients approved, for the areas above, and whether a ticket's work may be finished as billable, for the desk."""

from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, literal, select, union_all

from app.platform.kernel.columns import view_of
from app.platform.kernel.invariants import present
from app.platform.kernel.row_scope import WHOLE_TENANT
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.coverage.models import TicketCoverage
from billing.money import Money, PriceMode
from billing.quotes.models import OfferedQuote, OfferedQuoteLine, Quote
from billing.quotes.schemas import ApprovedLine
from billing.quotes.states import APPROVED_STATES, LineDecision, LineKind, OfferState, QuoteState
from billing.terms import CoverageState

NOT_APPROVED: Final = N_("这张服务单要报价，客户还没有同意，")


async def approved_lines(work: UnitOfWork, ticket_id: UUID) -> list[ApprovedLine]:
    """What the client approved for a ticket, quote by quote, in the order of the lines."""
    return await _approved(work, OfferedQuote.ticket_id == ticket_id)


async def approved_lines_of_tickets(work: UnitOfWork, ticket_ids: Collection[UUID]) -> dict[UUID, list[ApprovedLine]]:
    """The same of many tickets; one of which nothing was approved is left out."""
    found: dict[UUID, list[ApprovedLine]] = {}
    for line in await _approved(work, OfferedQuote.ticket_id.in_(ticket_ids)):
        found.setdefault(present(line.ticket_id, "they are asked by it"), []).append(line)
    return found


async def approved_lines_of_quote(work: UnitOfWork, quote_id: UUID) -> list[ApprovedLine]:
    """What the client approved of one quote, with a ticket or without."""
    return await _approved(work, OfferedQuote.quote_id == quote_id)


async def quote_of_line(work: UnitOfWork, line_id: UUID) -> UUID | None:
    """The quote in which a line was offered, if this actor may see it."""
    return await work.session.scalar(
        select(OfferedQuote.quote_id)
        .join(
            OfferedQuoteLine,
            (OfferedQuoteLine.tenant_id == OfferedQuote.tenant_id)
            & (OfferedQuoteLine.offered_quote_id == OfferedQuote.id),
        )
        .where(OfferedQuoteLine.id == line_id)
    )


async def may_finish_as_billable(work: UnitOfWork, ticket_id: UUID) -> bool:
    """Whether the client approved work on the ticket, or it needs no quote: the client's contracts do not ask for one,
    and nobody has written one. A quote that waits, was declined or has run out holds it up; one that the company took
    back does not."""
    quoted = select(literal("quote"), Quote.state).where(
        Quote.ticket_id == ticket_id, Quote.state != QuoteState.WITHDRAWN
    )
    covered = select(literal("coverage"), TicketCoverage.answer).where(TicketCoverage.ticket_id == ticket_id)
    # One statement for both: the pages of a ticket and of a visit ask this each time they are opened.
    found = await work.session.execute(union_all(quoted, covered), execution_options=WHOLE_TENANT)
    rows: Sequence[Any] = found.all()
    states = {value for kind, value in rows if kind == "quote"}
    if states:
        return bool(states & APPROVED_STATES)
    return ("coverage", CoverageState.NEEDS_QUOTE) not in rows


async def missing_approval(work: UnitOfWork, ticket_id: UUID) -> str | None:
    """The desk's question (`Area.billable_work`)."""
    return None if await may_finish_as_billable(work, ticket_id) else NOT_APPROVED


async def _approved(work: UnitOfWork, condition: ColumnElement[bool]) -> list[ApprovedLine]:
    rows = await work.session.execute(
        select(OfferedQuote, OfferedQuoteLine)
        .join(
            OfferedQuoteLine,
            (OfferedQuoteLine.tenant_id == OfferedQuote.tenant_id)
            & (OfferedQuoteLine.offered_quote_id == OfferedQuote.id),
        )
        .where(
            condition,
            OfferedQuote.state.in_((OfferState.APPROVED, OfferState.PARTLY_APPROVED)),
            OfferedQuoteLine.decision == LineDecision.APPROVED,
        )
        .order_by(OfferedQuote.decided_at, OfferedQuote.id, OfferedQuoteLine.position),
        execution_options=WHOLE_TENANT,
    )
    return [_line(offer, line) for offer, line in rows]


def _line(offer: OfferedQuote, line: OfferedQuoteLine) -> ApprovedLine:
    mode = PriceMode(line.price_mode)
    amount = line.gross_minor if mode is PriceMode.TAX_INCLUDED else line.net_minor
    return view_of(
        ApprovedLine,
        line,
        quote_id=offer.quote_id,
        quote_number=offer.number,
        version_id=offer.version_id,
        line_id=line.id,
        client_id=offer.client_id,
        ticket_id=offer.ticket_id,
        kind=LineKind(line.kind),
        amount=Money(amount, offer.currency),
        price_mode=mode,
        approved_at=present(offer.decided_at, "the client has decided it"),
    )
