"""From a draft and its resolved names to a ticket timeline for `app.desk.tickets.replay`. Pure.

Every row leaves a timeline entry: a move where the state changed, else an internal note of the change. Skipped states
are filled in with allowed moves, and the report says so.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from app.agreements.sla import Impact, Priority, SlaPolicyDocument, Urgency
from app.data_exchange.ticket_import.drafts import Change, Draft, Severity
from app.data_exchange.ticket_import.mapping import Mapping
from app.data_exchange.ticket_import.transition_path import PathNode, PathOptions, node_after, progress, shortest_path
from app.desk.tickets import ConfirmedBy, Move, TicketState
from app.desk.tickets.replay import (
    PLATFORM,
    Accepted,
    AnyStep,
    Arrived,
    Assigned,
    Cancelled,
    Closed,
    Confirmed,
    Connected,
    Noted,
    Person,
    Rated,
    Reopened,
    Replied,
    Resolved,
    TicketTimeline,
    Triaged,
    WaitBegun,
    WaitEnded,
)
from app.platform.kernel.actor import ActorKind
from app.platform.kernel.invariants import present
from app.platform.kernel.texts import N_
from app.platform.promises import WaitReason

VISIT_WINDOW: Final = timedelta(hours=2)
"""Length of a visit's window where the log names none."""
_UPDATED: Final = N_("原系统更新了记录，状态：%(state)s")
_ASSIGNEES: Final = N_("处理人：%(names)s")
_REOPENED: Final = N_("原系统重新打开")
_CANCELLED: Final = N_("原系统取消")
_REST: Final = frozenset({TicketState.RESOLVED, TicketState.CLOSED})
_ENDED: Final = frozenset({TicketState.CANCELLED, TicketState.CONFIRMED, TicketState.CLOSED})
_ASSIGNED_STATES: Final = frozenset(
    {TicketState.ASSIGNED, TicketState.ACCEPTED, TicketState.REMOTE, TicketState.ON_SITE}
)
"""States of the log in which another engineer's name means another assignment."""


class ResolvedNames(msgspec.Struct, frozen=True, kw_only=True):
    """The records that the names in a draft refer to; None where unknown."""

    client_id: UUID
    reporter_id: UUID | None = None
    caller_name: str = ""
    """The employee's name where the caller is known, else the name in the log."""
    device_id: UUID | None = None
    site_id: UUID | None = None
    department_id: UUID | None = None
    vip: bool = False
    product_category: str = ""
    """Of the device."""
    engineers: dict[str, UUID] = {}
    """Name in the log → engineer."""


class AppliedTerms(msgspec.Struct, frozen=True):
    """The service terms that clocks are computed by."""

    policy_version_id: UUID
    calendar_version_id: UUID
    policy: SlaPolicyDocument


class _Classification(msgspec.Struct, frozen=True):
    """Classification of a ticket at one moment; `priority` where the log has it."""

    impact: Impact
    urgency: Urgency
    priority: Priority | None
    service_category: str
    product_category: str

    def changed(self, severity: Severity, service_category: str, product_category: str) -> "_Classification":
        """The classification with the values that the log has now; the others are kept."""
        return _Classification(
            severity.impact or self.impact,
            severity.urgency or self.urgency,
            severity.priority or self.priority,
            service_category or self.service_category,
            product_category or self.product_category,
        )


def timeline_of(
    draft: Draft,
    resolved: ResolvedNames,
    mapping: Mapping,
    applied_terms: AppliedTerms,
    *,
    cancelled_at: datetime | None = None,
) -> TicketTimeline:
    """The ticket timeline of a draft. Assumptions are recorded in the draft's report. `cancelled_at` is when the ticket
    was cancelled in an earlier import, which cannot be undone."""
    return _TimelineBuilder(draft, resolved, mapping, applied_terms, cancelled_at).timeline()


class _TimelineBuilder:
    """Converts the changes of one draft to steps."""

    def __init__(
        self,
        draft: Draft,
        resolved: ResolvedNames,
        mapping: Mapping,
        applied_terms: AppliedTerms,
        cancelled_at: datetime | None,
    ) -> None:
        self._draft, self._resolved, self._mapping, self._applied_terms = draft, resolved, mapping, applied_terms
        self._cancelled_at = cancelled_at
        first = draft.changes[0]
        nothing = _Classification(Impact.LOW, Urgency.MEDIUM, None, "", resolved.product_category)
        self._class = nothing.changed(first.severity, first.service_category, first.product_category)
        self._here = PathNode()
        self._reason: WaitReason | None = None
        self._assignee = ""
        self._rated = False
        self._reopenings = 0
        self._steps: list[AnyStep] = []

    def timeline(self) -> TicketTimeline:
        """The complete timeline."""
        draft, resolved, begun = self._draft, self._resolved, self._class
        first = draft.changes[0]
        self._report_assumptions(first)
        matrix = self._applied_terms.policy.priority_of(begun.impact, begun.urgency)
        if begun.priority is not None and begun.priority is not matrix:
            draft.report.say(first.row, "priority_kept", matrix=matrix, priority=begun.priority)
        for before, change in zip((None, *draft.changes), draft.changes, strict=False):
            self._take(before, change)
        return TicketTimeline(
            client_id=resolved.client_id,
            subject=draft.subject,
            reported_at=draft.reported_at or first.at,
            reported_by=self._person(first.actor),
            steps=tuple(self._steps),
            channel=draft.channel,
            reporter_id=resolved.reporter_id,
            device_id=resolved.device_id,
            site_id=resolved.site_id,
            department_id=resolved.department_id,
            contact_name=resolved.caller_name,
            contact_phone=draft.phone,
            vip=resolved.vip,
            description=draft.description,
            service_category=begun.service_category,
            product_category=begun.product_category,
            impact=begun.impact,
            urgency=begun.urgency,
            priority=begun.priority,
            policy_version_id=self._applied_terms.policy_version_id,
            calendar_version_id=self._applied_terms.calendar_version_id,
            external_number=draft.number,
            auto_close=False,
            unmeasured=tuple(self._mapping.unmeasured),
        )

    def _report_assumptions(self, first: Change) -> None:
        """Report which impact or urgency is assumed because the log has none: the targets depend on it."""
        report, columns, severity = self._draft.report, self._mapping.columns, first.severity
        if severity.impact is None and not report.says(first.row, "impact_unknown"):
            report.say(first.row, "impact_missing" if columns.impact else "impact_not_told")
        if severity.urgency is None and not report.says(first.row, "urgency_unknown"):
            report.say(first.row, "urgency_missing" if columns.urgency else "urgency_not_told")

    # --- one change ----------------------------------------------------------------------------

    def _take(self, before: Change | None, change: Change) -> None:
        count = len(self._steps)
        self._classify(change)
        moves = self._follow(before, change)
        self._compare_counts(before, change, moves)
        if change.text and not any(_mentions(step, change.text) for step in self._steps[count:]):
            self._steps.append(Replied(at=change.at, by=self._person(change.actor), text=change.text))
        for words in (change.note, change.differences):
            if words:
                self._note(change, words)
        if len(self._steps) == count and change.at != self._draft.reported_at:
            self._note(change, _UPDATED % {"state": change.word or change.state})
        if change.rating is not None and not self._rated and self._here.state in _REST:
            self._rated = True
            caller = Person(ActorKind.CLIENT, self._resolved.caller_name, client_id=self._resolved.client_id)
            self._steps.append(Rated(at=change.at, by=caller, score=change.rating, channel="api"))

    def _classify(self, change: Change) -> None:
        """Add a triage step where impact, urgency, priority or category changed."""
        changed = self._class.changed(change.severity, change.service_category, change.product_category)
        if changed != self._class and self._here.state is not TicketState.CANCELLED:
            self._class = changed
            self._steps.append(self._step(Move.TRIAGE, change))
            self._here = node_after(self._here, Move.TRIAGE, engineer=False) or self._here

    def _follow(self, before: Change | None, change: Change) -> list[Move]:
        """Move the ticket to the state in the log; returns the moves."""
        assignee = self._assignee_of(change)
        reassigned = change.state in _ASSIGNED_STATES and bool(assignee) and assignee != self._assignee
        moved = before is None or (before.state, before.word) != (change.state, change.word)
        if not moved and not reassigned:
            return []
        if self._here.state is TicketState.CANCELLED:
            if change.state is not TicketState.CANCELLED:
                self._draft.report.say(change.row, "already_over")
            return []
        if change.state is TicketState.CANCELLED and self._was_revoked(change):
            self._draft.report.say(change.row, "cancellation_taken_back")
            return []
        moves = self._moves(change, reassigned=reassigned)
        for move in moves:
            self._steps.append(self._step(move, change))
            there = node_after(self._here, move, engineer=change.engineer in self._resolved.engineers)
            self._here = present(there, "the path is made of moves that are possible")
        if moves and moves[-1] is Move.WAIT:
            self._reason = change.reason
        if Move.ASSIGN in moves:
            self._assignee = assignee
        self._report_moves(change, moves)
        return moves

    def _moves(self, change: Change, *, reassigned: bool) -> list[Move]:
        here, goal = self._here, self._goal(change)
        if goal is TicketState.NEW and here.state in _REST and self._is_misplaced(change):
            return []
        if goal is TicketState.WAITING and here.state is TicketState.WAITING:
            return [] if change.reason is self._reason else [Move.RESUME, Move.WAIT]
        somebody = bool(self._assignee_of(change))
        with_word = self._mapping.confirmed_by is not ConfirmedBy.SILENCE or change.state is TicketState.CONFIRMED
        options = PathOptions(
            somebody=somebody,
            engineer=change.engineer in self._resolved.engineers,
            closing=Move.CONFIRM if with_word else Move.CLOSE,
        )
        if reassigned and here.assigned:
            here = msgspec.structs.replace(here, assigned=False)
        return [move for move, _ in shortest_path(here, _meets(here, goal, named=somebody), options)]

    def _goal(self, change: Change) -> TicketState:
        """The state to reach here: confirmed means closed, and work without a named assignee means triaged."""
        if change.state is TicketState.CONFIRMED:
            return TicketState.CLOSED
        if change.state in _ASSIGNED_STATES and not self._assignee_of(change):
            return TicketState.TRIAGED
        return change.state

    def _was_revoked(self, cancellation: Change) -> bool:
        """Whether the log goes on after the cancellation. A closing alone does not count: many desks close what was
        cancelled."""
        if cancellation.at == self._cancelled_at:
            return False
        changes = self._draft.changes
        place = next(place for place, change in enumerate(changes) if change is cancellation)
        return any(change.state not in _ENDED for change in changes[place + 1 :])

    def _assignee_of(self, change: Change) -> str:
        """The assignee; where the log has work without a name, the author of the row."""
        named = change.engineer or change.group
        at_work = change.state in (TicketState.REMOTE, TicketState.ON_SITE)
        return named or (change.actor or self._mapping.source if at_work else "")

    def _is_misplaced(self, change: Change) -> bool:
        """Whether a row in state new after the end is misplaced: the log counts reopenings and has counted none."""
        return bool(self._mapping.columns.reopenings) and change.reopenings <= self._reopenings

    def _report_moves(self, change: Change, moves: Sequence[Move]) -> None:
        report, goal = self._draft.report, self._goal(change)
        if Move.REOPEN in moves:
            report.say(change.row, "reopened")
        elif Move.RESOLVE in moves[:-1]:
            report.say(change.row, "closed_without_resolution")
        elif len(moves) > 1:
            report.say(change.row, "bridged", state=goal, moves=list(moves))
        elif not moves and goal is not self._here.state and progress(goal) >= 0:
            report.say(change.row, "not_gone_back", state=goal, kept=self._here.state)

    def _compare_counts(self, before: Change | None, change: Change, moves: Sequence[Move]) -> None:
        self._reopenings = max(self._reopenings, change.reopenings)
        if before is None:
            return
        if change.reopenings > before.reopenings and Move.REOPEN not in moves:
            self._draft.report.say(change.row, "reopening_unseen")
        if Move.ASSIGN in moves:
            return
        counted = change.reassignments > before.reassignments
        if counted:
            self._draft.report.say(change.row, "reassigned")
        names = (change.group, change.engineer)
        if any(names) and (counted or names != (before.group, before.engineer)):
            self._note(change, _ASSIGNEES % {"names": " / ".join(filter(None, names))})

    # --- steps ---------------------------------------------------------------------------------

    def _step(self, move: Move, change: Change) -> AnyStep:
        at, by = change.at, self._person(change.actor)
        match move:
            case Move.ASSIGN:
                return Assigned(
                    at=at,
                    by=by,
                    engineer_id=self._resolved.engineers.get(change.engineer),
                    engineer_name=self._assignee_of(change),
                    scheduled_start=at,
                    scheduled_end=at + VISIT_WINDOW,
                )
            case Move.WAIT:
                return WaitBegun(at=at, by=by, reason=change.reason or WaitReason.CLIENT, note=change.text)
            case Move.RESOLVE:
                return Resolved(
                    at=at,
                    by=by,
                    work_done=change.work_done or change.text,
                    cause=change.cause,
                    work_minutes=change.work_minutes,
                )
            case Move.CONFIRM:
                how = self._mapping.confirmed_by
                return Confirmed(at=at, by=by, how=ConfirmedBy.CALL_BACK if how is ConfirmedBy.SILENCE else how)
            case Move.REOPEN:
                return Reopened(at=at, by=by, reason=change.text or _REOPENED)
            case Move.CANCEL:
                return Cancelled(at=at, by=by, reason=change.text or _CANCELLED)
            case Move.TRIAGE:
                return Triaged(
                    at=at,
                    by=by,
                    service_category=self._class.service_category,
                    product_category=self._class.product_category,
                    impact=self._class.impact,
                    urgency=self._class.urgency,
                    priority=self._class.priority,
                )
            case _:
                return _PLAIN_STEPS[move](at=at, by=by)

    def _note(self, change: Change, words: str) -> None:
        if words:
            self._steps.append(Noted(at=change.at, by=self._person(change.actor), text=words))

    def _person(self, name: str) -> Person:
        if not name:
            return PLATFORM
        return Person(ActorKind.PROVIDER, name, membership_id=self._resolved.engineers.get(name))


_PLAIN_STEPS: Final[dict[Move, type[Accepted | Arrived | Connected | WaitEnded | Closed]]] = {
    Move.ACCEPT: Accepted,
    Move.ARRIVE: Arrived,
    Move.CONNECT: Connected,
    Move.RESUME: WaitEnded,
    Move.CLOSE: Closed,
}


def _meets(start: PathNode, goal: TicketState, *, named: bool) -> Callable[[PathNode], bool]:
    """Whether a node meets `goal`: progress never goes back, work is only reassigned."""
    if progress(goal) < 0:
        return lambda there: there.state is goal
    least = progress(goal)
    if goal is TicketState.NEW and progress(start.state) < 0:
        least = progress(TicketState.TRIAGED)
    if named and least >= progress(TicketState.ASSIGNED):
        return lambda there: there.assigned and _is_at(there.state, goal, least)
    return lambda there: _is_at(there.state, goal, least)


def _is_at(state: TicketState, goal: TicketState, least: int) -> bool:
    """Whether `state` is the goal or beyond; on site and remote do not stand for each other."""
    at_work = (TicketState.ON_SITE, TicketState.REMOTE)
    return state is goal if goal in at_work and state in at_work else progress(state) >= least


def _mentions(step: AnyStep, words: str) -> bool:
    return words in (
        getattr(step, "note", ""),
        getattr(step, "work_done", ""),
        getattr(step, "reason", ""),
    )
