"""Quotes that the company was offered: the list, and one with its lines, the PDF and the decision."""

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from app.platform.documents import Printable
from app.platform.documents.web_interface import document_answer
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError, NotFound
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import submit
from app.portals.client.page_context import render_page
from billing.money import minor_text
from billing.quotes import OFFER_STATE_NAMES, OfferDecision, OfferedQuotes, OfferState
from billing.quotes.web_interface import (
    OFFERED_DOWNLOAD,
    LinesUnknown,
    OfferedQuotePermission,
    percent_text,
    price_text,
    quantity_text,
)

QUOTE = "/portal/quotes/{quote_id:uuid}"
TONES = {
    "offered": "waiting",
    "approved": "good",
    "partly_approved": "good",
    "declined": "neutral",
    "expired": "neutral",
    "withdrawn": "neutral",
    "replaced": "neutral",
}
_WORDING: dict[str, Any] = {
    "amount": minor_text,
    "percent": percent_text,
    "price": price_text,
    "quantity": quantity_text,
    "state_names": OFFER_STATE_NAMES,
    "tones": TONES,
}


@get("/portal/quotes", permission=OfferedQuotePermission.OFFERED_QUOTE_READ, include_in_schema=False)
async def quotes_page(request: WebRequest, work: RequestWork) -> Response[str]:
    """What waits for the company first, then the newest."""
    return await render_page(request, work, "client/quotes.html", quotes=await OfferedQuotes(work).newest(), **_WORDING)


@get(QUOTE, permission=OfferedQuotePermission.OFFERED_QUOTE_READ, include_in_schema=False)
async def quote_page(request: WebRequest, work: RequestWork, quote_id: FromPath[UUID]) -> Response[str]:
    """The newest offer of one quote."""
    return await _render(request, quote_id, work)


@post(QUOTE, permission=OfferedQuotePermission.OFFERED_QUOTE_DECIDE, include_in_schema=False)
async def decide_quote(request: WebRequest, quote_id: FromPath[UUID]) -> Response[Any]:
    """Approve what is ticked, or decline, by the button that was pressed; it counts for the offer that was read."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        try:
            offered_quote_id = UUID(form["offered_quote_id"])
        except ValueError as error:
            raise NotFound from error
        declined = form["verdict"] != "approve"
        given = form.read(OfferDecision, approved_lines=[] if declined else form.checked("approved_lines"))
        if not declined and not given.approved_lines:
            raise LinesUnknown(fields={"approved_lines": LinesUnknown.text})
        await OfferedQuotes(work).decide(offered_quote_id, given)
        return f"/portal/quotes/{quote_id}"

    return await submit(request, act, partial(_render, request, quote_id))


@get(
    "/portal/offered-quotes/{offered_quote_id:uuid}",
    permission=OfferedQuotePermission.OFFERED_QUOTE_READ,
    audited=OFFERED_DOWNLOAD,
    include_in_schema=False,
)
async def download_quote(request: WebRequest, offered_quote_id: FromPath[UUID]) -> Response[bytes]:
    """The PDF of one offer."""

    async def read(work: UnitOfWork) -> Printable:
        return await OfferedQuotes(work).printable(offered_quote_id)

    return await document_answer(request, read)


async def _render(
    request: WebRequest,
    quote_id: UUID,
    work: UnitOfWork,
    values: FormValues | None = None,
    error: DomainError | None = None,
) -> Response[str]:
    offer = await OfferedQuotes(work).of_quote(quote_id)
    open_for_decision = offer.state is OfferState.OFFERED and offer.expires_at > work.now
    may_decide = work.actor.may(OfferedQuotePermission.OFFERED_QUOTE_DECIDE) and not work.actor.read_only
    return await render_page(
        request,
        work,
        "client/quote.html",
        error,
        offer=offer,
        deciding=open_for_decision and may_decide,
        values=values or FormValues(),
        **_WORDING,
    )


handlers = handlers_of(__name__)
