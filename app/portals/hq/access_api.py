"""JSON routes for headquarters to read a partner's records under an open access grant [N8].

Read-only; each call is audited in both tenants.
"""

from typing import Final
from uuid import UUID

from litestar import get
from litestar.params import FromPath, FromQuery

from app.assets.devices import DeviceDetail, DeviceFilter, DeviceSummary
from app.assets.devices.web_interface import device_service
from app.assets.devices.web_interface import page_of as page_of_devices
from app.desk.tickets import TicketFilter, TicketQueries, TicketSummary, TicketView
from app.desk.tickets.web_interface import TicketOrder, page_of_tickets
from app.platform.http.authentication import actor_of
from app.platform.http.pagination import DEFAULT_LIMIT, Page
from app.platform.http.registration import handlers_of
from app.platform.http.request_context import origin_of
from app.platform.http.request_work import runtime_of
from app.platform.http.web_request import WebRequest
from rbac import Permission
from tenants.access_grants import RecordKind, read_under_grant

TAGS: Final = ["access grants"]


async def granted_tickets(request: WebRequest, grant_id: UUID, cursor: str | None) -> Page[TicketSummary]:
    """One page of the partner's tickets, the newest first."""
    reading = read_under_grant(
        runtime_of(request), actor_of(request), origin_of(request), grant_id, kind=RecordKind.TICKET
    )
    async with reading as work:
        return await page_of_tickets(work, TicketFilter(), TicketOrder.NEWEST, cursor, DEFAULT_LIMIT)


async def granted_ticket(request: WebRequest, grant_id: UUID, ticket_id: UUID) -> TicketView:
    """One ticket of the partner, as its client sees it."""
    reading = read_under_grant(
        runtime_of(request),
        actor_of(request),
        origin_of(request),
        grant_id,
        kind=RecordKind.TICKET,
        record_id=ticket_id,
    )
    async with reading as work:
        return await TicketQueries(work).ticket(ticket_id)


async def granted_devices(request: WebRequest, grant_id: UUID, cursor: str | None) -> Page[DeviceSummary]:
    """One page of the partner's devices, by number."""
    reading = read_under_grant(
        runtime_of(request), actor_of(request), origin_of(request), grant_id, kind=RecordKind.DEVICE
    )
    async with reading as work:
        return await page_of_devices(work, DeviceFilter(), cursor)


async def granted_device(request: WebRequest, grant_id: UUID, device_id: UUID) -> DeviceDetail:
    """One device file of the partner."""
    reading = read_under_grant(
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
    request: WebRequest, grant_id: FromPath[UUID], cursor: FromQuery[str | None] = None
) -> Page[TicketSummary]:
    """The partner's tickets inside the grant's scope, newest first."""
    return await granted_tickets(request, grant_id, cursor)


@get("/access-grants/{grant_id:uuid}/tickets/{ticket_id:uuid}", permission=Permission.ACCESS_GRANT_REQUEST, tags=TAGS)
async def get_granted_ticket(request: WebRequest, grant_id: FromPath[UUID], ticket_id: FromPath[UUID]) -> TicketView:
    """One ticket inside the grant's scope, without internal notes."""
    return await granted_ticket(request, grant_id, ticket_id)


@get("/access-grants/{grant_id:uuid}/devices", permission=Permission.ACCESS_GRANT_REQUEST, tags=TAGS)
async def list_granted_devices(
    request: WebRequest, grant_id: FromPath[UUID], cursor: FromQuery[str | None] = None
) -> Page[DeviceSummary]:
    """The partner's devices inside the grant's scope, by number."""
    return await granted_devices(request, grant_id, cursor)


@get("/access-grants/{grant_id:uuid}/devices/{device_id:uuid}", permission=Permission.ACCESS_GRANT_REQUEST, tags=TAGS)
async def get_granted_device(request: WebRequest, grant_id: FromPath[UUID], device_id: FromPath[UUID]) -> DeviceDetail:
    """One device file inside the grant's scope."""
    return await granted_device(request, grant_id, device_id)


handlers = handlers_of(__name__)
