"""The company's devices: the list, one device with its tickets, visits and changes, and new reporting PINs."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter

from app.assets.clients import DepartmentService, SiteService
from app.assets.devices import (
    CATEGORY_NAMES,
    RETIRED_OR_LOST,
    STATE_NAMES,
    DeviceFilter,
    DeviceState,
    PinRequest,
)
from app.assets.devices.web_interface import device_service, page_of, pdf_response, pin_service
from app.desk.tickets import DeviceHistoryEvent, DeviceHistoryKind, DeviceHistoryService
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.text_search import MAX_SEARCH_LENGTH
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import submit
from app.platform.web.pages import translator_of
from app.portals.client.page_context import client_of, render_page
from app.portals.device_history import first_entry, history_entries
from rbac import Permission

SearchText = Annotated[str, QueryParameter(name="q", max_length=MAX_SEARCH_LENGTH)]
DEVICE_TONES = {
    DeviceState.IN_USE: "good",
    DeviceState.SPARE: "info",
    DeviceState.IN_REPAIR: "waiting",
    DeviceState.RETIRED: "neutral",
    DeviceState.LOST: "bad",
}


@get("/portal/devices", permission=Permission.DEVICE_READ, include_in_schema=False)
async def devices_page(
    request: WebRequest,
    work: RequestWork,
    *,
    text: SearchText = "",
    site: FromQuery[str] = "",
    department: FromQuery[str] = "",
    employee: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
) -> Response[str]:
    """The devices by number; a client's administrator selects devices for new PINs here."""
    client_id = client_of(work)
    chosen = DeviceFilter(
        client_id=client_id,
        site_id=_id_of(site),
        department_id=_id_of(department),
        employee_id=_id_of(employee),
        text=text,
    )
    found = await page_of(work, chosen, cursor)
    return await render_page(
        request,
        work,
        "client/devices.html",
        devices=found.items,
        next_cursor=found.next_cursor or "",
        text=text,
        site=site,
        department=department,
        employee=employee,
        sites=[(str(each.id), each.name) for each in await SiteService(work).list(client_id)],
        departments=[(str(each.id), each.name) for each in await DepartmentService(work).list(client_id)],
        device_states=STATE_NAMES,
        device_tones=DEVICE_TONES,
        category_names=CATEGORY_NAMES,
    )


@get("/portal/devices/{device_id:uuid}", permission=Permission.DEVICE_READ, include_in_schema=False)
async def device_page(request: WebRequest, work: RequestWork, device_id: FromPath[UUID]) -> Response[str]:
    """One device with its tickets, visits and changes."""
    devices = device_service(request, work)
    device, _ = await devices.get(device_id), translator_of(request)
    history = await DeviceHistoryService(work, devices).of(device_id)
    return await render_page(
        request,
        work,
        "client/device.html",
        device=device,
        entries=[*history_entries(history, _, "/portal/tickets/{}".format), first_entry(device.created_at, _)],
        event_counts=_counts(history),
        gone=device.state in RETIRED_OR_LOST,
        device_states=STATE_NAMES,
        device_tones=DEVICE_TONES,
        category_names=CATEGORY_NAMES,
    )


def _counts(history: Sequence[DeviceHistoryEvent]) -> dict[str, int]:
    return {kind: sum(1 for event in history if event.kind is kind) for kind in DeviceHistoryKind}


@post("/portal/pins", permission=Permission.PIN_ISSUE, include_in_schema=False)
async def choose_pins(request: WebRequest) -> Response[Any]:
    """The confirmation before new PINs are issued for the selected devices."""

    async def act(work: UnitOfWork, form: FormValues) -> Response[Any]:
        ids = _ticked(form)
        devices = await device_service(request, work).chosen(ids)
        without = [
            each.number for each in devices if not (each.shared or each.holder_name) or each.state in RETIRED_OR_LOST
        ]
        missing = await pin_service(request, work).missing_characters(ids)
        return await render_page(request, work, "client/pins.html", devices=devices, without=without, missing=missing)

    return await submit(request, act)


@post("/portal/pins/issue", permission=Permission.PIN_ISSUE, include_in_schema=False)
async def issue_pins(request: WebRequest) -> Response[Any]:
    """The slips as PDF: the PINs stand nowhere else."""

    async def act(work: UnitOfWork, form: FormValues) -> Response[Any]:
        wanted = PinRequest(device_ids=_ticked(form), print_anyway=bool(form["print_anyway"]))
        return pdf_response(await pin_service(request, work).issue(wanted), "pins.pdf")

    return await submit(request, act)


def _ticked(form: FormValues) -> list[UUID]:
    return [found for text in form.checked("id") if (found := _id_of(text)) is not None]


def _id_of(text: str) -> UUID | None:
    """An id from an address or a form; None for anything else."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


handlers = handlers_of(__name__)
