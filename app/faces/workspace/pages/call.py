"""The hot-line: find the caller and the device, and log the call as a ticket."""

import re
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromQuery

from app.catalogue import SYMPTOM_NAMES, Classification, Symptom, classify
from app.devices.schemas import DeviceDetail, DeviceFilter
from app.devices.services.devices import DeviceService
from app.faces.workspace import forms, queries, words
from app.faces.workspace.finding import found_by
from app.faces.workspace.forms import Problem, Values
from app.faces.workspace.pages.moves import assignment_of
from app.faces.workspace.pages.queue import lines_context
from app.faces.workspace.queries import Caller
from app.faces.workspace.record import stories_of, word_lists
from app.http.authentication import actor_of
from app.http.errors import status_of
from app.http.idempotency import submitted_once
from app.http.requests import origin_of
from app.http.work import RequestWork, runtime_of
from app.kernel.errors import DomainError, NotFound
from app.kernel.work import UnitOfWork
from app.sla import Impact, Urgency
from app.sla.promises import NoServiceTerms
from app.tickets import (
    OPEN_STATES,
    Call,
    DispatchService,
    Findings,
    HotLineService,
    PriorityMatrix,
    PromisingService,
    Suggestion,
    TicketCreate,
    UnknownCallerCreate,
    UnknownCallers,
    WaitingCaller,
    window_from,
)
from app.web.moments import DEFAULT_ZONE
from app.web.pages import page, see_other, speaker
from rbac import Permission

Asked = Request[Any, Any, Any]
HOT_LINE = "/workspace/hot-line"
WITHOUT_DEVICE = "none"
MOST_DEVICES = 12
CHOICES = ("device", "employee", "contact", "client", "waiting")
"""Query parameters of the choices made so far: the caller, the device, and the waiting unknown caller."""
_NUMBER = re.compile(r"FW-\d{8}-\d{4,8}")


@get(HOT_LINE, permission=Permission.TICKET_TRIAGE, include_in_schema=False)
async def hot_line_page(
    request: Asked,
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
    _ = speaker(request)
    toasts = [{"text": f"{logged} {_(words.DONE['logged'])}"}] if _NUMBER.fullmatch(logged) else []
    return page(request, "workspace/hot_line.html", fragment="results", toasts=toasts, **context)


@get(f"{HOT_LINE}/classification", permission=Permission.TICKET_TRIAGE, include_in_schema=False)
async def classification_fragment(
    request: Asked,
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
    file = await _device(request, work, device_id) if device_id else None
    context = await _judgement(work, client_id, file, {"symptom": symptom})
    return page(request, "workspace/classification.html", values={}, problem=Problem(), **context, **word_lists())


@post(HOT_LINE, permission=Permission.TICKET_TRIAGE, include_in_schema=False)
async def log_call(request: Asked) -> Response[Any]:
    """Create the ticket, triaged, and assigned where an engineer was chosen; idempotent by form key."""
    works, actor, origin = runtime_of(request).works, actor_of(request), origin_of(request)
    values = await forms.typed(request)
    try:
        async with works.begin(actor, origin) as work:

            async def log() -> str:
                stranger_id = forms.id_or_none(values.get("waiting"))
                made = await HotLineService(work).log(await _call(work, values), stranger_id)
                if values.get("next") == "open":
                    return f"/workspace/tickets/{made.id}?done=reported"
                return f"{HOT_LINE}?logged={made.number}"

            address = await submitted_once(request, work, log)
    except NotFound:
        raise
    except DomainError as error:
        chosen = {name: values.get(name, "") for name in CHOICES}
        async with works.begin(actor, origin) as work:
            context = await _context(
                request, work, values.get("q", ""), chosen, values=values, problem=Problem.of(error, speaker(request))
            )
        return page(request, "workspace/hot_line.html", status=status_of(error), toasts=[], **context)
    return see_other(request, address)


@post(f"{HOT_LINE}/unknown", permission=Permission.TICKET_TRIAGE, include_in_schema=False)
async def note_unknown_caller(request: Asked) -> Response[Any]:
    """Store the call of a person who could not be identified yet."""
    works, actor, origin = runtime_of(request).works, actor_of(request), origin_of(request)
    values = await forms.typed(request)
    try:
        async with works.begin(actor, origin) as work:

            async def note() -> str:
                fields = ("name", "phone", "company", "words")
                call = forms.built(UnknownCallerCreate, {name: values.get(name, "").strip() for name in fields})
                await UnknownCallers(work).note(call)
                return HOT_LINE

            address = await submitted_once(request, work, note)
    except DomainError as error:
        async with works.begin(actor, origin) as work:
            context = await _context(request, work, "", {}, problem=Problem.of(error, speaker(request)), noting=values)
        return page(request, "workspace/hot_line.html", status=status_of(error), toasts=[], **context)
    return see_other(request, address)


@post(f"{HOT_LINE}/unknown/settled", permission=Permission.TICKET_TRIAGE, include_in_schema=False)
async def drop_unknown_caller(request: Asked, work: RequestWork) -> Response[Any]:
    """Settle a stored unknown call without a ticket.

    Raises:
        NotFound: no such call is waiting.
    """
    waiting_id = forms.id_or_none((await forms.typed(request)).get("waiting"))
    if waiting_id is None:
        raise NotFound
    await UnknownCallers(work).settle(waiting_id)
    return see_other(request, HOT_LINE)


def _words_of(stranger: WaitingCaller) -> dict[str, str]:
    """Form values from a stored unknown call."""
    return {
        "description": stranger.words,
        "contact_name": stranger.name,
        "contact_phone": stranger.phone,
        "classified": "yes",
    }


async def _call(work: UnitOfWork, values: Values) -> Call:
    """The form values as a `Call`.

    Raises:
        Invalid: with the first invalid field.
    """
    symptom = values.get("symptom", "")
    subject = values.get("subject", "").strip()
    if not subject and symptom in SYMPTOM_NAMES:
        subject = SYMPTOM_NAMES[Symptom(symptom)]
    fault = forms.built(
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
    request: Asked,
    work: UnitOfWork,
    q: str,
    chosen: dict[str, str],
    *,
    values: Values | None = None,
    problem: Problem | None = None,
    noting: Values | None = None,
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
    file = await _device(request, work, ids["device"]) if ids["device"] else None
    stories = await stories_of(work, file.id if file else None)
    found = await found_by(work, q) if caller is None else Findings()
    ready = caller is not None and (file is not None or not devices or chosen["device"] == WITHOUT_DEVICE)
    stranger = await UnknownCallers(work).find(ids["waiting"]) if ids["waiting"] else None
    typed = dict(values or (_words_of(stranger) if stranger else {}))
    judged = await _judgement(work, caller.client_id, file, typed) if caller and ready else {}
    return {
        "q": q,
        "chosen": chosen,
        "found": found,
        "nothing": bool(q.strip()) and caller is None and found == Findings(),
        "caller": caller,
        "stranger": stranger,
        "strangers": [] if caller or stranger else await UnknownCallers(work).waiting(),
        "noting": noting or {},
        "devices": devices,
        "device": file,
        "stories": stories,
        "unfinished": [story for story in stories if story.state in OPEN_STATES],
        "ready": ready,
        "symptoms": SYMPTOM_NAMES,
        "values": typed,
        "problem": problem or Problem(),
        **judged,
        **await lines_context(work, [*stories, *found.tickets]),
        **word_lists(),
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


async def _judgement(work: UnitOfWork, client_id: UUID, device: DeviceDetail | None, typed: Values) -> dict[str, Any]:
    """Classification (proposed or chosen), priority matrix, suggested engineers and visit window."""
    symptom = typed.get("symptom", "")
    guess = classify(
        Symptom(symptom) if symptom in set(Symptom) else Symptom.OTHER, device.category if device is not None else ""
    )
    try:
        matrix: PriorityMatrix | None = await PromisingService(work).for_client(client_id)
    except NoServiceTerms:
        matrix = None
    start, end = window_from(work.now)
    caller = await queries.caller_at_client(work.session, client_id)
    return {
        "guess": guess,
        "matrix": matrix,
        "suggestions": await _suggestions(work, guess, matrix, (start, end)),
        "window": forms.window_values(start, end, caller.time_zone if caller else DEFAULT_ZONE),
    }


async def _suggestions(
    work: UnitOfWork, guess: Classification, matrix: PriorityMatrix | None, window: tuple[Any, Any]
) -> list[Suggestion]:
    if matrix is None or not work.actor.may(Permission.TICKET_ASSIGN):
        return []
    judged = (Impact(guess.impact), Urgency(guess.urgency))
    priority = next(cell.priority for cell in matrix.cells if (cell.impact, cell.urgency) == judged)
    return await DispatchService(work).rank(guess.product_category, priority, *window)


def _devices(request: Asked, work: UnitOfWork) -> DeviceService:
    return DeviceService(work, request.app.state.signin)


async def _device(request: Asked, work: UnitOfWork, device_id: UUID) -> DeviceDetail:
    return await _devices(request, work).get(device_id)


handlers = [hot_line_page, classification_fragment, log_call, note_unknown_caller, drop_unknown_caller]
