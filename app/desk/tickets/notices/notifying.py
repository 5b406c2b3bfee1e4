"""Sending notices of ticket events: recipients are looked up here, texts are made in the module of notices.

Every notice has a unique `reference`: a second delivery of an event, or the same escalation after a change of priority,
notifies nobody again. Notices to members are in the source language, because an account's language is not known here.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec

from app.agreements.sla import EscalationChannel, Priority, StepReached
from app.desk.tickets.events import ReportSigned, TicketChanged, TicketMoved, TicketReported
from app.desk.tickets.lifecycle import Move, TicketState
from app.desk.tickets.models import TicketNote
from app.desk.tickets.notices import texts as notices
from app.desk.tickets.notices.records import NoticeRecords
from app.desk.tickets.workflow.creation import Channel as ReportChannel
from app.people.identity import Recipient, in_roles
from app.platform.background import ReceivedEvent
from app.platform.kernel.actor import ActorKind
from app.platform.kernel.live_updates import Change
from app.platform.kernel.texts import N_, SOURCE_LANGUAGE, translator
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.notifications import (
    AddressedNotice,
    ChannelName,
    EmailAction,
    MemberRecipient,
    Notice,
    OutgoingMessage,
    email_content,
    notify_all,
    send_all,
)
from app.platform.promises import Clock, NoticeSubject, still_matters, threshold_notice

ENGINEER_LEVEL: Final = 1
"""The escalation level that notifies the assigned engineer too."""

_DISPATCHING: Final = (("dispatcher",), ("team_leader",), ("service_manager",), ("partner_owner",))
_MANAGING: Final = (("service_manager",), ("partner_owner",))
_CLIENT_IT: Final = ("client_administrator", "client_contact")
_CLIENT_ADMINISTRATORS: Final = (("client_administrator",), ("client_contact",))
_CLIENT_SIDE: Final = frozenset({ActorKind.CLIENT, ActorKind.REPORTER})


class TicketNotifier:
    """Sends notices in one unit of work of the platform: records are looked up together, notices and e-mails are sent
    together. `public_url` is the beginning of the links in e-mails."""

    def __init__(self, work: UnitOfWork, public_url: str) -> None:
        self.work = work
        self.public_url = public_url.rstrip("/")
        self._records = NoticeRecords(work)
        self._notices: list[AddressedNotice] = []
        self._letters: list[OutgoingMessage] = []

    async def notify(self, events: Sequence[ReceivedEvent]) -> None:
        """Handle the events in the order of their time."""
        await self._records.look_up(events)
        for event in sorted(events, key=lambda each: (each.occurred_at, each.id)):
            await self._handle(event)
        await notify_all(self.work, self._notices, public_url=self.public_url)
        await send_all(self.work, self._letters)

    async def _handle(self, event: ReceivedEvent) -> None:
        match event.topic:
            case StepReached.topic:
                await self.step_reached(msgspec.convert(event.payload, StepReached))
            case TicketReported.topic:
                await self.reported(msgspec.convert(event.payload, TicketReported).ticket_id)
            case TicketMoved.topic:
                await self.moved(event.id, msgspec.convert(event.payload, TicketMoved))
            case TicketChanged.topic:
                await self.changed(event.id, msgspec.convert(event.payload, TicketChanged))
            case ReportSigned.topic:
                signed = msgspec.convert(event.payload, ReportSigned)
                await self.report_signed(signed.report_id, signed.ticket_id)

    async def moved(self, event_id: UUID, event: TicketMoved) -> None:
        """Notify the engineer, the dispatchers or the client, by the kind of move."""
        if event.move == Move.RESOLVE:
            await self.resolved(event.ticket_id, event_id)
        elif event.move == Move.DECLINE and event.line_id is not None:
            await self.declined(event.ticket_id, event_id, event.line_id)
        elif event.move == Move.UNASSIGN and event.engineer_id is not None:
            await self.unassigned(event.ticket_id, event_id, event.engineer_id)
        elif event.move == Move.ASSIGN and event.engineer_id is not None:
            await self.assigned(event.ticket_id, event.engineer_id)

    async def changed(self, event_id: UUID, event: TicketChanged) -> None:
        """Notify the other side of a reply, or remind the client of a resolution."""
        if event.what == "reminder":
            await self.resolved(event.ticket_id, event_id)
        elif event.what == "reply" and event.line_id is not None:
            await self.answered(event.ticket_id, event_id, event.line_id)

    async def step_reached(self, event: StepReached) -> None:
        """Notify the level's people, at the first level the assigned engineer too, and add an internal note (S4)."""
        ticket = self._records.ticket(event.ticket_id)
        clock = self._records.clock(event.clock_id)
        if ticket is None or clock is None or not still_matters(clock):
            return
        notice = self._of_step(event, clock, ticket, ticket.workspace_link)
        self._note_escalation(ticket, event, notice)
        by_email = EscalationChannel.EMAIL in event.channels
        if event.level == ENGINEER_LEVEL and ticket.engineer_id is not None:
            link = self._link_of_engineer(ticket, ticket.engineer_id)
            for_engineer = self._of_step(event, clock, ticket, link)
            self._notify(await self._records.members({ticket.engineer_id}), for_engineer, by_email=by_email)
        self._notify(await self._records.level(event.level), notice, by_email=by_email)

    def _of_step(self, event: StepReached, clock: Clock, ticket: notices.NoticeSubject, link: str) -> Notice:
        subject = NoticeSubject(ticket.number, ticket.client_name, link)
        return threshold_notice(subject, event.kind, clock, self.work.now, f"escalation:{event.clock_id}:{event.step}")

    def _note_escalation(self, ticket: notices.NoticeSubject, event: StepReached, notice: Notice) -> None:
        self.work.session.add(
            TicketNote(
                tenant_id=self.work.tenant_id,
                id=self.work.new_id(),
                client_id=ticket.client_id,
                ticket_id=ticket.id,
                occurred_at=self.work.now,
                kind="escalated",
                actor_name=self.work.actor.display_name,
                membership_id=None,
                text=translator(SOURCE_LANGUAGE)(notice.text, **notice.parameters),
                details={"level": event.level, "promise": event.kind, "step": event.step},
            )
        )
        engineers = () if ticket.engineer_id is None else (ticket.engineer_id,)
        self.work.announce(
            Change(kind="ticket", id=ticket.id, client_id=ticket.client_id, staff_only=True, engineers=engineers)
        )

    async def reported(self, ticket_id: UUID) -> None:
        """Notify dispatchers in the bell; of a P1 the managers by e-mail too.

        Dispatchers are not notified of what the hot-line logged itself.
        """
        ticket = self._records.ticket(ticket_id)
        if ticket is None:
            return
        people, notice = await self._records.people(), notices.reported(ticket)
        if ticket.priority == Priority.P1:
            self._notify(_first(people, _MANAGING), notice, by_email=True)
        if ticket.channel != ReportChannel.HOT_LINE:
            self._notify(_first(people, _DISPATCHING), notice)

    async def assigned(self, ticket_id: UUID, engineer_id: UUID) -> None:
        """Notify the engineer of the visit, unless it was replaced since."""
        ticket, visit = self._records.ticket(ticket_id), self._records.open_visit(ticket_id, engineer_id)
        if ticket is None or visit is None:
            return
        notice = notices.assigned(ticket, visit.id, visit.scheduled_start, visit.scheduled_end)
        self._notify(await self._records.members({engineer_id}), notice, by_email=True)

    async def declined(self, ticket_id: UUID, event_id: UUID, line_id: UUID) -> None:
        """Notify the dispatchers that an engineer declined."""
        ticket, line = self._records.ticket(ticket_id), self._records.line(line_id)
        if ticket is None or line is None:
            return
        people = _first(await self._records.people(), _DISPATCHING)
        self._notify(people, notices.declined(ticket, event_id, line.actor_name))

    async def unassigned(self, ticket_id: UUID, event_id: UUID, engineer_id: UUID) -> None:
        """Notify the engineer that the visit is called off, unless another one was planned since."""
        ticket = self._records.ticket(ticket_id)
        if ticket is None or self._records.open_visit(ticket_id, engineer_id) is not None:
            return
        self._notify(await self._records.members({engineer_id}), notices.unassigned(ticket, event_id), by_email=True)

    async def answered(self, ticket_id: UUID, event_id: UUID, line_id: UUID) -> None:
        """Notify engineer and dispatchers of the client's reply, the client's IT contacts of the partner's."""
        ticket, line = self._records.ticket(ticket_id), self._records.line(line_id)
        if ticket is None or line is None:
            return
        if line.actor_kind not in _CLIENT_SIDE:
            people = in_roles(await self._records.people(ticket.client_id), _CLIENT_IT)
            self._notify(people, notices.answered(ticket, event_id, line.actor_name, ticket.portal_link))
            return
        if ticket.engineer_id is not None:
            link = self._link_of_engineer(ticket, ticket.engineer_id)
            for_engineer = notices.answered(ticket, event_id, line.actor_name, link)
            self._notify(await self._records.members({ticket.engineer_id}), for_engineer)
        notice = notices.answered(ticket, event_id, line.actor_name, ticket.workspace_link)
        self._notify(_first(await self._records.people(), _DISPATCHING), notice)

    async def resolved(self, ticket_id: UUID, event_id: UUID) -> None:
        """Ask the client to confirm: IT contacts in the bell, the employee by e-mail where the address is known.

        Sent for the resolution and for each reminder, unless the client has answered meanwhile.
        """
        ticket = self._records.ticket(ticket_id)
        if ticket is None or ticket.state != TicketState.RESOLVED:
            return
        people = in_roles(await self._records.people(ticket.client_id), _CLIENT_IT)
        self._notify(people, notices.resolved(ticket, event_id))
        self._write_to_reporter(ticket, f"resolved:{event_id}")

    async def report_signed(self, report_id: UUID, ticket_id: UUID) -> None:
        """Send the client's administrators the link to the signed report."""
        ticket = self._records.ticket(ticket_id)
        number = self._records.report_number(report_id)
        if ticket is None or number is None:
            return
        people = _first(await self._records.people(ticket.client_id), _CLIENT_ADMINISTRATORS)
        self._notify(people, notices.report_signed(ticket, report_id, number), by_email=True)

    def _write_to_reporter(self, ticket: notices.NoticeSubject, reference: str) -> None:
        employee = self._records.employee(ticket.reporter_id)
        if employee is None or not employee.email:
            return
        translate = translator(SOURCE_LANGUAGE)
        paragraphs = [
            translate(N_("%(name)s，您好："), name=employee.name),
            translate(N_("您报修的“%(subject)s”已经处理完成，请看一看结果。"), subject=ticket.subject),
            translate(N_("没有修好？请在报修页面重新打开，不用再报一次。")),
        ]
        if employee.hotline:
            paragraphs.append(translate(N_("服务热线 %(number)s"), number=employee.hotline))
        step = EmailAction(
            translate(N_("查看服务单")), f"{self.public_url}/r/follow/{employee.slug}/{ticket.follow_token}"
        )
        made = email_content(
            SOURCE_LANGUAGE, translate(N_("报修 %(number)s 已处理完成"), number=ticket.number), paragraphs, step
        )
        self._letters.append(
            OutgoingMessage(
                channel=ChannelName.EMAIL,
                address=employee.email,
                subject=made.subject,
                text=made.text,
                html=made.html,
                reference=reference,
            )
        )

    def _link_of_engineer(self, ticket: notices.NoticeSubject, engineer_id: UUID) -> str:
        visit = self._records.open_visit(ticket.id, engineer_id)
        return ticket.workspace_link if visit is None else notices.visit_link(visit.id)

    def _notify(self, people: list[MemberRecipient], notice: Notice, *, by_email: bool = False) -> None:
        self._notices.append(AddressedNotice(people, notice, by_email))


def _first(people: list[Recipient], choices: tuple[tuple[str, ...], ...]) -> list[MemberRecipient]:
    """The people of the first choice of roles that anybody has; a small company's owner may have all the duties."""
    return next((found for roles in choices if (found := in_roles(people, roles))), [])
