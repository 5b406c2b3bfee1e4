"""Reading quotes, for the company: with cost and margin."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, select

from app.assets.clients.models import Client
from app.desk.tickets.models import Ticket
from app.platform.documents import Printable, printable
from app.platform.kernel.columns import columns_of, view_of
from app.platform.kernel.errors import NotFound
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.money import PriceMode
from billing.pricebook import tax_rates_on
from billing.quotes.amounts import LineAmount, amounts_of, totals
from billing.quotes.document import OFFERED_QUOTE
from billing.quotes.models import OfferedQuote, OfferedQuoteLine, Quote, QuoteLine, QuoteVersion
from billing.quotes.permissions import QuotePermission
from billing.quotes.repository import lines_of, newest_offer, offered_lines, quote_of, version_of
from billing.quotes.rules import HUNDRED
from billing.quotes.schemas import QuoteLineView, QuoteSummary, QuoteVersionView, QuoteView
from billing.quotes.states import QUOTE, LineDecision, LineKind, QuoteMove, QuoteState
from tenants.company_time import company_day

SUMMARIES: Select[*tuple[Any, ...]] = (
    select(*columns_of(QuoteSummary, Quote, client_name=Client.short_name, ticket_number=Ticket.number))
    .join(Client, and_(Client.tenant_id == Quote.tenant_id, Client.id == Quote.client_id))
    .outerjoin(Ticket, and_(Ticket.tenant_id == Quote.tenant_id, Ticket.id == Quote.ticket_id))
)
"""What a list tells of quotes."""

_WRITTEN_BY_STAFF = (QuoteMove.OFFER, QuoteMove.SEND_BACK, QuoteMove.REVISE, QuoteMove.WITHDRAW)
"""The moves that whoever writes quotes makes; the others follow from decisions and from time."""


class Quotes:
    """The company's quotes.

    Raises:
        Forbidden: without `quote:read`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(QuotePermission.QUOTE_READ)
        self._work = work

    async def of_ticket(self, ticket_id: UUID) -> list[QuoteSummary]:
        """The newest first."""
        statement = SUMMARIES.where(Quote.ticket_id == ticket_id).order_by(Quote.created_at.desc(), Quote.id.desc())
        return [QuoteSummary(*row) for row in await self._work.session.execute(statement)]

    async def get(self, quote_id: UUID) -> QuoteView:
        """
        Raises:
            NotFound: no such quote for this actor.
        """
        work = self._work
        quote = await quote_of(work, quote_id)
        version = await version_of(work, quote)
        head = (await work.session.execute(SUMMARIES.where(Quote.id == quote_id))).one()
        summary = QuoteSummary(*head)
        lines = await lines_of(work, version.id)
        offers = await self._offers(quote_id)
        offer = offers.get(version.id)
        said = {} if offer is None else await self._said(offer.id)
        amounts = await self._amounts(version, lines, said)
        summed = totals(amounts, version.currency)
        return QuoteView(
            id=quote.id,
            number=quote.number,
            title=quote.title,
            state=QuoteState(quote.state),
            client_id=quote.client_id,
            client_name=summary.client_name,
            ticket_id=quote.ticket_id,
            ticket_number=summary.ticket_number,
            version_number=quote.version_number,
            valid_until=version.valid_until,
            words=version.words,
            currency=version.currency,
            lines=[
                _line(line, amount, said[line.id].decision if line.id in said else "")
                for line, amount in zip(lines, amounts, strict=True)
            ],
            net_minor=summed.net.minor,
            tax_minor=summed.tax.minor,
            gross_minor=summed.gross.minor,
            discount_minor=summed.discount.minor,
            cost_minor=summed.cost.minor,
            margin=summed.margin,
            uncosted_lines=summed.uncosted,
            created_at=quote.created_at,
            created_by_name=quote.created_by_name,
            submitted_by_name=quote.submitted_by_name,
            offered_at=quote.offered_at,
            decided_at=quote.decided_at,
            decided_by_name=offer.decided_by_name if offer else "",
            decision=offer.decision if offer else "",
            review_reason=quote.review_reason,
            offered_quote_id=offer.id if offer else None,
            versions=await self._versions(quote_id, offers),
            moves=self._moves(quote.state),
            version=quote.version,
        )

    async def line(self, quote_id: UUID, line_id: UUID) -> QuoteLineView:
        """One line of the version that counts.

        Raises:
            NotFound: no such line for this actor.
        """
        found = next((line for line in (await self.get(quote_id)).lines if line.id == line_id), None)
        if found is None:
            raise NotFound
        return found

    async def printable(self, quote_id: UUID) -> Printable:
        """The newest offer for drawing.

        Raises:
            NotFound: no such quote for this actor, or it was never offered.
        """
        quote = await quote_of(self._work, quote_id)
        offer = await newest_offer(self._work, quote.id)
        if offer is None:
            raise NotFound
        return await printable(self._work.session, OFFERED_QUOTE, offer)

    def _moves(self, state: str) -> tuple[QuoteMove, ...]:
        actor = self._work.actor
        if actor.read_only or not actor.may(QuotePermission.QUOTE_WRITE):
            return ()
        offered = state != QuoteState.IN_REVIEW
        return tuple(
            move
            for move in QUOTE.moves_from(state)
            if move in _WRITTEN_BY_STAFF and (offered or move is not QuoteMove.OFFER)
        )

    async def _offers(self, quote_id: UUID) -> dict[UUID, OfferedQuote]:
        rows = await self._work.session.scalars(select(OfferedQuote).where(OfferedQuote.quote_id == quote_id))
        return {row.version_id: row for row in rows}

    async def _said(self, offered_quote_id: UUID) -> dict[UUID, OfferedQuoteLine]:
        return {line.id: line for line in await offered_lines(self._work, offered_quote_id)}

    async def _amounts(
        self, version: QuoteVersion, lines: Sequence[QuoteLine], said: dict[UUID, OfferedQuoteLine]
    ) -> list[LineAmount]:
        """With the rates of the offer, or today's while it is written."""
        rates: dict[str, Decimal | None]
        if said:
            rates = {line.tax: line.tax_rate for line in said.values()}
        else:
            rates = dict(await tax_rates_on(self._work, await company_day(self._work)))
        return amounts_of(lines, rates, version.currency)

    async def _versions(self, quote_id: UUID, offers: dict[UUID, OfferedQuote]) -> list[QuoteVersionView]:
        rows = await self._work.session.scalars(
            select(QuoteVersion).where(QuoteVersion.quote_id == quote_id).order_by(QuoteVersion.number.desc())
        )
        return [
            QuoteVersionView(
                id=row.id,
                number=row.number,
                created_at=row.created_at,
                created_by_name=row.created_by_name,
                offered_at=row.offered_at,
                offered_quote_id=offers[row.id].id if row.id in offers else None,
                state=offers[row.id].state if row.id in offers else "",
            )
            for row in rows
        ]


def _line(line: QuoteLine, amount: LineAmount, decision: str) -> QuoteLineView:
    return view_of(
        QuoteLineView,
        line,
        kind=LineKind(line.kind),
        discount=line.discount * HUNDRED,
        price_mode=PriceMode(line.price_mode),
        net_minor=amount.taxed.net.minor,
        tax_minor=amount.taxed.tax.minor,
        gross_minor=amount.taxed.gross.minor,
        cost_minor=None if amount.cost is None else amount.cost.minor,
        decision=LineDecision(decision),
    )
