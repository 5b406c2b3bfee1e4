"""JSON routes for headquarters to read a partner's records under an open access grant [N8].

Read-only; each call is audited in both tenants.
"""

from typing import Any, Final
from uuid import UUID

from litestar import Request, get
from litestar.params import FromPath, FromQuery

from app.devices.api import device_service
from app.devices.api import page_of as page_of_devices
from app.devices.schemas import DeviceDetail, DeviceFilter, DeviceSummary
from app.http.authentication import actor_of
from app.http.pagination import DEFAULT_LIMIT, Page
from app.http.requests import origin_of
from app.http.work import runtime_of
from app.tickets import ReadingService, TicketFilter, TicketSummary
from app.tickets.paging import TicketOrder, page_of_tickets
from app.tickets.schemas import Ticket
from rbac import Permission
from tenants.access import RecordKind, visit

Asked = Request[Any, Any, Any]
TAGS: Final = ["access grants"]


async def tickets_under(request: Asked, grant_id: UUID, cursor: str | None) -> Page[TicketSummary]:
    """One page of the partner's tickets, the newest first."""
    reading = visit(runtime_of(request), actor_of(request), origin_of(request), grant_id, kind=RecordKind.TICKET)
    async with reading as work:
        return await page_of_tickets(work, TicketFilter(), TicketOrder.NEWEST, cursor, DEFAULT_LIMIT)


async def ticket_under(request: Asked, grant_id: UUID, ticket_id: UUID) -> Ticket:
    """One ticket of the partner, as its client sees it."""
    reading = visit(
        runtime_of(request),
        actor_of(request),
        origin_of(request),
        grant_id,
        kind=RecordKind.TICKET,
        record_id=ticket_id,
    )
    async with reading as work:
        return await ReadingService(work).ticket(ticket_id)


async def devices_under(request: Asked, grant_id: UUID, cursor: str | None) -> Page[DeviceSummary]:
    """One page of the partner's devices, by number."""
    reading = visit(runtime_of(request), actor_of(request), origin_of(request), grant_id, kind=RecordKind.DEVICE)
    async with reading as work:
        return await page_of_devices(device_service(request, work), DeviceFilter(), cursor)


async def device_under(request: Asked, grant_id: UUID, device_id: UUID) -> DeviceDetail:
    """One device file of the partner."""
    reading = visit(
        runtime_of(request),
        actor_of(request),
        origin_of(request),
        grant_id,
        kind=RecordKind.DEVICE,
        record_id=device_id,
    )
    async with reading as work:
        return await device_service(request, work).get(device_id)


@get("/access-grants/{grant_id:uuid}/tickets", permission=Permission.ACCESS_GRANT_REQUEST, tags=TAGS)
async def list_granted_tickets(
    request: Asked, grant_id: FromPath[UUID], cursor: FromQuery[str | None] = None
) -> Page[TicketSummary]:
    """The partner's tickets inside the grant's scope, newest first."""
    return await tickets_under(request, grant_id, cursor)


@get("/access-grants/{grant_id:uuid}/tickets/{ticket_id:uuid}", permission=Permission.ACCESS_GRANT_REQUEST, tags=TAGS)
async def get_granted_ticket(request: Asked, grant_id: FromPath[UUID], ticket_id: FromPath[UUID]) -> Ticket:
    """One ticket inside the grant's scope, without internal notes."""
    return await ticket_under(request, grant_id, ticket_id)


@get("/access-grants/{grant_id:uuid}/devices", permission=Permission.ACCESS_GRANT_REQUEST, tags=TAGS)
async def list_granted_devices(
    request: Asked, grant_id: FromPath[UUID], cursor: FromQuery[str | None] = None
) -> Page[DeviceSummary]:
    """The partner's devices inside the grant's scope, by number."""
    return await devices_under(request, grant_id, cursor)


@get("/access-grants/{grant_id:uuid}/devices/{device_id:uuid}", permission=Permission.ACCESS_GRANT_REQUEST, tags=TAGS)
async def get_granted_device(request: Asked, grant_id: FromPath[UUID], device_id: FromPath[UUID]) -> DeviceDetail:
    """One device file inside the grant's scope."""
    return await device_under(request, grant_id, device_id)


handlers = [list_granted_tickets, get_granted_ticket, list_granted_devices, get_granted_device]
