"""Tickets by the number that another system gave them."""

from uuid import UUID

from sqlalchemy import select

from app.history.models import HistoryTicket
from app.history.reading import normalised
from app.kernel.work import UnitOfWork
from rbac import Permission

MOST = 8
"""Systems that may have used the same number."""


async def tickets_called(work: UnitOfWork, number: str) -> list[UUID]:
    """The tickets that came with this number, whole; spaces, case and width do not matter."""
    work.actor.require(Permission.TICKET_READ)
    key = normalised(number.replace("\0", ""))[:80]
    if not key:
        return []
    found = await work.session.scalars(
        select(HistoryTicket.ticket_id).where(HistoryTicket.number_key == key).order_by(HistoryTicket.id).limit(MOST)
    )
    return list(found)
