"""Device files, labels and PINs as JSON."""

from typing import Annotated
from uuid import UUID

from litestar import Response, delete, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from app.assets.devices.listing import DEVICES
from app.assets.devices.repository import chosen_devices
from app.assets.devices.schemas import (
    DeviceChangeView,
    DeviceCreate,
    DeviceDetail,
    DeviceFilter,
    DeviceSummary,
    DeviceUpdate,
    LabelRequest,
    PinRequest,
)
from app.assets.devices.services.devices import DeviceService
from app.assets.devices.services.labels import LabelService
from app.assets.devices.services.pins import PinService
from app.assets.devices.states import DeviceState
from app.platform.http.idempotency import idempotent
from app.platform.http.openapi_description import binary, links_to
from app.platform.http.pagination import DEFAULT_LIMIT, MAXIMUM_LIMIT, Page
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.web_interface import api_page, saved_view_api
from rbac import Permission

Limit = Annotated[int, QueryParameter(ge=1, le=MAXIMUM_LIMIT)]
Text = Annotated[str, QueryParameter(max_length=80)]


def device_service(request: WebRequest, work: UnitOfWork) -> DeviceService:
    """The service on this request's unit of work."""
    return DeviceService(work, request.app.state.signin)


@get("/devices", permission=Permission.DEVICE_READ, tags=["devices"])
async def list_devices(
    work: RequestWork,
    *,
    client_id: FromQuery[UUID | None] = None,
    site_id: FromQuery[UUID | None] = None,
    department_id: FromQuery[UUID | None] = None,
    employee_id: FromQuery[UUID | None] = None,
    device_state: Annotated[DeviceState | None, QueryParameter(name="state")] = None,
    category: FromQuery[str | None] = None,
    q: Text = "",
    cursor: FromQuery[str | None] = None,
    limit: Limit = DEFAULT_LIMIT,
    sort: FromQuery[str] = "",
) -> Page[DeviceSummary]:
    """Devices by number, or by `sort`: a field such as `client_name`, `holder_name`, `state`, with `-` before it for
    downwards. `q` is looked for in numbers, models, addresses and holders."""
    chosen = DeviceFilter(
        client_id=client_id,
        site_id=site_id,
        department_id=department_id,
        employee_id=employee_id,
        state=device_state,
        category=category,
        text=q,
    )
    return await page_of(work, chosen, cursor, limit, sort)


async def page_of(
    work: UnitOfWork, chosen: DeviceFilter, cursor: str | None, limit: int = DEFAULT_LIMIT, sort: str = ""
) -> Page[DeviceSummary]:
    """One page of devices and the cursor of the next."""
    return await api_page(work, DEVICES, conditions=chosen_devices(chosen), sort=sort, cursor=cursor, limit=limit)


@get("/devices/{device_id:uuid}", permission=Permission.DEVICE_READ, tags=["devices"])
async def get_device(request: WebRequest, work: RequestWork, device_id: FromPath[UUID]) -> DeviceDetail:
    """One device file."""
    return await device_service(request, work).get(device_id)


@get("/devices/{device_id:uuid}/changes", permission=Permission.DEVICE_READ, tags=["devices"])
async def list_changes(
    request: WebRequest, work: RequestWork, device_id: FromPath[UUID], limit: Limit = DEFAULT_LIMIT
) -> list[DeviceChangeView]:
    """The newest changes of a device file, each field with before and after."""
    return await device_service(request, work).changes(device_id, limit)


@post(
    "/devices",
    permission=Permission.DEVICE_WRITE,
    tags=["devices"],
    links=links_to(
        {"device_id": "id"},
        *(f"{method} /devices/{{device_id}}" for method in ("GET", "PATCH")),
        *(f"GET /devices/{{device_id}}/{path}" for path in ("changes", "history")),
    ),
)
@idempotent()
async def create_device(request: WebRequest, work: RequestWork, data: JSONBody[DeviceCreate]) -> DeviceDetail:
    """A new device file."""
    return await device_service(request, work).create(data)


@patch("/devices/{device_id:uuid}", permission=Permission.DEVICE_WRITE, tags=["devices"])
async def update_device(
    request: WebRequest, work: RequestWork, device_id: FromPath[UUID], data: JSONBody[DeviceUpdate]
) -> DeviceDetail:
    """Change what the body names. A change of holder deletes the PIN."""
    return await device_service(request, work).update(device_id, data)


@post(
    "/labels",
    permission=Permission.LABEL_PRINT,
    tags=["labels"],
    status_code=200,
    responses=binary("application/pdf", "A page or more of labels."),
)
async def print_labels(request: WebRequest, work: RequestWork, data: JSONBody[LabelRequest]) -> Response[bytes]:
    """A PDF with a label for each chosen device; a device that has a label gets the same again."""
    return pdf_response(await label_service(request, work).print(data), "labels.pdf")


@delete("/labels/{device_id:uuid}", permission=Permission.LABEL_PRINT, tags=["labels"])
async def revoke_label(request: WebRequest, work: RequestWork, device_id: FromPath[UUID]) -> None:
    """Revoke the label of this device; the next print makes a new one."""
    await label_service(request, work).revoke(device_id)


@post(
    "/pins",
    permission=Permission.PIN_ISSUE,
    tags=["pins"],
    status_code=200,
    responses=binary("application/pdf", "A slip for each device."),
)
async def issue_pins(request: WebRequest, work: RequestWork, data: JSONBody[PinRequest]) -> Response[bytes]:
    """New PINs for the chosen devices as a PDF of slips. The PINs stand nowhere else, so keep the answer. Characters
    that cannot be printed are told first (`document.characters_missing`)."""
    return pdf_response(await pin_service(request, work).issue(data), "pins.pdf")


@delete("/pins/{device_id:uuid}", permission=Permission.PIN_ISSUE, tags=["pins"])
async def revoke_pin(request: WebRequest, work: RequestWork, device_id: FromPath[UUID]) -> None:
    """Delete the PIN of this device without issuing a new one."""
    await pin_service(request, work).revoke(device_id)


def label_service(request: WebRequest, work: UnitOfWork) -> LabelService:
    """The service on this request's unit of work."""
    return LabelService(work, runtime_of(request).settings.public_url)


def pin_service(request: WebRequest, work: UnitOfWork) -> PinService:
    """The service on this request's unit of work."""
    state = request.app.state
    return PinService(work, state.signin, state.passwords, runtime_of(request).settings.public_url)


def pdf_response(content: bytes, name: str) -> Response[bytes]:
    """A PDF to open or keep."""
    disposition = f'attachment; filename="{name}"'
    return Response(content, media_type="application/pdf", headers={"content-disposition": disposition})


handlers = [*handlers_of(__name__), *saved_view_api(DEVICES, "/devices")]
