"""Quotes: what a client is asked to approve before work, parts and services are charged (T11)."""

from billing.quotes.approved_work import (
    approved_lines,
    approved_lines_of_quote,
    approved_lines_of_tickets,
    may_finish_as_billable,
    quote_of_line,
)
from billing.quotes.events import QuoteApproved, QuoteLapsed
from billing.quotes.schemas import (
    ApprovedLine,
    FreeLineWrite,
    OfferDecision,
    PricedLineWrite,
    QuoteCreate,
    QuoteUpdate,
)
from billing.quotes.services.deciding import OfferedQuotes
from billing.quotes.services.drafting import QuoteDrafts
from billing.quotes.services.offering import QuoteOffers, withdraw_offer
from billing.quotes.services.reading import Quotes
from billing.quotes.states import OFFER_STATE_NAMES, LineKind, OfferState, QuoteState

__all__ = [
    "OFFER_STATE_NAMES",
    "ApprovedLine",
    "FreeLineWrite",
    "LineKind",
    "OfferDecision",
    "OfferState",
    "OfferedQuotes",
    "PricedLineWrite",
    "QuoteApproved",
    "QuoteCreate",
    "QuoteDrafts",
    "QuoteLapsed",
    "QuoteOffers",
    "QuoteState",
    "QuoteUpdate",
    "Quotes",
    "approved_lines",
    "approved_lines_of_quote",
    "approved_lines_of_tickets",
    "may_finish_as_billable",
    "quote_of_line",
    "withdraw_offer",
]
