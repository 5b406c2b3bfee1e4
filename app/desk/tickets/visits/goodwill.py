"""Whether work may be billed, which the areas above say before it is finished, and what is done for nothing instead.

An area names its question in its `area.py` (`billable_work`); the desk asks all of them and knows none.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable
from functools import cache
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.desk.tickets.errors import WorkNotBillable
from app.desk.tickets.models import GoodwillWork, Ticket
from app.platform.kernel.areas import declared
from app.platform.kernel.texts import Text
from app.platform.kernel.unit_of_work import UnitOfWork

Question = Callable[[UnitOfWork, UUID], Awaitable[str | None]]
"""What is missing before a ticket's work may be finished as billable, as a source text; None: nothing."""


@cache
def _questions() -> tuple[Question, ...]:
    return tuple(declared("billable_work"))


async def missing_for_billing(work: UnitOfWork, ticket_id: UUID) -> str | None:
    """What the ticket's work still needs before it may be finished as billable: the first answer, a source text."""
    for question in _questions():
        missing = await question(work, ticket_id)
        if missing is not None:
            return missing
    return None


async def require_billable(work: UnitOfWork, ticket_id: UUID) -> None:
    """
    Raises:
        WorkNotBillable: something is missing; finished as goodwill, with a reason, it needs nothing.
    """
    missing = await missing_for_billing(work, ticket_id)
    if missing is not None:
        raise WorkNotBillable(missing=Text(missing), fields={"goodwill_reason": WorkNotBillable.field_text})


def write_goodwill(work: UnitOfWork, ticket: Ticket, visit_ids: Iterable[UUID], reason: str) -> None:
    """Write down that these finished visits are not charged, and why."""
    for visit_id in visit_ids:
        work.session.add(
            GoodwillWork(
                tenant_id=ticket.tenant_id,
                id=work.new_id(),
                client_id=ticket.client_id,
                ticket_id=ticket.id,
                visit_id=visit_id,
                reason=reason,
                granted_by=work.actor.membership_id,
                granted_by_name=work.actor.display_name,
                granted_at=work.now,
            )
        )
        work.audit("visit.goodwill_granted", "visit", visit_id)


async def goodwill_of(session: AsyncSession, visit_ids: Collection[UUID]) -> dict[UUID, str]:
    """Those of these visits that are not charged, each with its reason; all others are billable."""
    rows = await session.execute(
        select(GoodwillWork.visit_id, GoodwillWork.reason).where(GoodwillWork.visit_id.in_(visit_ids))
    )
    return {row.visit_id: row.reason for row in rows}
