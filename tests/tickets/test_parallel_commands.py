"""Two people at one ticket in the same moment: one of them comes first, and nothing is lost or done twice."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.desk.tickets import (
    Assignment,
    Channel,
    DispatchService,
    MoveRefused,
    Reason,
    TicketCreate,
    TicketCreation,
    TicketMessage,
    TicketState,
    TriageService,
    VisitService,
)
from app.desk.tickets.errors import VisitEnded
from app.desk.tickets.lifecycle import OPEN_VISIT_STATES
from app.desk.tickets.models import Ticket, TicketEvent, Visit
from app.platform.kernel.actor import Actor
from app.platform.kernel.audit import AuditEntry
from app.platform.kernel.errors import DomainError
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork
from tests.factories.network import Network, PartnerCompany

Command = Callable[[UnitOfWork], Coroutine[Any, Any, Any]]


@dataclass
class Scene:
    """A partner with a ticket whose visit is planned."""

    runtime: Runtime
    partner: PartnerCompany
    engineers: tuple[Actor, Actor]
    ticket_id: UUID
    visit_id: UUID

    async def at_once(self, *commands: tuple[Actor, Command]) -> list[type[DomainError] | None]:
        """Run `commands` in the same moment, each in its own transaction; what each was refused with."""

        async def run(actor: Actor, command: Command) -> type[DomainError] | None:
            try:
                async with self.runtime.units_of_work.begin(actor) as work:
                    await command(work)
            except DomainError as error:
                return type(error)
            return None

        return list(await asyncio.gather(*(run(actor, command) for actor, command in commands)))

    async def ticket(self) -> Ticket:
        async with self.runtime.units_of_work.begin(self.partner.system) as work:
            found = await work.session.get_one(Ticket, (self.partner.id, self.ticket_id))
            work.session.expunge_all()
            return found

    async def count(self, column: Any, *where: Any) -> int:
        async with self.runtime.units_of_work.begin(self.partner.system) as work:
            return await work.session.scalar(select(func.count(column)).where(*where)) or 0


@pytest.fixture
async def scene(runtime: Runtime, network: Network) -> Scene:
    partner = await network.partner()
    await network.service_level(partner)
    client = await network.client(partner)
    engineers = (await network.engineer(partner), await network.engineer(partner, "王师傅"))
    async with runtime.units_of_work.begin(partner.dispatcher) as work:
        fault = TicketCreate(subject="开不了机", client_id=client.id)
        ticket_id = (await TicketCreation(work).create(fault, Channel.API)).id
    async with runtime.units_of_work.begin(partner.dispatcher) as work:
        visit_id = await DispatchService(work).assign(ticket_id, planned(runtime, engineers[0]))
    return Scene(runtime, partner, engineers, ticket_id, visit_id)


def planned(runtime: Runtime, engineer: Actor) -> Assignment:
    start = runtime.clock.now()
    assert engineer.membership_id
    return Assignment(engineer.membership_id, start + timedelta(hours=1), start + timedelta(hours=2))


async def test_a_visit_is_accepted_once(scene: Scene) -> None:
    def accept(work: UnitOfWork) -> Coroutine[Any, Any, Any]:
        return VisitService(work).accept(scene.visit_id)

    before = (await scene.ticket()).version
    refused = await scene.at_once((scene.engineers[0], accept), (scene.partner.dispatcher, accept))
    assert sorted(map(str, refused)) == sorted(map(str, [None, MoveRefused]))
    after = await scene.ticket()
    assert (after.state, after.version) == (TicketState.ACCEPTED, before + 1)
    accepted = (AuditEntry.record_id == scene.ticket_id, AuditEntry.action == "ticket.accepted")
    assert await scene.count(AuditEntry.id, *accepted) == 1


async def test_two_dispatchers_leave_one_open_visit(scene: Scene) -> None:
    def send(engineer: Actor) -> Command:
        return lambda work: DispatchService(work).assign(scene.ticket_id, planned(scene.runtime, engineer))

    before = (await scene.ticket()).version
    refused = await scene.at_once(*((scene.partner.dispatcher, send(engineer)) for engineer in scene.engineers))
    assert refused == [None, None]
    opened = (Visit.ticket_id == scene.ticket_id, Visit.state.in_(OPEN_VISIT_STATES))
    assert await scene.count(Visit.id, *opened) == 1
    assert (await scene.ticket()).version == before + 2


async def test_whoever_cancels_or_accepts_first_is_followed(scene: Scene) -> None:
    refused = await scene.at_once(
        (scene.partner.dispatcher, lambda work: TriageService(work).cancel(scene.ticket_id, Reason("不用修了"))),
        (scene.engineers[0], lambda work: VisitService(work).accept(scene.visit_id)),
    )
    # The cancellation is allowed before and after the acceptance; the acceptance only before.
    assert refused[0] is None
    assert refused[1] in (None, MoveRefused, VisitEnded)
    assert (await scene.ticket()).state == TicketState.CANCELLED
    opened = (Visit.ticket_id == scene.ticket_id, Visit.state.in_(OPEN_VISIT_STATES))
    assert await scene.count(Visit.id, *opened) == 0


async def test_words_said_in_the_same_moment_are_all_kept(scene: Scene) -> None:
    def say(number: int) -> Command:
        return lambda work: TriageService(work).reply(scene.ticket_id, TicketMessage(f"第{number}句"))

    before = (await scene.ticket()).version
    refused = await scene.at_once(*((scene.partner.dispatcher, say(number)) for number in range(8)))
    assert refused == [None] * 8
    assert (await scene.ticket()).version == before + 8
    said = (TicketEvent.ticket_id == scene.ticket_id, TicketEvent.kind == "reply")
    assert await scene.count(TicketEvent.id, *said) == 8
