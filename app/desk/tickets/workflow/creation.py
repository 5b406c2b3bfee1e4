"""Creating a ticket: number, ticket, first timeline entry, clocks, event and audit entry in one statement."""

from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import and_, bindparam, select

from app.agreements.sla import ClockService, terms_in_force
from app.agreements.sla.models import ClockRecord
from app.assets.clients import client_in_use, require_in_use
from app.assets.clients.models import Client, Employee
from app.assets.devices.models import Device
from app.desk.tickets.events import TicketReported
from app.desk.tickets.lifecycle import TicketState
from app.desk.tickets.models import NUMBER_PREFIX, Ticket, TicketEvent
from app.desk.tickets.schemas import TicketCreate, TicketCreated
from app.people.identity import new_token
from app.people.identity.models import Reporter
from app.platform.kernel.actor import Actor, ActorKind
from app.platform.kernel.columns import columns_of
from app.platform.kernel.errors import Invalid, NotFound
from app.platform.kernel.model import Model
from app.platform.kernel.performance import NumberedRow, PreparedStatement, insert_in_one_statement
from app.platform.kernel.texts import N_
from app.platform.kernel.time_source import PLATFORM_ZONE
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission
from tenants.context import Command, elevated


class Channel(StrEnum):
    """Channel by which a ticket was reported (T1)."""

    EMPLOYEE = "employee"
    PORTAL = "portal"
    HOT_LINE = "hot_line"
    ENGINEER = "engineer"
    API = "api"


class _Place(msgspec.Struct, frozen=True):
    """Client, device, site and contact of a new ticket, looked up in the actor's own scope. A reporter cannot read the
    client's and the employee's rows; their fields are None then."""

    client_id: UUID
    time_zone: str | None
    device_id: UUID | None = None
    site_id: UUID | None = None
    department_id: UUID | None = None
    reporter_id: UUID | None = None
    holder_name: str | None = None
    vip: bool | None = None
    holder_phone: str | None = None
    client_state: str | None = None


_PLACE = PreparedStatement(
    select(
        *columns_of(
            _Place,
            Device,
            time_zone=Client.time_zone,
            client_state=Client.state,
            device_id=Device.id,
            holder_name=Employee.name,
            vip=Employee.vip,
            holder_phone=Employee.phone,
        )
    )
    .outerjoin(Client, and_(Client.tenant_id == Device.tenant_id, Client.id == Device.client_id))
    .outerjoin(
        Employee,
        and_(
            Employee.tenant_id == Device.tenant_id,
            Employee.client_id == Device.client_id,
            Employee.id == Device.employee_id,
        ),
    )
    .where(Device.tenant_id == bindparam("tenant_id"), Device.id == bindparam("device_id"))
)


class TicketCreation:
    """Creates tickets from every channel."""

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work

    async def create(self, fault: TicketCreate, channel: Channel, *, caller_id: UUID | None = None) -> TicketCreated:
        """Create a ticket. Every id in `fault` is looked up in the actor's own scope first.

        `caller_id` is the employee for whom staff report; the default is the device's holder.

        Raises:
            NotFound: the device, client or caller does not exist for this actor.
            ClientInactive: the client is out of use.
            NoServiceTerms: the client has no service level.
        """
        self.work.actor.require(Permission.TICKET_CREATE)
        self.work.require_writable()
        place = await self._place(fault)
        if caller_id is not None:
            place = await self._called_by(place, caller_id)
        async with elevated(self.work, Command.REPORT_FAULT):
            if self.work.actor.kind is ActorKind.REPORTER and place.device_id is not None:
                place = await self._completed(place)
            return await self._write(fault, channel, place)

    async def _completed(self, place: _Place) -> _Place:
        """Read again in the elevated scope: reporters may read neither the client's time zone nor the VIP flag."""
        row = await _PLACE.first(self.work.session, tenant_id=self.work.tenant_id, device_id=place.device_id)
        return place if row is None else msgspec.structs.replace(_Place(*row), reporter_id=place.reporter_id)

    async def _place(self, fault: TicketCreate) -> _Place:
        actor = self.work.actor
        if fault.device_id is None:
            return await self._place_without_device(fault)
        row = await _PLACE.first(self.work.session, tenant_id=actor.tenant_id, device_id=fault.device_id)
        if row is None or not await self._device_in_scope(fault.device_id):
            raise NotFound
        place = _Place(*row)
        if (actor.client_id or fault.client_id or place.client_id) != place.client_id:
            raise NotFound
        if place.client_state is not None:
            require_in_use(place.client_state)
        return msgspec.structs.replace(place, reporter_id=actor.reporter_id or place.reporter_id)

    async def _called_by(self, place: _Place, employee_id: UUID) -> _Place:
        """Replace the device's holder by the employee who calls."""
        caller = (
            await self.work.session.execute(
                select(Employee.name, Employee.phone, Employee.vip, Reporter.id.label("reporter_id"))
                .outerjoin(
                    Reporter,
                    and_(
                        Reporter.tenant_id == Employee.tenant_id,
                        Reporter.client_id == Employee.client_id,
                        Reporter.employee_id == Employee.id,
                    ),
                )
                .where(Employee.client_id == place.client_id, Employee.id == employee_id)
            )
        ).first()
        if caller is None:
            raise NotFound
        return msgspec.structs.replace(
            place,
            reporter_id=caller.reporter_id or place.reporter_id,
            holder_name=caller.name,
            holder_phone=caller.phone,
            vip=caller.vip or place.vip,
        )

    async def _device_in_scope(self, device_id: UUID) -> bool:
        """Whether staff restricted to some clients see the device; the prepared statement has no row scope."""
        if self.work.actor.clients is None:
            return True
        return await self.work.session.scalar(select(Device.id).where(Device.id == device_id)) is not None

    async def _place_without_device(self, fault: TicketCreate) -> _Place:
        actor = self.work.actor
        client_id = actor.client_id or fault.client_id
        if client_id is None:
            raise Invalid(fields={"client_id": N_("请选择客户。")})
        if actor.kind is ActorKind.REPORTER:
            return _Place(client_id=client_id, time_zone=None, reporter_id=actor.reporter_id)
        client = await client_in_use(self.work.session, client_id)
        return _Place(client_id=client_id, time_zone=client.time_zone)

    async def _write(self, fault: TicketCreate, channel: Channel, place: _Place) -> TicketCreated:
        work, actor = self.work, self.work.actor
        terms = await terms_in_force(work.session, work.tenant_id, place.client_id)
        priority = terms.policy.priority_of(fault.impact, fault.urgency)
        ticket_id = work.new_id()
        clocks = ClockService(work).start(
            terms,
            priority,
            ticket_id=ticket_id,
            client_id=place.client_id,
            reporter_id=place.reporter_id,
            at=work.now,
        )
        due = [row.due_at for row in clocks if isinstance(row, ClockRecord) and row.due_at is not None]
        ticket = Ticket(
            tenant_id=work.tenant_id,
            id=ticket_id,
            client_id=place.client_id,
            reporter_id=place.reporter_id,
            state=TicketState.NEW,
            channel=channel,
            symptom=fault.symptom,
            subject=fault.subject.strip(),
            description=fault.description,
            service_category=fault.service_category,
            product_category=fault.product_category,
            impact=fault.impact,
            urgency=fault.urgency,
            priority=priority,
            vip=bool(place.vip),
            device_id=place.device_id,
            site_id=place.site_id,
            department_id=place.department_id,
            contact_name=fault.contact_name or place.holder_name or _own_name(actor),
            contact_phone=fault.contact_phone or place.holder_phone or "",
            policy_version_id=terms.policy_version_id,
            calendar_version_id=terms.calendar_version_id,
            due_at=min(due, default=None),
            reported_at=work.now,
            follow_token=new_token(),
            updated_at=work.now,
        )
        day = work.now.astimezone(ZoneInfo(place.time_zone or PLATFORM_ZONE.key)).date()
        rows = [ticket, *clocks, self._first_entry(ticket), *self._event_rows(ticket)]
        rows += work.audit_rows("ticket.created", "ticket", ticket_id, channel=channel, priority=priority)
        number = await insert_in_one_statement(work.session, rows, NumberedRow(ticket, NUMBER_PREFIX, day))
        return TicketCreated(
            id=ticket_id,
            number=number or "",
            state=TicketState.NEW,
            priority=priority,
            reported_at=work.now,
            due_at=ticket.due_at,
            follow_token=ticket.follow_token,
        )

    def _first_entry(self, ticket: Ticket) -> TicketEvent:
        actor = self.work.actor
        return TicketEvent(
            tenant_id=ticket.tenant_id,
            id=self.work.new_id(),
            client_id=ticket.client_id,
            reporter_id=ticket.reporter_id,
            ticket_id=ticket.id,
            occurred_at=self.work.now,
            kind="reported",
            state=TicketState.NEW,
            actor_kind=actor.kind,
            actor_name=actor.display_name,
            details={"channel": ticket.channel},
        )

    def _event_rows(self, ticket: Ticket) -> tuple[Model, Model]:
        return self.work.event_rows(
            TicketReported(
                ticket_id=ticket.id,
                client_id=ticket.client_id,
                reporter_id=ticket.reporter_id,
                priority=ticket.priority,
                channel=ticket.channel,
            )
        )


def _own_name(actor: Actor) -> str:
    """The default contact: the reporting person, but nobody where the partner's staff report for somebody else."""
    return "" if actor.kind is ActorKind.PROVIDER else actor.display_name
