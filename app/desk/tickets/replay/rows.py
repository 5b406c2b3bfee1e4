"""From a ticket's timeline to the rows that the services would have written for it. Pure.

The steps are decided by `app.desk.tickets.decision`, the clocks follow `app.platform.promises.clock`; thresholds and
reminders are handled between the steps at their due times. Nobody is notified: there are no outbox events, no notices
and no internal notes about escalations.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import singledispatchmethod
from itertools import zip_longest
from uuid import UUID

from app.agreements.sla import Priority, ServiceTerms
from app.agreements.sla.replay import IdFactory
from app.desk.tickets import steps as take
from app.desk.tickets.confirmation.reminders import REMINDERS, due_after_reminder
from app.desk.tickets.decision import pending_targets
from app.desk.tickets.errors import TimelineOutOfOrder
from app.desk.tickets.lifecycle import RULES, Move, MoveRefused, TicketState, VisitMode, VisitOutcome
from app.desk.tickets.replay import timeline as steps
from app.desk.tickets.replay.draft import TicketDraft, TicketRows
from app.desk.tickets.replay.timeline import PLATFORM, Step, TicketTimeline
from tenants.context import Command


def rows_of(
    timeline: TicketTimeline, terms: ServiceTerms, *, until: datetime, auto_close_days: int, new_id: IdFactory
) -> TicketRows:
    """Compute the rows under `terms`, up to the present moment `until`.

    Raises:
        TimelineOutOfOrder: a step lies before the one before it, or after `until`.
        MoveRefused: the lifecycle does not allow a step; TooLateToReopen, NothingToRate, AlreadyRated as in services.
    """
    return _TicketReplay(timeline, terms, auto_close_days, new_id).run(until)


def has_visits_side_by_side(timeline: Sequence[Step]) -> bool:
    """Whether several engineers were at it at once. Then the visits of those who are unknown here are kept by name: a
    step of one of them must not be taken for a step of another's visit."""
    return any(isinstance(step, steps.Assigned) and step.beside for step in timeline)


def _is_classified_again(step: Step, following: Step | None) -> bool:
    """Whether another classification follows at the same moment, as in logs with minute precision. The clocks follow
    the last one only, since no target can be met or missed in no time; each leaves its timeline entries."""
    return isinstance(step, steps.Triaged) and isinstance(following, steps.Triaged) and step.at == following.at


class _TicketReplay(TicketDraft):
    """Replays one ticket step by step."""

    def run(self, until: datetime) -> TicketRows:
        """Take every step, then advance to the present moment `until`."""
        self._clock_priority, self._classified_again = self.ticket["priority"], False
        self._state_before_triage: TicketState | None = None
        self._clocks_of_triage: tuple[take.ClockChange, ...] = ()
        self._planned_visits: list[UUID | None] = []
        self._side_by_side = has_visits_side_by_side(self.timeline.steps)
        for step, following in zip_longest(self.timeline.steps, self.timeline.steps[1:]):
            if not self.at <= step.at <= until:
                raise TimelineOutOfOrder(moment=step.at.isoformat())
            if not self._classified_again:
                self._pass_time(step.at)
            self.at, self.by = step.at, step.by
            self._classified_again = _is_classified_again(step, following)
            self._take(step)
        self._pass_time(until)
        return self.rows()

    # --- what is due between steps --------------------------------------------------------------

    def _pass_time(self, until: datetime) -> None:
        self.clocks.advance_to(until)
        while self.remind_at is not None and self.remind_at <= until:
            self.at, self.by = self.remind_at, PLATFORM
            self._remind_or_close()

    def _remind_or_close(self) -> None:
        if self.reminders < REMINDERS:
            self._line("reminder")
            self.remind_at = due_after_reminder(self.terms.calendar, self.at, self.reminders, self.auto_close_days)
            self.reminders += 1
            return
        self._apply(take.Close(at=self.at))

    # --- steps of people ------------------------------------------------------------------------

    @singledispatchmethod
    def _take(self, step: Step) -> None:
        raise NotImplementedError(type(step).__name__)

    @_take.register
    def _(self, step: steps.Triaged) -> None:
        ticket = self.ticket
        ticket["service_category"], ticket["product_category"] = step.service_category, step.product_category
        ticket["impact"], ticket["urgency"] = step.impact, step.urgency
        before = ticket["priority"]
        priority = step.priority or self.terms.policy.priority_of(step.impact, step.urgency)
        if priority != before:
            ticket["priority"] = priority
            self._line("priority", before=before, after=priority)
        if self.facts.state in RULES[Move.TRIAGE].starts:
            self._state_before_triage = self.facts.state
            self._clocks_of_triage = self._apply(take.Triage(at=self.at), clocks_later=True).clocks
        else:
            self._touch()
        if self._classified_again:
            return
        if priority != self._clock_priority:
            has_begun = any(visit.arrived_at is not None for visit in self.facts.visits)
            state = self._state_before_triage or self.facts.state
            pending = pending_targets(state, self.facts.wait_reason, has_begun=has_begun)
            self.clocks.change_priority(Priority(priority), pending, self.at)
            self._clock_priority = priority
        self._change_clocks(self._clocks_of_triage)
        self._state_before_triage, self._clocks_of_triage = None, ()

    @_take.register
    def _(self, step: steps.Assigned) -> None:
        known = step.engineer_id is not None
        visit = self._planned(step) if known or (self._side_by_side and step.engineer_name) else None
        self._planned_visits.append(None if visit is None else visit.id)
        self._apply(
            take.Assign(at=self.at, engineer=step.engineer_name, visit=visit, note=step.note, beside=step.beside)
        )

    def _visit_of(self, step: steps.VisitTaken) -> UUID | None:
        if step.visit is None:
            return None
        return self._planned_visits[step.visit - 1] if 0 < step.visit <= len(self._planned_visits) else None

    def _planned(self, step: steps.Assigned) -> take.VisitFacts:
        return take.VisitFacts(
            id=self.new_id(self.at),
            engineer_id=step.engineer_id,
            performed_by_name="" if step.engineer_id else step.engineer_name,
            mode=VisitMode(step.mode),
            scheduled_start=step.scheduled_start,
            scheduled_end=step.scheduled_end,
        )

    @_take.register
    def _(self, step: steps.Accepted) -> None:
        self._apply(take.Accept(at=self.at, visit_id=self._visit_of(step)))

    @_take.register
    def _(self, step: steps.Declined) -> None:
        self._apply(take.Decline(at=self.at, visit_id=self._visit_of(step), reason=step.reason))

    @_take.register
    def _(self, step: steps.Unassigned) -> None:
        self._apply(take.Unassign(at=self.at, visit_id=self._visit_of(step), reason=step.reason))

    @_take.register
    def _(self, step: steps.Departed) -> None:
        self._apply(take.Depart(at=self.at, visit_id=self._visit_of(step)))

    @_take.register
    def _(self, step: steps.Arrived) -> None:
        self._apply(take.Arrive(at=self.at, visit_id=self._visit_of(step)))

    @_take.register
    def _(self, step: steps.Connected) -> None:
        self._apply(take.Connect(at=self.at, visit_id=self._visit_of(step)))

    @_take.register
    def _(self, step: steps.WaitBegun) -> None:
        self._apply(take.Wait(at=self.at, reason=step.reason, note=step.note))

    @_take.register
    def _(self, _step: steps.WaitEnded) -> None:
        self._apply(take.Resume(at=self.at))

    @_take.register
    def _(self, step: steps.Resolved) -> None:
        self._apply(
            take.Resolve(
                at=self.at,
                visit_id=self._visit_of(step),
                work_done=step.work_done,
                cause=step.cause,
                work_minutes=step.work_minutes,
                travel_minutes=step.travel_minutes,
                unplanned=self._from_desk(step),
            )
        )

    def _from_desk(self, step: steps.Resolved) -> take.VisitFacts | None:
        """The record of work without a planned visit. In older logs an engineer's work went on after a waiting."""
        if step.mode is None and self.facts.state is not TicketState.TRIAGED:
            return None
        left = self._left_unresolved(self.by.membership_id) if step.mode in (None, VisitMode.ON_SITE) else None
        return take.VisitFacts(
            id=self.new_id(self.at),
            planned=False,
            engineer_id=left.engineer_id if left else None,
            performed_by=None if left else self.by.membership_id,
            performed_by_name="" if left else self.by.name,
            mode=left.mode if left else VisitMode(step.mode or VisitMode.TELEPHONE),
            scheduled_start=self.at,
            scheduled_end=self.at,
        )

    def _left_unresolved(self, engineer_id: UUID | None) -> take.VisitFacts | None:
        """The last visit, where this engineer's work there ended without a solution."""
        last = self.facts.visits[-1] if self.facts.visits else None
        if last is None or engineer_id is None or last.engineer_id != engineer_id:
            return None
        return last if last.outcome == VisitOutcome.UNRESOLVED else None

    @_take.register
    def _(self, step: steps.Finished) -> None:
        self._apply(
            take.Finish(
                at=self.at,
                visit_id=self._visit_of(step),
                work_done=step.work_done,
                cause=step.cause,
                work_minutes=step.work_minutes,
                travel_minutes=step.travel_minutes,
                waiting_for=step.waiting_for,
            )
        )

    @_take.register
    def _(self, step: steps.Confirmed) -> None:
        self._apply(take.Confirm(at=self.at, how=step.how))
        self._elevated(Command.CONFIRM_RESOLUTION)

    @_take.register
    def _(self, _step: steps.Closed) -> None:
        if self.timeline.auto_close:
            raise MoveRefused(Move.CLOSE, self.facts.state)
        self._apply(take.Close(at=self.at))

    @_take.register
    def _(self, _step: steps.Reminded) -> None:
        if self.timeline.auto_close or self.facts.state is not TicketState.RESOLVED:
            raise MoveRefused(Move.CLOSE, self.facts.state)
        self._line("reminder")

    @_take.register
    def _(self, step: steps.Reopened) -> None:
        self._apply(take.Reopen(at=self.at, reason=step.reason, however_late=not self.timeline.auto_close))
        self._elevated(Command.REOPEN_TICKET)

    @_take.register
    def _(self, step: steps.Cancelled) -> None:
        self._apply(take.Cancel(at=self.at, reason=step.reason))

    @_take.register
    def _(self, step: steps.Replied) -> None:
        self._elevated(Command.ADD_NOTE)
        self._line("reply", text=step.text)
        self._touch()

    @_take.register
    def _(self, step: steps.Noted) -> None:
        self._note("note", step.text)
        self._touch()

    @_take.register
    def _(self, step: steps.Rated) -> None:
        self._apply(take.Rate(at=self.at, score=step.score))
        self._elevated(Command.RATE_SERVICE)
        self._line("rating", score=step.score)
        self._touch()
