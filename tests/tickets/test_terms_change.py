"""A policy, a calendar or a client's assignment changes while tickets run: the effect is previewed, then it happens."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest
from sqlalchemy import func, select

from app.agreements.sla import (
    POLICY_TEMPLATES,
    AssignmentService,
    CalendarService,
    Impact,
    PolicyService,
    Priority,
    TargetKind,
    Urgency,
    schemas,
)
from app.agreements.sla.events import ClockBreached, TermsChanged
from app.agreements.sla.models import ClockRecord
from app.agreements.sla.policy import Promise, SlaPolicyDocument
from app.agreements.sla.services import ChangePreview, Outcome, PreviewService
from app.agreements.sla.vocabulary import MEASURED_TARGETS
from app.desk.tickets import Channel, TicketCreate, TicketCreation, Triage, TriageService, Waiting
from app.desk.tickets.decision import MET_ON_RESOLUTION
from app.desk.tickets.models import Ticket, TicketEvent
from app.desk.tickets.workflow.terms_change import AT_ONCE
from app.platform.kernel.outbox import OutboxEvent
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.promises import DateException, WaitReason, Window
from tests.conftest import START
from tests.factories.background import run_due_work
from tests.factories.network import ClientCompany, Network, PartnerCompany

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOUR = 3_600
LOW = Triage("hardware", "desktop", Impact.LOW, Urgency.LOW)


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=SHANGHAI)


@dataclass
class Scene:
    """A partner that serves everybody by its default: response 30 minutes, arrival 4 hours, resolution 24, 9 to 18."""

    runtime: Runtime
    clock: SettableClock
    network: Network
    partner: PartnerCompany
    client: ClientCompany
    tickets: list[UUID] = field(default_factory=list)

    async def report(self, client: ClientCompany | None = None) -> UUID:
        async with self.runtime.units_of_work.begin(self.partner.dispatcher) as work:
            fault = TicketCreate(subject="开不了机", client_id=(client or self.client).id)
            return (await TicketCreation(work).create(fault, Channel.HOT_LINE)).id

    async def act(self, step: Callable[[TriageService], Awaitable[None]]) -> None:
        async with self.runtime.units_of_work.begin(self.partner.dispatcher) as work:
            await step(TriageService(work))

    async def policy(self) -> schemas.PolicyView:
        async with self.runtime.units_of_work.begin(self.partner.owner) as work:
            return (await PolicyService(work).list())[0]

    async def promise(self, **seconds: int) -> ChangePreview:
        """Save the default policy with other times (0: promised no longer); returns the effect previewed before."""
        policy = await self.policy()
        document = with_times(policy.policy, seconds)
        change = schemas.PolicyUpdate(policy=document, version=policy.version)
        return await self.save(
            lambda work: PolicyService(work).update(policy.id, change), TermsChanged(policy_id=policy.id)
        )

    async def save(self, act: Callable[[UnitOfWork], Awaitable[object]], changed: TermsChanged) -> ChangePreview:
        async with self.runtime.units_of_work.dry_run(self.partner.owner) as work:
            await act(work)
            effect = await PreviewService(work).of(changed)
        async with self.runtime.units_of_work.begin(self.partner.owner) as work:
            await act(work)
        await run_due_work(self.runtime)
        return effect

    async def clocks(self, ticket_id: UUID) -> dict[str, ClockRecord]:
        async with self.runtime.units_of_work.begin(self.partner.system) as work:
            found = list(await work.session.scalars(select(ClockRecord).where(ClockRecord.ticket_id == ticket_id)))
            work.session.expunge_all()
            return {clock.kind: clock for clock in found}

    async def lines(self, ticket_id: UUID) -> int:
        async with self.runtime.units_of_work.begin(self.partner.system) as work:
            counted = select(func.count(TicketEvent.id)).where(
                TicketEvent.ticket_id == ticket_id, TicketEvent.kind == "terms"
            )
            return await work.session.scalar(counted) or 0


def with_times(policy: SlaPolicyDocument, seconds: dict[str, int]) -> SlaPolicyDocument:
    terms = []
    for each in policy.terms:
        kept = [promise for promise in each.promises if promise.kind.value not in seconds]
        changed = [Promise(TargetKind(kind), time) for kind, time in seconds.items() if time]
        terms.append(msgspec.structs.replace(each, promises=(*kept, *changed)))
    return msgspec.structs.replace(policy, terms=tuple(terms))


@pytest.fixture
async def scene(runtime: Runtime, clock: SettableClock, network: Network) -> Scene:
    clock.set(START)
    partner = await network.partner()
    await network.service_level(partner)
    return Scene(runtime, clock, network, partner, await network.client(partner))


def test_whatever_a_policy_may_promise_is_started_and_met_by_a_tickets_own_steps() -> None:
    """Teach a new kind of target to `ClockService.start` and to the step that keeps it before policies may name it."""
    policy = POLICY_TEMPLATES[0].policy
    allowed = {kind for kind in TargetKind if not with_times(policy, {kind.value: HOUR}).problems()}
    assert allowed == set(MEASURED_TARGETS) == set(MET_ON_RESOLUTION)


async def test_a_shorter_promise_is_measured_from_the_report_and_pauses_stay(scene: Scene) -> None:
    ticket_id = await scene.report()
    await scene.act(lambda service: service.triage(ticket_id, LOW))
    scene.clock.set(local("16 10:00"))
    await scene.act(lambda service: service.wait(ticket_id, Waiting(WaitReason.CLIENT)))
    scene.clock.set(local("16 11:00"))
    await scene.act(lambda service: service.resume(ticket_id))
    assert (await scene.clocks(ticket_id))["arrival"].due_at == local("16 16:00")
    effect = await scene.promise(arrival=2 * HOUR)
    move = next(each for each in effect.moves if each.kind is TargetKind.ARRIVAL)
    assert (move.outcome, move.due_before, move.due_after) == (
        Outcome.EARLIER,
        local("16 16:00"),
        local("16 14:00"),
    )
    clocks = await scene.clocks(ticket_id)
    assert clocks["arrival"].due_at == local("16 14:00")
    assert clocks["arrival"].counted_seconds == HOUR // 2


async def test_a_day_off_entered_today_moves_what_is_due_today(scene: Scene) -> None:
    ticket_id = await scene.report()
    async with scene.runtime.units_of_work.begin(scene.partner.owner) as work:
        calendar = (await CalendarService(work).list())[0]
    half_day = DateException(day=date(2026, 11, 16), windows=(Window("09:00", "12:00"),))
    change = schemas.CalendarUpdate(
        name=calendar.name,
        calendar=msgspec.structs.replace(calendar.calendar, exceptions=(half_day,)),
        version=calendar.version,
    )
    effect = await scene.save(
        lambda work: CalendarService(work).update(calendar.id, change), TermsChanged(calendar_id=calendar.id)
    )
    assert {move.outcome for move in effect.moves} == {Outcome.LATER}
    # Two and a half hours until noon, the rest of four from the next morning on.
    assert (await scene.clocks(ticket_id))["arrival"].due_at == local("17 10:30")
    assert await scene.lines(ticket_id) == 0  # the nearest promise, the answer within half an hour, stays where it was


async def test_hours_already_counted_are_counted_anew_by_the_new_calendar(scene: Scene) -> None:
    ticket_id = await scene.report()
    await scene.act(lambda service: service.triage(ticket_id, LOW))
    scene.clock.set(local("16 14:00"))
    await scene.act(lambda service: service.wait(ticket_id, Waiting(WaitReason.CLIENT)))
    scene.clock.set(local("16 15:00"))
    await scene.act(lambda service: service.resume(ticket_id))
    assert (await scene.clocks(ticket_id))["arrival"].counted_seconds == 3 * HOUR
    async with scene.runtime.units_of_work.begin(scene.partner.owner) as work:
        calendar = (await CalendarService(work).list())[0]
    morning_off = DateException(day=date(2026, 11, 16), windows=(Window("13:30", "18:00"),))
    change = schemas.CalendarUpdate(
        name=calendar.name,
        calendar=msgspec.structs.replace(calendar.calendar, exceptions=(morning_off,)),
        version=calendar.version,
    )
    await scene.save(
        lambda work: CalendarService(work).update(calendar.id, change), TermsChanged(calendar_id=calendar.id)
    )
    clock = (await scene.clocks(ticket_id))["arrival"]
    assert (clock.counted_seconds, clock.due_at) == (HOUR // 2, local("17 09:30"))
    # What was measured anew is what the next move starts from.
    scene.clock.set(local("16 16:00"))
    await scene.act(lambda service: service.wait(ticket_id, Waiting(WaitReason.CLIENT)))
    assert (await scene.clocks(ticket_id))["arrival"].counted_seconds == HOUR + HOUR // 2


async def test_a_target_used_up_by_the_new_terms_is_late_from_the_change_and_told_once(scene: Scene) -> None:
    ticket_id = await scene.report()
    scene.clock.set(local("16 10:15"))
    await scene.act(lambda service: service.triage(ticket_id, LOW))
    effect = await scene.promise(arrival=HOUR // 2)
    assert (effect.late, effect.moves[0].kind, effect.moves[0].outcome) == (1, TargetKind.ARRIVAL, Outcome.LATE)
    assert (await scene.clocks(ticket_id))["arrival"].breached_at == local("16 10:15")
    await scene.promise(arrival=4 * HOUR)
    assert (await scene.clocks(ticket_id))["arrival"].breached_at == local("16 10:15")  # a breach stays one
    async with scene.runtime.units_of_work.begin(scene.partner.system) as work:
        breaches = select(func.count(OutboxEvent.id)).where(
            OutboxEvent.topic == ClockBreached.topic,
            OutboxEvent.payload["ticket_id"].astext == str(ticket_id),
            OutboxEvent.payload["kind"].astext == "arrival",
        )
        assert await work.session.scalar(breaches) == 1


async def test_what_is_promised_no_longer_ends_and_begins_again_when_it_is(scene: Scene) -> None:
    ticket_id = await scene.report()
    effect = await scene.promise(arrival=0)
    assert [move.outcome for move in effect.moves] == [Outcome.ENDED]
    assert (await scene.clocks(ticket_id))["arrival"].state == "cancelled"
    scene.clock.set(local("16 10:00"))
    await scene.promise(arrival=2 * HOUR)
    assert (await scene.clocks(ticket_id))["arrival"].due_at == local("16 12:00")


async def test_a_new_priority_starts_what_the_old_one_did_not_promise(scene: Scene) -> None:
    policy = await scene.policy()
    without = msgspec.structs.replace(
        policy.policy.terms_of(Priority.P4), promises=(Promise(TargetKind.RESPONSE, HOUR),), escalation=()
    )
    document = msgspec.structs.replace(policy.policy, terms=(*policy.policy.terms[:3], without))
    change = schemas.PolicyUpdate(policy=document, version=policy.version)
    async with scene.runtime.units_of_work.begin(scene.partner.owner) as work:
        await PolicyService(work).update(policy.id, change)
    ticket_id = await scene.report()
    await scene.act(lambda service: service.triage(ticket_id, LOW))
    assert (await scene.clocks(ticket_id))["arrival"].state == "cancelled"
    scene.clock.set(local("16 10:00"))
    urgent = Triage("hardware", "desktop", Impact.HIGH, Urgency.HIGH)
    await scene.act(lambda service: service.triage(ticket_id, urgent))
    clocks = await scene.clocks(ticket_id)
    assert clocks["arrival"].due_at == local("16 15:30")  # while it was not promised nothing was used
    assert clocks["response"].state == "met"


async def test_only_the_client_whose_assignment_changed_moves(scene: Scene) -> None:
    other = await scene.network.client(scene.partner, "漳州水务")
    mine, theirs = await scene.report(), await scene.report(other)
    async with scene.runtime.units_of_work.begin(scene.partner.owner) as work:
        calendar = (await CalendarService(work).list())[0]
        document = with_times((await PolicyService(work).list())[0].policy, {"arrival": HOUR})
        document = msgspec.structs.replace(document, name="一小时到场")
        strict = await PolicyService(work).create(schemas.PolicyCreate(policy=document))
    update = schemas.AssignmentUpdate(policy_id=strict.id, calendar_id=calendar.id)
    effect = await scene.save(
        lambda work: AssignmentService(work).assign(scene.client.id, update), TermsChanged(client_id=scene.client.id)
    )
    assert {move.ticket_id for move in effect.moves} == {mine}
    assert (await scene.clocks(mine))["arrival"].due_at == local("16 10:30")
    assert (await scene.clocks(theirs))["arrival"].due_at == local("16 15:00")
    # The default changes: the client with terms of its own stays.
    effect = await scene.promise(arrival=2 * HOUR)
    assert {move.ticket_id for move in effect.moves} == {theirs}
    async with scene.runtime.units_of_work.begin(scene.partner.owner) as work:
        assignment = await AssignmentService(work).in_force(scene.client.id)
        assert assignment is not None
    await scene.save(
        lambda work: AssignmentService(work).remove(scene.client.id, assignment.version),
        TermsChanged(client_id=scene.client.id),
    )
    assert (await scene.clocks(mine))["arrival"].due_at == local("16 11:30")


async def test_more_tickets_than_one_transaction_takes_all_move(scene: Scene) -> None:
    for _ in range(AT_ONCE + 1):
        await scene.report()
    effect = await scene.promise(arrival=HOUR)
    async with scene.runtime.units_of_work.begin(scene.partner.system) as work:
        due = select(func.count(ClockRecord.id)).where(ClockRecord.kind == "arrival")
        assert await work.session.scalar(due.where(ClockRecord.due_at == local("16 10:30"))) == AT_ONCE + 1
        ticket_due = select(func.count(Ticket.id)).where(Ticket.due_at == local("16 10:00"))
        assert await work.session.scalar(ticket_due) == AT_ONCE + 1  # the answer within half an hour is nearer
    assert effect.moved == AT_ONCE + 1
    assert len(effect.moves) == 100


async def test_a_rehearsal_leaves_nothing(scene: Scene) -> None:
    await scene.report()
    policy = await scene.policy()
    change = schemas.PolicyUpdate(policy=with_times(policy.policy, {"arrival": HOUR}), version=policy.version)
    async with scene.runtime.units_of_work.dry_run(scene.partner.owner) as work:
        await PolicyService(work).update(policy.id, change)
        assert (await PreviewService(work).of(TermsChanged(policy_id=policy.id))).moved == 1
    assert await scene.policy() == policy
