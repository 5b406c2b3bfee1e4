"""Events of the tickets area: ids and states, never content."""

from typing import ClassVar
from uuid import UUID

from app.platform.kernel.outbox import DueKind, Event


class TicketReported(Event, frozen=True, kw_only=True):
    """A ticket was made."""

    topic: ClassVar[str] = "ticket.created"
    ticket_id: UUID
    client_id: UUID
    reporter_id: UUID | None
    priority: str
    channel: str


class TicketMoved(Event, frozen=True, kw_only=True):
    """A ticket went from one state to another; `move` says how."""

    topic: ClassVar[str] = "ticket.moved"
    ticket_id: UUID
    client_id: UUID
    reporter_id: UUID | None
    engineer_id: UUID | None
    move: str
    before: str
    after: str
    line_id: UUID | None = None
    """Id of the timeline entry."""


class TicketChanged(Event, frozen=True, kw_only=True):
    """A ticket changed without a move: a reply, a note, a file, a rating, the priority; `what` says which."""

    topic: ClassVar[str] = "ticket.changed"
    ticket_id: UUID
    client_id: UUID
    reporter_id: UUID | None
    what: str
    line_id: UUID | None = None
    """Id of the public timeline entry, where there is one."""


class VisitFinished(Event, frozen=True, kw_only=True):
    """Work at a visit has ended; `outcome` is resolved or unresolved. Work from the desk has no engineer: then
    `performed_by` is the member who did it."""

    topic: ClassVar[str] = "visit.finished"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_FIGURES
    visit_id: UUID
    ticket_id: UUID
    client_id: UUID
    reporter_id: UUID | None
    engineer_id: UUID | None
    performed_by: UUID | None
    outcome: str


class ReportSigned(Event, frozen=True, kw_only=True):
    """The client has signed an edition of a service report."""

    topic: ClassVar[str] = "service_report.signed"
    report_id: UUID
    visit_id: UUID
    ticket_id: UUID
    client_id: UUID
    reporter_id: UUID | None


class TicketsReplayed(Event, frozen=True, kw_only=True):
    """Past tickets were written in bulk, at most 500 in one event; nobody is notified of them."""

    topic: ClassVar[str] = "ticket.imported"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_LONG
    ticket_ids: tuple[UUID, ...]
