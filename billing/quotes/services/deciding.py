"""The client's people reading and deciding what was offered to them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.people.approvals import Verdict, decide
from app.platform.documents import Printable, printable
from app.platform.kernel.columns import columns_of, view_of
from app.platform.kernel.errors import NotFound
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.money import PriceMode
from billing.quotes.decision import OFFER_DECISION
from billing.quotes.document import OFFERED_QUOTE
from billing.quotes.errors import LinesUnknown, OfferMoveRefused
from billing.quotes.models import OfferedQuote
from billing.quotes.permissions import OfferedQuotePermission
from billing.quotes.repository import newest_offer, offered_lines
from billing.quotes.schemas import OfferDecision, OfferedLineView, OfferedQuoteSummary, OfferedQuoteView
from billing.quotes.states import LineDecision, LineKind, OfferState

MOST_SHOWN = 100


class OfferedQuotes:
    """Offers in the actor's own ring: a client's people see their company's.

    Raises:
        Forbidden: without `offered_quote:read`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(OfferedQuotePermission.OFFERED_QUOTE_READ)
        self._work = work

    async def newest(self) -> list[OfferedQuoteSummary]:
        """The last edition of each quote, those that wait first, then the newest; at most a hundred."""
        statement = (
            select(*columns_of(OfferedQuoteSummary, OfferedQuote))
            .where(OfferedQuote.state != OfferState.REPLACED)
            .order_by(
                (OfferedQuote.state != OfferState.OFFERED), OfferedQuote.created_at.desc(), OfferedQuote.id.desc()
            )
            .limit(MOST_SHOWN)
        )
        return [OfferedQuoteSummary(*row) for row in await self._work.session.execute(statement)]

    async def get(self, offered_quote_id: UUID) -> OfferedQuoteView:
        """
        Raises:
            NotFound: no such offer in this ring.
        """
        return await self._view(await self._found(offered_quote_id))

    async def of_quote(self, quote_id: UUID) -> OfferedQuoteView:
        """The newest offer of a quote.

        Raises:
            NotFound: none in this ring.
        """
        found = await newest_offer(self._work, quote_id)
        if found is None:
            raise NotFound
        return await self._view(found)

    async def decide(self, offered_quote_id: UUID, given: OfferDecision) -> OfferedQuoteView:
        """Approve the named lines, or decline with none. It counts for the offer with the hash that was read.

        Raises:
            Forbidden: without `offered_quote:decide`, and for an API token.
            NotFound: no such offer in this ring, or not put before this client.
            OfferMoveRefused: it was decided, withdrawn or replaced, its time is over, or another was read.
            LinesUnknown: a line that is not the offer's.
        """
        self._work.actor.require(OfferedQuotePermission.OFFERED_QUOTE_DECIDE)
        offer = await self._found(offered_quote_id)
        newest = await newest_offer(self._work, offer.quote_id)
        if newest is None or newest.id != offer.id or offer.state != OfferState.OFFERED:
            raise OfferMoveRefused
        if offer.content_hash != given.content_hash or offer.expires_at <= self._work.now:
            raise OfferMoveRefused
        known = {line.id for line in await offered_lines(self._work, offer.id)}
        if set(given.approved_lines) - known:
            raise LinesUnknown(fields={"approved_lines": LinesUnknown.text})
        verdict = Verdict.APPROVE if given.approved_lines else Verdict.DECLINE
        terms: Sequence[UUID] | None = tuple(given.approved_lines) or None
        await decide(self._work, OFFER_DECISION, offer.quote_id, verdict, reason=given.reason, terms=terms)
        await self._work.session.refresh(offer)
        return await self._view(offer)

    async def printable(self, offered_quote_id: UUID) -> Printable:
        """One offer for drawing.

        Raises:
            NotFound: no such offer in this ring.
        """
        return await printable(self._work.session, OFFERED_QUOTE, await self._found(offered_quote_id))

    async def _found(self, offered_quote_id: UUID) -> OfferedQuote:
        found = await self._work.session.scalar(select(OfferedQuote).where(OfferedQuote.id == offered_quote_id))
        if found is None:
            raise NotFound
        return found

    async def _view(self, offer: OfferedQuote) -> OfferedQuoteView:
        lines = await offered_lines(self._work, offer.id)
        return view_of(
            OfferedQuoteView,
            offer,
            state=OfferState(offer.state),
            lines=[
                OfferedLineView(
                    id=line.id,
                    position=line.position,
                    kind=LineKind(line.kind),
                    name=line.name,
                    unit=line.unit,
                    quantity=line.quantity,
                    unit_price=line.unit_price,
                    discount=line.discount,
                    price_mode=PriceMode(line.price_mode),
                    tax_rate=line.tax_rate,
                    net_minor=line.net_minor,
                    tax_minor=line.tax_minor,
                    gross_minor=line.gross_minor,
                    decision=LineDecision(line.decision),
                )
                for line in lines
            ],
        )
