"""The hot-line: find the caller and the device, and log the call as a ticket."""

import re
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromQuery

from app.agreements.catalogue import SYMPTOM_NAMES, Classification, Symptom, classify
from app.agreements.sla import Impact, NoServiceTerms, Urgency
from app.assets.devices import DeviceDetail, DeviceFilter, DeviceService
from app.desk.tickets import (
    OPEN_STATES,
    Call,
    DispatchService,
    HotLineService,
    PriorityMatrix,
    PriorityMatrixService,
    SearchResults,
    Suggestion,
    TicketCreate,
    UnknownCallerCreate,
    UnknownCallers,
    WaitingCaller,
    default_visit_window,
)
from app.platform.http.authentication import actor_of
from app.platform.http.errors import status_of
from app.platform.http.idempotency import submit_once
from app.platform.http.request_context import origin_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError, NotFound
from app.platform.kernel.time_source import PLATFORM_ZONE
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.pages import page, see_other, translator_of
from app.portals.desk import forms, labels, queries
from app.portals.desk.forms import FormErrors, FormValues
from app.portals.desk.pages.queue import ticket_list_context
from app.portals.desk.pages.ticket_actions import assignment_of
from app.portals.desk.queries import Caller
from app.portals.desk.search import search
from app.portals.desk.ticket_record import label_context, recent_tickets_of_device
from rbac import Permission

HOT_LINE = "/workspace/hot-line"
WITHOUT_DEVICE = "none"
MOST_DEVICES = 12
CHOICES = ("device", "employee", "contact", "client", "waiting")
"""Query parameters of the choices made so far: the caller, the device, and the waiting unknown caller."""
_NUMBER = re.compile(r"FW-\d{8}-\d{4,8}")


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
    return page(request, "desk/hot_line.html", fragment="results", toasts=toasts, **context)


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
    context = await _classification_context(work, client_id, device_detail, {"symptom": symptom})
    return page(request, "desk/classification.html", values={}, problem=FormErrors(), **context, **label_context())


@post(HOT_LINE, permission=Permission.TICKET_TRIAGE, include_in_schema=False)
async def log_call(request: WebRequest) -> Response[Any]:
    """Create the ticket, triaged, and assigned where an engineer was chosen; idempotent by form key."""
    units_of_work, actor, origin = runtime_of(request).units_of_work, actor_of(request), origin_of(request)
    values = await forms.form_values(request)
    try:
        async with units_of_work.begin(actor, origin) as work:

            async def log() -> str:
                stranger_id = forms.id_or_none(values.get("waiting"))
                made = await HotLineService(work).log(await _call(work, values), stranger_id)
                if values.get("next") == "open":
                    return f"/workspace/tickets/{made.id}?done=reported"
                return f"{HOT_LINE}?logged={made.number}"

            address = await submit_once(request, work, log)
    except NotFound:
        raise
    except DomainError as error:
        chosen = {name: values.get(name, "") for name in CHOICES}
        async with units_of_work.begin(actor, origin) as work:
            context = await _context(
                request,
                work,
                values.get("q", ""),
                chosen,
                values=values,
                problem=FormErrors.of(error, translator_of(request)),
            )
        return page(request, "desk/hot_line.html", status=status_of(error), toasts=[], **context)
    return see_other(request, address)


@post(f"{HOT_LINE}/unknown", permission=Permission.TICKET_TRIAGE, include_in_schema=False)
async def note_unknown_caller(request: WebRequest) -> Response[Any]:
    """Store the call of a person who could not be identified yet."""
    units_of_work, actor, origin = runtime_of(request).units_of_work, actor_of(request), origin_of(request)
    values = await forms.form_values(request)
    try:
        async with units_of_work.begin(actor, origin) as work:

            async def note() -> str:
                fields = ("name", "phone", "company", "words")
                call = forms.to_struct(UnknownCallerCreate, {name: values.get(name, "").strip() for name in fields})
                await UnknownCallers(work).note(call)
                return HOT_LINE

            address = await submit_once(request, work, note)
    except DomainError as error:
        async with units_of_work.begin(actor, origin) as work:
            context = await _context(
                request, work, "", {}, problem=FormErrors.of(error, translator_of(request)), unknown_caller_form=values
            )
        return page(request, "desk/hot_line.html", status=status_of(error), toasts=[], **context)
    return see_other(request, address)


@post(f"{HOT_LINE}/unknown/settled", permission=Permission.TICKET_TRIAGE, include_in_schema=False)
async def drop_unknown_caller(request: WebRequest, work: RequestWork) -> Response[Any]:
    """Settle a stored unknown call without a ticket.

    Raises:
        NotFound: no such call is waiting.
    """
    waiting_id = forms.id_or_none((await forms.form_values(request)).get("waiting"))
    if waiting_id is None:
        raise NotFound
    await UnknownCallers(work).settle(waiting_id)
    return see_other(request, HOT_LINE)


def _form_values_of(unknown_caller: WaitingCaller) -> dict[str, str]:
    """Form values from a stored unknown call."""
    return {
        "description": unknown_caller.words,
        "contact_name": unknown_caller.name,
        "contact_phone": unknown_caller.phone,
        "classified": "yes",
    }


async def _call(work: UnitOfWork, values: FormValues) -> Call:
    """The form values as a `Call`.

    Raises:
        Invalid: with the first invalid field.
    """
    symptom = values.get("symptom", "")
    subject = values.get("subject", "").strip()
    if not subject and symptom in SYMPTOM_NAMES:
        subject = SYMPTOM_NAMES[Symptom(symptom)]
    fault = forms.to_struct(
        TicketCreate,
        {
            "subject": subject,
            "client_id": forms.id_or_none(values.get("client")),
            "device_id": forms.id_or_none(values.get("device")),
            "description": values.get("description", "").strip(),
            "service_category": values.get("service_category", ""),
            "product_category": values.get("product_category", ""),
            "contact_name": values.get("contact_name", "").strip(),
            "contact_phone": values.get("contact_phone", "").strip(),
            "symptom": symptom,
            **forms.severity(values),
        },
    )
    caller_id = forms.id_or_none(values.get("employee"))
    if not values.get("engineer_id"):
        return Call(fault, caller_id=caller_id, classified=values.get("classified") == "yes")
    caller = await queries.caller_at_client(work.session, fault.client_id) if fault.client_id else None
    if caller is None:
        raise NotFound
    return Call(fault, caller_id=caller_id, assignment=assignment_of({**values, "version": ""}, caller.time_zone))


async def _context(
    request: WebRequest,
    work: UnitOfWork,
    q: str,
    chosen: dict[str, str],
    *,
    values: FormValues | None = None,
    problem: FormErrors | None = None,
    unknown_caller_form: FormValues | None = None,
) -> dict[str, Any]:
    chosen = dict.fromkeys(CHOICES, "") | chosen
    ids = {name: forms.id_or_none(text) for name, text in chosen.items()}
    caller = await _caller(work, ids)
    devices = []
    if caller and caller.employee_id and ids["device"] is None:
        held = DeviceFilter(employee_id=caller.employee_id)
        devices = await _devices(request, work).page(held, limit=MOST_DEVICES)
        if len(devices) == 1 and chosen["device"] != WITHOUT_DEVICE:
            ids["device"] = devices[0].id
    device_detail = await _device(request, work, ids["device"]) if ids["device"] else None
    device_tickets = await recent_tickets_of_device(work, device_detail.id if device_detail else None)
    found = await search(work, q) if caller is None else SearchResults()
    ready = caller is not None and (device_detail is not None or not devices or chosen["device"] == WITHOUT_DEVICE)
    unknown_caller = await UnknownCallers(work).find(ids["waiting"]) if ids["waiting"] else None
    typed = dict(values or (_form_values_of(unknown_caller) if unknown_caller else {}))
    classification = (
        await _classification_context(work, caller.client_id, device_detail, typed) if caller and ready else {}
    )
    return {
        "q": q,
        "chosen": chosen,
        "found": found,
        "nothing": bool(q.strip()) and caller is None and found == SearchResults(),
        "caller": caller,
        "unknown_caller": unknown_caller,
        "unknown_callers": [] if caller or unknown_caller else await UnknownCallers(work).waiting(),
        "unknown_caller_form": unknown_caller_form or {},
        "devices": devices,
        "device": device_detail,
        "device_tickets": device_tickets,
        "open_tickets": [ticket for ticket in device_tickets if ticket.state in OPEN_STATES],
        "ready": ready,
        "symptoms": SYMPTOM_NAMES,
        "values": typed,
        "problem": problem or FormErrors(),
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
    work: UnitOfWork, client_id: UUID, device: DeviceDetail | None, typed: FormValues
) -> dict[str, Any]:
    """Classification (proposed or chosen), priority matrix, suggested engineers and visit window."""
    symptom = typed.get("symptom", "")
    guess = classify(
        Symptom(symptom) if symptom in set(Symptom) else Symptom.OTHER, device.category if device is not None else ""
    )
    try:
        matrix: PriorityMatrix | None = await PriorityMatrixService(work).for_client(client_id)
    except NoServiceTerms:
        matrix = None
    start, end = default_visit_window(work.now)
    caller = await queries.caller_at_client(work.session, client_id)
    return {
        "guess": guess,
        "matrix": matrix,
        "suggestions": await _suggestions(work, guess, matrix, (start, end)),
        "window": forms.window_values(start, end, caller.time_zone if caller else PLATFORM_ZONE.key),
    }


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


handlers = [hot_line_page, classification_fragment, log_call, note_unknown_caller, drop_unknown_caller]
