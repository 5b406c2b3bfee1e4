"""Rendering of the engineer's pages: a visit, its correction, its report, each with an optional domain error."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Request, Response

from app.faces.field.forms import Typed
from app.faces.field.views import (
    AT_WORK,
    further_stages,
    may_wait,
    navigation_address,
    next_step,
    open_promises,
    other_steps,
    present_state,
    story_lines,
)
from app.faces.field.words import VISIT_TONES
from app.files import store_of
from app.http.authentication import actor_of
from app.http.errors import status_of
from app.http.idempotency import new_form_key
from app.http.requests import origin_of
from app.http.work import runtime_of
from app.kernel.errors import DomainError
from app.kernel.texts import N_
from app.sla.words import WAIT_NAMES
from app.tickets import (
    DATA_HANDLING_NAMES,
    VISIT_STATE_NAMES,
    ServiceReportService,
    VisitDetail,
    VisitReadingService,
    report_facts_hash,
    visit_of_worker,
)
from app.web.pages import page, speaker

PERSON_HEADER = "x-field-person"
"""Header with the membership id that a cached page or a queued form belongs to."""
Asked = Request[Any, Any, Any]
Redraw = Callable[[Asked, UUID, DomainError | None, Typed], Awaitable[Response[Any]]]


def address_of(visit_id: UUID, rest: str = "") -> str:
    return f"/field/visits/{visit_id}{rest}"


def _places(request: Asked) -> list[dict[str, str]]:
    _ = speaker(request)
    return [
        {"key": "today", "href": "/field", "label": _(N_("今天")), "icon": "sun"},
        {"key": "finished", "href": "/field/finished", "label": _(N_("做完的")), "icon": "circle-check"},
    ]


_DRAWING: dict[str, Any] = {
    "state_names": VISIT_STATE_NAMES,
    "state_tones": VISIT_TONES,
    "wait_names": WAIT_NAMES,
    "present_state": present_state,
    "next_step": next_step,
    "other_steps": other_steps,
    "may_wait": may_wait,
    "at_work": AT_WORK,
    "navigation_address": navigation_address,
    "data_handling_names": DATA_HANDLING_NAMES,
}
"""Labels and functions available in every template of the field portal."""


def drawn(request: Asked, template: str, place: str, status: int = 200, **context: Any) -> Response[str]:
    shown = {**_DRAWING, "places": _places(request), "place": place, "form_key": new_form_key, **context}
    response = page(request, f"field/{template}", status=status, **shown)
    if (membership_id := actor_of(request).membership_id) is not None:
        response.headers[PERSON_HEADER] = str(membership_id)
    return response


def _fault(detail: VisitDetail) -> str:
    """The fault as the service report words it."""
    return "\n".join(filter(None, (detail.ticket.subject, detail.ticket.description)))


async def detail_of(request: Asked, visit_id: UUID) -> VisitDetail:
    async with runtime_of(request).works.begin(actor_of(request), origin_of(request)) as work:
        return await VisitReadingService(work).visit(visit_id)


def _problem(request: Asked, error: DomainError | None) -> dict[str, Any]:
    if error is None:
        return {"status": 200, "problem": "", "wrong": {}}
    _ = speaker(request)
    wrong = {name: _(text) for name, text in error.fields.items()}
    return {"status": status_of(error), "problem": _(error.text, **error.parameters), "wrong": wrong}


async def draw_visit(request: Asked, visit_id: UUID, error: DomainError | None, given: Typed) -> Response[Any]:
    detail = await detail_of(request, visit_id)
    return drawn(
        request,
        "visit.html",
        "",
        back="/field",
        detail=detail,
        visit=detail.visit,
        stage=present_state(detail.visit),
        further_stages=further_stages(detail.visit),
        signed=detail.report is not None and detail.report.signed_at is not None,
        facts_hash=report_facts_hash(detail.ticket.number, _fault(detail), detail.visit.device_number or ""),
        promises=open_promises(detail.ticket.clocks),
        lines=story_lines(detail.ticket.timeline),
        given=given,
        minutes=_minutes_so_far(request, detail),
        **_problem(request, error),
    )


async def draw_correction(request: Asked, visit_id: UUID, error: DomainError | None, given: Typed) -> Response[Any]:
    detail = await detail_of(request, visit_id)
    written = next(each for each in detail.ticket.visits if each.id == visit_id)
    kept = {"work_done": written.work_done, "cause": written.cause, "work_minutes": str(written.work_minutes or 0)}
    return drawn(
        request,
        "correction.html",
        "",
        back=address_of(visit_id),
        detail=detail,
        visit=detail.visit,
        given={**kept, **{name: value for name, value in given.items() if name in kept}},
        **_problem(request, error),
    )


async def draw_report(request: Asked, visit_id: UUID, error: DomainError | None, given: Typed) -> Response[Any]:
    async with runtime_of(request).works.begin(actor_of(request), origin_of(request)) as work:
        await visit_of_worker(work, visit_id, locked=False)
        shown = await ServiceReportService(work, store_of(runtime_of(request))).newest(visit_id)
    return drawn(
        request,
        "report.html",
        "",
        back=address_of(visit_id),
        report=shown,
        content=shown.content,
        visit_id=visit_id,
        given={"name": shown.content.contact_name, **{key: value for key, value in given.items() if value}},
        **_problem(request, error),
    )


def _minutes_so_far(request: Asked, detail: VisitDetail) -> int:
    """Whole minutes since arrival (1 to 1440), the form's suggested working time; 0 before arrival."""
    begun = next(each for each in detail.ticket.visits if each.id == detail.visit.id).arrived_at
    if begun is None:
        return 0
    passed = runtime_of(request).clock.now() - begun
    return min(1440, max(1, int(passed.total_seconds() // 60)))
