"""Tickets by the number that another system gave them."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from app.history.models import HistoryTicket
from app.history.reading import normalised
from app.kernel.narrowing import Held, narrows
from app.kernel.work import UnitOfWork
from app.tickets import of_visible_ticket
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


@narrows(HistoryTicket)
def former_numbers(table: Any, held: Held) -> ColumnElement[bool]:
    """Staff who are held to some clients find by a former number only the tickets that they see."""
    return of_visible_ticket(table.ticket_id, table.client_id, held)
