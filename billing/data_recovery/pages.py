"""Recovery cases in the partner workspace. Forms work without script; what is signed is signed on the phone."""

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from app.assets.devices.web_interface import ClientChoices
from app.platform.http.authentication import actor_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.web_interface import list_handlers, list_page
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from billing.data_recovery.api import (
    CERTIFICATE_DOWNLOAD,
    RECEIPT_DOWNLOAD,
    RESULT_READ,
    certificate_answer,
    custody_of,
    receipt_answer,
    reception_of,
)
from billing.data_recovery.case_forms import MEDIUM_FIELDS, PLACES, case_fields, case_of
from billing.data_recovery.listing import BASE, RECOVERIES
from billing.data_recovery.permissions import RecoveryPermission
from billing.data_recovery.record import render_files, render_record
from billing.data_recovery.result_form import files_of
from billing.data_recovery.schemas import (
    CaseReason,
    CaseVersion,
    CopyWrite,
    DiagnosisWrite,
    MediumDestruction,
    PersonOnCase,
    RecoveryQuote,
    ResultReport,
    ResultWrite,
)
from billing.data_recovery.services.answers import RecoveryStops
from billing.data_recovery.services.people import RecoveryPeople
from billing.data_recovery.services.quoting import RecoveryQuoting
from billing.data_recovery.services.working import RecoveryWork
from billing.data_recovery.states import STATE_NAMES, STATE_TONES
from billing.money import minor_text

CASE = f"{BASE}/{{recovery_case_id:uuid}}"
_READ, _WORK = RecoveryPermission.RECOVERY_CASE_READ, RecoveryPermission.RECOVERY_CASE_WORK
_WRITE = RecoveryPermission.RECOVERY_CASE_WRITE


@get(BASE, permission=_READ, include_in_schema=False)
async def cases_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """Cases that run, those whose media are to go back, and those that are over."""
    actor = actor_of(request)
    return await list_page(
        request,
        work,
        RECOVERIES,
        "data_recovery/list.html",
        may_open=actor.may(_WORK) and not actor.read_only,
        state_names=STATE_NAMES,
        state_tones=STATE_TONES,
        money=minor_text,
    )


@get(f"{BASE}/new", permission=_WORK, include_in_schema=False)
async def new_case_page(request: WebRequest, work: RequestWork, client: FromQuery[UUID | None] = None) -> Response[Any]:
    """An empty form."""
    return await _form(request, work, FormValues({"client_id": str(client or "")}))


@post(f"{BASE}/new", permission=_WORK, include_in_schema=False)
async def create_case(request: WebRequest) -> Response[Any]:
    """Write the case down."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        return f"{BASE}/{await reception_of(request, work).open(case_of(form))}"

    return await submit(request, act, partial(_form, request))


@get(CASE, permission=_READ, include_in_schema=False)
async def case_page(
    request: WebRequest, work: RequestWork, recovery_case_id: FromPath[UUID], tab: FromQuery[str] = ""
) -> Response[Any]:
    """One case: what is to be done, the chain of custody, who is on it."""
    return await render_record(request, recovery_case_id, work, tab=tab)


@get(f"{CASE}/files", permission=_READ, include_in_schema=False, audited=RESULT_READ)
async def files_page(request: WebRequest, work: RequestWork, recovery_case_id: FromPath[UUID]) -> Response[Any]:
    """The list of results by the files' names, for the case's people."""
    return await render_files(request, recovery_case_id, work)


@post(f"{CASE}/files", permission=_WORK, include_in_schema=False)
async def write_files(request: WebRequest, recovery_case_id: FromPath[UUID]) -> Response[Any]:
    """Write the list of results."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        service = RecoveryWork(work)
        wanted = ResultWrite(files=files_of(form["files"]), version=form.whole_number("version"))
        await service.write_files(recovery_case_id, wanted)
        return f"{BASE}/{recovery_case_id}/files"

    return await submit(request, act, partial(render_files, request, recovery_case_id))


@post(
    [f"{CASE}/{step}" for step in ("diagnose", "start", "report", "cancel", "copy")],
    permission=_WORK,
    include_in_schema=False,
)
async def work_on_case(request: WebRequest, recovery_case_id: FromPath[UUID]) -> Response[Any]:
    """Diagnose, start, report, cancel, make a copy, by the last part of the path."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        match _step_of(request):
            case "diagnose":
                await RecoveryWork(work).diagnose(recovery_case_id, form.read(DiagnosisWrite))
            case "start":
                await RecoveryWork(work).start(recovery_case_id, form.read(CaseVersion))
            case "report":
                await RecoveryWork(work).report(recovery_case_id, form.read(ResultReport))
            case "cancel":
                await reception_of(request, work).cancel(recovery_case_id, form.read(CaseReason))
            case _:
                await custody_of(request, work).add_copy(recovery_case_id, form.read(CopyWrite))
        return f"{BASE}/{recovery_case_id}"

    return await submit(request, act, partial(render_record, request, recovery_case_id))


@post([f"{CASE}/{step}" for step in ("quote", "stop", "join", "leave")], permission=_WRITE, include_in_schema=False)
async def arrange_case(request: WebRequest, recovery_case_id: FromPath[UUID]) -> Response[Any]:
    """Quote, stop, put people on the case or take them off, by the last part of the path."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        match _step_of(request):
            case "quote":
                await RecoveryQuoting(work).quote(recovery_case_id, form.read(RecoveryQuote))
            case "stop":
                await RecoveryStops(work).stop(recovery_case_id, form.read(CaseReason))
            case "join":
                await RecoveryPeople(work).join(recovery_case_id, form.read(PersonOnCase))
            case _:
                await RecoveryPeople(work).leave(recovery_case_id, form.read(PersonOnCase).membership_id)
        return f"{BASE}/{recovery_case_id}"

    return await submit(request, act, partial(render_record, request, recovery_case_id))


def _step_of(request: WebRequest) -> str:
    return str(request.scope["path"]).rsplit("/", 1)[1]


@post(f"{CASE}/media/{{recovery_medium_id:uuid}}/destroy", permission=_WORK, include_in_schema=False)
async def destroy_medium(
    request: WebRequest, recovery_case_id: FromPath[UUID], recovery_medium_id: FromPath[UUID]
) -> Response[Any]:
    """Certify that a medium was destroyed."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        custody = custody_of(request, work)
        await custody.destroy(recovery_case_id, recovery_medium_id, form.read(MediumDestruction))
        return f"{BASE}/{recovery_case_id}"

    return await submit(request, act, partial(render_record, request, recovery_case_id))


@get(
    "/custody-receipts/{custody_receipt_id:uuid}",
    permission=_READ,
    include_in_schema=False,
    audited=RECEIPT_DOWNLOAD,
)
async def download_receipt_from_page(request: WebRequest, custody_receipt_id: FromPath[UUID]) -> Response[bytes]:
    """A custody receipt, for the pages of both sides."""
    return await receipt_answer(request, custody_receipt_id)


@get(
    "/disposal-certificates/{disposal_certificate_id:uuid}",
    permission=_READ,
    include_in_schema=False,
    audited=CERTIFICATE_DOWNLOAD,
)
async def download_certificate_from_page(
    request: WebRequest, disposal_certificate_id: FromPath[UUID]
) -> Response[bytes]:
    """A certificate, for the pages of both sides."""
    return await certificate_answer(request, disposal_certificate_id)


async def _form(
    request: WebRequest, work: UnitOfWork, values: FormValues, error: DomainError | None = None
) -> Response[Any]:
    return render_form(
        request,
        "data_recovery/form.html",
        error,
        base=BASE,
        clients=await ClientChoices(work).clients(),
        fields=case_fields(),
        medium_fields=MEDIUM_FIELDS,
        medium_numbers=PLACES,
        values=values,
    )


handlers = [*handlers_of(__name__), *list_handlers(RECOVERIES)]
