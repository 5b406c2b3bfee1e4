"""Reporting a fault: a symptom, a description, and photos."""

from typing import Any

import msgspec
from litestar import Response, get, post

from app.catalogue import SYMPTOM_NAMES, Symptom
from app.faces.employee.surroundings import Asked, device_of, draw, told, transaction_of
from app.faces.employee.words import SHORT
from app.files import store_of
from app.files.transfer import UPLOAD_BODY_LIMIT, safe_files, uploads_of
from app.http.errors import status_of
from app.http.idempotency import FORM_FIELD, new_form_key, submitted_once
from app.http.work import runtime_of
from app.intake import EmployeeReport, IntakeService
from app.kernel.errors import DomainError, Invalid
from app.kernel.texts import N_
from app.kernel.work import UnitOfWork
from app.web.pages import see_other, speaker
from rbac import Permission

MOST_PHOTOS = 5
LONGEST_WORDS = 2_000

_DRAWINGS = {
    Symptom.POWER: "power",
    Symptom.NETWORK: "wifi-off",
    Symptom.PRINT: "printer",
    Symptom.SOFTWARE: "app-window",
    Symptom.ACCOUNT: "key",
    Symptom.OTHER: "help",
}


class Typed(msgspec.Struct, frozen=True):
    """The submitted report form, unchecked."""

    symptom: str = ""
    words: str = ""
    key: str = ""

    def report(self) -> EmployeeReport:
        """
        Raises:
            Invalid: no symptom was chosen, or the description is too long.
        """
        if self.symptom not in set(Symptom):
            raise Invalid(fields={"symptom": N_("请选一个最像的。")})
        if len(self.words) > LONGEST_WORDS:
            raise Invalid(fields={"words": N_("太长了，请控制在 2000 字以内。")})
        return EmployeeReport(Symptom(self.symptom), self.words)


async def _typed(request: Asked) -> Typed:
    form = await request.form()
    found = [form.get(name, "") for name in ("symptom", "words", FORM_FIELD)]
    return Typed(*(value if isinstance(value, str) else "" for value in found))


async def _drawn(
    request: Asked, work: UnitOfWork, typed: Typed, error: DomainError | None = None, *, had_photos: bool = False
) -> Response[Any]:
    intake, translate = IntakeService(work), speaker(request)
    device = await intake.device(await device_of(request))
    return draw(
        request,
        "employee/report.html",
        await intake.surroundings(),
        status=200 if error is None else status_of(error),
        problem=told(request, error),
        errors={name: translate(text) for name, text in (error.fields if error else {}).items()},
        device=device,
        holder=work.actor.display_name,
        typed=typed,
        had_photos=had_photos,
        same_fault=await intake.same_fault(device.id),
        short=SHORT,
        choices=[
            {"value": symptom, "label": translate(name), "icon": _DRAWINGS[symptom]}
            for symptom, name in SYMPTOM_NAMES.items()
        ],
        most_photos=MOST_PHOTOS,
        longest_words=LONGEST_WORDS,
    )


@get("/report", permission=Permission.TICKET_CREATE, include_in_schema=False)
async def report_page(request: Asked) -> Response[Any]:
    """The form, for the device of this session."""
    async with transaction_of(request) as work:
        return await _drawn(request, work, Typed(key=new_form_key()))


@post(
    "/report",
    permission=Permission.TICKET_CREATE,
    request_max_body_size=UPLOAD_BODY_LIMIT,
    include_in_schema=False,
)
async def report(request: Asked) -> Response[Any]:
    """Make the ticket; what was typed stays when something is refused. Sent twice, it is one ticket."""
    typed, uploads = await _typed(request), await uploads_of(request, "photos")
    device_id, store = await device_of(request), store_of(runtime_of(request))
    try:
        fault = typed.report()
        files = await safe_files(request, uploads)
        async with transaction_of(request) as work:

            async def submit() -> str:
                made = await IntakeService(work).report(device_id, fault, files, store)
                return f"/r/tickets/{made.id}"

            address = await submitted_once(request, work, submit)
    except DomainError as error:
        async with transaction_of(request) as work:
            return await _drawn(request, work, typed, error, had_photos=bool(uploads))
    return see_other(request, address)


handlers = [report_page, report]
