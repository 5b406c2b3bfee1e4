"""What a ticket and its visits should be after each command, and the people who give them."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from app.agreements.sla.models import ClockInterval, ClockRecord
from app.desk.tickets import Move, TicketState, VisitState, steps
from app.desk.tickets.decision import apply
from app.desk.tickets.lifecycle import MOVE_ACTIONS, RULES
from app.desk.tickets.models import Ticket, TicketEvent, TicketNote, Visit
from app.desk.tickets.steps import Changes, TicketFacts, VisitFacts
from app.desk.tickets.workflow.workflow import facts_of, visit_facts_of
from app.platform.kernel.actor import Actor
from app.platform.kernel.audit import AuditEntry
from app.platform.kernel.outbox import OutboxEvent
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from tests.factories.network import Network

VISIT_STEPS: dict[Move, Callable[[datetime, UUID], steps.Step]] = {
    Move.ACCEPT: lambda at, visit_id: steps.Accept(at=at, visit_id=visit_id),
    Move.DECLINE: lambda at, visit_id: steps.Decline(at=at, visit_id=visit_id, reason="有事"),
    Move.DEPART: lambda at, visit_id: steps.Depart(at=at, visit_id=visit_id),
    Move.ARRIVE: lambda at, visit_id: steps.Arrive(at=at, visit_id=visit_id),
    Move.CONNECT: lambda at, visit_id: steps.Connect(at=at, visit_id=visit_id),
    Move.RESOLVE: lambda at, visit_id: steps.Resolve(at=at, visit_id=visit_id, work_done="换了电源"),
}
KEPT_IN = {
    Move.ACCEPT: "accepted_at",
    Move.DEPART: "departed_at",
    Move.ARRIVE: "arrived_at",
    Move.CONNECT: "arrived_at",
    Move.RESOLVE: "finished_at",
}
"""Where a visit keeps when a step was taken."""
PEOPLE = ("dispatcher", "engineer", "colleague", "contact", "reporter")


@dataclass
class Scene:
    """One partner's people; every run of the machine makes a ticket of its own among them."""

    runtime: Runtime
    clock: SettableClock
    people: dict[str, Actor]
    device_id: UUID
    loop: asyncio.AbstractEventLoop

    @classmethod
    async def made(cls, runtime: Runtime, network: Network, clock: SettableClock) -> "Scene":
        partner = await network.partner()
        await network.service_level(partner)
        client = await network.client(partner)
        device_id, reporter = await network.device(client)
        people = {
            "dispatcher": partner.dispatcher,
            "engineer": await network.engineer(partner),
            "colleague": await network.engineer(partner, "王师傅"),
            "contact": client.contact,
            "reporter": reporter,
        }
        return cls(runtime, clock, people, device_id, asyncio.get_running_loop())

    @property
    def system(self) -> Actor:
        return Actor.system(self.people["dispatcher"].tenant_id)

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Do `work` on the test's loop; the machine runs in a thread beside it."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()


class RepeatedStep(Exception):
    """This very person has taken this very step: it is answered as the first time and changes nothing."""


class Taken(NamedTuple):
    """One move of the ticket, by whom, when and with which words."""

    move: Move
    who: str
    at: datetime
    words: tuple[str, str] = ("", "")


@dataclass
class Model:
    """What must be true: the ticket as a value, changed by the pure function alone."""

    ticket: TicketFacts = field(default_factory=TicketFacts)
    version: int = 1
    audited: list[str] = field(default_factory=list)
    lines: list[tuple[str, str]] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)

    @property
    def state(self) -> TicketState:
        return self.ticket.state

    @property
    def visits(self) -> dict[UUID, VisitFacts]:
        return {visit.id: visit for visit in self.ticket.visits}

    def take(self, step: steps.Step, who: str, words: tuple[str, str] = ("", "")) -> None:
        """Raises the refusal."""
        decided = apply(self.ticket, step)
        if not isinstance(decided, Changes):
            raise decided
        self.ticket = decided.ticket
        for moved in decided.moves:
            assert moved.before in RULES[moved.move].starts
            assert moved.after in RULES[moved.move].ends
            self.taken.append(Taken(moved.move, who, step.at, words))
            self.version += 1
            self.audited.append(MOVE_ACTIONS[moved.move])
            self.lines.append(("state", moved.after))

    def stands_by(self, step: Taken) -> bool:
        """Whether the ticket stands where it stands because of this step; confirming closes as well."""
        closed = bool(self.taken) and self.taken[-1].move is Move.CLOSE
        newest = self.taken[-2:-1] if step.move is Move.CONFIRM and closed else self.taken[-1:]
        return [(each.move, each.who, each.words) for each in newest] == [(step.move, step.who, step.words)]

    def took(self, visit_id: UUID, step: Taken, written: str) -> bool:
        """Whether this person took this step on this visit."""
        if step.move is Move.DECLINE:
            declined = any((each.move, each.who) == (step.move, step.who) for each in self.taken)
            return declined and self.visits[visit_id].state == VisitState.DECLINED
        visit = self.visits[visit_id]
        at = getattr(visit, KEPT_IN[step.move])
        if step.move is Move.RESOLVE and visit.work_done != written:
            return False
        return any((each.move, each.who, each.at) == (step.move, step.who, at) for each in self.taken)

    def line(self, kind: str) -> None:
        self.version += 1
        self.lines.append((kind, ""))


async def kept_of(scene: Scene, ticket_id: UUID) -> dict[str, Any]:
    """Everything that the database keeps of the ticket."""
    async with scene.runtime.units_of_work.begin(scene.system) as work:
        session, of = work.session, ticket_id
        ticket = await session.get_one(Ticket, (work.tenant_id, of))
        lines = select(TicketEvent.id, TicketEvent.kind, TicketEvent.state).where(TicketEvent.ticket_id == of)
        notes = select(TicketNote.id, TicketNote.kind, TicketNote.text).where(TicketNote.ticket_id == of)
        audit = select(AuditEntry.action, AuditEntry.id).where(
            AuditEntry.record_id == of, AuditEntry.action.startswith("ticket.")
        )
        visits = await session.scalars(select(Visit).where(Visit.ticket_id == of).order_by(Visit.id))
        clocks = select(ClockRecord).where(ClockRecord.ticket_id == of).order_by(ClockRecord.id)
        records = list(await session.scalars(clocks))
        intervals = select(func.count(ClockInterval.id)).where(
            ClockInterval.clock_id.in_([record.id for record in records])
        )
        return {
            "state": ticket.state,
            "version": ticket.version,
            "due_at": ticket.due_at,
            "wait_reason": ticket.wait_reason,
            "ticket": facts_of(ticket, ()),
            "lines": [tuple(row) for row in await session.execute(lines.order_by(TicketEvent.id))],
            "notes": [tuple(row) for row in await session.execute(notes.order_by(TicketNote.id))],
            "audit": [tuple(row) for row in await session.execute(audit.order_by(AuditEntry.id))],
            "visits": [visit_facts_of(visit) for visit in visits],
            "clocks": [(record.kind, record.state, record.priority, record.counted_seconds) for record in records],
            "dues": [record.due_at for record in records],
            "intervals": await session.scalar(intervals),
            "events": await session.scalar(select(func.count(OutboxEvent.id))),
        }
