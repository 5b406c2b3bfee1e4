"""What a step does to a ticket and its visits (T4): one rule for services, pasts of other systems, the demo and tests.

Values in, values out: nothing is read or written here. Who may take a step is the services' to check
(docs/adr/0026-one-function-decides-a-step.md).
"""

from datetime import timedelta
from functools import singledispatch
from typing import Any

from msgspec.structs import replace

from app.agreements.sla import PendingTargets, TargetKind, WaitReason
from app.desk.tickets.errors import AlreadyRated, NothingToRate, TooLateToReopen, VisitEnded
from app.desk.tickets.lifecycle import (
    OPEN_STATES,
    RATEABLE_STATES,
    REOPEN_DAYS,
    RULES,
    ConfirmedBy,
    Move,
    MoveRefused,
    TicketState,
    VisitState,
)
from app.desk.tickets.steps import (
    Accept,
    Arrive,
    Assign,
    Cancel,
    CancelClocks,
    Changes,
    Close,
    Confirm,
    Connect,
    Decline,
    Depart,
    InternalNote,
    MeetTargets,
    Moved,
    PauseClocks,
    Rate,
    Reopen,
    ReopenClocks,
    Resolve,
    Resume,
    ResumeClocks,
    Step,
    TicketFacts,
    Triage,
    VisitFacts,
    VisitStep,
    Wait,
)
from app.platform.kernel.errors import DomainError

MET_ON_RESPONSE = (TargetKind.RESPONSE,)
MET_ON_START_OF_WORK = (TargetKind.RESPONSE, TargetKind.REMOTE_ACCESS, TargetKind.ARRIVAL)
"""Targets met when work begins, on site or remotely."""
MET_ON_RESOLUTION = (*MET_ON_START_OF_WORK, TargetKind.RESOLUTION)

_STATE_BY_VISIT = {
    VisitState.PLANNED: TicketState.ASSIGNED,
    VisitState.ACCEPTED: TicketState.ACCEPTED,
    VisitState.EN_ROUTE: TicketState.EN_ROUTE,
    VisitState.ON_SITE: TicketState.ON_SITE,
    VisitState.REMOTE: TicketState.REMOTE,
}


def apply(ticket: TicketFacts, step: Step) -> Changes | DomainError:
    """What `step` changes, or why it is refused."""
    try:
        return _apply(step, ticket)
    except DomainError as refusal:
        return refusal


def pending_targets(state: TicketState, wait_reason: str, *, has_begun: bool) -> PendingTargets:
    """The targets still ahead of a ticket; `has_begun` says whether somebody has arrived or connected already."""
    kinds: set[TargetKind] = set()
    if state in OPEN_STATES:
        kinds.add(TargetKind.RESOLUTION)
        if not has_begun:
            kinds |= {TargetKind.REMOTE_ACCESS, TargetKind.ARRIVAL}
        if state is TicketState.NEW:
            kinds.add(TargetKind.RESPONSE)
    return PendingTargets(frozenset(kinds), WaitReason(wait_reason) if wait_reason else None)


@singledispatch
def _apply(step: Step, _ticket: TicketFacts) -> Changes:
    raise NotImplementedError(type(step).__name__)


@_apply.register
def _(_step: Triage, ticket: TicketFacts) -> Changes:
    moved = _moved(ticket, Move.TRIAGE, TicketState.TRIAGED)
    return Changes(ticket=replace(ticket, state=moved.after), moves=(moved,), clocks=(MeetTargets(MET_ON_RESPONSE),))


@_apply.register
def _(step: Assign, ticket: TicketFacts) -> Changes:
    visit = step.visit
    engineer_id = None if visit is None else visit.engineer_id
    moved = _moved(ticket, Move.ASSIGN, TicketState.ASSIGNED, engineer=step.engineer)
    planned = () if visit is None else (visit,)
    return Changes(
        ticket=replace(
            ticket,
            state=moved.after,
            engineer_id=engineer_id,
            wait_reason="",
            visits=(*_all_called_off(ticket.visits), *planned),
        ),
        moves=(replace(moved, engineer_id=engineer_id),),
        notes=(InternalNote("dispatch", step.note, {"engineer": step.engineer}),) if step.note else (),
        clocks=(
            *((ResumeClocks(),) if ticket.state is TicketState.WAITING else ()),
            MeetTargets(MET_ON_RESPONSE),
        ),
    )


@_apply.register
def _(step: Accept, ticket: TicketFacts) -> Changes:
    return _visit_moved(ticket, step, Move.ACCEPT, VisitState.ACCEPTED, accepted_at=step.at)


@_apply.register
def _(step: Decline, ticket: TicketFacts) -> Changes:
    visit = _visit_of(ticket, step)
    moved = _moved(ticket, Move.DECLINE, TicketState.TRIAGED)
    return Changes(
        ticket=replace(
            ticket,
            state=moved.after,
            engineer_id=None,
            visits=_with(ticket.visits, visit, state=VisitState.DECLINED),
        ),
        moves=(moved,),
        notes=(InternalNote("declined", step.reason),),
    )


@_apply.register
def _(step: Depart, ticket: TicketFacts) -> Changes:
    return _visit_moved(ticket, step, Move.DEPART, VisitState.EN_ROUTE, departed_at=step.at)


@_apply.register
def _(step: Arrive, ticket: TicketFacts) -> Changes:
    changes = _visit_moved(ticket, step, Move.ARRIVE, VisitState.ON_SITE, arrived_at=step.at)
    return replace(changes, clocks=(MeetTargets(MET_ON_START_OF_WORK),))


@_apply.register
def _(step: Connect, ticket: TicketFacts) -> Changes:
    changes = _visit_moved(ticket, step, Move.CONNECT, VisitState.REMOTE, mode="remote", arrived_at=step.at)
    return replace(changes, clocks=(MeetTargets(MET_ON_START_OF_WORK),))


@_apply.register
def _(step: Resolve, ticket: TicketFacts) -> Changes:
    visit = _visit_of(ticket, step)
    announced = step.announced or visit is None
    moved = _moved(ticket, Move.RESOLVE, TicketState.RESOLVED, text=step.work_done if announced else "")
    visits = _with(
        ticket.visits,
        visit,
        state=VisitState.FINISHED,
        finished_at=step.at,
        work_done=step.work_done,
        cause=step.cause,
        work_minutes=step.work_minutes,
    )
    return Changes(
        ticket=replace(ticket, state=moved.after, resolved_at=step.at, visits=visits),
        moves=(moved,),
        clocks=(MeetTargets(MET_ON_RESOLUTION),),
        awaits_answer=True,
    )


@_apply.register
def _(step: Wait, ticket: TicketFacts) -> Changes:
    moved = _moved(
        ticket, Move.WAIT, TicketState.WAITING, text=step.note, reason=step.reason.value, resume_to=ticket.state.value
    )
    visits, leading = ticket.visits, ticket.leading_visit
    if leading is not None and leading.state is VisitState.EN_ROUTE:
        visits = _with(visits, leading, state=VisitState.ACCEPTED)
    return Changes(
        ticket=replace(ticket, state=moved.after, wait_reason=step.reason.value, visits=visits),
        moves=(moved,),
        clocks=(PauseClocks(step.reason),),
    )


@_apply.register
def _(_step: Resume, ticket: TicketFacts) -> Changes:
    leading = ticket.leading_visit
    after = TicketState.TRIAGED if leading is None else _STATE_BY_VISIT[leading.state]
    moved = _moved(ticket, Move.RESUME, after)
    return Changes(ticket=replace(ticket, state=after, wait_reason=""), moves=(moved,), clocks=(ResumeClocks(),))


@_apply.register
def _(step: Confirm, ticket: TicketFacts) -> Changes:
    confirmed = _moved(ticket, Move.CONFIRM, TicketState.CONFIRMED, confirmed_by=step.how.value)
    after = replace(ticket, state=confirmed.after, confirmed_by=step.how.value)
    closed = _moved(after, Move.CLOSE, TicketState.CLOSED)
    return Changes(
        ticket=replace(after, state=closed.after, closed_at=step.at), moves=(confirmed, closed), awaits_answer=False
    )


@_apply.register
def _(step: Close, ticket: TicketFacts) -> Changes:
    silence = ConfirmedBy.SILENCE.value
    moved = _moved(ticket, Move.CLOSE, TicketState.CLOSED, confirmed_by=silence)
    return Changes(
        ticket=replace(ticket, state=moved.after, closed_at=step.at, confirmed_by=silence),
        moves=(moved,),
        awaits_answer=False,
    )


@_apply.register
def _(step: Reopen, ticket: TicketFacts) -> Changes:
    closed_at = ticket.closed_at
    if not step.however_late and closed_at is not None and step.at - closed_at > timedelta(days=REOPEN_DAYS):
        raise TooLateToReopen(days=REOPEN_DAYS)
    moved = _moved(ticket, Move.REOPEN, TicketState.REOPENED, text=step.reason)
    return Changes(
        ticket=replace(
            ticket,
            state=moved.after,
            engineer_id=None,
            resolved_at=None,
            closed_at=None,
            confirmed_by="",
            reopened=ticket.reopened + 1,
        ),
        moves=(moved,),
        clocks=(ReopenClocks(),),
        awaits_answer=False,
    )


@_apply.register
def _(step: Cancel, ticket: TicketFacts) -> Changes:
    moved = _moved(ticket, Move.CANCEL, TicketState.CANCELLED, text=step.reason)
    return Changes(
        ticket=replace(
            ticket,
            state=moved.after,
            wait_reason="",
            closed_at=step.at,
            visits=_all_called_off(ticket.visits),
        ),
        moves=(moved,),
        clocks=(CancelClocks(),),
    )


@_apply.register
def _(step: Rate, ticket: TicketFacts) -> Changes:
    if ticket.state not in RATEABLE_STATES:
        raise NothingToRate
    if ticket.rating is not None:
        raise AlreadyRated
    return Changes(ticket=replace(ticket, rating=step.score))


def _moved(ticket: TicketFacts, move: Move, after: TicketState, *, text: str = "", **details: str) -> Moved:
    """
    Raises:
        MoveRefused: the table does not allow it.
    """
    if ticket.state not in RULES[move].starts:
        raise MoveRefused(move, ticket.state)
    return Moved(
        move=move, before=ticket.state, after=after, engineer_id=ticket.engineer_id, text=text, details=details
    )


def _visit_of(ticket: TicketFacts, step: VisitStep) -> VisitFacts | None:
    """
    Raises:
        VisitEnded: it was declined, called off or finished.
    """
    if step.visit_id is None:
        return ticket.leading_visit
    visit = next((visit for visit in ticket.visits if visit.id == step.visit_id), None)
    if visit is None or not visit.is_open:
        raise VisitEnded
    return visit


def _visit_moved(ticket: TicketFacts, step: VisitStep, move: Move, state: VisitState, **changed: Any) -> Changes:
    visit = _visit_of(ticket, step)
    moved = _moved(ticket, move, _STATE_BY_VISIT[state])
    visits = _with(ticket.visits, visit, state=state, **changed)
    return Changes(ticket=replace(ticket, state=moved.after, visits=visits), moves=(moved,))


def _with(visits: tuple[VisitFacts, ...], changed: VisitFacts | None, **values: Any) -> tuple[VisitFacts, ...]:
    return tuple(replace(visit, **values) if visit is changed else visit for visit in visits)


def _all_called_off(visits: tuple[VisitFacts, ...]) -> tuple[VisitFacts, ...]:
    """The visits after every open one was cancelled."""
    return tuple(replace(visit, state=VisitState.CANCELLED) if visit.is_open else visit for visit in visits)
