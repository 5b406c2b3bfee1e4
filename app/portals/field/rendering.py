"""Rendering of the engineer's pages: a visit, its correction, its report, each with an optional domain error."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Response

from app.desk.tickets import (
    DATA_HANDLING_NAMES,
    UNSENT_NAMES,
    VISIT_MODE_NAMES,
    VISIT_OUTCOME_NAMES,
    VISIT_STATE_NAMES,
    ServiceReportService,
    VisitDetail,
    VisitQueries,
    missing_for_billing,
    report_facts_hash,
    still_on_phone,
    visit_of_worker,
)
from app.platform.files import file_store_of
from app.platform.http.authentication import actor_of
from app.platform.http.request_work import runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.promises import WAIT_NAMES
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form
from app.platform.web.pages import translator_of
from app.portals.field.labels import STAGE_NAMES, VISIT_TONES
from app.portals.field.visit_steps import (
    WORKING_STATES,
    may_wait,
    navigation_address,
    next_step,
    offline_stages,
    open_clocks,
    other_steps,
    stage_without_waiting,
    timeline_entries,
    visit_stage,
)
from billing.coverage import coverage_of_ticket
from billing.coverage.web_interface import STATE_NAMES as COVERAGE_NAMES
from billing.coverage.web_interface import STATE_TONES as COVERAGE_TONES
from billing.data_recovery import RecoveryPermission
from rbac import Permission

PERSON_HEADER = "x-field-person"
"""Header with the membership id that a cached page or a queued form belongs to."""
RenderForm = Callable[[WebRequest, UUID, UnitOfWork, FormValues, DomainError | None], Awaitable[Response[Any]]]


def address_of(visit_id: UUID, rest: str = "") -> str:
    return f"/field/visits/{visit_id}{rest}"


def _navigation(request: WebRequest) -> list[dict[str, str]]:
    _, actor = translator_of(request), actor_of(request)
    entries = [
        ("today", "/field", N_("今天"), "sun", Permission.VISIT_WORK),
        ("finished", "/field/finished", N_("做完的"), "circle-check", Permission.VISIT_WORK),
        ("recoveries", "/field/recoveries", N_("数据恢复"), "database", RecoveryPermission.RECOVERY_CASE_WORK),
    ]
    return [
        {"key": key, "href": href, "label": _(label), "icon": icon}
        for key, href, label, icon, permission in entries
        if actor.may(permission)
    ]


_TEMPLATE_NAMES: dict[str, Any] = {
    "state_names": {**VISIT_STATE_NAMES, **STAGE_NAMES},
    "state_tones": VISIT_TONES,
    "wait_names": WAIT_NAMES,
    "mode_names": VISIT_MODE_NAMES,
    "outcome_names": VISIT_OUTCOME_NAMES,
    "unsent_names": UNSENT_NAMES,
    "visit_stage": visit_stage,
    "next_step": next_step,
    "other_steps": other_steps,
    "may_wait": may_wait,
    "working_states": WORKING_STATES,
    "navigation_address": navigation_address,
    "data_handling_names": DATA_HANDLING_NAMES,
}
"""Labels and functions available in every template of the field portal."""


def render_page(
    request: WebRequest, template: str, current_page: str, error: DomainError | None = None, **context: Any
) -> Response[str]:
    shown = {
        **_TEMPLATE_NAMES,
        "navigation": _navigation(request),
        "current_page": current_page,
        **context,
    }
    response = render_form(request, f"field/{template}", error, **shown)
    if (membership_id := actor_of(request).membership_id) is not None:
        response.headers[PERSON_HEADER] = str(membership_id)
    return response


def _fault(detail: VisitDetail) -> str:
    """The fault as the service report words it."""
    return "\n".join(filter(None, (detail.ticket.subject, detail.ticket.description)))


async def render_visit(
    request: WebRequest, visit_id: UUID, work: UnitOfWork, values: FormValues, error: DomainError | None
) -> Response[Any]:
    detail = await VisitQueries(work).visit(visit_id)
    return render_page(
        request,
        "visit.html",
        "",
        error,
        back="/field",
        detail=detail,
        visit=detail.visit,
        stage=visit_stage(detail.visit),
        stage_without_waiting=stage_without_waiting(detail.visit),
        offline_stages=offline_stages(detail.visit),
        signed=detail.report is not None and detail.report.signed_at is not None,
        facts_hash=report_facts_hash(detail.ticket.number, _fault(detail), detail.visit.device_number or ""),
        clocks=open_clocks(detail.ticket.clocks),
        coverage=await coverage_of_ticket(work, detail.ticket.id),
        coverage_names=COVERAGE_NAMES,
        coverage_tones=COVERAGE_TONES,
        timeline_entries=timeline_entries(detail.ticket.timeline),
        values=values,
        minutes=_suggested_minutes(work, detail),
        billing_missing=await missing_for_billing(work, detail.ticket.id) if offline_stages(detail.visit) else None,
    )


async def render_correction(
    request: WebRequest, visit_id: UUID, work: UnitOfWork, values: FormValues, error: DomainError | None
) -> Response[Any]:
    detail = await VisitQueries(work).visit(visit_id)
    written = next(each for each in detail.ticket.visits if each.id == visit_id)
    return render_page(
        request,
        "correction.html",
        "",
        error,
        back=address_of(visit_id),
        detail=detail,
        visit=detail.visit,
        written=written,
        values=values.over(FormValues.of(written, work_minutes=written.work_minutes or 0)),
    )


async def render_report(
    request: WebRequest, visit_id: UUID, work: UnitOfWork, values: FormValues, error: DomainError | None
) -> Response[Any]:
    await visit_of_worker(work, visit_id, locked=False)
    shown = await ServiceReportService(work, file_store_of(runtime_of(request))).newest(visit_id)
    return render_page(
        request,
        "report.html",
        "",
        error,
        back=address_of(visit_id),
        report=shown,
        content=shown.content,
        visit_id=visit_id,
        still_on_phone=(await still_on_phone(work.session, [visit_id])).get(visit_id, []),
        signer=values["name"] or shown.content.contact_name,
    )


def _suggested_minutes(work: UnitOfWork, detail: VisitDetail) -> int:
    """Whole minutes since arrival (1 to 1440), the form's suggested working time; 0 before arrival."""
    begun = next(each for each in detail.ticket.visits if each.id == detail.visit.id).arrived_at
    if begun is None:
        return 0
    return min(1440, max(1, int((work.now - begun).total_seconds() // 60)))
