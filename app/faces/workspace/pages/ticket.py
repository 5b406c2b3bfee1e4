"""One ticket: the page, the panel beside the queue, and fragments loaded by HTMX."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.params import FromPath, FromQuery

from app.devices.models import Device
from app.faces.workspace import forms, words
from app.faces.workspace.pages.queue import lines_context
from app.faces.workspace.record import record_context, stories_of, word_lists
from app.http.work import RequestWork
from app.kernel.errors import Invalid, NotFound
from app.tickets import DispatchService, ReadingService, window_from
from app.web.moments import DEFAULT_ZONE
from app.web.pages import page, speaker, wants_fragment
from rbac import Permission


@get("/workspace/tickets/{ticket_id:uuid}", permission=Permission.TICKET_READ, include_in_schema=False)
async def ticket_page(
    request: Request[Any, Any, Any], work: RequestWork, ticket_id: FromPath[UUID], done: FromQuery[str] = ""
) -> Response[str]:
    """One ticket; HTMX gets the panel, or only the record when the target is `record`."""
    _ = speaker(request)
    context = await record_context(work, ticket_id, _)
    if wants_fragment(request) and request.headers.get("hx-target") == "record":
        return page(request, "workspace/record.html", **context)
    toasts = [{"text": _(words.DONE[done])}] if done in words.DONE else []
    beside = wants_fragment(request)
    return page(request, "workspace/ticket.html", fragment="panel", toasts=toasts, beside=beside, **context)


@get("/workspace/tickets/{ticket_id:uuid}/suggestions", permission=Permission.TICKET_ASSIGN, include_in_schema=False)
async def suggestions_fragment(
    request: Request[Any, Any, Any],
    work: RequestWork,
    ticket_id: FromPath[UUID],
    day: FromQuery[str] = "",
    engineer_id: FromQuery[str] = "",
) -> Response[str]:
    """Suggested engineers for the form's time window; for the next hours while the window is incomplete."""
    ticket = await ReadingService(work).ticket(ticket_id)
    query = request.query_params
    typed = {"day": day, "from": query.get("from", ""), "until": query.get("until", "")}
    try:
        start, end = forms.window(typed, ticket.time_zone or DEFAULT_ZONE)
    except Invalid:
        start, end = window_from(work.now)
    return page(
        request,
        "workspace/suggestions.html",
        ticket=ticket,
        suggestions=await DispatchService(work).suggest(ticket_id, start, end),
        chosen=engineer_id,
        **word_lists(),
    )


@get("/workspace/devices/{device_id:uuid}/tickets", permission=Permission.TICKET_READ, include_in_schema=False)
async def device_stories(
    request: Request[Any, Any, Any], work: RequestWork, device_id: FromPath[UUID]
) -> Response[str]:
    """The latest tickets of a device, as a fragment for any page that shows it.

    Raises:
        NotFound: no such device for this actor.
    """
    work.actor.require(Permission.DEVICE_READ)
    if await work.session.get(Device, (work.tenant_id, device_id)) is None:
        raise NotFound
    stories = await stories_of(work, device_id)
    return page(request, "workspace/stories.html", stories=stories, **await lines_context(work, stories))


handlers = [ticket_page, suggestions_fragment, device_stories]
