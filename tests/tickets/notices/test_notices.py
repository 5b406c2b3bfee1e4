"""Whoever has to do something next hears of it, in the bell or by e-mail, once; nobody hears what is no news."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.agreements.sla import Impact, Urgency
from app.assets.clients.models import Employee, Site
from app.desk.tickets import (
    Assignment,
    Channel,
    ConfirmationService,
    ConfirmedBy,
    DispatchService,
    Reason,
    Resolution,
    TicketCreate,
    TicketCreation,
    TicketMessage,
    TriageService,
    Unassignment,
    VisitService,
)
from app.desk.tickets.models import Ticket
from app.desk.tickets.service_reports.schemas import ReportSigning
from app.desk.tickets.service_reports.service import ServiceReportService
from app.platform.files import file_store_of
from app.platform.kernel.actor import Actor
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.platform.notifications.models import Delivery, Notification
from tests.conftest import START
from tests.factories.background import run_due_work
from tests.factories.network import ClientCompany, Network, PartnerCompany
from tests.factories.signature import strokes


@dataclass
class Scene:
    """A partner, a client, and the hands that work on a ticket."""

    runtime: Runtime
    partner: PartnerCompany
    client: ClientCompany
    engineer: Actor
    device_id: UUID
    reporter: Actor

    async def report(self, channel: Channel = Channel.EMPLOYEE, impact: Impact = Impact.LOW) -> UUID:
        async with self.runtime.units_of_work.begin(self.reporter) as work:
            fault = TicketCreate(subject="开不了机", device_id=self.device_id, impact=impact, urgency=Urgency.HIGH)
            return (await TicketCreation(work).create(fault, channel)).id

    async def assign(self, ticket_id: UUID) -> UUID:
        assert self.engineer.membership_id
        async with self.runtime.units_of_work.begin(self.partner.dispatcher) as work:
            return await DispatchService(work).assign(
                ticket_id,
                Assignment(self.engineer.membership_id, START + timedelta(hours=1), START + timedelta(hours=2)),
            )

    async def reply(self, ticket_id: UUID, actor: Actor) -> None:
        async with self.runtime.units_of_work.begin(actor) as work:
            await TriageService(work).reply(ticket_id, TicketMessage("请先打电话"))

    async def resolve(self, visit_id: UUID) -> None:
        async with self.runtime.units_of_work.begin(self.engineer) as work:
            visits = VisitService(work)
            await visits.accept(visit_id)
            await visits.arrive(visit_id)
            await visits.resolve(visit_id, Resolution("更换内存条", "接触不良", 20))

    async def bell(self, actor: Actor, beginning: str) -> list[Notification]:
        """The member's lines whose reference begins so, after everything due has happened."""
        await run_due_work(self.runtime)
        async with self.runtime.units_of_work.begin(self.partner.system) as work:
            found = await work.session.scalars(
                select(Notification)
                .where(Notification.membership_id == actor.membership_id, Notification.reference.startswith(beginning))
                .order_by(Notification.id)
            )
            return list(found)

    async def letters(self, beginning: str) -> list[Delivery]:
        await run_due_work(self.runtime)
        async with self.runtime.units_of_work.begin(self.partner.system) as work:
            found = await work.session.scalars(select(Delivery).where(Delivery.reference.startswith(beginning)))
            return list(found)

    async def ticket(self, ticket_id: UUID) -> Ticket:
        async with self.runtime.units_of_work.begin(self.partner.system) as work:
            return (await work.session.scalars(select(Ticket).where(Ticket.id == ticket_id))).one()


@pytest.fixture
async def scene(runtime: Runtime, clock: SettableClock, network: Network) -> Scene:
    clock.set(START)
    partner = await network.partner()
    await network.service_level(partner)
    client = await network.client(partner)
    device_id, reporter = await network.device(client)
    async with runtime.units_of_work.begin(partner.system) as work:
        await work.session.execute(
            update(Employee).where(Employee.client_id == client.id).values(email="lijing@client.example")
        )
        await work.session.execute(update(Site).where(Site.id == client.site_id).values(address="湖滨东路 1 号"))
    return Scene(runtime, partner, client, await network.engineer(partner), device_id, reporter)


async def test_dispatchers_find_a_new_report_in_the_bell_only(scene: Scene) -> None:
    ticket_id = await scene.report()
    (line,) = await scene.bell(scene.partner.dispatcher, "reported:")
    assert "开不了机" in line.text
    assert line.link == f"/workspace/tickets/{ticket_id}"
    assert await scene.letters("reported:") == []
    assert await scene.bell(scene.partner.owner, "reported:") == []


async def test_the_highest_priority_reaches_the_managers_by_e_mail_too(scene: Scene, network: Network) -> None:
    manager = await network.member(scene.partner.id, "周经理", ["service_manager"])
    await scene.report(impact=Impact.HIGH)
    assert len(await scene.bell(scene.partner.dispatcher, "reported:")) == 1
    (urgent,) = await scene.bell(manager, "reported:")
    assert urgent.severity == "urgent"
    assert len(await scene.letters("reported:")) == 1


async def test_what_the_hot_line_logged_is_no_news_to_it(scene: Scene) -> None:
    await scene.report(Channel.HOT_LINE)
    assert await scene.bell(scene.partner.dispatcher, "reported:") == []


async def test_the_owner_of_a_company_without_dispatchers_dispatches(scene: Scene, network: Network) -> None:
    await network.suspend(scene.partner.dispatcher)
    await scene.report()
    assert len(await scene.bell(scene.partner.owner, "reported:")) == 1


async def test_the_engineer_learns_where_to_go_and_when(scene: Scene) -> None:
    visit_id = await scene.assign(await scene.report())
    (line,) = await scene.bell(scene.engineer, "assigned:")
    assert line.link == f"/field/visits/{visit_id}"
    for words in (scene.client.name, "总部大楼 湖滨东路 1 号", "11-16 10:30–11:30", "开不了机"):
        assert words in line.text
    (message,) = await scene.letters("assigned:")
    assert f"{scene.runtime.settings.public_url}/field/visits/{visit_id}" in message.text


async def test_an_engineer_who_was_replaced_at_once_is_not_sent_out(scene: Scene, network: Network) -> None:
    first = scene.engineer
    ticket_id = await scene.report()
    await scene.assign(ticket_id)
    scene.engineer = await network.engineer(scene.partner, "陈师傅")
    await scene.assign(ticket_id)
    assert await scene.bell(first, "assigned:") == []
    assert len(await scene.bell(scene.engineer, "assigned:")) == 1


async def test_a_decline_goes_back_to_the_dispatchers(scene: Scene) -> None:
    visit_id = await scene.assign(await scene.report())
    async with scene.runtime.units_of_work.begin(scene.engineer) as work:
        await VisitService(work).decline(visit_id, Reason("走不开"))
    (line,) = await scene.bell(scene.partner.dispatcher, "declined:")
    assert scene.engineer.display_name in line.text
    assert "走不开" not in line.text


async def test_an_engineer_whose_visit_is_called_off_is_told_not_to_go(scene: Scene) -> None:
    ticket_id = await scene.report()
    await scene.assign(ticket_id)
    async with scene.runtime.units_of_work.begin(scene.partner.dispatcher) as work:
        await DispatchService(work).unassign(ticket_id, Unassignment(reason="客户说好了"))
    (line,) = await scene.bell(scene.engineer, "unassigned:")
    assert "不用去了" in line.text
    assert "客户说好了" not in line.text
    assert await scene.bell(scene.engineer, "assigned:") == [], (
        "nobody is sent to what was called off before they heard"
    )


async def test_a_reply_reaches_the_other_side(scene: Scene) -> None:
    ticket_id = await scene.report()
    visit_id = await scene.assign(ticket_id)
    await scene.reply(ticket_id, scene.reporter)
    (to_engineer,) = await scene.bell(scene.engineer, "reply:")
    (to_dispatcher,) = await scene.bell(scene.partner.dispatcher, "reply:")
    assert (to_engineer.link, to_dispatcher.link) == (f"/field/visits/{visit_id}", f"/workspace/tickets/{ticket_id}")
    assert await scene.bell(scene.client.contact, "reply:") == []

    await scene.reply(ticket_id, scene.partner.dispatcher)
    (to_client,) = await scene.bell(scene.client.contact, "reply:")
    assert to_client.link == f"/portal/tickets/{ticket_id}"
    assert len(await scene.bell(scene.engineer, "reply:")) == 1
    assert await scene.letters("reply:") == []


async def test_the_employee_gets_a_letter_with_the_follow_link_and_the_contacts_a_line(scene: Scene) -> None:
    ticket_id = await scene.report()
    await scene.resolve(await scene.assign(ticket_id))
    (line,) = await scene.bell(scene.client.contact, "resolved:")
    assert line.link == f"/portal/tickets/{ticket_id}"
    (message,) = await scene.letters("resolved:")
    token = (await scene.ticket(ticket_id)).follow_token
    assert message.address == "lijing@client.example"
    assert f"{scene.runtime.settings.public_url}/r/follow/{scene.partner.slug}/{token}" in message.text


async def test_reminders_are_told_and_a_confirmed_ticket_is_left_alone(scene: Scene, clock: SettableClock) -> None:
    ticket_id = await scene.report()
    await scene.resolve(await scene.assign(ticket_id))
    await run_due_work(scene.runtime)
    clock.advance(timedelta(days=1))
    assert len(await scene.letters("resolved:")) == 2

    confirmed = await scene.report()
    await scene.resolve(await scene.assign(confirmed))
    async with scene.runtime.units_of_work.begin(scene.reporter) as work:
        await ConfirmationService(work).confirm(confirmed, ConfirmedBy.REPORTER)
    assert len(await scene.letters("resolved:")) == 2


async def test_client_administrators_get_the_signed_report(scene: Scene) -> None:
    ticket_id = await scene.report()
    visit_id = await scene.assign(ticket_id)
    await scene.resolve(visit_id)
    async with scene.runtime.units_of_work.begin(scene.engineer) as work:
        reports = ServiceReportService(work, file_store_of(scene.runtime))
        report = await reports.generate(visit_id)
        await reports.sign(visit_id, ReportSigning("李静", report.content_hash, strokes(), client_confirms=True))
    (line,) = await scene.bell(scene.client.contact, "service_report:")
    assert report.number in line.text
    (message,) = await scene.letters("service_report:")
    assert f"{scene.runtime.settings.public_url}/portal/tickets/{ticket_id}" in message.text


async def test_old_events_tell_nobody(scene: Scene, clock: SettableClock) -> None:
    clock.set(START - timedelta(days=3))
    await scene.assign(await scene.report())
    clock.set(START)
    assert await scene.bell(scene.partner.dispatcher, "reported:") == []
    assert await scene.letters("assigned:") == []
