"""Recognising repeated steps: the same step by the same actor again succeeds without an effect.

It happens after a lost answer, an offline phone or a double tap. A step that is possible now is a new one; one that is
refused is looked up in the audit log of this actor.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.desk.tickets.lifecycle import MOVE_ACTIONS, Move
from app.desk.tickets.models import Ticket, TicketEvent
from app.people.audit import spellings
from app.platform.kernel.audit import AuditEntry
from app.platform.kernel.unit_of_work import UnitOfWork


async def already_done(work: UnitOfWork, action: str, record_id: UUID, at: datetime | None) -> bool:
    """Whether the audit log has `action` of this actor on the record at exactly that time."""
    if at is None:
        return False
    actor = work.actor
    found = await work.session.scalar(
        select(AuditEntry.id)
        .where(
            AuditEntry.record_kind == action.split(".", 1)[0],
            AuditEntry.record_id == record_id,
            AuditEntry.action.in_(spellings(action)),
            AuditEntry.occurred_at == at,
            AuditEntry.membership_id.is_not_distinct_from(actor.membership_id),
            AuditEntry.reporter_id.is_not_distinct_from(actor.reporter_id),
        )
        .limit(1)
    )
    return found is not None


async def already_moved(work: UnitOfWork, ticket: Ticket, move: Move, *, text: str = "", reason: str = "") -> bool:
    """Whether the ticket is in its state because the actor made this move, with this text and reason.

    For moves of the ticket itself, which are not timed on a visit.
    """
    lines = await work.session.scalars(
        select(TicketEvent)
        .where(TicketEvent.ticket_id == ticket.id, TicketEvent.kind == "state")
        .order_by(TicketEvent.occurred_at.desc(), TicketEvent.id.desc())
        .limit(2)
    )
    newest = list(lines)
    if move is Move.CONFIRM and newest and newest[0].details.get("move") == Move.CLOSE:
        newest.pop(0)  # confirming closes too
    if not newest:
        return False
    line = newest[0]
    if (line.details.get("move"), line.text, line.details.get("reason", "")) != (move, text, reason):
        return False
    return await already_done(work, MOVE_ACTIONS[move], ticket.id, line.occurred_at)
