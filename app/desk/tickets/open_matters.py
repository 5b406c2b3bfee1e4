"""What of tickets has to end before a client's company is forgotten."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, func, select

from app.desk.tickets.lifecycle import TicketState
from app.desk.tickets.models import Ticket
from app.platform.kernel.client_company import OpenMatter
from app.platform.kernel.texts import N_
from rbac import Permission


def _tickets(client_id: UUID, _: datetime) -> Select[Any]:
    return select(func.count(Ticket.id)).where(
        Ticket.client_id == client_id, Ticket.state.not_in((TicketState.CLOSED, TicketState.CANCELLED))
    )


TICKETS: Final = OpenMatter(
    tables=("ticket",),
    label=N_("没有关闭的服务单"),
    count=_tickets,
    href="/workspace/tickets?client={client}",
    permission=Permission.TICKET_READ,
)
