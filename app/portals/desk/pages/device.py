"""One device as the partner works with it: its open ticket, its whole life, its file, label and PIN."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath, FromQuery

from app.assets.devices.web_interface import device_record, device_service
from app.desk.tickets import OPEN_STATES, DeviceHistoryService
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.web.pages import translator_of
from app.platform.web.records import record_page
from app.portals.desk.pages.queue import ticket_list_context
from app.portals.device_history import change_entry, first_entry, history_entries
from rbac import Permission

EVENTS_SHOWN = 50
"""Of each kind, on the page and in the panel."""


@get("/workspace/devices/{device_id:uuid}", permission=Permission.DEVICE_READ, include_in_schema=False)
async def device_page(
    request: WebRequest, work: RequestWork, device_id: FromPath[UUID], tab: FromQuery[str] = ""
) -> Response[Any]:
    """One device; beside the list, the panel."""
    context = await device_record(request, work, device_id, tab)
    devices, _ = device_service(request, work), translator_of(request)
    tickets = []
    if work.actor.may(Permission.TICKET_READ):
        history = await DeviceHistoryService(work, devices).of(device_id, EVENTS_SHOWN)
        tickets = [event.ticket for event in history if event.visit is None and event.ticket is not None]
        entries = history_entries(history, _, "/workspace/tickets/{}".format, "/workspace/visits/{}".format)
    else:
        entries = [change_entry(change, _) for change in await devices.changes(device_id, EVENTS_SHOWN)]
    open_tickets = [ticket for ticket in tickets if ticket.state in OPEN_STATES]
    return record_page(
        request,
        "desk/device.html",
        entries=[*entries, first_entry(context["device"].created_at, _)],
        open_tickets=open_tickets,
        ticket_count=len(tickets),
        lines=await ticket_list_context(work, open_tickets) if open_tickets else {},
        **context,
    )


handlers = handlers_of(__name__)
