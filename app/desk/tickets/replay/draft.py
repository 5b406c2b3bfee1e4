"""A ticket's rows while they are computed: the ticket, and the rows that every move adds. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from app.agreements.sla import ServiceTerms
from app.agreements.sla.replay import IdFactory, ReplayedClocks, Values
from app.desk.tickets import steps
from app.desk.tickets.confirmation.reminders import working_days_later
from app.desk.tickets.decision import apply
from app.desk.tickets.lifecycle import MOVE_ACTIONS, TicketState
from app.desk.tickets.replay.audit_rows import audit_values, elevated_values
from app.desk.tickets.replay.timeline import TicketTimeline
from app.people.identity import new_token
from app.platform.kernel.outbox import DueKind
from tenants.context import Command


class TicketRows(msgspec.Struct):
    """Rows of one ticket by table, without tenant id and without the number, which comes from a counter."""

    ticket: Values
    events: list[Values]
    notes: list[Values]
    visits: list[Values]
    clocks: list[Values]
    intervals: list[Values]
    escalations: list[Values]
    audit: list[Values]
    due: list[Values]


class TicketDraft:
    """One ticket with its rows at the moment `at`; `by` is the current actor."""

    def __init__(self, timeline: TicketTimeline, terms: ServiceTerms, auto_close_days: int, new_id: IdFactory) -> None:
        self.timeline, self.terms, self.auto_close_days, self.new_id = timeline, terms, auto_close_days, new_id
        self.at, self.by = timeline.reported_at, timeline.reported_by
        self.events: list[Values] = []
        self.notes: list[Values] = []
        self.facts = steps.TicketFacts()
        self.visit_versions: Counter[UUID] = Counter()
        self.audit_entries: list[Values] = []
        self.remind_at: datetime | None = None
        self.reminders = 0
        priority = timeline.priority or terms.policy.priority_of(timeline.impact, timeline.urgency)
        self.ticket: Values = {
            "id": new_id(self.at),
            "client_id": timeline.client_id,
            "reporter_id": timeline.reporter_id,
            "channel": timeline.channel,
            "symptom": timeline.symptom,
            "subject": timeline.subject.strip(),
            "description": timeline.description,
            "service_category": timeline.service_category,
            "product_category": timeline.product_category,
            "impact": timeline.impact,
            "urgency": timeline.urgency,
            "priority": priority,
            "vip": timeline.vip,
            "device_id": timeline.device_id,
            "site_id": timeline.site_id,
            "department_id": timeline.department_id,
            "contact_name": timeline.contact_name or timeline.reported_by.name,
            "contact_phone": timeline.contact_phone,
            "policy_version_id": terms.policy_version_id,
            "calendar_version_id": terms.calendar_version_id,
            "reported_at": self.at,
            "follow_token": new_token(),
            "updated_at": self.at,
            "version": 1,
        }
        self.clocks = ReplayedClocks(terms, priority, self.at, new_id, unmeasured=timeline.unmeasured)
        details: dict[str, str] = {"channel": timeline.channel}
        if timeline.external_number:
            details["external_number"] = timeline.external_number
        self._line("reported", state=TicketState.NEW, **details)
        self._elevated(Command.REPORT_FAULT)
        self._audit("ticket.created", channel=timeline.channel, priority=priority)
        self._set_due()

    @property
    def _ring(self) -> Values:
        return {
            "client_id": self.timeline.client_id,
            "reporter_id": self.timeline.reporter_id,
            "ticket_id": self.ticket["id"],
        }

    def _apply(self, step: steps.Step, *, clocks_later: bool = False) -> steps.Changes:
        """Decide on the step and add what it changes; with `clocks_later` the caller changes the clocks.

        Raises:
            DomainError: the refusal.
        """
        decided = apply(self.facts, step)
        if not isinstance(decided, steps.Changes):
            raise decided
        known = set(self.facts.visits)
        self.visit_versions.update(visit.id for visit in decided.ticket.visits if visit not in known)
        self.facts = decided.ticket
        for moved in decided.moves:
            self._touch()
            self._line("state", state=moved.after, text=moved.text, move=moved.move, **moved.details)
            self._audit(MOVE_ACTIONS[moved.move], before=moved.before, after=moved.after)
        for note in decided.notes:
            self._note(note.kind, note.text, **note.details)
        if not clocks_later:
            self._change_clocks(decided.clocks)
        if decided.awaits_answer is not None:
            self._remind(awaits_answer=decided.awaits_answer)
        return decided

    def _change_clocks(self, changes: Iterable[steps.ClockChange]) -> None:
        for change in changes:
            match change:
                case steps.MeetTargets():
                    self.clocks.meet(change.targets, self.at)
                case steps.PauseClocks():
                    self.clocks.pause(change.reason, self.at)
                case steps.ResumeClocks():
                    self.clocks.resume(self.at)
                case steps.CancelClocks():
                    self.clocks.cancel(self.at)
                case steps.ReopenClocks():
                    self.clocks.reopen(self.at)
        self._set_due()

    def _remind(self, *, awaits_answer: bool) -> None:
        self.remind_at = None
        if awaits_answer and self.timeline.auto_close:
            self.reminders, self.remind_at = 0, working_days_later(self.terms.calendar, self.at, 1)

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
                "client_id": self.timeline.client_id,
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

    def rows(self) -> TicketRows:
        """All rows computed so far."""
        self.ticket.update(_columns_of(self.facts, but=("visits",)))
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
            visits=[
                {**ring, **_columns_of(visit), "version": self.visit_versions[visit.id]} for visit in self.facts.visits
            ],
            clocks=[{**ring, **values} for values in self.clocks.clock_rows()],
            intervals=[{**of_client, **values} for values in self.clocks.interval_rows(new_id)],
            escalations=[{"ticket_id": ticket_id, **values} for values in self.clocks.escalation_rows(new_id)],
            audit=self.audit_entries,
            due=[
                {"id": new_id(moment), "kind": kind, "subject_id": subject_id, "due_at": moment}
                for kind, subject_id, moment in due
            ],
        )


def _columns_of(facts: steps.TicketFacts | steps.VisitFacts, *, but: Collection[str] = ()) -> Values:
    return {name: getattr(facts, name) for name in facts.__struct_fields__ if name not in but}
