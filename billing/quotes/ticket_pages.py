"""The tab of a ticket with its quotes."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from app.desk.tickets.web_interface import ticket_record
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.web.records import record_page
from billing.quotes.pages import BASE, WORDING
from billing.quotes.permissions import QuotePermission
from billing.quotes.services.reading import Quotes


@get("/workspace/tickets/{ticket_id:uuid}/quotes", permission=QuotePermission.QUOTE_READ, include_in_schema=False)
async def quotes_of_ticket(request: WebRequest, work: RequestWork, ticket_id: FromPath[UUID]) -> Response[Any]:
    """What was quoted for the ticket, and the way to a new quote."""
    context = await ticket_record(work, ticket_id, "quotes")
    return record_page(
        request,
        "quotes/ticket.html",
        context.pop("record"),
        quotes=await Quotes(work).of_ticket(ticket_id),
        base=BASE,
        may_write=work.actor.may(QuotePermission.QUOTE_WRITE) and not work.actor.read_only,
        **context,
        **WORDING,
    )


handlers = handlers_of(__name__)
