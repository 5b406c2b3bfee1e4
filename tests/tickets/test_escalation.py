"""A promised time that runs out reaches the right people once, however often, late or twice anybody looks (S4)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import func, select

from app.agreements.sla import EscalationContactService, EscalationStep, Impact, SlaPolicyDocument, Urgency
from app.agreements.sla.clock_service import ClockService, check_clocks
from app.agreements.sla.events import StepReached
from app.agreements.sla.models import ClockRecord, SlaPolicyVersion
from app.agreements.sla.vocabulary import EscalationChannel
from app.desk.tickets import (
    Assignment,
    Channel,
    DispatchService,
    TicketCreate,
    TicketCreation,
    TicketQueries,
    Triage,
    TriageService,
    VisitService,
    Waiting,
)
from app.platform.kernel.actor import Actor
from app.platform.kernel.outbox import DueEntry, OutboxEvent
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from app.platform.notifications.models import Delivery, Notification
from app.platform.promises import WaitReason
from tests.conftest import START
from tests.factories.background import deliver_event, run_due_work
from tests.factories.network import ClientCompany, Network, PartnerCompany

MORNING = START.replace(hour=1, minute=0)
"""9.00 in Xiamen: service hours run until 12.00, and from 13.30 on."""
STEP_CONSUMER = "tickets.notify_people_of_step"


@dataclass
class Scene:
    """A partner with people on every level, a client, and the hands that work on a ticket."""

    runtime: Runtime
    clock: SettableClock
    partner: PartnerCompany
    client: ClientCompany
    manager: Actor
    engineer: Actor
    device_id: UUID
    reporter: Actor

    @property
    def units_of_work(self) -> UnitOfWorkFactory:
        return self.runtime.units_of_work

    async def report(self, impact: Impact = Impact.LOW, urgency: Urgency = Urgency.MEDIUM) -> UUID:
        async with self.units_of_work.begin(self.reporter) as work:
            fault = TicketCreate(subject="开不了机", device_id=self.device_id, impact=impact, urgency=urgency)
            return (await TicketCreation(work).create(fault, Channel.EMPLOYEE)).id

    async def triage(self, ticket_id: UUID, impact: Impact, urgency: Urgency) -> None:
        async with self.units_of_work.begin(self.partner.dispatcher) as work:
            await TriageService(work).triage(ticket_id, Triage("hardware", "desktop", impact, urgency))

    async def assign(self, ticket_id: UUID) -> UUID:
        assert self.engineer.membership_id
        async with self.units_of_work.begin(self.partner.dispatcher) as work:
            start = self.clock.now() + timedelta(hours=1)
            return await DispatchService(work).assign(
                ticket_id, Assignment(self.engineer.membership_id, start, start + timedelta(hours=1))
            )

    async def arrive(self, visit_id: UUID) -> None:
        async with self.units_of_work.begin(self.engineer) as work:
            await VisitService(work).accept(visit_id)
            await VisitService(work).arrive(visit_id)

    async def wait(self, ticket_id: UUID, reason: WaitReason) -> None:
        async with self.units_of_work.begin(self.partner.dispatcher) as work:
            await TriageService(work).wait(ticket_id, Waiting(reason))

    async def resume(self, ticket_id: UUID) -> None:
        async with self.units_of_work.begin(self.partner.dispatcher) as work:
            await TriageService(work).resume(ticket_id)

    async def at(self, moment: datetime) -> None:
        """Let time pass until `moment` and everything that is due happen."""
        self.clock.set(moment)
        await run_due_work(self.runtime)

    async def notified(self, kind: str) -> Counter[tuple[UUID, str]]:
        """Who was told which step of the `kind` promise, as often as the bell holds it."""
        async with self.units_of_work.begin(self.partner.system) as work:
            clocks = set(await work.session.scalars(select(ClockRecord.id).where(ClockRecord.kind == kind)))
            rows = await work.session.execute(
                select(Notification.membership_id, Notification.reference).where(
                    Notification.reference.startswith("escalation:")
                )
            )
        return Counter(
            (member, step)
            for member, reference in rows
            for _, clock_id, step in [reference.split(":")]
            if UUID(clock_id) in clocks
        )

    async def notices(self) -> list[Notification]:
        async with self.units_of_work.begin(self.partner.system) as work:
            return list(await work.session.scalars(select(Notification).order_by(Notification.id)))

    async def letters(self) -> list[Delivery]:
        async with self.units_of_work.begin(self.partner.system) as work:
            return list(await work.session.scalars(select(Delivery).order_by(Delivery.id)))

    async def breached_at(self, ticket_id: UUID, kind: str) -> datetime | None:
        async with self.units_of_work.begin(self.partner.system) as work:
            found: datetime | None = await work.session.scalar(
                select(ClockRecord.breached_at).where(ClockRecord.ticket_id == ticket_id, ClockRecord.kind == kind)
            )
            return found

    async def steps(self) -> list[tuple[UUID, StepReached]]:
        """The events that told of steps, with their ids."""
        async with self.units_of_work.begin(self.partner.system) as work:
            rows = await work.session.execute(
                select(OutboxEvent.id, OutboxEvent.payload).where(OutboxEvent.topic == StepReached.topic)
            )
            return [(row[0], msgspec.convert(row[1], StepReached)) for row in rows]

    async def change_policy(self, *escalation: EscalationStep) -> None:
        """From now on every priority has this ladder. Versions never change; the test's runs before any ticket."""
        async with self.units_of_work.begin(self.partner.system) as work:
            version = (await work.session.scalars(select(SlaPolicyVersion))).one()
            policy = msgspec.convert(version.document, SlaPolicyDocument)
            terms = tuple(msgspec.structs.replace(each, escalation=escalation) for each in policy.terms)
            version.document = msgspec.to_builtins(msgspec.structs.replace(policy, terms=terms))


def member(actor: Actor) -> UUID:
    assert actor.membership_id
    return actor.membership_id


@pytest.fixture
async def scene(runtime: Runtime, clock: SettableClock, network: Network) -> Scene:
    clock.set(MORNING)
    partner = await network.partner()
    await network.service_level(partner)
    client = await network.client(partner)
    device_id, reporter = await network.device(client)
    manager = await network.member(partner.id, "周经理", ["service_manager"])
    return Scene(runtime, clock, partner, client, manager, await network.engineer(partner), device_id, reporter)


def after(minutes: float) -> datetime:
    return MORNING + timedelta(minutes=minutes)


async def test_half_three_quarters_and_all_of_a_response_reach_the_three_levels_once_each(scene: Scene) -> None:
    await scene.report(Impact.HIGH, Urgency.HIGH)
    dispatcher, manager, owner = member(scene.partner.dispatcher), member(scene.manager), member(scene.partner.owner)

    await scene.at(after(15) - timedelta(seconds=1))
    assert await scene.notified("response") == {}
    await scene.at(after(15))
    assert await scene.notified("response") == {(dispatcher, "50%/1"): 1}
    await scene.at(after(22.5))
    assert await scene.notified("response") == {(dispatcher, "50%/1"): 1, (manager, "75%/2"): 1}
    await scene.at(after(30))
    everybody = {(dispatcher, "50%/1"): 1, (manager, "75%/2"): 1, (owner, "100%/3"): 1}
    assert await scene.notified("response") == everybody
    await scene.at(after(29) + timedelta(hours=1))
    assert await scene.notified("response") == everybody


async def test_arrival_and_resolution_are_watched_too_and_the_assigned_engineer_hears_of_the_first_level(
    scene: Scene,
) -> None:
    ticket_id = await scene.report(Impact.HIGH, Urgency.HIGH)
    visit_id = await scene.assign(ticket_id)
    dispatcher, engineer = member(scene.partner.dispatcher), member(scene.engineer)

    await scene.at(after(120))
    assert await scene.notified("arrival") == {(dispatcher, "50%/1"): 1, (engineer, "50%/1"): 1}
    (for_engineer,) = [each for each in await scene.notices() if each.membership_id == engineer and "到场" in each.text]
    assert for_engineer.link == f"/field/visits/{visit_id}"
    await scene.arrive(visit_id)
    await scene.at(after(240 + 90))
    assert await scene.notified("arrival") == {(dispatcher, "50%/1"): 1, (engineer, "50%/1"): 1}
    assert await scene.notified("response") == {}
    assert await scene.notified("resolution") == {(dispatcher, "50%/1"): 1, (engineer, "50%/1"): 1}


async def test_a_late_sweep_tells_everything_that_was_missed_once_and_says_how_late_it_is(scene: Scene) -> None:
    ticket_id = await scene.report(Impact.HIGH, Urgency.HIGH)
    await scene.at(after(95))
    dispatcher, manager, owner = member(scene.partner.dispatcher), member(scene.manager), member(scene.partner.owner)
    assert await scene.notified("response") == {
        (dispatcher, "50%/1"): 1,
        (manager, "75%/2"): 1,
        (owner, "100%/3"): 1,
    }
    (notice,) = [each for each in await scene.notices() if each.membership_id == owner and "响应" in each.text]
    assert "已超时 1 小时 5 分" in notice.text
    assert scene.client.name in notice.text
    assert (notice.link, notice.severity) == (f"/workspace/tickets/{ticket_id}", "urgent")
    assert await scene.breached_at(ticket_id, "response") == after(30) + timedelta(seconds=1)


async def test_elapsed_equal_to_the_target_is_in_time(scene: Scene) -> None:
    ticket_id = await scene.report(Impact.HIGH, Urgency.HIGH)
    await scene.at(after(30))
    assert await scene.breached_at(ticket_id, "response") is None
    await scene.at(after(30) + timedelta(seconds=1))
    assert await scene.breached_at(ticket_id, "response") == after(30) + timedelta(seconds=1)


async def test_two_sweeps_and_a_second_delivery_of_the_event_tell_nobody_again(scene: Scene) -> None:
    ticket_id = await scene.report(Impact.HIGH, Urgency.HIGH)
    await scene.at(after(15))
    notified, letters = await scene.notified("response"), len(await scene.letters())
    async with scene.units_of_work.begin(scene.partner.system) as work:
        clock_ids: Sequence[UUID] = (
            await work.session.scalars(select(ClockRecord.id).where(ClockRecord.ticket_id == ticket_id))
        ).all()
    for _ in range(2):
        await check_clocks(scene.runtime, scene.partner.id, clock_ids)
    ((event_id, event),) = await scene.steps()
    assert not await deliver_event(scene.runtime, scene.partner.id, event_id, STEP_CONSUMER)
    async with scene.units_of_work.begin(scene.partner.system) as work:
        work.publish(event)
    await run_due_work(scene.runtime)
    assert await scene.notified("response") == notified
    assert len(await scene.letters()) == letters


async def test_each_step_is_mailed_with_number_client_promise_share_and_link(scene: Scene) -> None:
    ticket_id = await scene.report(Impact.MEDIUM, Urgency.MEDIUM)
    await scene.at(after(15))
    async with scene.units_of_work.begin(scene.partner.dispatcher) as work:
        ticket = await TicketQueries(work).ticket(ticket_id)
    (message,) = [each for each in await scene.letters() if each.reference.startswith("escalation:")]
    assert message.subject == f"{ticket.number} {scene.client.name}：响应时限已用 50%，还剩 15 分钟"
    assert f"{scene.runtime.settings.public_url}/workspace/tickets/{ticket_id}" in message.text
    assert message.state == "mailbox"


async def test_the_timeline_shows_an_escalation_to_staff_and_to_nobody_else(scene: Scene) -> None:
    ticket_id = await scene.report(Impact.HIGH, Urgency.HIGH)
    await scene.at(after(15))
    async with scene.units_of_work.begin(scene.partner.dispatcher) as work:
        (line,) = [each for each in (await TicketQueries(work).ticket(ticket_id)).timeline if each.internal]
    assert line.kind == "escalated"
    assert line.details == {"level": 1, "promise": "response", "step": "50%/1"}
    assert "还剩 15 分钟" in line.text
    for inner in (scene.client.contact, scene.reporter):
        async with scene.units_of_work.begin(inner) as work:
            kinds = {each.kind for each in (await TicketQueries(work).ticket(ticket_id)).timeline}
        assert kinds == {"reported"}


async def test_waiting_for_the_client_holds_the_steps_back_until_work_goes_on(scene: Scene) -> None:
    ticket_id = await scene.report(Impact.HIGH, Urgency.HIGH)
    await scene.assign(ticket_id)
    await scene.at(after(60))
    await scene.wait(ticket_id, WaitReason.CLIENT)
    await scene.at(after(24 * 60))
    assert await scene.notified("arrival") == {}
    assert await scene.notified("resolution") == {}
    await scene.resume(ticket_id)
    await scene.at(after(24 * 60 + 60))
    assert {step for _, step in await scene.notified("arrival")} == {"50%/1"}


async def test_a_policy_may_have_steps_that_waiting_does_not_hold_back(scene: Scene) -> None:
    in_app = (EscalationChannel.IN_APP,)
    await scene.change_policy(
        EscalationStep(level=2, channels=in_app, at_percent=50, while_waiting=True),
        EscalationStep(level=3, channels=in_app, at_percent=75),
    )
    ticket_id = await scene.report(Impact.HIGH, Urgency.HIGH)
    await scene.assign(ticket_id)
    await scene.at(after(60))
    await scene.wait(ticket_id, WaitReason.CLIENT)
    await scene.at(after(24 * 60))
    assert await scene.notified("arrival") == {(member(scene.manager), "50%/2"): 1}
    assert [each for each in await scene.letters() if each.reference.startswith("escalation:")] == []


async def test_a_higher_priority_does_not_tell_the_same_step_again(scene: Scene) -> None:
    ticket_id = await scene.report(Impact.LOW, Urgency.LOW)
    await scene.assign(ticket_id)
    await scene.at(after(120))
    dispatcher, engineer = member(scene.partner.dispatcher), member(scene.engineer)
    before = {(dispatcher, "50%/1"): 1, (engineer, "50%/1"): 1}
    assert await scene.notified("arrival") == before
    await scene.triage(ticket_id, Impact.HIGH, Urgency.HIGH)
    await run_due_work(scene.runtime)
    assert await scene.notified("arrival") == before
    await scene.at(after(180 + 90))
    assert await scene.notified("arrival") == {**before, (member(scene.manager), "75%/2"): 1}


async def test_a_promise_kept_before_the_news_is_told_is_no_news(scene: Scene) -> None:
    ticket_id = await scene.report(Impact.HIGH, Urgency.HIGH)
    scene.clock.set(after(15))
    async with scene.units_of_work.begin(scene.partner.system) as work:
        due = await work.session.scalars(select(DueEntry.subject_id).where(DueEntry.kind == "sla_threshold"))
        await ClockService(work).check(due.all())
    await scene.triage(ticket_id, Impact.HIGH, Urgency.HIGH)
    await run_due_work(scene.runtime)
    assert await scene.notified("response") == {}


async def test_contacts_of_a_level_take_the_place_of_its_roles(scene: Scene, network: Network) -> None:
    expert = await network.member(scene.partner.id, "吴工", ["engineer"])
    gone = await network.member(scene.partner.id, "前任", ["engineer"])
    async with scene.units_of_work.begin(scene.partner.owner) as work:
        await EscalationContactService(work).write(1, [member(expert)])
        await EscalationContactService(work).write(2, [member(gone)])
    await network.suspend(gone)
    await scene.report(Impact.HIGH, Urgency.HIGH)
    await scene.at(after(25))
    assert await scene.notified("response") == {
        (member(expert), "50%/1"): 1,
        (member(scene.manager), "75%/2"): 1,
    }


async def test_one_partners_escalations_stay_in_that_partner(scene: Scene, network: Network) -> None:
    other = await network.partner("广州优服信息科技有限公司")
    await network.service_level(other)
    await scene.report(Impact.HIGH, Urgency.HIGH)
    await scene.at(after(40))
    assert await scene.notified("response")
    for tenant in (other.system, Actor.system(network.administrator.tenant_id)):
        async with scene.units_of_work.begin(tenant) as work:
            assert await work.session.scalar(select(func.count(Notification.id))) == 0
            subjects = set(await work.session.scalars(select(Delivery.reference)))
        assert not any(each.startswith("escalation:") for each in subjects)
