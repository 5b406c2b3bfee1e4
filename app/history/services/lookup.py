"""Looking up tickets by their number in another system."""

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
"""Limit of tickets with the same number from different systems."""


async def tickets_called(work: UnitOfWork, number: str) -> list[UUID]:
    """Ids of tickets imported with exactly this number; spaces, case and character width are ignored."""
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
    """Row scope: staff restricted to some clients find only tickets that they see."""
    return of_visible_ticket(table.ticket_id, table.client_id, held)
