"""The head of a ticket's page, in which areas above draw the tabs that they have there."""

from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.desk.tickets.models import Ticket
from app.desk.tickets.visibility import visible_to
from app.platform.kernel.columns import columns_of
from app.platform.kernel.errors import NotFound
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.records import RecordHead
from rbac import Permission

BASE: Final = "/workspace/tickets"


class TicketHead(msgspec.Struct, frozen=True):
    """What every tab of a ticket knows of it."""

    id: UUID
    number: str
    subject: str
    client_id: UUID


async def ticket_record(work: UnitOfWork, ticket_id: UUID, tab: str) -> dict[str, Any]:
    """What a tab of a ticket's page draws: `record` for `record_page`, and `ticket`.

    Raises:
        Forbidden: without `ticket:read`.
        NotFound: no such ticket for this actor.
    """
    work.actor.require(Permission.TICKET_READ)
    row = (
        await work.session.execute(
            select(*columns_of(TicketHead, Ticket)).where(Ticket.id == ticket_id, *visible_to(work.actor))
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    ticket = TicketHead(*row)
    record = RecordHead(
        kind="ticket",
        id=ticket.id,
        title=ticket.subject,
        number=ticket.number,
        base=f"{BASE}/{ticket.id}",
        list_href=BASE,
        list_label=N_("服务单"),
        tab=tab,
    )
    return {"record": record, "ticket": ticket}
