"""The forms of the engineer's pages. A form may arrive late or twice: its permanent id makes it one action; the answer
is a redirect."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath

from app.desk.tickets import (
    ConsentService,
    Correction,
    DataHandlingCreate,
    FieldActions,
    PhotoKind,
    Reason,
    ServiceReportService,
    TicketMessage,
    TriageService,
    UnsentActions,
    VisitPhotoService,
    VisitService,
    Waiting,
    visit_of_worker,
)
from app.platform.files import file_store_of
from app.platform.files.web_interface import UPLOAD_BODY_LIMIT, inspected_uploads, uploads_of
from app.platform.http.authentication import actor_of
from app.platform.http.idempotency import fingerprint_of, form_key, key_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError, NotFound, Unauthenticated
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import Act, submit
from app.platform.web.pages import translator_of
from app.portals.field.forms import offline_signing_of, signing_of, unsent_actions_of, visit_result_of
from app.portals.field.rendering import (
    PERSON_HEADER,
    RenderForm,
    address_of,
    render_correction,
    render_report,
    render_visit,
)
from rbac import Permission

STEPS: dict[str, Callable[[VisitService, UUID], Awaitable[None]]] = {
    "accept": VisitService.accept,
    "depart": VisitService.depart,
    "arrive": VisitService.arrive,
    "connect": VisitService.connect,
}
VISIT = "/field/visits/{visit_id:uuid}"
_WITHOUT_SIGNATURE = N_("客户无法在屏幕上签名，请回访确认。")
_LOST = N_("手机上没发出的 %(count)s 项找不回来了。")


@post([f"{VISIT}/{step}" for step in STEPS], permission=Permission.VISIT_WORK, include_in_schema=False, status_code=303)
async def take_step(request: WebRequest, visit_id: FromPath[UUID]) -> Response[Any]:
    """Accept, depart, arrive or connect, by the last part of the path."""
    step = STEPS[request.scope["path"].rsplit("/", 1)[1]]

    async def act(work: UnitOfWork, _form: FormValues) -> str:
        await step(VisitService(work), visit_id)
        return address_of(visit_id)

    return await _submit(request, visit_id, act)


@post(f"{VISIT}/decline", permission=Permission.VISIT_WORK, include_in_schema=False, status_code=303)
async def decline(request: WebRequest, visit_id: FromPath[UUID]) -> Response[Any]:
    """Decline the visit with a reason for the dispatcher."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await VisitService(work).decline(visit_id, form.read(Reason))
        return "/field"

    return await _submit(request, visit_id, act)


@post(f"{VISIT}/wait", permission=Permission.VISIT_WORK, include_in_schema=False, status_code=303)
async def wait(request: WebRequest, visit_id: FromPath[UUID]) -> Response[Any]:
    """Put the ticket on hold with a reason."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        found = await visit_of_worker(work, visit_id, locked=False)
        await TriageService(work).wait(found.ticket_id, form.read(Waiting))
        return address_of(visit_id)

    return await _submit(request, visit_id, act)


@post(f"{VISIT}/resume", permission=Permission.VISIT_WORK, include_in_schema=False, status_code=303)
async def resume(request: WebRequest, visit_id: FromPath[UUID]) -> Response[Any]:
    """Resume the ticket after waiting."""

    async def act(work: UnitOfWork, _form: FormValues) -> str:
        found = await visit_of_worker(work, visit_id, locked=False)
        await TriageService(work).resume(found.ticket_id)
        return address_of(visit_id)

    return await _submit(request, visit_id, act)


@post(f"{VISIT}/notes", permission=Permission.VISIT_WORK, include_in_schema=False, status_code=303)
async def note(request: WebRequest, visit_id: FromPath[UUID]) -> Response[Any]:
    """Add an internal note."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        found = await visit_of_worker(work, visit_id, locked=False)
        await TriageService(work).add_note(found.ticket_id, form.read(TicketMessage))
        return address_of(visit_id)

    return await _submit(request, visit_id, act)


@post(
    f"{VISIT}/photos",
    permission=Permission.VISIT_WORK,
    include_in_schema=False,
    status_code=303,
    request_max_body_size=UPLOAD_BODY_LIMIT,
)
async def photos(request: WebRequest, visit_id: FromPath[UUID]) -> Response[Any]:
    """Add photos, marked as before or after the work."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        kind = PhotoKind.AFTER if form["kind"] == PhotoKind.AFTER else PhotoKind.BEFORE
        files = await inspected_uploads(request, await uploads_of(request, "photos"))
        await VisitPhotoService(work, file_store_of(runtime_of(request))).add(visit_id, kind, files)
        return address_of(visit_id, "#photos")

    return await _submit(request, visit_id, act)


@post(f"{VISIT}/data-handling", permission=Permission.VISIT_WORK, include_in_schema=False, status_code=303)
async def record_data_handling(request: WebRequest, visit_id: FromPath[UUID]) -> Response[Any]:
    """Record the client's consent about the data before work on a disk."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await ConsentService(work).record(visit_id, form.read(DataHandlingCreate))
        return address_of(visit_id, "#data")

    return await _submit(request, visit_id, act)


@post(f"{VISIT}/work", permission=Permission.VISIT_WORK, include_in_schema=False, status_code=303)
async def finish(request: WebRequest, visit_id: FromPath[UUID]) -> Response[Any]:
    """Finish the visit and generate its service report for signing."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await VisitService(work).finish(visit_id, visit_result_of(form))
        await UnsentActions(work).expect(visit_id, unsent_actions_of(form))
        await ServiceReportService(work, file_store_of(runtime_of(request))).generate(visit_id)
        return address_of(visit_id, "/report")

    return await _submit(request, visit_id, act)


@post(f"{VISIT}/correct", permission=Permission.VISIT_WORK, include_in_schema=False, status_code=303)
async def correct(request: WebRequest, visit_id: FromPath[UUID]) -> Response[Any]:
    """Correct the report of finished work; a signed report gets a new edition."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        service = ServiceReportService(work, file_store_of(runtime_of(request)))
        await service.correct(visit_id, form.read(Correction))
        return address_of(visit_id, "/report")

    return await _submit(request, visit_id, act, render_correction)


@post(f"{VISIT}/report", permission=Permission.VISIT_WORK, include_in_schema=False, status_code=303)
async def make_report(request: WebRequest, visit_id: FromPath[UUID]) -> Response[Any]:
    """Regenerate the service report before the client reads it."""

    async def act(work: UnitOfWork, _form: FormValues) -> str:
        await ServiceReportService(work, file_store_of(runtime_of(request))).generate(visit_id)
        return address_of(visit_id, "/report")

    return await _submit(request, visit_id, act)


@post(f"{VISIT}/signature", permission=Permission.VISIT_WORK, include_in_schema=False, status_code=303)
async def sign(request: WebRequest, visit_id: FromPath[UUID]) -> Response[Any]:
    """Store the client's signature, or note that the client is to be called back instead."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        if form["signature_without"]:
            found = await visit_of_worker(work, visit_id, locked=False)
            await TriageService(work).add_note(
                found.ticket_id, TicketMessage(translator_of(request)(_WITHOUT_SIGNATURE))
            )
            return address_of(visit_id)
        service = ServiceReportService(work, file_store_of(runtime_of(request)))
        await UnsentActions(work).expect(visit_id, unsent_actions_of(form))
        if form["facts_hash"]:
            await service.sign_offline(visit_id, offline_signing_of(form))
        else:
            await service.sign(visit_id, signing_of(form))
        return address_of(visit_id, "/report")

    return await _submit(request, visit_id, act, _render_report_or_visit)


@post(f"{VISIT}/lost", permission=Permission.VISIT_WORK, include_in_schema=False, status_code=303)
async def give_up_unsent(request: WebRequest, visit_id: FromPath[UUID]) -> Response[Any]:
    """Say that records that the phone still held will not come any more: the named ones, or all of the visit."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        lost = await UnsentActions(work).give_up(visit_id, form.checked("action"))
        if lost:
            found = await visit_of_worker(work, visit_id, locked=False)
            words = translator_of(request)(_LOST, count=lost)
            await TriageService(work).add_note(found.ticket_id, TicketMessage(words))
        return address_of(visit_id)

    return await _submit(request, visit_id, act)


async def _render_report_or_visit(
    request: WebRequest, visit_id: UUID, work: UnitOfWork, form: FormValues, error: DomainError | None
) -> Response[Any]:
    """The report page; the visit's page where no report exists yet."""
    try:
        return await render_report(request, visit_id, work, form, error)
    except NotFound:
        return await render_visit(request, visit_id, work, form, error)


async def _submit(
    request: WebRequest, visit_id: UUID, act: Act, render_form: RenderForm = render_visit
) -> Response[Any]:
    """Run `act` once per action id; refused, the page is shown again.

    Raises:
        Unauthenticated: the queued form belongs to another person than the one signed in.
    """
    membership_id = str(actor_of(request).membership_id)
    if request.headers.get(PERSON_HEADER, membership_id) != membership_id:
        raise Unauthenticated
    return await submit(request, act, partial(render_form, request, visit_id), once=_once_for_good)


async def _once_for_good(request: WebRequest, work: UnitOfWork, act: Callable[[], Awaitable[str | None]]) -> str | None:
    """A phone may send an action weeks later, when the keys of other forms are forgotten."""
    fingerprint = await fingerprint_of(request)
    action_id = key_of(request) or await form_key(request, fingerprint)
    if action_id is None:
        return await act()

    async def address() -> str:
        return await act() or ""

    return await FieldActions(work).once(action_id, fingerprint, address)


handlers = handlers_of(__name__)
