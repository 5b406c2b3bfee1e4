"""A ticket's public state by its follow-up link: nothing personal, no PIN (I4)."""

from datetime import datetime

import msgspec
from sqlalchemy import and_, select

from app.agreements.sla import TargetKind
from app.agreements.sla.models import ClockRecord
from app.assets.clients.models import Client
from app.desk.engineers.models import Engineer
from app.desk.intake import normalisation, repository
from app.desk.tickets import TicketState
from app.desk.tickets.models import Ticket
from app.platform.kernel.actor import Actor
from app.platform.kernel.errors import NotFound
from app.platform.kernel.unit_of_work import UnitOfWorkFactory


class PublicState(msgspec.Struct, frozen=True):
    """Public state of a ticket. `arrival_due_at` is UTC, null when no arrival is due."""

    number: str
    state: TicketState
    engineer_name: str | None
    arrival_due_at: datetime | None
    time_zone: str


class FollowService:
    """Looks tickets up by tenant slug and unguessable token."""

    def __init__(self, units_of_work: UnitOfWorkFactory) -> None:
        self._units_of_work = units_of_work

    async def state(self, tenant_slug: str, follow_token: str) -> PublicState:
        """
        Raises:
            NotFound: no such address or token.
        """
        async with self._units_of_work.begin(Actor.visitor()) as work:
            tenant_id = await repository.tenant_by_slug(work.session, normalisation.address_part(tenant_slug))
        if tenant_id is None:
            raise NotFound
        statement = (
            select(
                Ticket.number, Ticket.state, Engineer.display_name, ClockRecord.due_at.label("due_at"), Client.time_zone
            )
            .join(Client, and_(Client.tenant_id == Ticket.tenant_id, Client.id == Ticket.client_id))
            .outerjoin(Engineer, and_(Engineer.tenant_id == Ticket.tenant_id, Engineer.id == Ticket.engineer_id))
            .outerjoin(
                ClockRecord,
                and_(
                    ClockRecord.tenant_id == Ticket.tenant_id,
                    ClockRecord.ticket_id == Ticket.id,
                    ClockRecord.kind == TargetKind.ARRIVAL,
                ),
            )
            .where(Ticket.follow_token == normalisation.token(follow_token))
        )
        async with self._units_of_work.begin(Actor.system(tenant_id)) as work:
            row = (await work.session.execute(statement)).first()
        if row is None:
            raise NotFound
        return PublicState(row.number, TicketState(row.state), row.display_name, row.due_at, row.time_zone)
