"""Priority and targets by impact and urgency, shown while a ticket is classified (T2, S2)."""

from uuid import UUID

import msgspec
from sqlalchemy import select

from app.agreements.sla import (
    Priority,
    PriorityRule,
    ServiceTerms,
    TargetKind,
    TimeBasis,
    terms_in_force,
    terms_of_versions,
)
from app.assets.clients.models import Client
from app.desk.tickets.models import Ticket
from app.desk.tickets.visibility import visible_to
from app.platform.kernel.errors import NotFound
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission


class PromisedTime(msgspec.Struct, frozen=True):
    """One target of a priority; `seconds` of service hours where `service_hours`, else of elapsed time."""

    kind: TargetKind
    seconds: int
    service_hours: bool


class PriorityPromise(msgspec.Struct, frozen=True):
    """The targets of one priority."""

    priority: Priority
    times: list[PromisedTime]


class PriorityMatrix(msgspec.Struct, frozen=True):
    """The policy's matrix (nine cells) with the targets of each priority."""

    cells: list[PriorityRule]
    promises: list[PriorityPromise]


class PriorityMatrixService:
    """Reads the policy in force for a client now, or the version of a ticket."""

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work

    async def for_client(self, client_id: UUID) -> PriorityMatrix:
        """
        Raises:
            NotFound: no such client for this actor.
            NoServiceTerms: the client has no service level.
        """
        self.work.actor.require(Permission.TICKET_READ)
        if await self.work.session.scalar(select(Client.id).where(Client.id == client_id)) is None:
            raise NotFound
        return _matrix(await terms_in_force(self.work.session, self.work.tenant_id, client_id))

    async def for_ticket(self, ticket_id: UUID) -> PriorityMatrix:
        """By the versions that the ticket was made under.

        Raises:
            NotFound: no such ticket for this actor.
            NoServiceTerms: the ticket was made without a service level.
        """
        self.work.actor.require(Permission.TICKET_READ)
        statement = select(Ticket.client_id, Ticket.policy_version_id, Ticket.calendar_version_id).where(
            Ticket.id == ticket_id, *visible_to(self.work.actor)
        )
        row = (await self.work.session.execute(statement)).first()
        if row is None:
            raise NotFound
        client_id, policy, calendar = row
        if policy is None or calendar is None:
            return _matrix(await terms_in_force(self.work.session, self.work.tenant_id, client_id))
        return _matrix(await terms_of_versions(self.work.session, policy, calendar))


def _matrix(terms: ServiceTerms) -> PriorityMatrix:
    return PriorityMatrix(
        cells=list(terms.policy.matrix),
        promises=[
            PriorityPromise(
                priority,
                [
                    PromisedTime(promise.kind, promise.seconds, promise.basis is TimeBasis.BUSINESS)
                    for promise in terms.policy.terms_of(priority).promises
                ],
            )
            for priority in Priority
        ],
    )
