"""The hot-line: find the caller and the device, and log the call as a ticket."""

import re
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromQuery

from app.agreements.catalogue import SYMPTOM_NAMES, Classification, Symptom, classify
from app.agreements.sla import Impact, NoServiceTerms, Urgency
from app.assets.devices import DeviceDetail, DeviceFilter, DeviceService
from app.desk.hot_line import Call, HotLineService, UnknownCallerCreate, UnknownCallers, WaitingCaller
from app.desk.tickets import (
    OPEN_STATES,
    DispatchService,
    PriorityMatrix,
    PriorityMatrixService,
    SearchResults,
    Suggestion,
    TicketCreate,
    default_visit_window,
)
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError, NotFound
from app.platform.kernel.time_source import PLATFORM_ZONE
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from app.platform.web.pages import page, translator_of
from app.portals.desk import forms, labels, queries
from app.portals.desk.pages.queue import ticket_list_context
from app.portals.desk.pages.ticket_actions import assignment_of
from app.portals.desk.queries import Caller
from app.portals.desk.search import search
from app.portals.desk.ticket_record import label_context, recent_tickets_of_device
from billing.contracts import CoverageQuestion
from billing.coverage import CoveragePreview, CoverageService
from billing.coverage.web_interface import STATE_NAMES, STATE_TONES
from rbac import Permission

HOT_LINE = "/workspace/hot-line"
WITHOUT_DEVICE = "none"
MOST_DEVICES = 12
CHOICES = ("device", "employee", "contact", "client", "waiting")
"""Query parameters of the choices made so far: the caller, the device, and the waiting unknown caller."""
_NUMBER = re.compile(r"FW-\d{8}-\d{4,8}")
_COVERAGE_LABELS: dict[str, Any] = {"coverage_names": STATE_NAMES, "coverage_tones": STATE_TONES}


@get(HOT_LINE, permission=Permission.TICKET_TRIAGE, include_in_schema=False)
async def hot_line_page(
    request: WebRequest,
    work: RequestWork,
    *,
    q: FromQuery[str] = "",
    device: FromQuery[str] = "",
    employee: FromQuery[str] = "",
    contact: FromQuery[str] = "",
    client: FromQuery[str] = "",
    waiting: FromQuery[str] = "",
    logged: FromQuery[str] = "",
) -> Response[str]:
    """Search results for `q`; once a caller is chosen, the form of the report."""
    chosen = {"device": device, "employee": employee, "contact": contact, "client": client, "waiting": waiting}
    context = await _context(request, work, q, chosen)
    _ = translator_of(request)
    toasts = [{"text": f"{logged} {_(labels.ACTION_MESSAGES['logged'])}"}] if _NUMBER.fullmatch(logged) else []
    return render_form(request, "desk/hot_line.html", None, fragment="results", toasts=toasts, **context)


@get(f"{HOT_LINE}/classification", permission=Permission.TICKET_TRIAGE, include_in_schema=False)
async def classification_fragment(
    request: WebRequest,
    work: RequestWork,
    symptom: FromQuery[str] = "",
    device: FromQuery[str] = "",
    client: FromQuery[str] = "",
) -> Response[str]:
    """The proposed classification of a symptom, with target times by priority and suggested engineers.

    Raises:
        NotFound: no such client for this actor.
    """
    client_id, device_id = forms.id_or_none(client), forms.id_or_none(device)
    if client_id is None:
        raise NotFound
    device_detail = await _device(request, work, device_id) if device_id else None
    context = await _classification_context(work, client_id, device_detail, symptom)
    return render_form(request, "desk/classification.html", None, values=FormValues(), **context, **label_context())


@get(f"{HOT_LINE}/coverage", permission=Permission.TICKET_TRIAGE, include_in_schema=False)
async def coverage_fragment(
    request: WebRequest,
    work: RequestWork,
    *,
    client: FromQuery[str] = "",
    device: FromQuery[str] = "",
    service_category: FromQuery[str] = "",
    product_category: FromQuery[str] = "",
) -> Response[str]:
    """What the client's contracts say of the chosen categories.

    Raises:
        NotFound: no such client for this actor.
    """
    client_id, device_id = forms.id_or_none(client), forms.id_or_none(device)
    if client_id is None or await queries.caller_at_client(work.session, client_id) is None:
        raise NotFound
    device_detail = await _device(request, work, device_id) if device_id else None
    preview = await _coverage(work, client_id, device_detail, service_category, product_category)
    return page(request, "desk/coverage.html", coverage=preview, **_COVERAGE_LABELS)


@post(HOT_LINE, permission=Permission.TICKET_TRIAGE, include_in_schema=False)
async def log_call(request: WebRequest) -> Response[Any]:
    """Create the ticket, triaged, and assigned where an engineer was chosen. Sent twice, it is one ticket."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        made = await HotLineService(work).log(await _call(work, form), forms.id_or_none(form["waiting"]))
        if form["next"] == "open":
            return f"/workspace/tickets/{made.id}?done=reported"
        return f"{HOT_LINE}?logged={made.number}"

    async def show_again(work: UnitOfWork, form: FormValues, error: DomainError) -> Response[Any]:
        chosen = {name: form[name] for name in CHOICES}
        context = await _context(request, work, form["q"], chosen, values=form)
        return render_form(request, "desk/hot_line.html", error, toasts=[], **context)

    return await submit(request, act, show_again)


@post(f"{HOT_LINE}/unknown", permission=Permission.TICKET_TRIAGE, include_in_schema=False)
async def note_unknown_caller(request: WebRequest) -> Response[Any]:
    """Store the call of a person who could not be identified yet."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await UnknownCallers(work).note(form.read(UnknownCallerCreate))
        return HOT_LINE

    async def show_again(work: UnitOfWork, form: FormValues, error: DomainError) -> Response[Any]:
        context = await _context(request, work, "", {}, unknown_caller_form=form)
        return render_form(request, "desk/hot_line.html", error, toasts=[], **context)

    return await submit(request, act, show_again)


@post(f"{HOT_LINE}/unknown/settled", permission=Permission.TICKET_TRIAGE, include_in_schema=False)
async def drop_unknown_caller(request: WebRequest) -> Response[Any]:
    """Settle a stored unknown call without a ticket.

    Raises:
        NotFound: no such call is waiting.
    """

    async def act(work: UnitOfWork, form: FormValues) -> str:
        waiting_id = forms.id_or_none(form["waiting"])
        if waiting_id is None:
            raise NotFound
        await UnknownCallers(work).settle(waiting_id)
        return HOT_LINE

    return await submit(request, act)


def _form_values_of(unknown_caller: WaitingCaller) -> FormValues:
    """Form values from a stored unknown call."""
    return FormValues(
        {
            "description": unknown_caller.words,
            "contact_name": unknown_caller.name,
            "contact_phone": unknown_caller.phone,
            "classified": "yes",
        }
    )


async def _call(work: UnitOfWork, form: FormValues) -> Call:
    """The submitted form as a `Call`.

    Raises:
        Invalid: with the invalid fields.
    """
    subject = form["subject"].strip()
    if not subject and form["symptom"] in SYMPTOM_NAMES:
        subject = SYMPTOM_NAMES[Symptom(form["symptom"])]
    fault = form.read(
        TicketCreate,
        subject=subject,
        client_id=forms.id_or_none(form["client"]),
        device_id=forms.id_or_none(form["device"]),
        **forms.severity(form),
    )
    caller_id = forms.id_or_none(form["employee"])
    if not form["engineer_id"]:
        return Call(fault, caller_id=caller_id, classified=form["classified"] == "yes")
    caller = await queries.caller_at_client(work.session, fault.client_id) if fault.client_id else None
    if caller is None:
        raise NotFound
    return Call(fault, caller_id=caller_id, assignment=assignment_of(form, caller.time_zone, version=None))


async def _context(
    request: WebRequest,
    work: UnitOfWork,
    q: str,
    chosen: dict[str, str],
    *,
    values: FormValues | None = None,
    unknown_caller_form: FormValues | None = None,
) -> dict[str, Any]:
    chosen = dict.fromkeys(CHOICES, "") | chosen
    ids = {name: forms.id_or_none(text) for name, text in chosen.items()}
    caller = await _caller(work, ids)
    devices = []
    if caller and caller.employee_id and ids["device"] is None:
        held = DeviceFilter(employee_id=caller.employee_id)
        devices = await _devices(request, work).first(held, limit=MOST_DEVICES)
        if len(devices) == 1 and chosen["device"] != WITHOUT_DEVICE:
            ids["device"] = devices[0].id
    device_detail = await _device(request, work, ids["device"]) if ids["device"] else None
    device_tickets = await recent_tickets_of_device(work, device_detail.id if device_detail else None)
    found = await search(work, q) if caller is None else SearchResults()
    ready = caller is not None and (device_detail is not None or not devices or chosen["device"] == WITHOUT_DEVICE)
    unknown_caller = await UnknownCallers(work).find(ids["waiting"]) if ids["waiting"] else None
    values = values or (_form_values_of(unknown_caller) if unknown_caller else FormValues())
    classification = (
        await _classification_context(work, caller.client_id, device_detail, values["symptom"], values)
        if caller and ready
        else {}
    )
    return {
        "q": q,
        "chosen": chosen,
        "found": found,
        "nothing": bool(q.strip()) and caller is None and found == SearchResults(),
        "caller": caller,
        "unknown_caller": unknown_caller,
        "unknown_callers": [] if caller or unknown_caller else await UnknownCallers(work).waiting(),
        "unknown_caller_form": unknown_caller_form or FormValues(),
        "devices": devices,
        "device": device_detail,
        "device_tickets": device_tickets,
        "open_tickets": [ticket for ticket in device_tickets if ticket.state in OPEN_STATES],
        "ready": ready,
        "symptoms": SYMPTOM_NAMES,
        "values": values,
        **classification,
        **await ticket_list_context(work, [*device_tickets, *found.tickets]),
        **label_context(),
    }


async def _caller(work: UnitOfWork, ids: dict[str, UUID | None]) -> Caller | None:
    """The chosen caller, or None.

    Raises:
        NotFound: the id is unknown to this tenant.
    """
    ways = (
        ("employee", queries.caller_as_employee),
        ("contact", queries.caller_as_contact),
        ("device", queries.caller_of_device),
        ("client", queries.caller_at_client),
    )
    for name, find in ways:
        chosen = ids[name]
        if chosen is not None:
            found = await find(work.session, chosen)
            if found is None:
                raise NotFound
            return found
    return None


async def _classification_context(
    work: UnitOfWork,
    client_id: UUID,
    device: DeviceDetail | None,
    symptom: str,
    values: FormValues | None = None,
) -> dict[str, Any]:
    """Classification (proposed or chosen), priority matrix, suggested engineers and visit window."""
    guess = classify(
        Symptom(symptom) if symptom in set(Symptom) else Symptom.OTHER, device.category if device is not None else ""
    )
    try:
        matrix: PriorityMatrix | None = await PriorityMatrixService(work).for_client(client_id)
    except NoServiceTerms:
        matrix = None
    start, end = default_visit_window(work.now)
    caller = await queries.caller_at_client(work.session, client_id)
    values = values or FormValues()
    return {
        "guess": guess,
        "coverage": await _coverage(
            work,
            client_id,
            device,
            values.get("service_category", guess.service_category),
            values.get("product_category", guess.product_category),
        ),
        **_COVERAGE_LABELS,
        "matrix": matrix,
        "suggestions": await _suggestions(work, guess, matrix, (start, end)),
        "window": forms.window_values(start, end, caller.time_zone if caller else PLATFORM_ZONE.key),
    }


async def _coverage(
    work: UnitOfWork, client_id: UUID, device: DeviceDetail | None, service_category: str, product_category: str
) -> CoveragePreview:
    return await CoverageService(work).preview(
        CoverageQuestion(
            client_id=client_id,
            site_id=device.site_id if device else None,
            device_id=device.id if device else None,
            product_category=product_category,
            service_category=service_category,
            at=work.now,
        )
    )


async def _suggestions(
    work: UnitOfWork, guess: Classification, matrix: PriorityMatrix | None, window: tuple[Any, Any]
) -> list[Suggestion]:
    if matrix is None or not work.actor.may(Permission.TICKET_ASSIGN):
        return []
    classification = (Impact(guess.impact), Urgency(guess.urgency))
    priority = next(cell.priority for cell in matrix.cells if (cell.impact, cell.urgency) == classification)
    return await DispatchService(work).rank(guess.product_category, priority, *window)


def _devices(request: WebRequest, work: UnitOfWork) -> DeviceService:
    return DeviceService(work, request.app.state.signin)


async def _device(request: WebRequest, work: UnitOfWork, device_id: UUID) -> DeviceDetail:
    return await _devices(request, work).get(device_id)


handlers = handlers_of(__name__)
