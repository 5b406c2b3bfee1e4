"""Looking up tickets by their number in another system."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from app.data_exchange.ticket_import.log_file import normalise_number
from app.data_exchange.ticket_import.models import ImportedTicket
from app.desk.tickets import of_visible_ticket
from app.platform.kernel.row_scope import ScopedStaff, row_scope_of
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission

MOST = 8
"""Limit of tickets with the same number from different systems."""


async def tickets_by_former_number(work: UnitOfWork, number: str) -> list[UUID]:
    """Ids of tickets imported with exactly this number; spaces, case and character width are ignored."""
    work.actor.require(Permission.TICKET_READ)
    key = normalise_number(number.replace("\0", ""))[:80]
    if not key:
        return []
    found = await work.session.scalars(
        select(ImportedTicket.ticket_id).where(ImportedTicket.number_key == key).order_by(ImportedTicket.id).limit(MOST)
    )
    return list(found)


@row_scope_of(ImportedTicket)
def former_numbers(table: Any, staff: ScopedStaff) -> ColumnElement[bool]:
    """Row scope: staff restricted to some clients find only tickets that they see."""
    return of_visible_ticket(table.ticket_id, table.client_id, staff)
