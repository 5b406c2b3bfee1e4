"""One client as the partner works with it: open matters, its service in numbers, devices, sites, people."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath, FromQuery

from app.assets.clients import ContactService, SiteService
from app.assets.clients.web_interface import client_record
from app.assets.devices import STATE_NAMES as DEVICE_STATE_NAMES
from app.desk.tickets import OPEN_STATES, TicketFilter, TicketQueries
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.pages import see_other, translator_of
from app.platform.web.records import AUDIT, record_page, tabs_of
from app.portals.desk import queries
from app.portals.desk.pages.queue import ticket_list_context
from app.portals.key_figures import month_figures
from rbac import Permission
from tenants.partner_metrics import ClientFiguresService

OPEN_TICKETS_SHOWN = 10
SITES_SHOWN = 6
CONTACTS_SHOWN = 5


@get("/workspace/clients/{client_id:uuid}", permission=Permission.CLIENT_READ, include_in_schema=False)
async def client_page(
    request: WebRequest, work: RequestWork, client_id: FromPath[UUID], tab: FromQuery[str] = ""
) -> Response[Any]:
    """The client's first tab. Others have addresses of their own, which `?tab=` still finds."""
    context = await client_record(work, client_id, tab)
    tabs = {each["key"]: each["href"] for each in tabs_of(work.actor, context["record"])}
    if tab not in ("", AUDIT) and tab in tabs:
        return see_other(request, tabs[tab])
    return record_page(
        request,
        "desk/client.html",
        sites=(await SiteService(work).list(client_id))[:SITES_SHOWN],
        contacts=(await ContactService(work).list(client_id))[:CONTACTS_SHOWN],
        devices=await _devices(work, client_id),
        device_state_names=DEVICE_STATE_NAMES,
        **await _tickets(request, work, client_id),
        **context,
    )


async def _devices(work: UnitOfWork, client_id: UUID) -> dict[Any, int]:
    return await queries.devices_by_state(work.session, client_id) if work.actor.may(Permission.DEVICE_READ) else {}


async def _tickets(request: WebRequest, work: UnitOfWork, client_id: UUID) -> dict[str, Any]:
    """The open tickets, the most urgent first, and the client's service in this month."""
    if not work.actor.may(Permission.TICKET_READ):
        return {
            "tickets": None,
            "open_count": 0,
            "figures": [],
            "repeated_faults": [],
            **await ticket_list_context(work, []),
        }
    reading = TicketQueries(work)
    is_open = TicketFilter(client_id=client_id, states=tuple(sorted(OPEN_STATES)))
    tickets = await reading.most_urgent(is_open, limit=OPEN_TICKETS_SHOWN)
    figures = await ClientFiguresService(work).of(client_id)
    return {
        "tickets": tickets,
        "open_count": sum((await reading.count_by_state(is_open)).values()),
        "figures": month_figures(figures.months, translator_of(request)),
        "repeated_faults": figures.repeated_faults,
        **await ticket_list_context(work, tickets),
    }


handlers = handlers_of(__name__)
