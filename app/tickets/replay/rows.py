"""From a course to every row that the services write for it. Pure.

The moves follow `app.tickets.lifecycle`, the clocks `app.sla.clock`; the sweeps of thresholds and reminders happen
between the steps when their time comes. What the services would have told people is told to nobody: there are no
outbox events here, no notices, and no internal lines saying that somebody was escalated to.
"""

from datetime import datetime, timedelta
from functools import singledispatchmethod
from typing import Any
from uuid import UUID

import msgspec

from app.identity import new_token
from app.kernel.outbox import DueKind
from app.sla import Priority
from app.sla.promises import ServiceTerms
from app.sla.replay import IdAt, PastClocks, Values
from app.tickets import repository
from app.tickets.errors import AlreadyRated, CourseOutOfOrder, NothingToRate, TooLateToReopen
from app.tickets.lifecycle import Move, MoveRefused, TicketState, require_move
from app.tickets.replay import course as steps
from app.tickets.replay.course import PLATFORM, Step, TicketCourse
from app.tickets.replay.trail import audit_values, elevated_values
from app.tickets.services.confirmation import RATEABLE_STATES, REOPEN_DAYS, ConfirmedBy
from app.tickets.services.course import BEGUN, DONE, RESPONSE, state_after_waiting
from app.tickets.services.silence import REMINDERS, turn_after_reminder, working_days_later
from tenants.context import Command


class TicketRows(msgspec.Struct):
    """Rows of one ticket by table, without the tenant. The number is still missing: it comes from a counter."""

    ticket: Values
    events: list[Values]
    notes: list[Values]
    visits: list[Values]
    clocks: list[Values]
    intervals: list[Values]
    escalations: list[Values]
    audit: list[Values]
    due: list[Values]


def rows_of(
    course: TicketCourse, terms: ServiceTerms, *, until: datetime, silence_days: int, new_id: IdAt
) -> TicketRows:
    """Work `course` out under `terms`, up to the present moment `until`.

    Raises:
        CourseOutOfOrder: a step lies before the one before it, or after `until`.
        MoveRefused: the lifecycle does not allow a step; TooLateToReopen, NothingToRate, AlreadyRated as in services.
    """
    return _Replaying(course, terms, silence_days, new_id).lived(until)


class _Replaying:
    """One ticket on its way through its course."""

    def __init__(self, course: TicketCourse, terms: ServiceTerms, silence_days: int, new_id: IdAt) -> None:
        self.course, self.terms, self.silence_days, self.new_id = course, terms, silence_days, new_id
        self.at, self.by = course.reported_at, course.reported_by
        self.events: list[Values] = []
        self.notes: list[Values] = []
        self.visits: list[Values] = []
        self.audit_entries: list[Values] = []
        self.remind_at: datetime | None = None
        self.reminders = 0
        priority = course.priority or terms.policy.priority_of(course.impact, course.urgency)
        self.state = TicketState.NEW
        self.ticket: Values = {
            "id": new_id(self.at),
            "client_id": course.client_id,
            "reporter_id": course.reporter_id,
            "channel": course.channel,
            "symptom": course.symptom,
            "subject": course.subject.strip(),
            "description": course.description,
            "service_category": course.service_category,
            "product_category": course.product_category,
            "impact": course.impact,
            "urgency": course.urgency,
            "priority": priority,
            "wait_reason": "",
            "vip": course.vip,
            "device_id": course.device_id,
            "site_id": course.site_id,
            "department_id": course.department_id,
            "contact_name": course.contact_name or course.reported_by.name,
            "contact_phone": course.contact_phone,
            "engineer_id": None,
            "policy_version_id": terms.policy_version_id,
            "calendar_version_id": terms.calendar_version_id,
            "reported_at": self.at,
            "resolved_at": None,
            "closed_at": None,
            "confirmed_by": "",
            "reopened": 0,
            "rating": None,
            "follow_token": new_token(),
            "updated_at": self.at,
            "version": 1,
        }
        self.clocks = PastClocks(terms, priority, self.at, new_id, unmeasured=course.unmeasured)
        details: dict[str, str] = {"channel": course.channel}
        if course.external_number:
            details["external_number"] = course.external_number
        self._line("reported", state=TicketState.NEW, **details)
        self._elevated(Command.REPORT_FAULT)
        self._audit("ticket.report", channel=course.channel, priority=priority)
        self._set_due()

    def lived(self, until: datetime) -> TicketRows:
        """Take every step, then let time pass until the present."""
        for step in self.course.steps:
            if not self.at <= step.at <= until:
                raise CourseOutOfOrder(moment=step.at.isoformat())
            self._pass_time(step.at)
            self.at, self.by = step.at, step.by
            self._take(step)
        self._pass_time(until)
        return self._rows()

    # --- what happens by itself ----------------------------------------------------------------

    def _pass_time(self, until: datetime) -> None:
        self.clocks.live_until(until)
        while self.remind_at is not None and self.remind_at <= until:
            self.at, self.by = self.remind_at, PLATFORM
            self._remind_or_close()

    def _remind_or_close(self) -> None:
        if self.reminders < REMINDERS:
            self._line("reminder")
            self.remind_at = turn_after_reminder(self.terms.calendar, self.at, self.reminders, self.silence_days)
            self.reminders += 1
            return
        self.remind_at = None
        self.ticket["closed_at"], self.ticket["confirmed_by"] = self.at, ConfirmedBy.SILENCE
        self._move(Move.CLOSE, TicketState.CLOSED, confirmed_by=ConfirmedBy.SILENCE)

    # --- what people did -----------------------------------------------------------------------

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
            self.clocks.change_priority(Priority(priority), self.at)
        if self.state in (TicketState.NEW, TicketState.REOPENED):
            self._move(Move.TRIAGE, TicketState.TRIAGED)
            self.clocks.meet(RESPONSE, self.at)
        else:
            self._touch()
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
        self.clocks.meet(RESPONSE, self.at)
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
        self.clocks.meet(BEGUN, self.at)
        self._set_due()

    @_take.register
    def _(self, _step: steps.Connected) -> None:
        self._move(Move.CONNECT, TicketState.REMOTE)
        self._visit(state="remote", mode="remote", arrived_at=self.at)
        self.clocks.meet(BEGUN, self.at)
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
        self.clocks.meet(DONE, self.at)
        if self.course.silence_rule:
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
        if self.course.silence_rule:
            raise MoveRefused(Move.CLOSE, self.state)
        self._move(Move.CLOSE, TicketState.CLOSED, confirmed_by=ConfirmedBy.SILENCE)
        self.ticket["closed_at"], self.ticket["confirmed_by"] = self.at, ConfirmedBy.SILENCE

    @_take.register
    def _(self, _step: steps.Reminded) -> None:
        if self.course.silence_rule or self.state is not TicketState.RESOLVED:
            raise MoveRefused(Move.CLOSE, self.state)
        self._line("reminder")

    @_take.register
    def _(self, step: steps.Reopened) -> None:
        closed_at = self.ticket["closed_at"]
        is_ours = self.course.silence_rule
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

    # --- rows ----------------------------------------------------------------------------------

    @property
    def _ring(self) -> Values:
        return {
            "client_id": self.course.client_id,
            "reporter_id": self.course.reporter_id,
            "ticket_id": self.ticket["id"],
        }

    @property
    def _open_visit(self) -> Values | None:
        return next((visit for visit in reversed(self.visits) if visit["state"] in repository.OPEN_VISIT_STATES), None)

    def _visit(self, **changes: Any) -> None:
        if (visit := self._open_visit) is not None:
            visit.update(changes)
            visit["version"] += 1

    def _move(self, move: Move, after: TicketState, *, text: str = "", **details: Any) -> None:
        before = self.state
        require_move(move, before)
        self.state = after
        self._touch()
        self._line("state", state=after, text=text, move=move, **details)
        self._audit(f"ticket.{move}", before=before, after=after)

    def _touch(self) -> None:
        self.ticket["version"] += 1
        self.ticket["updated_at"] = self.at

    def _set_due(self) -> None:
        self.ticket["due_at"] = self.clocks.nearest_due

    def _line(self, kind: str, *, state: str = "", text: str = "", **details: Any) -> None:
        self.events.append(
            {
                **self._ring,
                "id": self.new_id(self.at),
                "occurred_at": self.at,
                "kind": kind,
                "state": state,
                "actor_kind": self.by.kind,
                "actor_name": self.by.name,
                "text": text,
                "details": details,
            }
        )

    def _note(self, kind: str, text: str, **details: Any) -> None:
        self.notes.append(
            {
                "id": self.new_id(self.at),
                "client_id": self.course.client_id,
                "ticket_id": self.ticket["id"],
                "occurred_at": self.at,
                "kind": kind,
                "actor_name": self.by.name,
                "membership_id": self.by.membership_id,
                "text": text,
                "details": details,
            }
        )

    def _audit(self, action: str, **details: Any) -> None:
        self.audit_entries.append(
            audit_values(self.new_id, self.at, self.by, action, ("ticket", self.ticket["id"]), **details)
        )

    def _elevated(self, command: Command) -> None:
        self.audit_entries += elevated_values(self.new_id, self.at, self.by, command)

    def _rows(self) -> TicketRows:
        self.ticket["state"] = self.state
        ring, new_id = self._ring, self.new_id
        ticket_id = self.ticket["id"]
        of_client = {"client_id": ring["client_id"], "reporter_id": ring["reporter_id"]}
        due = [(DueKind.SLA_THRESHOLD, clock_id, moment) for clock_id, moment in self.clocks.checks()]
        if self.remind_at is not None:
            due.append((DueKind.CONFIRMATION_REMINDER, ticket_id, self.remind_at))
        return TicketRows(
            ticket=self.ticket,
            events=self.events,
            notes=self.notes,
            visits=self.visits,
            clocks=[{**ring, **values} for values in self.clocks.clock_rows()],
            intervals=[{**of_client, **values} for values in self.clocks.interval_rows(new_id)],
            escalations=[{"ticket_id": ticket_id, **values} for values in self.clocks.escalation_rows(new_id)],
            audit=self.audit_entries,
            due=[
                {"id": new_id(moment), "kind": kind, "subject_id": subject_id, "due_at": moment}
                for kind, subject_id, moment in due
            ],
        )
