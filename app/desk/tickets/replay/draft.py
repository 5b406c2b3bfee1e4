"""A ticket's rows while they are computed: the ticket, and the rows that every move adds. Pure."""

from datetime import datetime
from typing import Any

import msgspec

from app.agreements.sla.replay import IdFactory, ReplayedClocks, Values
from app.agreements.sla.service_terms import ServiceTerms
from app.desk.tickets import repository
from app.desk.tickets.lifecycle import MOVE_ACTIONS, Move, TicketState, require_move
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

    def __init__(self, timeline: TicketTimeline, terms: ServiceTerms, silence_days: int, new_id: IdFactory) -> None:
        self.timeline, self.terms, self.silence_days, self.new_id = timeline, terms, silence_days, new_id
        self.at, self.by = timeline.reported_at, timeline.reported_by
        self.events: list[Values] = []
        self.notes: list[Values] = []
        self.visits: list[Values] = []
        self.audit_entries: list[Values] = []
        self.remind_at: datetime | None = None
        self.reminders = 0
        priority = timeline.priority or terms.policy.priority_of(timeline.impact, timeline.urgency)
        self.state = TicketState.NEW
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
            "wait_reason": "",
            "vip": timeline.vip,
            "device_id": timeline.device_id,
            "site_id": timeline.site_id,
            "department_id": timeline.department_id,
            "contact_name": timeline.contact_name or timeline.reported_by.name,
            "contact_phone": timeline.contact_phone,
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
        self._audit(MOVE_ACTIONS[move], before=before, after=after)

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
