"""The template context of one ticket, for its page, its panel, and the answer to each action."""

from typing import Any
from uuid import UUID

from app.catalogue import PRODUCT_CATEGORIES, SERVICE_CATEGORIES, SYMPTOM_NAMES
from app.devices.categories import CATEGORY_NAMES
from app.engineers import LEVEL_NAMES
from app.faces.workspace import queries, words
from app.faces.workspace.forms import Problem, Values, window_values
from app.faces.workspace.promises import look_of
from app.faces.workspace.story import story_of
from app.kernel.texts import Translator
from app.kernel.work import UnitOfWork
from app.sla import Impact, Urgency
from app.sla.promises import NoServiceTerms
from app.sla.words import IMPACT_NAMES, TARGET_NAMES, URGENCY_NAMES, WAIT_NAMES
from app.tickets import (
    OPEN_STATES,
    STATE_NAMES,
    VISIT_STATE_NAMES,
    DispatchService,
    Move,
    PriorityMatrix,
    PromisingService,
    ReadingService,
    Suggestion,
    Ticket,
    TicketFilter,
    TicketState,
    TicketSummary,
    call_back_of,
    window_from,
)
from app.web.moments import DEFAULT_ZONE
from rbac import Permission

STORIES_SHOWN = 5

NEXT_STEP = {
    TicketState.NEW: Move.TRIAGE,
    TicketState.REOPENED: Move.ASSIGN,
    TicketState.TRIAGED: Move.ASSIGN,
    TicketState.WAITING: Move.RESUME,
    TicketState.RESOLVED: Move.CONFIRM,
}
"""The action that the desk should take next; in other states the engineer acts."""


async def record_context(
    work: UnitOfWork,
    ticket_id: UUID,
    translate: Translator,
    *,
    action: str = "",
    values: Values | None = None,
    problem: Problem | None = None,
) -> dict[str, Any]:
    """The context of one ticket's templates. `action`, `values` and `problem` describe a form that was refused.

    Raises:
        NotFound: no such ticket for this actor.
    """
    ticket = await ReadingService(work).ticket(ticket_id)
    pauses = await queries.pauses(work.session, ticket_id)
    start, end = window_from(work.now)
    step = NEXT_STEP.get(ticket.state)
    return {
        "ticket": ticket,
        "looks": [look_of(clock, pauses) for clock in ticket.clocks],
        "story": story_of(ticket.timeline, translate),
        "stories": await stories_of(work, ticket.device_id, besides=ticket.id),
        "photos": await queries.photos(work.session, [ticket.id, *(visit.id for visit in ticket.visits)]),
        "reports": await queries.newest_reports(work.session, ticket.id),
        "call_back": await call_back_of(work.session, ticket.id),
        "matrix": await _matrix(work, ticket),
        "suggestions": await _suggestions(work, ticket, start, end),
        "window": window_values(start, end, ticket.time_zone or DEFAULT_ZONE),
        "next_step": step if step in ticket.moves else None,
        "may_reply": work.actor.may(Permission.TICKET_REPLY) and not work.actor.read_only,
        "may_note": work.actor.may(Permission.NOTE_WRITE) and not work.actor.read_only,
        "is_open": ticket.state in OPEN_STATES,
        "action": action,
        "values": values or {},
        "problem": problem or Problem(),
        **word_lists(),
    }


def word_lists() -> dict[str, Any]:
    """The labels by code that the desk's templates look up."""
    return {
        "state_names": STATE_NAMES,
        "state_tones": words.STATE_TONES,
        "wait_names": WAIT_NAMES,
        "target_names": TARGET_NAMES,
        "impact_names": IMPACT_NAMES,
        "urgency_names": URGENCY_NAMES,
        "channel_names": words.CHANNEL_NAMES,
        "confirmed_names": words.CONFIRMED_NAMES,
        "visit_state_names": VISIT_STATE_NAMES,
        "visit_tones": words.VISIT_TONES,
        "level_names": LEVEL_NAMES,
        "symptom_names": SYMPTOM_NAMES,
        "category_names": CATEGORY_NAMES,
        "service_categories": {each.code: each for each in SERVICE_CATEGORIES},
        "product_categories": {each.code: each for each in PRODUCT_CATEGORIES},
        "impacts": list(Impact),
        "urgencies": list(Urgency),
    }


async def stories_of(work: UnitOfWork, device_id: UUID | None, *, besides: UUID | None = None) -> list[TicketSummary]:
    """The newest tickets of a device, without `besides`."""
    if device_id is None:
        return []
    found = await ReadingService(work).newest(TicketFilter(device_id=device_id), limit=STORIES_SHOWN + 1)
    return [each for each in found if each.id != besides][:STORIES_SHOWN]


async def _matrix(work: UnitOfWork, ticket: Ticket) -> PriorityMatrix | None:
    if not work.actor.may(Permission.TICKET_TRIAGE):
        return None
    try:
        return await PromisingService(work).for_ticket(ticket.id)
    except NoServiceTerms:
        return None


async def _suggestions(work: UnitOfWork, ticket: Ticket, start: Any, end: Any) -> list[Suggestion]:
    if Move.ASSIGN not in ticket.moves:
        return []
    return await DispatchService(work).suggest(ticket.id, start, end)
