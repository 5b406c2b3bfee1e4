"""What people look at: lists, the queue, one ticket with its timeline. Columns into structs, few statements."""

import unicodedata
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select

from app.kernel.actor import ActorKind
from app.kernel.errors import NotFound
from app.kernel.work import UnitOfWork
from app.sla.arithmetic import service_seconds_ahead
from app.sla.clock import Target
from app.sla.clocks import clock_of
from app.sla.models import ClockRecord
from app.sla.promises import terms_of_versions
from app.sla.terms import Priority, TargetKind
from app.tickets import repository
from app.tickets.lifecycle import OPEN_STATES, Move, TicketState, moves_from
from app.tickets.models import NUMBER_PREFIX, TicketEvent, TicketNote, Visit
from app.tickets.models import Ticket as TicketRow
from app.tickets.schemas import (
    ClockView,
    Ticket,
    TicketFilter,
    TicketSummary,
    TimelineEntry,
    VisitView,
)
from app.tickets.visibility import visible_to
from rbac import Permission

LAST_CHARACTER = "\U0010ffff"
"""Sorts after everything that may follow a beginning, where bytes are compared."""

_CLIENT_MOVES = (Move.CONFIRM, Move.REOPEN)
_PERMISSIONS = {
    Move.TRIAGE: Permission.TICKET_TRIAGE,
    Move.ASSIGN: Permission.TICKET_ASSIGN,
    Move.WAIT: Permission.TICKET_TRIAGE,
    Move.RESUME: Permission.TICKET_TRIAGE,
    Move.RESOLVE: Permission.TICKET_TRIAGE,
    Move.CONFIRM: Permission.TICKET_TRIAGE,
    Move.REOPEN: Permission.TICKET_TRIAGE,
    Move.CANCEL: Permission.TICKET_TRIAGE,
}
"""What the staff may do on the ticket itself; steps of a visit belong to the visit."""


class ReadingService:
    """Lists and single tickets, for every ring."""

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work

    async def newest(
        self, wanted: TicketFilter, *, after: tuple[datetime, UUID] | None = None, limit: int = 50
    ) -> list[TicketSummary]:
        """The newest tickets that the actor may see; `after` is where the page before ended."""
        self.work.actor.require(Permission.TICKET_READ)
        rows = await repository.summaries(
            self.work.session, self.work.actor, conditions_of(wanted), after=after, limit=limit
        )
        return [_summary(row) for row in rows]

    async def most_urgent(
        self, wanted: TicketFilter, *, after: tuple[datetime | None, UUID] | None = None, limit: int = 50
    ) -> list[TicketSummary]:
        """The queue: what is due soonest first; `after` is the due time and id of the last one before."""
        self.work.actor.require(Permission.TICKET_READ)
        rows = await repository.most_urgent(
            self.work.session, self.work.actor, conditions_of(wanted), after=after, limit=limit
        )
        return [_summary(row) for row in rows]

    async def next_promises(self, ticket_ids: Collection[UUID]) -> dict[UUID, ClockView]:
        """Of each of these tickets the promise that counts now: due first, or standing still."""
        self.work.actor.require(Permission.TICKET_READ)
        found: dict[UUID, ClockView] = {}
        for record in await repository.open_clocks(self.work.session, ticket_ids):
            if record.ticket_id not in found:
                found[record.ticket_id] = await self._clock(record)
        return found

    async def count_by_state(self, wanted: TicketFilter) -> dict[str, int]:
        """How many tickets stand where, of those that the actor may see."""
        self.work.actor.require(Permission.TICKET_READ)
        statement = (
            select(TicketRow.state, func.count(TicketRow.id))
            .where(*visible_to(self.work.actor), *conditions_of(wanted))
            .group_by(TicketRow.state)
        )
        rows = await self.work.session.execute(statement)
        return dict(rows.tuples().all())

    async def ticket(self, ticket_id: UUID) -> Ticket:
        """One ticket with its clocks, timeline and visits.

        Raises:
            NotFound: for what does not exist or belongs to somebody else.
        """
        self.work.actor.require(Permission.TICKET_READ)
        session, actor = self.work.session, self.work.actor
        row = await repository.detail(session, actor, ticket_id)
        if row is None:
            raise NotFound
        timeline = [_public_line(event) for event in await repository.public_events(session, ticket_id)]
        if actor.may(Permission.NOTE_READ):
            timeline += [_internal_line(note) for note in await repository.internal_notes(session, ticket_id)]
            timeline.sort(key=lambda line: (line.occurred_at, line.id))
        clocks = await repository.clocks(session, ticket_id)
        views = [await self._clock(record) for record in clocks]
        visits = [visit_view(visit, name) for visit, name in await repository.visits(session, ticket_id)]
        return self._detail(row, views, timeline, visits)

    async def _clock(self, record: ClockRecord) -> ClockView:
        remaining = record.target_seconds - record.counted_seconds
        service_hours, counts_for = False, None
        if record.due_at is not None and self.work.actor.kind is not ActorKind.REPORTER:
            terms = await terms_of_versions(self.work.session, record.policy_version_id, record.calendar_version_id)
            target = terms.target(Priority(record.priority), TargetKind(record.kind))
            started = record.interval_started_at
            if started is not None and started <= self.work.now:
                clock = clock_of(record, (), target or Target(record.target_seconds, terms.calendar))
                remaining -= clock.elapsed_seconds(self.work.now)
            if target is not None:
                service_hours = target.calendar is not None
                counts_for = service_seconds_ahead(target.calendar, self.work.now)
        return ClockView(
            kind=record.kind,
            state=record.state,
            due_at=record.due_at,
            target_seconds=record.target_seconds,
            remaining_seconds=remaining,
            started_at=record.started_at,
            stopped_at=record.stopped_at,
            breached_at=record.breached_at,
            waiting_for=record.waiting_for,
            service_hours=service_hours,
            counts_for_seconds=counts_for,
        )

    def _detail(
        self,
        row: Row[*tuple[Any, ...]],
        clocks: list[ClockView],
        timeline: list[TimelineEntry],
        visits: list[VisitView],
    ) -> Ticket:
        ticket: TicketRow = row[0]
        return Ticket(
            id=ticket.id,
            number=ticket.number,
            state=TicketState(ticket.state),
            wait_reason=ticket.wait_reason,
            priority=ticket.priority,
            impact=ticket.impact,
            urgency=ticket.urgency,
            subject=ticket.subject,
            description=ticket.description,
            symptom=ticket.symptom,
            channel=ticket.channel,
            service_category=ticket.service_category,
            product_category=ticket.product_category,
            client_id=ticket.client_id,
            client_name=row.client_name or "",
            site_id=ticket.site_id,
            site_name=row.site_name,
            site_address=row.site_address,
            department_name=row.department_name,
            device_id=ticket.device_id,
            device_number=row.device_number,
            device_model=row.device_model,
            reporter_id=ticket.reporter_id,
            contact_name=ticket.contact_name,
            contact_phone=ticket.contact_phone,
            engineer_id=ticket.engineer_id,
            engineer_name=row.engineer_name,
            engineer_level=row.engineer_level,
            time_zone=row.time_zone or "Asia/Shanghai",
            reported_at=ticket.reported_at,
            due_at=ticket.due_at,
            resolved_at=ticket.resolved_at,
            closed_at=ticket.closed_at,
            confirmed_by=ticket.confirmed_by,
            reopened=ticket.reopened,
            rating=ticket.rating,
            vip=ticket.vip,
            version=ticket.version,
            moves=self._moves(TicketState(ticket.state)),
            clocks=clocks,
            timeline=timeline,
            visits=visits,
        )

    def _moves(self, state: TicketState) -> tuple[Move, ...]:
        actor, possible = self.work.actor, moves_from(state)
        if actor.read_only:
            return ()
        if actor.kind in (ActorKind.CLIENT, ActorKind.REPORTER):
            return tuple(move for move in possible if move in _CLIENT_MOVES and actor.may(Permission.TICKET_CONFIRM))
        return tuple(move for move in possible if move in _PERMISSIONS and actor.may(_PERMISSIONS[move]))


def conditions_of(wanted: TicketFilter) -> Sequence[ColumnElement[bool]]:
    """A filter as conditions; every one of them can be found by an index under row-level security."""
    found: list[ColumnElement[bool]] = []
    if wanted.states:
        found.append(TicketRow.state.in_(wanted.states))
    elif wanted.open_only:
        found.append(TicketRow.state.in_(sorted(OPEN_STATES)))
    if wanted.priorities:
        found.append(TicketRow.priority.in_(wanted.priorities))
    if wanted.client_id is not None:
        found.append(TicketRow.client_id == wanted.client_id)
    if wanted.device_id is not None:
        found.append(TicketRow.device_id == wanted.device_id)
    if wanted.engineer_id is not None:
        found.append(TicketRow.engineer_id == wanted.engineer_id)
    if wanted.number:
        beginning = number_beginning(wanted.number)
        found.append(TicketRow.number.between(beginning, beginning + LAST_CHARACTER))
    if wanted.due_before is not None:
        found.append(TicketRow.due_at < wanted.due_before)
    if wanted.reported_from is not None:
        found.append(TicketRow.reported_at >= wanted.reported_from)
    if wanted.reported_to is not None:
        found.append(TicketRow.reported_at < wanted.reported_to)
    return found


def number_beginning(typed: str) -> str:
    """What was typed as the beginning of a ticket's number: half-width, upper case, with its prefix."""
    number = "".join(unicodedata.normalize("NFKC", typed).split()).upper()
    return f"{NUMBER_PREFIX}-{number}" if number[:1].isdigit() else number


def _summary(row: Row[*tuple[Any, ...]]) -> TicketSummary:
    return TicketSummary(*row)


def _public_line(event: TicketEvent) -> TimelineEntry:
    return TimelineEntry(
        id=event.id,
        occurred_at=event.occurred_at,
        kind=event.kind,
        state=event.state,
        actor_kind=event.actor_kind,
        actor_name=event.actor_name,
        text=event.text,
        details=event.details,
    )


def _internal_line(note: TicketNote) -> TimelineEntry:
    return TimelineEntry(
        id=note.id,
        occurred_at=note.occurred_at,
        kind=note.kind,
        state="",
        actor_kind=ActorKind.PROVIDER,
        actor_name=note.actor_name,
        text=note.text,
        details=note.details,
        internal=True,
    )


def visit_view(visit: Visit, engineer_name: str | None) -> VisitView:
    """A visit as people see it."""
    return VisitView(
        id=visit.id,
        ticket_id=visit.ticket_id,
        engineer_id=visit.engineer_id,
        engineer_name=engineer_name or "",
        mode=visit.mode,
        state=visit.state,
        scheduled_start=visit.scheduled_start,
        scheduled_end=visit.scheduled_end,
        accepted_at=visit.accepted_at,
        departed_at=visit.departed_at,
        arrived_at=visit.arrived_at,
        finished_at=visit.finished_at,
        work_minutes=visit.work_minutes,
        work_done=visit.work_done,
        cause=visit.cause,
        version=visit.version,
    )
