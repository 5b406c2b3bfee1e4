"""Device files in the workspace: list, panel, page, forms, labels and PINs. Every form works without script."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from app.assets.devices import forms
from app.assets.devices.api import device_service, label_service, pdf_response, pin_service
from app.assets.devices.categories import CATEGORY_NAMES
from app.assets.devices.listing import DEVICES
from app.assets.devices.record import BASE
from app.assets.devices.schemas import DeviceUpdate, LabelRequest, PinRequest
from app.assets.devices.services.choices import ClientChoices
from app.assets.devices.states import RETIRED_OR_LOST, STATE_NAMES, DeviceState, may_become
from app.platform.documents import missing_characters
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError, NotFound
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.web_interface import list_handlers, list_page
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from app.platform.web.pages import page, translator_of
from rbac import Permission

LAYOUT_NAMES = {
    "a4_3x8": (N_("A4 纸，每张 24 枚"), N_("63.5 × 33.9 毫米")),
    "a4_2x5": (N_("A4 纸，每张 10 枚"), N_("99.1 × 57 毫米")),
    "roll_40x30": (N_("标签卷纸"), N_("40 × 30 毫米，每枚一张")),
}


@get(BASE, permission=Permission.DEVICE_READ, include_in_schema=False)
async def devices_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """The list by number; boxes choose devices for labels and PINs."""
    return await list_page(
        request, work, DEVICES, "devices/list.html", state_names=STATE_NAMES, category_names=CATEGORY_NAMES
    )


def _options(request: WebRequest, names: Mapping[Any, str]) -> list[tuple[str, str]]:
    """The choices of a field in the reader's words."""
    translate = translator_of(request)
    return [(str(code), translate(name)) for code, name in names.items()]


@get(f"{BASE}/new", permission=Permission.DEVICE_WRITE, include_in_schema=False)
async def new_device_page(request: WebRequest, work: RequestWork, client: FromQuery[str] = "") -> Response[Any]:
    """The form for a new device; first of all, whose it is."""
    return await _form(request, work, forms.id_of(client), None, forms.EMPTY)


@post(f"{BASE}/new", permission=Permission.DEVICE_WRITE, include_in_schema=False)
async def create_device(request: WebRequest) -> Response[Any]:
    """Make the device file."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        client_id = forms.id_of(form["client_id"])
        if client_id is None:
            raise NotFound
        employee_id = await ClientChoices(work).holder(client_id, form["holder"])
        made = await device_service(request, work).create(forms.to_create(form, client_id, employee_id))
        return f"{BASE}/{made.id}"

    async def show_again(work: UnitOfWork, form: FormValues, error: DomainError) -> Response[Any]:
        return await _form(request, work, forms.id_of(form["client_id"]), None, form, error)

    return await submit(request, act, show_again)


@get(f"{BASE}/{{device_id:uuid}}/edit", permission=Permission.DEVICE_WRITE, include_in_schema=False)
async def edit_device_page(request: WebRequest, work: RequestWork, device_id: FromPath[UUID]) -> Response[Any]:
    """The form with what is stored."""
    device = await device_service(request, work).get(device_id)
    return await _form(request, work, device.client_id, device_id, forms.form_values(device))


@post(f"{BASE}/{{device_id:uuid}}/edit", permission=Permission.DEVICE_WRITE, include_in_schema=False)
async def update_device(request: WebRequest, device_id: FromPath[UUID]) -> Response[Any]:
    """Save the changes."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        service = device_service(request, work)
        device = await service.get(device_id)
        employee_id = await ClientChoices(work).holder(device.client_id, form["holder"])
        await service.update(device_id, forms.to_update(form, employee_id))
        return f"{BASE}/{device_id}"

    async def show_again(work: UnitOfWork, form: FormValues, error: DomainError) -> Response[Any]:
        device = await device_service(request, work).get(device_id)
        return await _form(request, work, device.client_id, device_id, form, error)

    return await submit(request, act, show_again)


@post(f"{BASE}/{{device_id:uuid}}/state", permission=Permission.DEVICE_WRITE, include_in_schema=False)
async def change_state(request: WebRequest, device_id: FromPath[UUID]) -> Response[Any]:
    """Change the state."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        if form["state"] not in set(DeviceState):
            raise NotFound
        change = DeviceUpdate(version=form.whole_number("version"), state=DeviceState(form["state"]))
        await device_service(request, work).update(device_id, change)
        return f"{BASE}/{device_id}"

    return await submit(request, act)


@post(f"{BASE}/labels", permission=Permission.LABEL_PRINT, include_in_schema=False)
async def choose_labels(request: WebRequest) -> Response[Any]:
    """The form for sheet and first position of the chosen devices' labels."""

    async def act(work: UnitOfWork, form: FormValues) -> Response[Any]:
        devices = await device_service(request, work).chosen(forms.chosen_ids(form))
        return page(
            request,
            "devices/labels.html",
            devices=devices,
            missing=missing_characters([(device.number, device.client_name) for device in devices]),
            layouts=[{"value": key, "label": name, "line": line} for key, (name, line) in LAYOUT_NAMES.items()],
        )

    return await submit(request, act)


@post(f"{BASE}/labels/print", permission=Permission.LABEL_PRINT, include_in_schema=False)
async def print_labels(request: WebRequest) -> Response[Any]:
    """The PDF."""

    async def act(work: UnitOfWork, form: FormValues) -> Response[Any]:
        wanted = LabelRequest(
            device_ids=forms.chosen_ids(form),
            layout=form["layout"],
            first_position=max(form.whole_number("first_position") - 1, 0),
            print_anyway=bool(form["print_anyway"]),
        )
        return pdf_response(await label_service(request, work).print(wanted), "labels.pdf")

    return await submit(request, act)


@post(f"{BASE}/{{device_id:uuid}}/label/revoke", permission=Permission.LABEL_PRINT, include_in_schema=False)
async def revoke_label(request: WebRequest, device_id: FromPath[UUID]) -> Response[Any]:
    """Revoke the label."""

    async def act(work: UnitOfWork, _: FormValues) -> str:
        await label_service(request, work).revoke(device_id)
        return f"{BASE}/{device_id}"

    return await submit(request, act)


@post(f"{BASE}/pins", permission=Permission.PIN_ISSUE, include_in_schema=False)
async def choose_pins(request: WebRequest) -> Response[Any]:
    """The confirmation page before PINs are issued for the chosen devices."""

    async def act(work: UnitOfWork, form: FormValues) -> Response[Any]:
        ids = forms.chosen_ids(form)
        devices = await device_service(request, work).chosen(ids)
        without = [
            device.number
            for device in devices
            if not (device.shared or device.holder_name) or device.state in RETIRED_OR_LOST
        ]
        missing = await pin_service(request, work).missing_characters(ids)
        return page(request, "devices/pins.html", devices=devices, without=without, missing=missing)

    return await submit(request, act)


@post(f"{BASE}/pins/issue", permission=Permission.PIN_ISSUE, include_in_schema=False)
async def issue_pins(request: WebRequest) -> Response[Any]:
    """The slips as PDF: the PINs stand nowhere else."""

    async def act(work: UnitOfWork, form: FormValues) -> Response[Any]:
        wanted = PinRequest(device_ids=forms.chosen_ids(form), print_anyway=bool(form["print_anyway"]))
        return pdf_response(await pin_service(request, work).issue(wanted), "pins.pdf")

    return await submit(request, act)


async def _form(
    request: WebRequest,
    work: UnitOfWork,
    client_id: UUID | None,
    device_id: UUID | None,
    values: FormValues,
    error: DomainError | None = None,
) -> Response[Any]:
    choices = ClientChoices(work)
    present = values["present_state"] or DeviceState.IN_USE
    return render_form(
        request,
        "devices/form.html",
        error,
        values=values,
        client_id=client_id,
        device_id=device_id,
        clients=await choices.clients(),
        choices=await choices.of(client_id) if client_id else None,
        form_states=_options(request, {state: STATE_NAMES[state] for state in _states(present, new=device_id is None)}),
        category_options=_options(request, CATEGORY_NAMES),
    )


def _states(present: str, *, new: bool) -> Sequence[DeviceState]:
    """What the form offers: the present state, and those that may follow."""
    if new or present not in set(DeviceState):
        return [DeviceState.IN_USE, DeviceState.SPARE]
    here = DeviceState(present)
    return [state for state in DeviceState if may_become(here, state)]


handlers = [*handlers_of(__name__), *list_handlers(DEVICES)]
