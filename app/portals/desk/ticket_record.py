"""One ticket drawn: its page, its panel, and the answer to each action."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import Response

from app.agreements.catalogue import PRODUCT_CATEGORIES, SERVICE_CATEGORIES, SYMPTOM_NAMES
from app.agreements.sla import IMPACT_NAMES, TARGET_NAMES, URGENCY_NAMES, Impact, NoServiceTerms, Urgency
from app.assets.devices import CATEGORY_NAMES
from app.desk.engineers import LEVEL_NAMES
from app.desk.tickets import (
    OPEN_STATES,
    STATE_NAMES,
    TICKET,
    UNSENT_NAMES,
    VISIT_MODE_NAMES,
    VISIT_STATE_NAMES,
    DispatchService,
    Move,
    PriorityMatrix,
    PriorityMatrixService,
    Suggestion,
    TicketFilter,
    TicketQueries,
    TicketSummary,
    TicketView,
    call_back_contact,
    default_visit_window,
    missing_for_billing,
    still_on_phone,
)
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.texts import N_, Translator
from app.platform.kernel.time_source import PLATFORM_ZONE
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.promises import WAIT_NAMES
from app.platform.web.form_values import FormValues
from app.platform.web.pages import translator_of
from app.platform.web.records import RecordHead, record_page
from app.portals.desk import labels, queries
from app.portals.desk.forms import window_values
from app.portals.desk.timeline import timeline_entries
from billing.coverage import coverage_of_ticket
from billing.coverage.web_interface import STATE_NAMES as COVERAGE_NAMES
from billing.coverage.web_interface import STATE_TONES as COVERAGE_TONES
from billing.coverage.web_interface import address_of as coverage_address
from rbac import Permission

RECENT_TICKETS_SHOWN = 5


async def render_ticket(
    request: WebRequest,
    work: UnitOfWork,
    ticket_id: UUID,
    error: DomainError | None = None,
    *,
    tab: str = "",
    action: str = "",
    values: FormValues | None = None,
    toasts: Sequence[Mapping[str, str]] = (),
) -> Response[str]:
    """One ticket. `error`, `action` and `values` describe a form that was refused.

    Raises:
        NotFound: no such ticket for this actor.
    """
    ticket = await TicketQueries(work).ticket(ticket_id)
    record = RecordHead(
        kind="ticket",
        id=ticket.id,
        title=ticket.subject,
        number=ticket.number,
        base=f"/workspace/tickets/{ticket.id}",
        list_href="/workspace/tickets",
        list_label=N_("服务单"),
        tab=tab,
        live=f"ticket:{ticket.id}",
    )
    context = await _context(work, ticket, translator_of(request))
    return record_page(
        request,
        "desk/ticket.html",
        record,
        error,
        action=action,
        values=values or FormValues(),
        toasts=toasts,
        **context,
    )


async def _context(work: UnitOfWork, ticket: TicketView, translate: Translator) -> dict[str, Any]:
    start, end = default_visit_window(work.now)
    step = TICKET.next_moves.get(ticket.state)
    return {
        "ticket": ticket,
        "clocks": ticket.clocks,
        "timeline_entries": timeline_entries(ticket.timeline, translate),
        "device_tickets": await recent_tickets_of_device(work, ticket.device_id, besides=ticket.id),
        "photos": await queries.photos(work.session, [ticket.id, *(visit.id for visit in ticket.visits)]),
        "still_on_phone": await still_on_phone(work.session, [visit.id for visit in ticket.visits if visit.planned]),
        "reports": await queries.newest_reports(work.session, ticket.id),
        "call_back": await call_back_contact(work.session, ticket.id),
        "matrix": await _matrix(work, ticket),
        "suggestions": await _suggestions(work, ticket, start, end),
        "window": window_values(start, end, ticket.time_zone or PLATFORM_ZONE.key),
        "next_step": step if step in ticket.moves else None,
        "billing_missing": await missing_for_billing(work, ticket.id) if Move.RESOLVE in ticket.moves else None,
        "may_reply": work.actor.may(Permission.TICKET_REPLY) and not work.actor.read_only,
        "may_note": work.actor.may(Permission.NOTE_WRITE) and not work.actor.read_only,
        "is_open": ticket.state in OPEN_STATES,
        "coverage": await coverage_of_ticket(work, ticket.id),
        "coverage_names": COVERAGE_NAMES,
        "coverage_tones": COVERAGE_TONES,
        "coverage_href": coverage_address(ticket.id),
        "no_values": FormValues(),
        **label_context(),
    }


def label_context() -> dict[str, Any]:
    """The labels by code that the desk's templates look up."""
    return {
        "ticket_keys": labels.TICKET_KEYS,
        "state_names": STATE_NAMES,
        "state_tones": labels.STATE_TONES,
        "wait_names": WAIT_NAMES,
        "target_names": TARGET_NAMES,
        "impact_names": IMPACT_NAMES,
        "urgency_names": URGENCY_NAMES,
        "channel_names": labels.CHANNEL_NAMES,
        "confirmed_names": labels.CONFIRMED_NAMES,
        "visit_state_names": VISIT_STATE_NAMES,
        "unsent_names": UNSENT_NAMES,
        "visit_mode_names": VISIT_MODE_NAMES,
        "visit_tones": labels.VISIT_TONES,
        "level_names": LEVEL_NAMES,
        "symptom_names": SYMPTOM_NAMES,
        "category_names": CATEGORY_NAMES,
        "service_categories": {each.code: each for each in SERVICE_CATEGORIES},
        "product_categories": {each.code: each for each in PRODUCT_CATEGORIES},
        "impacts": list(Impact),
        "urgencies": list(Urgency),
    }


async def recent_tickets_of_device(
    work: UnitOfWork, device_id: UUID | None, *, besides: UUID | None = None
) -> list[TicketSummary]:
    """The newest tickets of a device, without `besides`."""
    if device_id is None:
        return []
    found = await TicketQueries(work).newest(TicketFilter(device_id=device_id), limit=RECENT_TICKETS_SHOWN + 1)
    return [each for each in found if each.id != besides][:RECENT_TICKETS_SHOWN]


async def _matrix(work: UnitOfWork, ticket: TicketView) -> PriorityMatrix | None:
    if not work.actor.may(Permission.TICKET_TRIAGE):
        return None
    try:
        return await PriorityMatrixService(work).for_ticket(ticket.id)
    except NoServiceTerms:
        return None


async def _suggestions(work: UnitOfWork, ticket: TicketView, start: Any, end: Any) -> list[Suggestion]:
    if Move.ASSIGN not in ticket.moves:
        return []
    return await DispatchService(work).suggest(ticket.id, start, end)
