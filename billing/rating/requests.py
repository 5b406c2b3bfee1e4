"""What the company's people do about charges of a ticket: have it rated again, have rework charged after all."""

from uuid import UUID

from sqlalchemy import select

from app.desk.tickets.models import Ticket
from app.platform.kernel.errors import NotFound
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.rating.charging import Charged
from billing.rating.errors import NotRework
from billing.rating.held_records import ToHold, hold_records
from billing.rating.models import RatedRecord
from billing.rating.outcomes import Outcome
from billing.rating.permissions import RatingPermission
from billing.rating.schemas import MarkReason
from billing.rating.ticket_rating import rate_tickets
from billing.rating.vocabulary import SourceKind


async def rate_again(work: UnitOfWork, ticket_id: UUID) -> Charged:
    """Look at a ticket's work again: a price, a quote or an answer about its coverage may have come since. What has
    not changed stays as it is.

    Raises:
        Forbidden: without `charge:write`.
        NotFound: no such ticket for this actor.
    """
    work.actor.require(RatingPermission.CHARGE_WRITE)
    if await work.session.scalar(select(Ticket.id).where(Ticket.id == ticket_id)) is None:
        raise NotFound
    work.audit("charge.rating_requested", "ticket", ticket_id)
    return await rate_tickets(work, [ticket_id])


async def charge_rework(work: UnitOfWork, record_id: UUID, wanted: MarkReason) -> UUID:
    """Charge a visit like any other although it was rework; the ticket's id.

    Raises:
        Forbidden: without `charge:write`.
        NotFound: no such visit was rated for this actor.
        NotRework: something else is the reason why it was not charged.
    """
    work.actor.require(RatingPermission.CHARGE_WRITE)
    found = await work.session.scalar(
        select(RatedRecord).where(RatedRecord.id == record_id, RatedRecord.source_kind == SourceKind.VISIT)
    )
    if found is None or found.ticket_id is None:
        raise NotFound
    ticket = ToHold(SourceKind.TICKET, found.ticket_id, found.client_id, found.day, found.ticket_id)
    held = await hold_records(work, [ticket], Outcome.CHARGED)
    await work.session.refresh(found)
    if found.outcome != Outcome.REWORK:
        raise NotRework
    found.charged_because, found.facts = wanted.reason, ""
    held[SourceKind.TICKET, found.ticket_id].facts = ""
    await work.session.flush()
    work.audit("charge.rework_requested", "visit", found.source_id)
    await rate_tickets(work, [found.ticket_id])
    return found.ticket_id
