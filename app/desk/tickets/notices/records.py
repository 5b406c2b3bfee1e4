"""Records that the notices of a batch of events need: each kind is read once for the whole batch."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, String, Uuid, and_, any_, bindparam, func, literal_column, select

from app.agreements.sla import ClockService, people_of_level
from app.agreements.sla.models import ClockRecord
from app.assets.clients.models import Client, Employee, Site
from app.desk.tickets.lifecycle import OPEN_VISIT_STATES, TicketState
from app.desk.tickets.models import ServiceReport, Ticket, TicketEvent, Visit
from app.desk.tickets.notices import texts as notices
from app.people.identity import Recipient, Reporter, read_recipients
from app.platform.background import ReceivedEvent
from app.platform.kernel.columns import columns_of
from app.platform.kernel.performance import PreparedStatement
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.notifications import MemberRecipient
from app.platform.promises import Clock
from tenants.models import TenantProfile

_IDS: Final = bindparam("ids", type_=ARRAY(Uuid(as_uuid=True)))


class OpenVisit(msgspec.Struct, frozen=True):
    """A visit that is not finished."""

    id: UUID
    scheduled_start: datetime
    scheduled_end: datetime


class Line(msgspec.Struct, frozen=True):
    """The author of a timeline entry."""

    actor_name: str
    actor_kind: str


class ReportingEmployee(msgspec.Struct, frozen=True):
    """The employee who reported a ticket, with the partner's address and hot-line."""

    name: str
    email: str | None
    slug: str
    hotline: str | None


_SUBJECTS: Final = PreparedStatement(
    select(
        *columns_of(
            notices.NoticeSubject,
            Ticket,
            client_name=Client.short_name,
            time_zone=Client.time_zone,
            address=func.concat_ws(literal_column("' '"), Site.name, func.nullif(Site.address, literal_column("''"))),
        )
    )
    .join(Client, and_(Client.tenant_id == Ticket.tenant_id, Client.id == Ticket.client_id))
    .outerjoin(Site, and_(Site.tenant_id == Ticket.tenant_id, Site.id == Ticket.site_id))
    .where(Ticket.tenant_id == bindparam("tenant_id"), Ticket.id == any_(_IDS))
)
_VISITS: Final = PreparedStatement(
    select(Visit.ticket_id, Visit.engineer_id, *columns_of(OpenVisit, Visit))
    .where(
        Visit.tenant_id == bindparam("tenant_id"),
        Visit.ticket_id == any_(_IDS),
        Visit.state == any_(bindparam("states", type_=ARRAY(String))),
    )
    .order_by(Visit.id)
)
_LINES: Final = PreparedStatement(
    select(TicketEvent.id, *columns_of(Line, TicketEvent)).where(
        TicketEvent.tenant_id == bindparam("tenant_id"), TicketEvent.id == any_(_IDS)
    )
)
_REPORTS: Final = PreparedStatement(
    select(ServiceReport.id, ServiceReport.number).where(
        ServiceReport.tenant_id == bindparam("tenant_id"), ServiceReport.id == any_(_IDS)
    )
)
_EMPLOYEES: Final = PreparedStatement(
    select(
        Reporter.id,
        *columns_of(
            ReportingEmployee,
            name=Employee.name,
            email=Employee.email,
            slug=TenantProfile.slug,
            hotline=TenantProfile.hotline,
        ),
    )
    .join(Employee, and_(Employee.tenant_id == Reporter.tenant_id, Employee.id == Reporter.employee_id))
    .join(TenantProfile, TenantProfile.tenant_id == Reporter.tenant_id)
    .where(Reporter.tenant_id == bindparam("tenant_id"), Reporter.id == any_(_IDS))
)


class NoticeRecords:
    """Looks records up in one unit of work of the platform, for the events of one batch."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self._tickets: dict[UUID, notices.NoticeSubject] = {}
        self._visits: dict[tuple[UUID, UUID], OpenVisit] = {}
        self._lines: dict[UUID, Line] = {}
        self._reports: dict[UUID, str] = {}
        self._employees: dict[UUID, ReportingEmployee] = {}
        self._clocks: dict[UUID, Clock] = {}
        self._people: dict[UUID | None, list[Recipient]] = {}
        self._levels: dict[int, list[MemberRecipient]] = {}

    async def look_up(self, events: Sequence[ReceivedEvent]) -> None:
        """Read what the events name."""
        for row in await self._rows(_SUBJECTS, _ids_named(events, "ticket_id")):
            subject = notices.NoticeSubject(**dict(zip(notices.NoticeSubject.__struct_fields__, row, strict=True)))
            self._tickets[subject.id] = subject
        assigned = [ticket.id for ticket in self._tickets.values() if ticket.engineer_id is not None]
        states = [str(state) for state in OPEN_VISIT_STATES]
        for row in await self._rows(_VISITS, assigned, states=states):
            self._visits[row[0], row[1]] = OpenVisit(*row[2:])
        self._lines = {row[0]: Line(*row[1:]) for row in await self._rows(_LINES, _ids_named(events, "line_id"))}
        self._reports = {row[0]: row[1] for row in await self._rows(_REPORTS, _ids_named(events, "report_id"))}
        reporters = [
            ticket.reporter_id
            for ticket in self._tickets.values()
            if ticket.reporter_id is not None and ticket.state == TicketState.RESOLVED
        ]
        self._employees = {row[0]: ReportingEmployee(*row[1:]) for row in await self._rows(_EMPLOYEES, reporters)}
        clock_ids = _ids_named(events, "clock_id")
        if clock_ids:
            clocks = await ClockService(self._work).read(ClockRecord.id.in_(clock_ids))
            self._clocks = {each.record.id: each.clock for each in clocks}

    def ticket(self, ticket_id: UUID) -> notices.NoticeSubject | None:
        """The ticket with the names of its client and site."""
        return self._tickets.get(ticket_id)

    def open_visit(self, ticket_id: UUID, engineer_id: UUID) -> OpenVisit | None:
        """The engineer's newest open visit."""
        return self._visits.get((ticket_id, engineer_id))

    def line(self, line_id: UUID) -> Line | None:
        """A timeline entry."""
        return self._lines.get(line_id)

    def report_number(self, report_id: UUID) -> str | None:
        """Number of the service report."""
        return self._reports.get(report_id)

    def employee(self, reporter_id: UUID | None) -> ReportingEmployee | None:
        """Who reported a ticket that is resolved now."""
        return None if reporter_id is None else self._employees.get(reporter_id)

    def clock(self, clock_id: UUID) -> Clock | None:
        """An SLA clock."""
        return self._clocks.get(clock_id)

    async def people(self, client_id: UUID | None = None) -> list[Recipient]:
        """The company's own active people, or those of one client."""
        if client_id not in self._people:
            self._people[client_id] = await read_recipients(self._work, client_id)
        return self._people[client_id]

    async def members(self, membership_ids: Collection[UUID]) -> list[MemberRecipient]:
        """The addresses of these memberships, of the company's own active people only."""
        return [each.address for each in await self.people() if each.address.membership_id in membership_ids]

    async def level(self, level: int) -> list[MemberRecipient]:
        """Whom escalations of a level reach."""
        if level not in self._levels:
            self._levels[level] = await people_of_level(self._work, level)
        return self._levels[level]

    async def _rows(
        self, statement: PreparedStatement, ids: Sequence[UUID], **parameters: Any
    ) -> Iterable[Sequence[Any]]:
        if not ids:
            return ()
        return await statement.all(self._work.session, tenant_id=self._work.tenant_id, ids=ids, **parameters)


def _ids_named(events: Sequence[ReceivedEvent], field: str) -> list[UUID]:
    return list({UUID(named) for event in events if (named := event.payload.get(field)) is not None})
