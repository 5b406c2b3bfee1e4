"""Quotes as JSON: the company's, and what its clients were offered."""

from typing import Annotated
from uuid import UUID

from litestar import Response, delete, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from app.desk.tickets import TicketQueries
from app.people.approvals import Verdict
from app.platform.documents import Printable
from app.platform.documents.web_interface import document_answer
from app.platform.http.audited_reads import Audited
from app.platform.http.idempotency import idempotent
from app.platform.http.openapi_description import binary
from app.platform.http.pagination import Page
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.web_interface import api_page, saved_view_api
from billing.quotes.listing import QUOTES
from billing.quotes.permissions import OfferedQuotePermission, QuotePermission
from billing.quotes.rules import QuoteRules
from billing.quotes.schemas import (
    FreeLineWrite,
    OfferDecision,
    OfferedQuoteSummary,
    OfferedQuoteView,
    OfferLink,
    PricedLineWrite,
    QuoteCreate,
    QuoteReview,
    QuoteRuleView,
    QuoteRuleWrite,
    QuoteSummary,
    QuoteUpdate,
    QuoteVersionSeen,
    QuoteView,
)
from billing.quotes.services.deciding import OfferedQuotes
from billing.quotes.services.drafting import QuoteDrafts
from billing.quotes.services.offering import QuoteOffers, QuoteReviews
from billing.quotes.services.reading import Quotes
from billing.quotes.states import QuoteState

TAGS = ["quotes"]
OFFERED_TAGS = ["offered quotes"]
_READ, _WRITE, _DECIDE = QuotePermission.QUOTE_READ, QuotePermission.QUOTE_WRITE, QuotePermission.QUOTE_DECIDE
_OFFERED_READ, _OFFERED_DECIDE = (
    OfferedQuotePermission.OFFERED_QUOTE_READ,
    OfferedQuotePermission.OFFERED_QUOTE_DECIDE,
)
_QUOTE = "/quotes/{quote_id:uuid}"
_OFFERED = "/offered-quotes/{offered_quote_id:uuid}"
DOWNLOAD = Audited("quote.downloaded", "quote", "quote_id")
OFFERED_DOWNLOAD = Audited("offered_quote.downloaded", "offered_quote", "offered_quote_id")


@get("/quotes", permission=_READ, tags=TAGS)
async def list_quotes(
    work: RequestWork,
    of_state: Annotated[QuoteState | None, QueryParameter(name="state")] = None,
    client_id: FromQuery[UUID | None] = None,
    ticket_id: FromQuery[UUID | None] = None,
    q: FromQuery[str] = "",
    sort: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
) -> Page[QuoteSummary]:
    """Quotes of a state, client or ticket, the newest first or by `sort` (`-gross`)."""
    conditions = QUOTES.conditions({"state": of_state, "client": client_id, "ticket": ticket_id}, q)
    return await api_page(work, QUOTES, conditions=conditions, sort=sort, cursor=cursor)


@post("/quotes", permission=_WRITE, tags=TAGS)
@idempotent()
async def create_quote(request: WebRequest, work: RequestWork, data: JSONBody[QuoteCreate]) -> QuoteView:
    """Begin a draft, for a ticket or for a client."""
    return await Quotes(work).get(await QuoteDrafts(work).create(data))


@get(_QUOTE, permission=_READ, tags=TAGS)
async def read_quote(work: RequestWork, quote_id: FromPath[UUID]) -> QuoteView:
    """One quote with the version that counts, cost and margin included."""
    return await Quotes(work).get(quote_id)


@put(_QUOTE, permission=_WRITE, tags=TAGS)
async def change_quote(work: RequestWork, quote_id: FromPath[UUID], data: JSONBody[QuoteUpdate]) -> QuoteView:
    """Write a draft's title, words and validity."""
    await QuoteDrafts(work).update(quote_id, data)
    return await Quotes(work).get(quote_id)


@post(f"{_QUOTE}/priced-lines", permission=_WRITE, tags=TAGS)
@idempotent()
async def add_priced_line(
    request: WebRequest, work: RequestWork, quote_id: FromPath[UUID], data: JSONBody[PricedLineWrite]
) -> QuoteView:
    """Add a line from today's price book to a draft."""
    await QuoteDrafts(work).write_priced_line(quote_id, data)
    return await Quotes(work).get(quote_id)


@put(f"{_QUOTE}/priced-lines/{{quote_line_id:uuid}}", permission=_WRITE, tags=TAGS)
async def change_priced_line(
    work: RequestWork, quote_id: FromPath[UUID], quote_line_id: FromPath[UUID], data: JSONBody[PricedLineWrite]
) -> QuoteView:
    """Write a line of a draft anew, from today's price book."""
    await QuoteDrafts(work).write_priced_line(quote_id, data, quote_line_id)
    return await Quotes(work).get(quote_id)


@post(f"{_QUOTE}/free-lines", permission=_WRITE, tags=TAGS)
@idempotent()
async def add_free_line(
    request: WebRequest, work: RequestWork, quote_id: FromPath[UUID], data: JSONBody[FreeLineWrite]
) -> QuoteView:
    """Add a line with a price of its own to a draft."""
    await QuoteDrafts(work).write_free_line(quote_id, data)
    return await Quotes(work).get(quote_id)


@put(f"{_QUOTE}/free-lines/{{quote_line_id:uuid}}", permission=_WRITE, tags=TAGS)
async def change_free_line(
    work: RequestWork, quote_id: FromPath[UUID], quote_line_id: FromPath[UUID], data: JSONBody[FreeLineWrite]
) -> QuoteView:
    """Write a line of a draft anew, with a price of its own."""
    await QuoteDrafts(work).write_free_line(quote_id, data, quote_line_id)
    return await Quotes(work).get(quote_id)


@delete(f"{_QUOTE}/lines/{{quote_line_id:uuid}}", permission=_WRITE, tags=TAGS)
async def remove_line(work: RequestWork, quote_id: FromPath[UUID], quote_line_id: FromPath[UUID]) -> None:
    """Take a line out of a draft."""
    await QuoteDrafts(work).remove_line(quote_id, quote_line_id)


@post(f"{_QUOTE}/offer", permission=_WRITE, tags=TAGS, status_code=200)
@idempotent(200)
async def offer_quote(
    request: WebRequest, work: RequestWork, quote_id: FromPath[UUID], data: JSONBody[QuoteVersionSeen]
) -> QuoteView:
    """Put a draft before the client; beyond the caller's limits, before somebody else in the company (`in_review`)."""
    await QuoteOffers(work).offer(quote_id, data.version)
    return await Quotes(work).get(quote_id)


@post(f"{_QUOTE}/take-back", permission=_WRITE, tags=TAGS, status_code=200)
@idempotent(200)
async def take_back_quote(
    request: WebRequest, work: RequestWork, quote_id: FromPath[UUID], data: JSONBody[QuoteVersionSeen]
) -> QuoteView:
    """Write on what waits inside the company."""
    await QuoteOffers(work).take_back(quote_id, data.version)
    return await Quotes(work).get(quote_id)


@post(f"{_QUOTE}/revise", permission=_WRITE, tags=TAGS, status_code=200)
@idempotent(200)
async def revise_quote(
    request: WebRequest, work: RequestWork, quote_id: FromPath[UUID], data: JSONBody[QuoteVersionSeen]
) -> QuoteView:
    """Begin the next version; an offer that waits is replaced."""
    await QuoteOffers(work).revise(quote_id, data.version)
    return await Quotes(work).get(quote_id)


@post(f"{_QUOTE}/withdraw", permission=_WRITE, tags=TAGS, status_code=200)
@idempotent(200)
async def withdraw_quote(
    request: WebRequest, work: RequestWork, quote_id: FromPath[UUID], data: JSONBody[QuoteVersionSeen]
) -> QuoteView:
    """Take the quote back."""
    await QuoteOffers(work).withdraw(quote_id, data.version)
    return await Quotes(work).get(quote_id)


@post(f"{_QUOTE}/links", permission=_WRITE, tags=TAGS, status_code=204)
async def send_offer_link(
    request: WebRequest, work: RequestWork, quote_id: FromPath[UUID], data: JSONBody[OfferLink]
) -> None:
    """Send somebody at the client a link by which the offer is decided once, without an account."""
    public_url = runtime_of(request).settings.public_url
    await QuoteOffers(work).send_link(quote_id, data, public_url=public_url)


@post(f"{_QUOTE}/release", permission=_DECIDE, tags=TAGS, status_code=200)
@idempotent(200)
async def release_quote(
    request: WebRequest, work: RequestWork, quote_id: FromPath[UUID], data: JSONBody[QuoteReview]
) -> QuoteView:
    """Let a quote go out that is beyond its author's limits."""
    await QuoteReviews(work).decide(quote_id, Verdict.APPROVE, data)
    return await Quotes(work).get(quote_id)


@post(f"{_QUOTE}/return", permission=_DECIDE, tags=TAGS, status_code=200)
@idempotent(200)
async def return_quote(
    request: WebRequest, work: RequestWork, quote_id: FromPath[UUID], data: JSONBody[QuoteReview]
) -> QuoteView:
    """Give a quote back to its author that is beyond the limits."""
    await QuoteReviews(work).decide(quote_id, Verdict.DECLINE, data)
    return await Quotes(work).get(quote_id)


@get(
    f"{_QUOTE}/document",
    permission=_READ,
    tags=TAGS,
    audited=DOWNLOAD,
    responses=binary("application/pdf", "The document."),
)
async def download_quote(request: WebRequest, quote_id: FromPath[UUID]) -> Response[bytes]:
    """The PDF of the newest offer, as the client has it."""

    async def read(work: UnitOfWork) -> Printable:
        return await Quotes(work).printable(quote_id)

    return await document_answer(request, read)


@get("/tickets/{ticket_id:uuid}/quotes", permission=_READ, tags=TAGS)
async def list_quotes_of_ticket(work: RequestWork, ticket_id: FromPath[UUID]) -> Page[QuoteSummary]:
    """A ticket's quotes, the newest first, on one page."""
    await TicketQueries(work).ticket(ticket_id)
    return Page(await Quotes(work).of_ticket(ticket_id))


@get("/quote-rule", permission=_READ, tags=TAGS)
async def read_rule(work: RequestWork) -> QuoteRuleView:
    """Lowest margin, discounts by role, default validity."""
    return await QuoteRules(work).get()


@put("/quote-rule", permission=QuotePermission.QUOTE_RULE_WRITE, tags=TAGS)
async def write_rule(work: RequestWork, data: JSONBody[QuoteRuleWrite]) -> QuoteRuleView:
    """Set the rule."""
    return await QuoteRules(work).write(data)


@get("/offered-quotes", permission=_OFFERED_READ, tags=OFFERED_TAGS)
async def list_offered_quotes(work: RequestWork) -> Page[OfferedQuoteSummary]:
    """What the company was offered: what waits first, then the newest; at most a hundred, on one page."""
    return Page(await OfferedQuotes(work).newest())


@get(_OFFERED, permission=_OFFERED_READ, tags=OFFERED_TAGS)
async def read_offered_quote(work: RequestWork, offered_quote_id: FromPath[UUID]) -> OfferedQuoteView:
    """One offer with its lines and the hash of its document."""
    return await OfferedQuotes(work).get(offered_quote_id)


@post(f"{_OFFERED}/decision", permission=_OFFERED_DECIDE, tags=OFFERED_TAGS, status_code=200)
@idempotent(200)
async def decide_offered_quote(
    request: WebRequest, work: RequestWork, offered_quote_id: FromPath[UUID], data: JSONBody[OfferDecision]
) -> OfferedQuoteView:
    """Approve an offer whole or in part, or decline it with no line. People decide, not programs."""
    return await OfferedQuotes(work).decide(offered_quote_id, data)


@get(
    f"{_OFFERED}/document",
    permission=_OFFERED_READ,
    tags=OFFERED_TAGS,
    audited=OFFERED_DOWNLOAD,
    responses=binary("application/pdf", "The document."),
)
async def download_offered_quote(request: WebRequest, offered_quote_id: FromPath[UUID]) -> Response[bytes]:
    """The offer's PDF."""

    async def read(work: UnitOfWork) -> Printable:
        return await OfferedQuotes(work).printable(offered_quote_id)

    return await document_answer(request, read)


handlers = [*handlers_of(__name__), *saved_view_api(QUOTES, "/quotes")]
