"""Who hears of what: recipients are looked up when the news is told, words come from `app.tickets.news`.

Every notice names its reason once (`reference`): a second delivery, or the same step after a change of priority, tells
nobody anything. Members get notices in the house's language, because the language of an account is known only to its
own sign-in; whoever opens the bell reads what was written then.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import and_, select

from app.clients.models import Client, Employee, Site
from app.identity import Recipient, Reporter, in_roles, recipients
from app.kernel.actor import ActorKind
from app.kernel.live import Change
from app.kernel.outbox import OutboxEvent
from app.kernel.texts import N_, SOURCE_LANGUAGE, translator
from app.kernel.work import UnitOfWork
from app.notifications import ChannelName, MembershipAddress, Notice, OutgoingMessage, Step, letter, notify, send
from app.sla import Channel, Clock, Priority, Target, TargetKind
from app.sla.clocks import clock_of
from app.sla.events import StepReached
from app.sla.models import ClockRecord
from app.sla.promises import terms_of_versions
from app.sla.repository import ledgers
from app.sla.services.escalation import people_of_level
from app.tickets import news, repository
from app.tickets.lifecycle import TicketState
from app.tickets.models import ServiceReport, Ticket, TicketEvent, TicketNote, Visit
from app.tickets.services.reporting import Channel as ReportChannel
from tenants.models import TenantProfile

OLD_NEWS: Final = timedelta(days=1)
"""An event older than this is told to nobody: a replay, an import of past tickets, or a system back after a long
outage must not flood people with what they know."""

ENGINEERS_LEVEL: Final = 1
"""The level whose escalations the assigned engineer hears too."""

_DISPATCHING: Final = (("dispatcher",), ("team_leader",), ("service_manager",), ("partner_owner",))
_MANAGING: Final = (("service_manager",), ("partner_owner",))
_CLIENT_IT: Final = ("client_administrator", "client_contact")
_CLIENT_ADMINISTRATORS: Final = (("client_administrator",), ("client_contact",))
_CLIENT_SIDE: Final = frozenset({ActorKind.CLIENT, ActorKind.REPORTER})


async def is_news(work: UnitOfWork, event_id: UUID) -> bool:
    """Whether the event is recent enough to be told."""
    occurred_at = await work.session.scalar(select(OutboxEvent.occurred_at).where(OutboxEvent.id == event_id))
    return occurred_at is not None and work.now - occurred_at <= OLD_NEWS


class Telling:
    """Tells one piece of news inside one unit of work of the platform. `public_url` begins the links in letters."""

    def __init__(self, work: UnitOfWork, public_url: str) -> None:
        self.work = work
        self.public_url = public_url.rstrip("/")

    async def step_reached(self, event: StepReached) -> None:
        """The level's people, and for the first level the assigned engineer; an internal line says so (S4)."""
        ticket = await self._ticket(event.ticket_id)
        clock = await self._clock(event.clock_id)
        if ticket is None or clock is None or not news.still_matters(clock):
            return
        standing = news.Standing.of(TargetKind(event.kind), clock, self.work.now)
        notice = news.step_reached(ticket, event.clock_id, event.step, standing, ticket.workspace_link)
        self._note_escalation(ticket, event, notice)
        by_email = Channel.EMAIL in event.channels
        if event.level == ENGINEERS_LEVEL and ticket.engineer_id is not None:
            link = await self._link_of_engineer(ticket, ticket.engineer_id)
            for_engineer = news.step_reached(ticket, event.clock_id, event.step, standing, link)
            await self._notify(await self._members({ticket.engineer_id}), for_engineer, by_email=by_email)
        await self._notify(await people_of_level(self.work, event.level), notice, by_email=by_email)

    def _note_escalation(self, ticket: news.Subject, event: StepReached, notice: Notice) -> None:
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
        self.work.announce(Change(kind="ticket", id=ticket.id))

    async def reported(self, ticket_id: UUID) -> None:
        """Dispatchers see it in the bell; a P1 reaches the managers by e-mail too.

        What the hot-line logged itself is no news to it.
        """
        ticket = await self._ticket(ticket_id)
        if ticket is None:
            return
        people, notice = await recipients(self.work), news.reported(ticket)
        if ticket.priority == Priority.P1:
            await self._notify(_first(people, _MANAGING), notice, by_email=True)
        if ticket.channel != ReportChannel.HOT_LINE:
            await self._notify(_first(people, _DISPATCHING), notice)

    async def assigned(self, ticket_id: UUID, engineer_id: UUID) -> None:
        """The engineer hears of the visit, unless it was planned anew since."""
        ticket, visit = await self._ticket(ticket_id), await self._open_visit(ticket_id, engineer_id)
        if ticket is None or visit is None:
            return
        notice = news.assigned(ticket, visit.id, visit.scheduled_start, visit.scheduled_end)
        await self._notify(await self._members({engineer_id}), notice, by_email=True)

    async def declined(self, ticket_id: UUID, event_id: UUID, line_id: UUID) -> None:
        """Dispatchers have to send somebody else."""
        ticket, line = await self._ticket(ticket_id), await self._line(line_id)
        if ticket is None or line is None:
            return
        people = _first(await recipients(self.work), _DISPATCHING)
        await self._notify(people, news.declined(ticket, event_id, line.actor_name))

    async def answered(self, ticket_id: UUID, event_id: UUID, line_id: UUID) -> None:
        """The client's words reach engineer and dispatchers, the partner's words the client's IT contacts."""
        ticket, line = await self._ticket(ticket_id), await self._line(line_id)
        if ticket is None or line is None:
            return
        if line.actor_kind not in _CLIENT_SIDE:
            people = in_roles(await recipients(self.work, ticket.client_id), _CLIENT_IT)
            await self._notify(people, news.answered(ticket, event_id, line.actor_name, ticket.portal_link))
            return
        if ticket.engineer_id is not None:
            link = await self._link_of_engineer(ticket, ticket.engineer_id)
            for_engineer = news.answered(ticket, event_id, line.actor_name, link)
            await self._notify(await self._members({ticket.engineer_id}), for_engineer)
        notice = news.answered(ticket, event_id, line.actor_name, ticket.workspace_link)
        await self._notify(_first(await recipients(self.work), _DISPATCHING), notice)

    async def resolved(self, ticket_id: UUID, event_id: UUID) -> None:
        """The client's side is asked to look: IT contacts in the bell, the employee by e-mail where it is known.

        Told for the resolution and for each reminder; not where the client has answered meanwhile.
        """
        ticket = await self._ticket(ticket_id)
        if ticket is None or ticket.state != TicketState.RESOLVED:
            return
        people = in_roles(await recipients(self.work, ticket.client_id), _CLIENT_IT)
        await self._notify(people, news.resolved(ticket, event_id))
        await self._write_to_reporter(ticket, f"resolved:{event_id}")

    async def report_signed(self, report_id: UUID, ticket_id: UUID) -> None:
        """The client's administrators get the link to the signed report."""
        ticket = await self._ticket(ticket_id)
        number = await self.work.session.scalar(select(ServiceReport.number).where(ServiceReport.id == report_id))
        if ticket is None or number is None:
            return
        people = _first(await recipients(self.work, ticket.client_id), _CLIENT_ADMINISTRATORS)
        await self._notify(people, news.report_signed(ticket, report_id, number), by_email=True)

    async def _write_to_reporter(self, ticket: news.Subject, reference: str) -> None:
        employee = (
            await self.work.session.execute(
                select(Employee.name, Employee.email, TenantProfile.slug, TenantProfile.hotline)
                .join(Reporter, and_(Reporter.tenant_id == Employee.tenant_id, Reporter.employee_id == Employee.id))
                .join(TenantProfile, TenantProfile.tenant_id == Employee.tenant_id)
                .where(Reporter.id == ticket.reporter_id)
            )
        ).first()
        if employee is None or not employee.email:
            return
        speak = translator(SOURCE_LANGUAGE)
        paragraphs = [
            speak(N_("%(name)s，您好："), name=employee.name),
            speak(N_("您报修的“%(subject)s”已经处理完成，请看一看结果。"), subject=ticket.subject),
            speak(N_("没有修好？请在报修页面重新打开，不用再报一次。")),
        ]
        if employee.hotline:
            paragraphs.append(speak(N_("服务热线 %(number)s"), number=employee.hotline))
        step = Step(speak(N_("查看服务单")), f"{self.public_url}/r/follow/{employee.slug}/{ticket.follow_token}")
        made = letter(SOURCE_LANGUAGE, speak(N_("报修 %(number)s 已处理完成"), number=ticket.number), paragraphs, step)
        await send(
            self.work,
            OutgoingMessage(
                channel=ChannelName.EMAIL,
                address=employee.email,
                subject=made.subject,
                text=made.text,
                html=made.html,
                reference=reference,
            ),
        )

    async def _notify(self, people: list[MembershipAddress], notice: Notice, *, by_email: bool = False) -> None:
        await notify(self.work, people, notice, public_url=self.public_url, by_email=by_email)

    async def _members(self, membership_ids: set[UUID]) -> list[MembershipAddress]:
        return [
            person.address for person in await recipients(self.work) if person.address.membership_id in membership_ids
        ]

    async def _ticket(self, ticket_id: UUID) -> news.Subject | None:
        row = (
            await self.work.session.execute(
                select(
                    Ticket.id,
                    Ticket.client_id,
                    Ticket.number,
                    Ticket.state,
                    Ticket.priority,
                    Ticket.channel,
                    Ticket.subject,
                    Client.short_name.label("client_name"),
                    Client.time_zone,
                    Site.name.label("site_name"),
                    Site.address.label("site_address"),
                    Ticket.reporter_id,
                    Ticket.engineer_id,
                    Ticket.follow_token,
                )
                .join(Client, and_(Client.tenant_id == Ticket.tenant_id, Client.id == Ticket.client_id))
                .outerjoin(Site, and_(Site.tenant_id == Ticket.tenant_id, Site.id == Ticket.site_id))
                .where(Ticket.id == ticket_id)
            )
        ).first()
        if row is None:
            return None
        fields = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented way to a dict
        place = [fields.pop("site_name"), fields.pop("site_address")]
        return news.Subject(**fields, address=" ".join(filter(None, place)))

    async def _line(self, line_id: UUID) -> TicketEvent | None:
        return await self.work.session.get(TicketEvent, (self.work.tenant_id, line_id))

    async def _clock(self, clock_id: UUID) -> Clock | None:
        record = await self.work.session.get(ClockRecord, (self.work.tenant_id, clock_id))
        if record is None:
            return None
        terms = await terms_of_versions(self.work.session, record.policy_version_id, record.calendar_version_id)
        target = terms.target(Priority(record.priority), TargetKind(record.kind))
        closed = (await ledgers(self.work.session, [record.id]))[record.id]
        return clock_of(record, closed, target or Target(record.target_seconds, terms.calendar))

    async def _link_of_engineer(self, ticket: news.Subject, engineer_id: UUID) -> str:
        visit = await self._open_visit(ticket.id, engineer_id)
        return ticket.workspace_link if visit is None else news.visit_link(visit.id)

    async def _open_visit(self, ticket_id: UUID, engineer_id: UUID) -> Visit | None:
        found = await self.work.session.scalars(
            select(Visit)
            .where(
                Visit.ticket_id == ticket_id,
                Visit.engineer_id == engineer_id,
                Visit.state.in_(repository.OPEN_VISIT_STATES),
            )
            .order_by(Visit.id.desc())
            .limit(1)
        )
        return found.first()


def _first(people: list[Recipient], choices: tuple[tuple[str, ...], ...]) -> list[MembershipAddress]:
    """Those of the first choice of roles that anybody has: a small company's owner does everything."""
    return next((found for roles in choices if (found := in_roles(people, roles))), [])
