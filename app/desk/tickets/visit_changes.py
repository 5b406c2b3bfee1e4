"""What becomes of a ticket's visits when a step is decided: values in, values out, as in `decision.py`."""

from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from app.desk.tickets.lifecycle import VISIT_RULES, TicketState, VisitMode, VisitMove, VisitOutcome, VisitState
from app.desk.tickets.steps import Finish, Resolve, VisitFacts, Wait

_MINUTE = timedelta(minutes=1)
_LONGEST_WORK = 24 * 60
"""Minutes that one visit can be said to have lasted."""


def state_of(visit: VisitFacts) -> TicketState:
    """The state in which an open visit has its ticket."""
    match visit.state:
        case VisitState.PLANNED:
            return TicketState.ASSIGNED
        case VisitState.IN_PROGRESS:
            return TicketState.ON_SITE if visit.mode is VisitMode.ON_SITE else TicketState.REMOTE
        case _:
            return TicketState(visit.state.value)


def minutes_at_work(visit: VisitFacts, until: datetime) -> int:
    """Whole minutes since work began."""
    if visit.arrived_at is None:
        return 0
    return min(_LONGEST_WORK, max(0, (until - visit.arrived_at) // _MINUTE))


def with_changed(visits: tuple[VisitFacts, ...], changed: VisitFacts, **values: Any) -> tuple[VisitFacts, ...]:
    """The visits after one of them changed."""
    return tuple(replace(visit, **values) if visit is changed else visit for visit in visits)


def written_by(visit: VisitFacts, step: Resolve | Finish, outcome: VisitOutcome) -> dict[str, Any]:
    """What a step that ends the visit writes into it."""
    return {
        "finished_at": step.at,
        "work_done": step.work_done,
        "cause": step.cause,
        "work_minutes": minutes_at_work(visit, step.at) if step.work_minutes is None else step.work_minutes,
        "travel_minutes": step.travel_minutes,
        "outcome": outcome.value,
    }


def performed(record: VisitFacts, step: Resolve) -> VisitFacts:
    """Work that nobody planned, once it is done: it took the minutes before."""
    begun = step.at - (step.work_minutes or 0) * _MINUTE
    written = written_by(record, step, VisitOutcome.RESOLVED)
    times = {"scheduled_start": begun, "scheduled_end": step.at, "arrived_at": begun}
    return replace(record, state=VISIT_RULES[VisitMove.FINISH].end, **times, **written)


def interrupted(visit: VisitFacts, step: Wait) -> VisitFacts:
    """A visit when its ticket begins to wait: work that began is finished, an engineer on the way turns back."""
    match visit.state:
        case VisitState.EN_ROUTE:
            return replace(visit, state=VISIT_RULES[VisitMove.TURN_BACK].end)
        case VisitState.IN_PROGRESS:
            return replace(_left(visit, step.at, VisitOutcome.UNRESOLVED), work_done=step.note)
        case _:
            return visit


def all_ended(
    visits: tuple[VisitFacts, ...], at: datetime, *, outcome: VisitOutcome = VisitOutcome.UNRESOLVED
) -> tuple[VisitFacts, ...]:
    """The visits after every open one ended: finished with its minutes where work began, else cancelled."""
    return tuple(_ended(visit, at, outcome) for visit in visits)


def _ended(visit: VisitFacts, at: datetime, outcome: VisitOutcome) -> VisitFacts:
    if visit.state in VISIT_RULES[VisitMove.FINISH].starts:
        return _left(visit, at, outcome)
    if visit.state in VISIT_RULES[VisitMove.CANCEL].starts:
        return replace(visit, state=VISIT_RULES[VisitMove.CANCEL].end)
    return visit


def _left(visit: VisitFacts, at: datetime, outcome: VisitOutcome) -> VisitFacts:
    return replace(
        visit,
        state=VISIT_RULES[VisitMove.FINISH].end,
        finished_at=at,
        work_minutes=minutes_at_work(visit, at),
        outcome=outcome.value,
    )
