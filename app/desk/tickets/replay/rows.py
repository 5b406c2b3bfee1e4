"""From a ticket's timeline to the rows that the services would have written for it. Pure.

The moves follow `app.desk.tickets.lifecycle`, the clocks `app.agreements.sla.clock`; thresholds and reminders are
handled between the
steps at their due times. Nobody is notified: there are no outbox events, no notices and no internal notes about
escalations.
"""

from datetime import datetime, timedelta
from functools import singledispatchmethod
from itertools import zip_longest
from uuid import UUID

from app.agreements.sla import Priority
from app.agreements.sla.replay import IdFactory, Values
from app.agreements.sla.service_terms import ServiceTerms
from app.desk.tickets.errors import AlreadyRated, NothingToRate, TimelineOutOfOrder, TooLateToReopen
from app.desk.tickets.lifecycle import Move, MoveRefused, TicketState
from app.desk.tickets.replay import timeline as steps
from app.desk.tickets.replay.draft import TicketDraft, TicketRows
from app.desk.tickets.replay.timeline import PLATFORM, Step, TicketTimeline
from app.desk.tickets.services.auto_close import REMINDERS, due_after_reminder, working_days_later
from app.desk.tickets.services.confirmation import RATEABLE_STATES, REOPEN_DAYS, ConfirmedBy
from app.desk.tickets.services.workflow import (
    MET_ON_RESOLUTION,
    MET_ON_RESPONSE,
    MET_ON_START_OF_WORK,
    pending_targets,
    state_after_waiting,
)
from tenants.context import Command


def rows_of(
    timeline: TicketTimeline, terms: ServiceTerms, *, until: datetime, silence_days: int, new_id: IdFactory
) -> TicketRows:
    """Compute the rows under `terms`, up to the present moment `until`.

    Raises:
        TimelineOutOfOrder: a step lies before the one before it, or after `until`.
        MoveRefused: the lifecycle does not allow a step; TooLateToReopen, NothingToRate, AlreadyRated as in services.
    """
    return _TicketReplay(timeline, terms, silence_days, new_id).run(until)


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
            self.remind_at = due_after_reminder(self.terms.calendar, self.at, self.reminders, self.silence_days)
            self.reminders += 1
            return
        self.remind_at = None
        self.ticket["closed_at"], self.ticket["confirmed_by"] = self.at, ConfirmedBy.SILENCE
        self._move(Move.CLOSE, TicketState.CLOSED, confirmed_by=ConfirmedBy.SILENCE)

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
        if self.state in (TicketState.NEW, TicketState.REOPENED):
            self._state_before_triage = self.state
            self._move(Move.TRIAGE, TicketState.TRIAGED)
        else:
            self._touch()
        if self._classified_again:
            return
        if priority != self._clock_priority:
            has_begun = any(visit.get("arrived_at") is not None for visit in self.visits)
            pending = pending_targets(
                self._state_before_triage or self.state, ticket["wait_reason"], has_begun=has_begun
            )
            self.clocks.change_priority(Priority(priority), pending, self.at)
            self._clock_priority = priority
        if self._state_before_triage is not None:
            self.clocks.meet(MET_ON_RESPONSE, self.at)
            self._state_before_triage = None
        self._set_due()

    @_take.register
    def _(self, step: steps.Assigned) -> None:
        was_waiting = self.state is TicketState.WAITING
        self._move(Move.ASSIGN, TicketState.ASSIGNED, engineer=step.engineer_name)
        if (earlier := self._open_visit) is not None:
            earlier["state"] = "cancelled"
        self.ticket["engineer_id"] = step.engineer_id
        if step.note:
            self._note("dispatch", step.note, engineer=step.engineer_name)
        if step.engineer_id is not None:
            self.visits.append(self._planned(step, step.engineer_id))
        if was_waiting:
            self.ticket["wait_reason"] = ""
            self.clocks.resume(self.at)
        self.clocks.meet(MET_ON_RESPONSE, self.at)
        self._set_due()

    def _planned(self, step: steps.Assigned, engineer_id: UUID) -> Values:
        return {
            **self._ring,
            "id": self.new_id(self.at),
            "engineer_id": engineer_id,
            "mode": step.mode,
            "state": "planned",
            "scheduled_start": step.scheduled_start,
            "scheduled_end": step.scheduled_end,
            "version": 1,
        }

    @_take.register
    def _(self, _step: steps.Accepted) -> None:
        self._move(Move.ACCEPT, TicketState.ACCEPTED)
        self._visit(state="accepted", accepted_at=self.at)

    @_take.register
    def _(self, step: steps.Declined) -> None:
        self._move(Move.DECLINE, TicketState.TRIAGED)
        self._note("declined", step.reason)
        self._visit(state="declined")
        self.ticket["engineer_id"] = None

    @_take.register
    def _(self, _step: steps.Departed) -> None:
        self._move(Move.DEPART, TicketState.EN_ROUTE)
        self._visit(state="en_route", departed_at=self.at)

    @_take.register
    def _(self, _step: steps.Arrived) -> None:
        self._move(Move.ARRIVE, TicketState.ON_SITE)
        self._visit(state="on_site", arrived_at=self.at)
        self.clocks.meet(MET_ON_START_OF_WORK, self.at)
        self._set_due()

    @_take.register
    def _(self, _step: steps.Connected) -> None:
        self._move(Move.CONNECT, TicketState.REMOTE)
        self._visit(state="remote", mode="remote", arrived_at=self.at)
        self.clocks.meet(MET_ON_START_OF_WORK, self.at)
        self._set_due()

    @_take.register
    def _(self, step: steps.WaitBegun) -> None:
        resume_to = self.state
        self._move(Move.WAIT, TicketState.WAITING, text=step.note, reason=step.reason, resume_to=resume_to)
        self.ticket["wait_reason"] = step.reason
        if (visit := self._open_visit) is not None and visit["state"] == TicketState.EN_ROUTE:
            visit["state"] = TicketState.ACCEPTED
        self.clocks.pause(step.reason, self.at)
        self._set_due()

    @_take.register
    def _(self, _step: steps.WaitEnded) -> None:
        visit = self._open_visit
        self._move(Move.RESUME, state_after_waiting(None if visit is None else visit["state"]))
        self.ticket["wait_reason"] = ""
        self.clocks.resume(self.at)
        self._set_due()

    @_take.register
    def _(self, step: steps.Resolved) -> None:
        if self._open_visit is None:
            self._move(Move.RESOLVE, TicketState.RESOLVED, text=step.work_done)
        else:
            self._move(Move.RESOLVE, TicketState.RESOLVED)
            self._visit(
                state="finished",
                finished_at=self.at,
                work_done=step.work_done,
                cause=step.cause,
                work_minutes=step.work_minutes,
            )
        self.ticket["resolved_at"] = self.at
        self.clocks.meet(MET_ON_RESOLUTION, self.at)
        if self.timeline.auto_close:
            self.reminders, self.remind_at = 0, working_days_later(self.terms.calendar, self.at, 1)
        self._set_due()

    @_take.register
    def _(self, step: steps.Confirmed) -> None:
        self._move(Move.CONFIRM, TicketState.CONFIRMED, confirmed_by=step.how)
        self._elevated(Command.CONFIRM_RESOLUTION)
        self.ticket["confirmed_by"] = step.how
        self._move(Move.CLOSE, TicketState.CLOSED)
        self.ticket["closed_at"], self.remind_at = self.at, None

    @_take.register
    def _(self, _step: steps.Closed) -> None:
        if self.timeline.auto_close:
            raise MoveRefused(Move.CLOSE, self.state)
        self._move(Move.CLOSE, TicketState.CLOSED, confirmed_by=ConfirmedBy.SILENCE)
        self.ticket["closed_at"], self.ticket["confirmed_by"] = self.at, ConfirmedBy.SILENCE

    @_take.register
    def _(self, _step: steps.Reminded) -> None:
        if self.timeline.auto_close or self.state is not TicketState.RESOLVED:
            raise MoveRefused(Move.CLOSE, self.state)
        self._line("reminder")

    @_take.register
    def _(self, step: steps.Reopened) -> None:
        closed_at = self.ticket["closed_at"]
        is_ours = self.timeline.auto_close
        if is_ours and closed_at is not None and self.at - closed_at > timedelta(days=REOPEN_DAYS):
            raise TooLateToReopen(days=REOPEN_DAYS)
        self._move(Move.REOPEN, TicketState.REOPENED, text=step.reason)
        self._elevated(Command.REOPEN_TICKET)
        self.ticket.update(resolved_at=None, closed_at=None, engineer_id=None, confirmed_by="")
        self.ticket["reopened"] += 1
        self.clocks.reopen(self.at)
        self.remind_at = None
        self._set_due()

    @_take.register
    def _(self, step: steps.Cancelled) -> None:
        self._move(Move.CANCEL, TicketState.CANCELLED, text=step.reason)
        self.ticket["wait_reason"], self.ticket["closed_at"] = "", self.at
        if (visit := self._open_visit) is not None:
            visit["state"] = "cancelled"
        self.clocks.cancel(self.at)
        self._set_due()

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
        if self.state not in RATEABLE_STATES:
            raise NothingToRate
        if self.ticket["rating"] is not None:
            raise AlreadyRated
        self._elevated(Command.RATE_SERVICE)
        self.ticket["rating"] = step.score
        self._line("rating", score=step.score)
        self._touch()
