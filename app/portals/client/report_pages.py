"""Reporting a fault from the client portal, with or without a device."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromQuery

from app.agreements.catalogue import SYMPTOM_NAMES, Symptom, classify
from app.agreements.sla import Impact, Urgency
from app.assets.devices import DeviceDetail, DeviceFilter, DeviceSummary
from app.assets.devices.web_interface import device_service
from app.desk.tickets import (
    STATE_NAMES,
    AttachmentService,
    Channel,
    TicketCreate,
    TicketCreation,
    TicketFilter,
    TicketQueries,
)
from app.platform.files import file_store_of
from app.platform.files.web_interface import UPLOAD_BODY_LIMIT, inspected_uploads, uploads_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError, Invalid
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import submit
from app.platform.web.pages import translator_of
from app.portals.client.labels import TONES
from app.portals.client.page_context import render_page
from rbac import Permission

MOST_PHOTOS = 5
LONGEST = {"subject": 120, "description": 4_000, "contact_name": 60, "contact_phone": 40}
TOO_LONG = N_("太长了，请写短一点。")
SYMPTOM_ICONS = {
    Symptom.POWER: "power",
    Symptom.NETWORK: "wifi-off",
    Symptom.PRINT: "printer",
    Symptom.SOFTWARE: "app-window",
    Symptom.ACCOUNT: "key",
    Symptom.OTHER: "help-circle",
}


@get("/portal/report", permission=Permission.TICKET_CREATE, include_in_schema=False)
async def report_page(request: WebRequest, work: RequestWork, device: FromQuery[UUID | None] = None) -> Response[str]:
    """The empty form; with `device` its number is filled in."""
    found = await device_service(request, work).get(device) if device is not None else None
    values = FormValues({"device": found.number if found else "", "contact_name": work.actor.display_name})
    return await _render(request, work, values, found)


async def _render(
    request: WebRequest,
    work: UnitOfWork,
    values: FormValues,
    device: DeviceDetail | DeviceSummary | None,
    error: DomainError | None = None,
) -> Response[str]:
    wanted = TicketFilter(device_id=device.id, open_only=True) if device is not None else None
    return await render_page(
        request,
        work,
        "client/report.html",
        error,
        values=values,
        device=device,
        same_device=await TicketQueries(work).newest(wanted, limit=3) if wanted else [],
        choices=[
            {"value": symptom, "label": translator_of(request)(name), "icon": SYMPTOM_ICONS[symptom]}
            for symptom, name in SYMPTOM_NAMES.items()
        ],
        most_photos=MOST_PHOTOS,
        longest=LONGEST,
        state_names=STATE_NAMES,
        tones=TONES,
    )


@post(
    "/portal/report",
    permission=Permission.TICKET_CREATE,
    request_max_body_size=UPLOAD_BODY_LIMIT,
    include_in_schema=False,
)
async def report(request: WebRequest) -> Response[Any]:
    """Create the ticket with its photos; idempotent by form key."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        fault = await _fault(request, work, form)
        files = await inspected_uploads(request, await uploads_of(request, "photos"))
        made = await TicketCreation(work).create(fault, Channel.PORTAL)
        if files:
            await AttachmentService(work, file_store_of(runtime_of(request))).attach(made.id, files)
        return f"/portal/tickets/{made.id}"

    async def show_again(work: UnitOfWork, form: FormValues, error: DomainError) -> Response[Any]:
        return await _render(request, work, form, await _device(request, work, form["device"]), error)

    return await submit(request, act, show_again)


async def _fault(request: WebRequest, work: UnitOfWork, form: FormValues) -> TicketCreate:
    """
    Raises:
        Invalid: naming each field at fault.
    """
    wrong = {name: TOO_LONG for name, most in LONGEST.items() if len(form[name].strip()) > most}
    device = await _device(request, work, form["device"])
    if form["device"].strip() and device is None:
        wrong["device"] = N_("没有这个编号的设备。")
    if form["symptom"] not in set(Symptom):
        wrong["symptom"] = N_("请选一个最像的。")
    if not form["subject"].strip():
        wrong["subject"] = N_("请用一句话说明问题。")
    if wrong:
        raise Invalid(fields=wrong)
    guess = classify(Symptom(form["symptom"]), device.category if device else "")
    return TicketCreate(
        subject=form["subject"].strip(),
        device_id=device.id if device else None,
        description=form["description"].strip(),
        service_category=guess.service_category,
        product_category=guess.product_category,
        impact=Impact(guess.impact),
        urgency=Urgency(guess.urgency),
        contact_name=form["contact_name"].strip(),
        contact_phone=form["contact_phone"].strip(),
        symptom=form["symptom"],
    )


async def _device(request: WebRequest, work: UnitOfWork, number: str) -> DeviceSummary | None:
    """The company's device with this number, in any usual spelling."""
    wanted = "".join(number.split()).upper()
    if not wanted:
        return None
    found = await device_service(request, work).first(DeviceFilter(text=wanted), limit=1)
    return found[0] if found and found[0].number.upper() == wanted else None


handlers = handlers_of(__name__)
