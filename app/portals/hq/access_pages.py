"""Access grants for headquarters: request one, see its state, read the granted records [N8]."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from app.assets.devices import STATE_NAMES as DEVICE_STATES
from app.desk.tickets import STATE_NAMES as TICKET_STATES
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from app.platform.web.pages import page
from app.portals.hq.access_api import granted_device, granted_devices, granted_ticket, granted_tickets
from rbac import Permission
from tenants.access_grants import (
    STATE_NAMES,
    AccessAnswer,
    AccessGrantCreate,
    AccessGrants,
    RecordKind,
)

KIND_NAMES: Final = {RecordKind.TICKET: N_("服务单"), RecordKind.DEVICE: N_("设备")}
HOURS: Final = {"4": N_("4 小时"), "24": N_("1 天"), "72": N_("3 天"), "168": N_("7 天")}
"""Durations on offer, in hours; 168 is the maximum [N8]."""


@get("/hq/access", permission=Permission.ACCESS_GRANT_READ, include_in_schema=False)
async def access_page(request: WebRequest, work: RequestWork, partner: FromQuery[UUID | None] = None) -> Response[str]:
    """All grants with their states, and the form for a new request."""
    return await _render_list(request, work, FormValues({"partner_id": partner}))


@post("/hq/access", permission=Permission.ACCESS_GRANT_REQUEST, include_in_schema=False)
async def ask(request: WebRequest) -> Response[Any]:
    """Request a grant, or open one at once in an emergency."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        return f"/hq/access/{(await AccessGrants(work).ask(form.read(AccessGrantCreate))).id}"

    return await submit(request, act, partial(_render_list, request))


async def _render_list(
    request: WebRequest, work: UnitOfWork, values: FormValues, error: DomainError | None = None
) -> Response[str]:
    grants = AccessGrants(work)
    return render_form(
        request,
        "hq/access.html",
        error,
        grants=await grants.newest(),
        partners=[(str(each.id), each.name) for each in await grants.partners()],
        values=values.over({"hours": "24"}),
        kind_names=KIND_NAMES,
        hours=list(HOURS.items()),
        state_names=STATE_NAMES,
    )


@get("/hq/access/{grant_id:uuid}", permission=Permission.ACCESS_GRANT_READ, include_in_schema=False)
async def grant_page(request: WebRequest, work: RequestWork, grant_id: FromPath[UUID]) -> Response[str]:
    """One grant with request and answer, and links to the records while it is open."""
    grant = await AccessGrants(work).show(grant_id)
    mine = grant.requested_by == work.actor.membership_id
    return page(
        request,
        "hq/access_grant.html",
        grant=grant,
        open_now=grant.state == "open" and grant.expires_at > work.now and mine,
        may_end=grant.state in ("requested", "open") and work.actor.may(Permission.ACCESS_GRANT_REQUEST),
        kind_names=KIND_NAMES,
        state_names=STATE_NAMES,
    )


@post("/hq/access/{grant_id:uuid}/end", permission=Permission.ACCESS_GRANT_REQUEST, include_in_schema=False)
async def end(request: WebRequest, grant_id: FromPath[UUID]) -> Response[Any]:
    """Withdraw a requested grant or end an open one."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        answer = AccessAnswer(version=form.whole_number("version"), reason=form["reason"])
        await AccessGrants(work).end(grant_id, answer)
        return f"/hq/access/{grant_id}"

    return await submit(request, act)


@get("/hq/access/{grant_id:uuid}/tickets", permission=Permission.ACCESS_GRANT_REQUEST, include_in_schema=False)
async def granted_tickets_page(
    request: WebRequest, grant_id: FromPath[UUID], cursor: FromQuery[str | None] = None
) -> Response[str]:
    """The partner's tickets."""
    found = await granted_tickets(request, grant_id, cursor)
    rows = [
        (each.id, f"{each.number} {each.subject}", each.client_name or "", TICKET_STATES[each.state])
        for each in found.items
    ]
    return _render_records(request, grant_id, "tickets", rows, found.next_cursor)


@get("/hq/access/{grant_id:uuid}/devices", permission=Permission.ACCESS_GRANT_REQUEST, include_in_schema=False)
async def granted_devices_page(
    request: WebRequest, grant_id: FromPath[UUID], cursor: FromQuery[str | None] = None
) -> Response[str]:
    """The partner's devices."""
    found = await granted_devices(request, grant_id, cursor)
    rows = [
        (each.id, f"{each.number} {each.brand} {each.model}", each.client_name, DEVICE_STATES[each.state])
        for each in found.items
    ]
    return _render_records(request, grant_id, "devices", rows, found.next_cursor)


def _render_records(
    request: WebRequest, grant_id: UUID, kind: str, rows: list[tuple[UUID, str, str, str]], cursor: str | None
) -> Response[str]:
    base = f"/hq/access/{grant_id}/{kind}"
    return page(
        request,
        "hq/access_records.html",
        rows=rows,
        kind=kind,
        base=base,
        grant_id=grant_id,
        next_href=f"{base}?cursor={cursor}" if cursor else "",
    )


@get(
    "/hq/access/{grant_id:uuid}/tickets/{ticket_id:uuid}",
    permission=Permission.ACCESS_GRANT_REQUEST,
    include_in_schema=False,
)
async def granted_ticket_page(
    request: WebRequest, grant_id: FromPath[UUID], ticket_id: FromPath[UUID]
) -> Response[str]:
    """One ticket of the partner with its public timeline."""
    ticket = await granted_ticket(request, grant_id, ticket_id)
    return page(
        request, "hq/access_ticket.html", ticket=ticket, grant_id=grant_id, state_name=TICKET_STATES[ticket.state]
    )


@get(
    "/hq/access/{grant_id:uuid}/devices/{device_id:uuid}",
    permission=Permission.ACCESS_GRANT_REQUEST,
    include_in_schema=False,
)
async def granted_device_page(
    request: WebRequest, grant_id: FromPath[UUID], device_id: FromPath[UUID]
) -> Response[str]:
    """One device file."""
    device = await granted_device(request, grant_id, device_id)
    return page(
        request, "hq/access_device.html", device=device, grant_id=grant_id, state_name=DEVICE_STATES[device.state]
    )


handlers = handlers_of(__name__)
