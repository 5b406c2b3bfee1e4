"""One ticket: the page, the panel beside the queue, and fragments loaded by HTMX."""

from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath, FromQuery

from app.assets.devices.models import Device
from app.desk.tickets import DispatchService, TicketQueries, default_visit_window
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import Invalid, NotFound
from app.platform.kernel.time_source import PLATFORM_ZONE
from app.platform.web.forms import render_form
from app.platform.web.pages import page, translator_of, wants_fragment
from app.portals.desk import forms, labels
from app.portals.desk.pages.queue import ticket_list_context
from app.portals.desk.ticket_record import label_context, recent_tickets_of_device, ticket_context
from rbac import Permission


@get("/workspace/tickets/{ticket_id:uuid}", permission=Permission.TICKET_READ, include_in_schema=False)
async def ticket_page(
    request: WebRequest, work: RequestWork, ticket_id: FromPath[UUID], done: FromQuery[str] = ""
) -> Response[str]:
    """One ticket; HTMX gets the panel, or only the record when the target is `record`."""
    _ = translator_of(request)
    context = await ticket_context(work, ticket_id, _)
    if wants_fragment(request) and request.headers.get("hx-target") == "record":
        return render_form(request, "desk/record.html", None, **context)
    toasts = [{"text": _(labels.ACTION_MESSAGES[done])}] if done in labels.ACTION_MESSAGES else []
    in_panel = wants_fragment(request)
    return render_form(request, "desk/ticket.html", None, fragment="panel", toasts=toasts, in_panel=in_panel, **context)


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


@get("/workspace/devices/{device_id:uuid}/tickets", permission=Permission.TICKET_READ, include_in_schema=False)
async def device_tickets_fragment(request: WebRequest, work: RequestWork, device_id: FromPath[UUID]) -> Response[str]:
    """The latest tickets of a device, as a fragment for any page that shows it.

    Raises:
        NotFound: no such device for this actor.
    """
    work.actor.require(Permission.DEVICE_READ)
    if await work.session.get(Device, (work.tenant_id, device_id)) is None:
        raise NotFound
    device_tickets = await recent_tickets_of_device(work, device_id)
    return page(
        request,
        "desk/device_tickets.html",
        device_tickets=device_tickets,
        **await ticket_list_context(work, device_tickets),
    )


handlers = [ticket_page, suggestions_fragment, device_tickets_fragment]
