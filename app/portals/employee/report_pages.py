"""Reporting a fault: a symptom, a description, and photos."""

from typing import Any

import msgspec
from litestar import Response, get, post

from app.agreements.catalogue import SYMPTOM_NAMES, Symptom
from app.desk.intake.web_interface import FaultReport, IntakeService
from app.platform.files import file_store_of
from app.platform.files.web_interface import UPLOAD_BODY_LIMIT, inspected_uploads, uploads_of
from app.platform.http.errors import status_of
from app.platform.http.idempotency import FORM_FIELD, new_form_key, submit_once
from app.platform.http.request_work import runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError, Invalid
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.pages import see_other, translator_of
from app.portals.employee.labels import STATE_LABELS
from app.portals.employee.page_context import device_of, error_text, render_page, transaction_of
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


class ReportForm(msgspec.Struct, frozen=True):
    """The submitted report form, unchecked."""

    symptom: str = ""
    words: str = ""
    key: str = ""

    def report(self) -> FaultReport:
        """
        Raises:
            Invalid: no symptom was chosen, or the description is too long.
        """
        if self.symptom not in set(Symptom):
            raise Invalid(fields={"symptom": N_("请选一个最像的。")})
        if len(self.words) > LONGEST_DESCRIPTION:
            raise Invalid(fields={"words": N_("太长了，请控制在 2000 字以内。")})
        return FaultReport(Symptom(self.symptom), self.words)


async def _read_form(request: WebRequest) -> ReportForm:
    form = await request.form()
    found = [form.get(name, "") for name in ("symptom", "words", FORM_FIELD)]
    return ReportForm(*(value if isinstance(value, str) else "" for value in found))


async def _render(
    request: WebRequest,
    work: UnitOfWork,
    typed: ReportForm,
    error: DomainError | None = None,
    *,
    had_photos: bool = False,
) -> Response[Any]:
    intake, translate = IntakeService(work), translator_of(request)
    device = await intake.device(await device_of(request))
    return render_page(
        request,
        "employee/report.html",
        await intake.partner_info(),
        status=200 if error is None else status_of(error),
        problem=error_text(request, error),
        errors={name: translate(text) for name, text in (error.fields if error else {}).items()},
        device=device,
        holder=work.actor.display_name,
        typed=typed,
        had_photos=had_photos,
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
        return await _render(request, work, ReportForm(key=new_form_key()))


@post(
    "/report",
    permission=Permission.TICKET_CREATE,
    request_max_body_size=UPLOAD_BODY_LIMIT,
    include_in_schema=False,
)
async def report(request: WebRequest) -> Response[Any]:
    """Make the ticket; what was typed stays when something is refused. Sent twice, it is one ticket."""
    typed, uploads = await _read_form(request), await uploads_of(request, "photos")
    device_id, store = await device_of(request), file_store_of(runtime_of(request))
    try:
        fault = typed.report()
        files = await inspected_uploads(request, uploads)
        async with transaction_of(request) as work:

            async def submit() -> str:
                made = await IntakeService(work).report(device_id, fault, files, store)
                return f"/r/tickets/{made.id}"

            address = await submit_once(request, work, submit)
    except DomainError as error:
        async with transaction_of(request) as work:
            return await _render(request, work, typed, error, had_photos=bool(uploads))
    return see_other(request, address)


handlers = [report_page, report]
