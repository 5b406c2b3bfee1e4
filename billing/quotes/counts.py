"""What waits behind the entries of the navigation, with the company and with its clients."""

from datetime import datetime

from sqlalchemy import Select, func, select

from app.platform.kernel.actor import Actor
from billing.quotes.models import OfferedQuote, Quote
from billing.quotes.states import OfferState, QuoteState


def quotes_in_review(actor: Actor, _: datetime) -> Select[int]:
    """Quotes that somebody in the company has to let go out."""
    return select(func.count(Quote.id)).where(Quote.tenant_id == actor.tenant_id, Quote.state == QuoteState.IN_REVIEW)


def quotes_to_decide(actor: Actor, now: datetime) -> Select[int]:
    """Offers that wait for the actor's company."""
    return select(func.count(OfferedQuote.id)).where(
        OfferedQuote.tenant_id == actor.tenant_id,
        OfferedQuote.state == OfferState.OFFERED,
        OfferedQuote.expires_at > now,
    )
