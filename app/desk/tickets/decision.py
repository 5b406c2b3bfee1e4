"""What a step does to a ticket and its visits (T4): one rule for services, pasts of other systems, the demo and tests.

Values in, values out: nothing is read or written here. Who may take a step is the services' to check
(docs/adr/0026-one-function-decides-a-step.md). What becomes of the visits stands in `visit_changes.py`.
"""

from datetime import timedelta
from functools import singledispatch
from typing import Any

from msgspec.structs import replace

from app.agreements.sla import TargetKind
from app.desk.tickets.errors import AlreadyRated, NothingToRate, TooLateToReopen, VisitEnded
from app.desk.tickets.lifecycle import (
    OPEN_STATES,
    RATEABLE_STATES,
    REOPEN_DAYS,
    RULES,
    VISIT_RULES,
    ConfirmedBy,
    Move,
    MoveRefused,
    TicketState,
    VisitMode,
    VisitMove,
    VisitOutcome,
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
    Finish,
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
    Unassign,
    VisitFacts,
    VisitStep,
    Wait,
)
from app.desk.tickets.visit_changes import all_ended, interrupted, performed, state_of, with_changed, written_by
from app.platform.kernel.errors import DomainError
from app.platform.promises import PendingTargets, WaitReason

MET_ON_RESPONSE = (TargetKind.RESPONSE,)
MET_ON_START_OF_WORK = (TargetKind.RESPONSE, TargetKind.REMOTE_ACCESS, TargetKind.ARRIVAL)
"""Targets met when work begins, on site or remotely."""
MET_ON_RESOLUTION = (*MET_ON_START_OF_WORK, TargetKind.RESOLUTION)


def apply(ticket: TicketFacts, step: Step) -> Changes | DomainError:
    """What `step` changes, or why it is refused."""
    try:
        changes = _apply(step, ticket)
    except DomainError as refusal:
        return refusal
    known = {visit.id: visit.state for visit in ticket.visits}
    finished = tuple(
        visit
        for visit in changes.ticket.visits
        if visit.state is VisitState.FINISHED and known.get(visit.id) is not VisitState.FINISHED
    )
    return replace(changes, finished=finished)


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
    earlier = ticket.visits if step.beside else all_ended(ticket.visits, step.at)
    planned = () if step.visit is None else (step.visit,)
    after = replace(ticket, wait_reason="", visits=(*earlier, *planned))
    leading = after.leading_visit
    state = TicketState.ASSIGNED if leading is None else state_of(leading)
    beside = {"beside": "yes"} if step.beside and ticket.leading_visit is not None else {}
    moved = _moved(ticket, Move.ASSIGN, state, engineer=step.engineer, **beside)
    return Changes(
        ticket=replace(after, state=state, engineer_id=None if leading is None else leading.engineer_id),
        moves=(replace(moved, engineer_id=None if step.visit is None else step.visit.engineer_id),),
        notes=(InternalNote("dispatch", step.note, {"engineer": step.engineer}),) if step.note else (),
        clocks=(
            *((ResumeClocks(),) if ticket.state is TicketState.WAITING else ()),
            MeetTargets(MET_ON_RESPONSE),
        ),
    )


@_apply.register
def _(step: Accept, ticket: TicketFacts) -> Changes:
    return _visit_moved(ticket, step, Move.ACCEPT, VisitMove.ACCEPT, TicketState.ACCEPTED, accepted_at=step.at)


@_apply.register
def _(step: Decline, ticket: TicketFacts) -> Changes:
    changes = _visit_moved(ticket, step, Move.DECLINE, VisitMove.DECLINE, TicketState.TRIAGED)
    return replace(changes, notes=(InternalNote("declined", step.reason),))


@_apply.register
def _(step: Unassign, ticket: TicketFacts) -> Changes:
    changes = _visit_moved(ticket, step, Move.UNASSIGN, VisitMove.CANCEL, TicketState.TRIAGED)
    return replace(changes, notes=(InternalNote("unassigned", step.reason),) if step.reason else ())


@_apply.register
def _(step: Depart, ticket: TicketFacts) -> Changes:
    return _visit_moved(ticket, step, Move.DEPART, VisitMove.DEPART, TicketState.EN_ROUTE, departed_at=step.at)


@_apply.register
def _(step: Arrive, ticket: TicketFacts) -> Changes:
    changes = _visit_moved(
        ticket, step, Move.ARRIVE, VisitMove.BEGIN, TicketState.ON_SITE, mode=VisitMode.ON_SITE, arrived_at=step.at
    )
    return replace(changes, clocks=(MeetTargets(MET_ON_START_OF_WORK),))


@_apply.register
def _(step: Connect, ticket: TicketFacts) -> Changes:
    visit = _visit_of(ticket, step)
    called = visit is not None and visit.mode is VisitMode.TELEPHONE
    mode = VisitMode.TELEPHONE if called else VisitMode.REMOTE
    changes = _visit_moved(
        ticket, step, Move.CONNECT, VisitMove.BEGIN, TicketState.REMOTE, mode=mode, arrived_at=step.at
    )
    return replace(changes, clocks=(MeetTargets(MET_ON_START_OF_WORK),))


@_apply.register
def _(step: Resolve, ticket: TicketFacts) -> Changes:
    visit = _visit_of(ticket, step) if step.unplanned is None else None
    if step.visit_id is not None and visit is not None:
        _require_start(ticket, Move.RESOLVE, state_of(visit))
    which = {} if visit is None else _which(ticket, visit)
    moved = _moved(ticket, Move.RESOLVE, TicketState.RESOLVED, text=step.work_done if visit is None else "", **which)
    visits = ticket.visits
    if step.unplanned is not None:
        visits = (*visits, performed(step.unplanned, step))
    elif visit is not None and visit.state in VISIT_RULES[VisitMove.FINISH].starts:
        written = written_by(visit, step, VisitOutcome.RESOLVED)
        visits = with_changed(visits, visit, state=VISIT_RULES[VisitMove.FINISH].end, **written)
    return Changes(
        ticket=replace(
            ticket,
            state=moved.after,
            resolved_at=step.at,
            engineer_id=ticket.engineer_id if visit is None else visit.engineer_id,
            visits=all_ended(visits, step.at, outcome=VisitOutcome.RESOLVED),
        ),
        moves=(moved,),
        clocks=(MeetTargets(MET_ON_RESOLUTION),),
        awaits_answer=True,
    )


@_apply.register
def _(step: Finish, ticket: TicketFacts) -> Changes:
    visit = _visit_of(ticket, step)
    written = {} if visit is None else written_by(visit, step, VisitOutcome.UNRESOLVED)
    changes = _visit_moved(ticket, step, Move.FINISH, VisitMove.FINISH, TicketState.TRIAGED, **written)
    if step.waiting_for is None or changes.ticket.leading_visit is not None:
        return changes
    waiting = _apply(Wait(at=step.at, reason=step.waiting_for), changes.ticket)
    return replace(waiting, moves=(*changes.moves, *waiting.moves))


@_apply.register
def _(step: Wait, ticket: TicketFacts) -> Changes:
    moved = _moved(
        ticket, Move.WAIT, TicketState.WAITING, text=step.note, reason=step.reason.value, resume_to=ticket.state.value
    )
    return Changes(
        ticket=replace(
            ticket,
            state=moved.after,
            wait_reason=step.reason.value,
            visits=tuple(interrupted(visit, step) for visit in ticket.visits),
        ),
        moves=(moved,),
        clocks=(PauseClocks(step.reason),),
    )


@_apply.register
def _(_step: Resume, ticket: TicketFacts) -> Changes:
    leading = ticket.leading_visit
    after = TicketState.TRIAGED if leading is None else state_of(leading)
    moved = _moved(ticket, Move.RESUME, after)
    return Changes(
        ticket=replace(
            ticket, state=after, wait_reason="", engineer_id=None if leading is None else leading.engineer_id
        ),
        moves=(moved,),
        clocks=(ResumeClocks(),),
    )


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
            visits=all_ended(ticket.visits, step.at),
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
    _require_start(ticket, move, ticket.state)
    return _unchecked(ticket, move, after, text=text, **details)


def _unchecked(ticket: TicketFacts, move: Move, after: TicketState, *, text: str = "", **details: str) -> Moved:
    return Moved(
        move=move, before=ticket.state, after=after, engineer_id=ticket.engineer_id, text=text, details=details
    )


def _require_start(ticket: TicketFacts, move: Move, state: TicketState) -> None:
    """
    Raises:
        MoveRefused: the ticket waits, or the table does not allow the move from `state`.
    """
    if ticket.state is TicketState.WAITING and move in _VISIT_MOVES:
        raise MoveRefused(move, ticket.state)
    if state not in RULES[move].starts:
        raise MoveRefused(move, state)


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


_VISIT_MOVES = frozenset(
    {Move.ACCEPT, Move.DECLINE, Move.UNASSIGN, Move.DEPART, Move.ARRIVE, Move.CONNECT, Move.RESOLVE, Move.FINISH}
)


def _visit_moved(
    ticket: TicketFacts, step: VisitStep, move: Move, of_visit: VisitMove, alone: TicketState, **changed: Any
) -> Changes:
    """One visit goes on and the ticket follows the leading one; `alone` is its state where no visit is open."""
    visit = _visit_of(ticket, step)
    if visit is None:
        moved = _moved(ticket, move, alone)
        return Changes(ticket=replace(ticket, state=alone), moves=(moved,))
    _require_start(ticket, move, state_of(visit))
    after = replace(ticket, visits=with_changed(ticket.visits, visit, state=VISIT_RULES[of_visit].end, **changed))
    leading = after.leading_visit
    moved = replace(
        _unchecked(ticket, move, alone if leading is None else state_of(leading), **_which(ticket, visit)),
        engineer_id=visit.engineer_id,
    )
    return Changes(
        ticket=replace(after, state=moved.after, engineer_id=None if leading is None else leading.engineer_id),
        moves=(moved,),
    )


def _which(ticket: TicketFacts, visit: VisitFacts) -> dict[str, str]:
    """Which visit a move was made on, counted from 1 in the order of planning, where several are open."""
    several = sum(each.is_open for each in ticket.visits) > 1
    planned = [each for each in ticket.visits if each.planned]
    return {"visit": str(planned.index(visit) + 1)} if several else {}
