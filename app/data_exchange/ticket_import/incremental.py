"""Incremental import: a longer log of an imported ticket is appended to it, existing entries are not changed.

The whole timeline is computed again; its beginning must equal the stored rows. Later entries, visits, clocks and
intervals are added; the ticket, its open visit and its clocks are updated.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import delete, func, select, update

from app.agreements.sla.models import ClockInterval, ClockRecord, Escalation
from app.data_exchange.ticket_import.errors import ImportConflict, ModifiedSinceImport
from app.data_exchange.ticket_import.models import ImportedTicket
from app.desk.surveys import replay_answers
from app.desk.tickets import TicketState
from app.desk.tickets.models import Ticket, TicketEvent, TicketNote, Visit
from app.desk.tickets.replay import ReplayedTicket, TicketRows, TicketTimeline
from app.platform.kernel.outbox import DueEntry
from app.platform.kernel.performance import RowValues, insert_rows
from app.platform.kernel.unit_of_work import UnitOfWork

_KEPT_COLUMNS: Final = frozenset({"id", "number", "follow_token", "client_id", "reporter_id", "ticket_id"})
_TICKET_COLUMNS: Final = (
    "state",
    "wait_reason",
    "service_category",
    "product_category",
    "impact",
    "urgency",
    "priority",
    "engineer_id",
    "due_at",
    "resolved_at",
    "closed_at",
    "confirmed_by",
    "reopened",
    "rating",
    "updated_at",
    "version",
)


class Extension(msgspec.Struct, frozen=True):
    """Additions to one ticket."""

    known: ImportedTicket
    ticket: Ticket
    timeline: TicketTimeline
    rows: TicketRows
    lines: int
    notes: int
    visits: list[UUID | None]
    """For each computed visit the id of the existing one; None for what is new."""
    clocks: dict[str, UUID]
    """Kind → id of the existing clock."""
    intervals: Counter[UUID]
    steps: set[tuple[UUID, str]]

    async def write(self, work: UnitOfWork, taken: RowValues) -> None:
        """Write the additions, in the transaction in which they were planned."""
        session, rows = work.session, self.rows
        await insert_rows(session, TicketEvent, [self._with_ids(row) for row in rows.events[self.lines :]])
        await insert_rows(session, TicketNote, [self._with_ids(row) for row in rows.notes[self.notes :]])
        matched = list(zip(self.visits, rows.visits, strict=True))
        for visit_id, row in matched:
            if visit_id is not None:
                await _update(work, Visit, visit_id, row)
        await insert_rows(session, Visit, [self._with_ids(row) for visit_id, row in matched if visit_id is None])
        ids = {row["id"]: self.clocks[row["kind"]] for row in rows.clocks}
        for row in rows.clocks:
            await _update(work, ClockRecord, ids[row["id"]], row)
        intervals = [{**self._with_ids(row), "clock_id": ids[row["clock_id"]]} for row in rows.intervals]
        await insert_rows(
            session, ClockInterval, [row for row in intervals if row["sequence"] >= self.intervals[row["clock_id"]]]
        )
        steps = [{**self._with_ids(row), "clock_id": ids[row["clock_id"]]} for row in rows.escalations]
        await insert_rows(
            session, Escalation, [row for row in steps if (row["clock_id"], row["step"]) not in self.steps]
        )
        await session.execute(delete(DueEntry).where(DueEntry.subject_id.in_([*ids.values(), self.ticket.id])))
        await insert_rows(
            session,
            DueEntry,
            [{**row, "subject_id": ids.get(row["subject_id"], self.ticket.id)} for row in rows.due],
        )
        if self.ticket.rating is None and rows.ticket["rating"] is not None:
            await replay_answers(work, [ReplayedTicket(self.ticket.id, self.ticket.number, self.timeline)])
        for name in _TICKET_COLUMNS:
            setattr(self.ticket, name, rows.ticket[name])
        self.known.taken, self.known.ticket_version = taken, rows.ticket["version"]
        work.audit("ticket.history_extended", "ticket", self.ticket.id, lines=len(rows.events) - self.lines)
        await session.flush()

    def _with_ids(self, row: RowValues) -> RowValues:
        """The row with the ids of the existing ticket."""
        ring = {"ticket_id": self.ticket.id, "client_id": self.ticket.client_id, "reporter_id": self.ticket.reporter_id}
        return {name: ring.get(name, value) for name, value in row.items()}


class ExistingTicket(msgspec.Struct, frozen=True):
    """What exists of an imported ticket."""

    last_line: UUID | None
    """Id of the ticket's last timeline entry, public or internal; new entries are sorted after it."""
    cancelled_at: datetime | None


async def read_existing(work: UnitOfWork, ticket_id: UUID) -> ExistingTicket:
    """The last timeline entry and the cancellation of an imported ticket."""
    session = work.session
    cancelled = select(Ticket.closed_at).where(Ticket.id == ticket_id, Ticket.state == TicketState.CANCELLED)
    lines = [
        await session.scalar(
            select(model.id)
            .where(model.ticket_id == ticket_id)
            .order_by(model.occurred_at.desc(), model.id.desc())
            .limit(1)
        )
        for model in (TicketEvent, TicketNote)
    ]
    last = max((line for line in lines if line is not None), default=None)
    return ExistingTicket(last, await session.scalar(cancelled))


async def plan_extension(
    work: UnitOfWork, known: ImportedTicket, timeline: TicketTimeline, rows: TicketRows
) -> Extension:
    """
    Raises:
        ModifiedSinceImport: the ticket was changed here since.
        ImportConflict: the timeline does not begin with the stored rows.
    """
    session, ticket_id = work.session, known.ticket_id
    ticket = await session.get(Ticket, (work.tenant_id, ticket_id), with_for_update=True)
    if ticket is None or ticket.version != known.ticket_version:
        raise ModifiedSinceImport
    lines = await _lines(work, TicketEvent, ticket_id)
    notes = await _lines(work, TicketNote, ticket_id)
    if not (_begins_with(rows.events, lines) and _begins_with(rows.notes, notes)):
        raise ImportConflict
    stored = await session.execute(
        select(Visit.id, Visit.engineer_id, Visit.scheduled_end).where(Visit.ticket_id == ticket_id).order_by(Visit.id)
    )
    visits = _matched(rows.visits, stored.all())
    found = await session.execute(select(ClockRecord.kind, ClockRecord.id).where(ClockRecord.ticket_id == ticket_id))
    clocks = {row.kind: row.id for row in found}
    if visits is None or set(clocks) != {row["kind"] for row in rows.clocks}:
        raise ImportConflict
    counted = await session.execute(
        select(ClockInterval.clock_id, func.count(ClockInterval.id))
        .where(ClockInterval.clock_id.in_(clocks.values()))
        .group_by(ClockInterval.clock_id)
    )
    steps = await session.execute(select(Escalation.clock_id, Escalation.step).where(Escalation.ticket_id == ticket_id))
    return Extension(
        known=known,
        ticket=ticket,
        timeline=timeline,
        rows=rows,
        lines=len(lines),
        notes=len(notes),
        visits=visits,
        clocks=clocks,
        intervals=Counter({row[0]: row[1] for row in counted}),
        steps={(row.clock_id, row.step) for row in steps},
    )


def _matched(rows: Sequence[RowValues], stored: Sequence[Any]) -> list[UUID | None] | None:
    """For each computed visit the id of the stored one of the same engineer and time; None if a stored one has none.
    Older imports kept no record of work from the desk, and none of engineers who were unknown."""
    waiting, matched = list(stored), []
    for row in rows:
        here = waiting[0] if waiting else None
        same = here is not None and (here.engineer_id, here.scheduled_end) == (row["engineer_id"], row["scheduled_end"])
        matched.append(waiting.pop(0).id if same else None)
    return None if waiting else matched


async def _lines(work: UnitOfWork, model: type[TicketEvent] | type[TicketNote], ticket_id: UUID) -> Sequence[Any]:
    found = await work.session.execute(
        select(model.occurred_at, model.kind, model.text)
        .where(model.ticket_id == ticket_id)
        .order_by(model.occurred_at, model.id)
    )
    return found.all()


def _begins_with(rows: Sequence[RowValues], lines: Sequence[Any]) -> bool:
    computed = [(row["occurred_at"], row["kind"], row["text"]) for row in rows[: len(lines)]]
    return computed == [tuple(line) for line in lines]


async def _update(work: UnitOfWork, model: type[Visit] | type[ClockRecord], id_: UUID, row: RowValues) -> None:
    await work.session.execute(
        update(model)
        .where(model.id == id_)
        .values({name: value for name, value in row.items() if name not in _KEPT_COLUMNS})
        .execution_options(synchronize_session=False)
    )
