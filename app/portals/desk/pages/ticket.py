"""One ticket: the page, the panel beside the queue, and the engineers suggested for it."""

from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath, FromQuery

from app.desk.tickets import DispatchService, TicketQueries, default_visit_window
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import Invalid
from app.platform.kernel.time_source import PLATFORM_ZONE
from app.platform.web.pages import page, translator_of
from app.portals.desk import forms, labels
from app.portals.desk.ticket_record import label_context, render_ticket
from rbac import Permission


@get("/workspace/tickets/{ticket_id:uuid}", permission=Permission.TICKET_READ, include_in_schema=False)
async def ticket_page(
    request: WebRequest,
    work: RequestWork,
    ticket_id: FromPath[UUID],
    tab: FromQuery[str] = "",
    done: FromQuery[str] = "",
) -> Response[str]:
    """One ticket."""
    _ = translator_of(request)
    toasts = [{"text": _(labels.ACTION_MESSAGES[done])}] if done in labels.ACTION_MESSAGES else []
    return await render_ticket(request, work, ticket_id, tab=tab, toasts=toasts)


@get("/workspace/tickets/{ticket_id:uuid}/suggestions", permission=Permission.TICKET_ASSIGN, include_in_schema=False)
async def suggestions_fragment(
    request: WebRequest,
    work: RequestWork,
    ticket_id: FromPath[UUID],
    day: FromQuery[str] = "",
    engineer_id: FromQuery[str] = "",
) -> Response[str]:
    """Suggested engineers for the form's time window; for the next hours while the window is incomplete."""
    ticket = await TicketQueries(work).ticket(ticket_id)
    query = request.query_params
    typed = {"day": day, "from": query.get("from", ""), "until": query.get("until", "")}
    try:
        start, end = forms.visit_window(typed, ticket.time_zone or PLATFORM_ZONE.key)
    except Invalid:
        start, end = default_visit_window(work.now)
    return page(
        request,
        "desk/suggestions.html",
        ticket=ticket,
        suggestions=await DispatchService(work).suggest(ticket_id, start, end),
        chosen=engineer_id,
        **label_context(),
    )


handlers = handlers_of(__name__)
