"""What tickets tell the other areas. Ids and states, never content."""

from typing import ClassVar
from uuid import UUID

from app.kernel.outbox import DueKind, Event


class TicketReported(Event, frozen=True, kw_only=True):
    """A ticket was made."""

    topic: ClassVar[str] = "ticket.reported"
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
    """The line of the timeline that tells of it."""


class TicketChanged(Event, frozen=True, kw_only=True):
    """Something else about a ticket changed that people look at: a reply, a note, a file, a rating, the priority."""

    topic: ClassVar[str] = "ticket.changed"
    ticket_id: UUID
    client_id: UUID
    reporter_id: UUID | None
    what: str
    line_id: UUID | None = None
    """The public line of the timeline that tells of it, where there is one."""


class ReportSigned(Event, frozen=True, kw_only=True):
    """The client has signed an edition of a service report."""

    topic: ClassVar[str] = "ticket.report_signed"
    report_id: UUID
    visit_id: UUID
    ticket_id: UUID
    client_id: UUID
    reporter_id: UUID | None


class TicketsReplayed(Event, frozen=True, kw_only=True):
    """Past tickets were written as they once went, some hundred at a time; nobody is to be told of them."""

    topic: ClassVar[str] = "ticket.replayed"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_LONG
    ticket_ids: tuple[UUID, ...]
