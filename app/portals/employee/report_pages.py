"""Reporting a fault: a symptom, a description, and photos."""

from functools import partial
from typing import Any

from litestar import Response, get, post

from app.agreements.catalogue import SYMPTOM_NAMES, Symptom
from app.desk.intake.web_interface import FaultReport, IntakeService
from app.platform.files import file_store_of
from app.platform.files.web_interface import UPLOAD_BODY_LIMIT, inspected_uploads, uploads_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError, Invalid
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import submit
from app.platform.web.pages import translator_of
from app.portals.employee.labels import STATE_LABELS
from app.portals.employee.page_context import device_of, render_page, transaction_of
from rbac import Permission

MOST_PHOTOS = 5
LONGEST_DESCRIPTION = 2_000

_SYMPTOM_ICONS = {
    Symptom.POWER: "power",
    Symptom.NETWORK: "wifi-off",
    Symptom.PRINT: "printer",
    Symptom.SOFTWARE: "app-window",
    Symptom.ACCOUNT: "key",
    Symptom.OTHER: "help",
}


def _fault(form: FormValues) -> FaultReport:
    """
    Raises:
        Invalid: no symptom was chosen, or the description is too long.
    """
    if form["symptom"] not in set(Symptom):
        raise Invalid(fields={"symptom": N_("请选一个最像的。")})
    if len(form["words"]) > LONGEST_DESCRIPTION:
        raise Invalid(fields={"words": N_("太长了，请控制在 2000 字以内。")})
    return FaultReport(Symptom(form["symptom"]), form["words"])


async def _render(
    request: WebRequest,
    work: UnitOfWork,
    values: FormValues,
    error: DomainError | None = None,
) -> Response[Any]:
    intake, translate = IntakeService(work), translator_of(request)
    device = await intake.device(await device_of(request))
    return render_page(
        request,
        "employee/report.html",
        await intake.partner_info(),
        error,
        device=device,
        holder=work.actor.display_name,
        values=values,
        had_photos=values.upload("photos") is not None,
        same_fault=await intake.same_fault(device.id),
        state_labels=STATE_LABELS,
        choices=[
            {"value": symptom, "label": translate(name), "icon": _SYMPTOM_ICONS[symptom]}
            for symptom, name in SYMPTOM_NAMES.items()
        ],
        most_photos=MOST_PHOTOS,
        longest_description=LONGEST_DESCRIPTION,
    )


@get("/report", permission=Permission.TICKET_CREATE, include_in_schema=False)
async def report_page(request: WebRequest) -> Response[Any]:
    """The form, for the device of this session."""
    async with transaction_of(request) as work:
        return await _render(request, work, FormValues())


@post(
    "/report",
    permission=Permission.TICKET_CREATE,
    request_max_body_size=UPLOAD_BODY_LIMIT,
    include_in_schema=False,
)
async def report(request: WebRequest) -> Response[Any]:
    """Make the ticket. Sent twice, it is one ticket."""
    device_id, store = await device_of(request), file_store_of(runtime_of(request))

    async def act(work: UnitOfWork, form: FormValues) -> str:
        fault = _fault(form)
        files = await inspected_uploads(request, await uploads_of(request, "photos"))
        made = await IntakeService(work).report(device_id, fault, files, store)
        return f"/r/tickets/{made.id}"

    return await submit(request, act, partial(_render, request), begin=transaction_of)


handlers = handlers_of(__name__)
