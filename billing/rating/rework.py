"""Work on a ticket that was opened again is not charged, unless somebody decides so and says why."""

from uuid import UUID

from sqlalchemy import select

from app.platform.kernel.errors import NotFound
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.rating.errors import NotRework
from billing.rating.held_records import ToHold, hold_records
from billing.rating.models import RatedRecord
from billing.rating.outcomes import Outcome
from billing.rating.permissions import RatingPermission
from billing.rating.schemas import MarkReason
from billing.rating.ticket_rating import rate_tickets
from billing.rating.vocabulary import SourceKind


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
