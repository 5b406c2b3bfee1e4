"""Reading an engineer's days and visits (T7)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from app.assets.clients.models import Client, Site
from app.assets.devices.models import Device
from app.desk.engineers.models import Engineer
from app.desk.tickets.lifecycle import OPEN_VISIT_STATES, VisitState
from app.desk.tickets.models import ServiceReport, Ticket, Visit
from app.desk.tickets.queries.tickets import TicketQueries
from app.desk.tickets.service_reports.content import photos_of
from app.desk.tickets.service_reports.schemas import ReportEdition
from app.desk.tickets.visits.access import visit_of_worker
from app.desk.tickets.visits.call_back import call_back_contact
from app.desk.tickets.visits.consent import ConsentService
from app.desk.tickets.visits.goodwill import goodwill_of
from app.desk.tickets.visits.schemas import DeviceTicket, VisitDay, VisitDetail, VisitPhoto, VisitSummary, VisitToCache
from app.desk.tickets.visits.unsent_actions import still_on_phone
from app.platform.files import FileSummary
from app.platform.kernel.columns import columns_of
from app.platform.kernel.row_scope import WHOLE_TENANT
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission
from tenants.company_time import company_zone

MOST_DEVICE_TICKETS = 5
NOT_TAKING_PLACE = ("declined", "cancelled")
"""States of visits that will not take place."""

_OF_TICKET = ("number", "subject", "wait_reason", "priority", "vip", "contact_name", "contact_phone", "due_at")
_SUMMARY = (
    select(
        *columns_of(
            VisitSummary,
            Visit,
            **{name: getattr(Ticket, name) for name in _OF_TICKET},
            ticket_state=Ticket.state.label("ticket_state"),
            client_name=Client.short_name,
            time_zone=Client.time_zone,
            site_name=Site.name.label("site_name"),
            site_address=Site.address,
            device_number=Device.number.label("device_number"),
            device_model=Device.model,
            signed=exists()
            .where(
                ServiceReport.tenant_id == Visit.tenant_id,
                ServiceReport.visit_id == Visit.id,
                ServiceReport.signed_at.is_not(None),
            )
            .label("signed"),
        )
    )
    .join(Ticket, and_(Ticket.tenant_id == Visit.tenant_id, Ticket.id == Visit.ticket_id))
    .join(Client, and_(Client.tenant_id == Visit.tenant_id, Client.id == Visit.client_id))
    .outerjoin(Site, and_(Site.tenant_id == Ticket.tenant_id, Site.id == Ticket.site_id))
    .outerjoin(Device, and_(Device.tenant_id == Ticket.tenant_id, Device.id == Ticket.device_id))
)


class VisitQueries:
    """Reads visits: an engineer their own, a dispatcher everybody's."""

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work

    async def day(self, day: date | None = None, engineer_id: UUID | None = None) -> VisitDay:
        """One engineer's day in the tenant's time zone; by default today and the actor's own.

        Raises:
            Forbidden: another engineer's day, for an actor who does not dispatch.
        """
        zone = await company_zone(self.work)
        chosen = day or self.work.now.astimezone(zone).date()
        start, end, after = _bounds(chosen, zone)
        statement = _SUMMARY.where(self._of_engineer(engineer_id), *_around(start, after))
        visits = await self._read(statement.order_by(Visit.scheduled_start, Visit.id), own=self._is_own(engineer_id))
        return VisitDay(
            day=chosen,
            overdue=[visit for visit in visits if visit.scheduled_start < start],
            visits=[visit for visit in visits if start <= visit.scheduled_start < end],
            next_day=[visit for visit in visits if visit.scheduled_start >= end],
        )

    async def pages_to_cache(self) -> list[VisitToCache]:
        """The actor's visits that a phone caches: overdue ones, today's and tomorrow's."""
        zone = await company_zone(self.work)
        start, _, after = _bounds(self.work.now.astimezone(zone).date(), zone)
        statement = (
            select(Visit.id, Visit.state, Visit.version, Ticket.version.label("of_ticket"))
            .join(Ticket, and_(Ticket.tenant_id == Visit.tenant_id, Ticket.id == Visit.ticket_id))
            .where(self._of_engineer(None), *_around(start, after))
            .order_by(Visit.scheduled_start, Visit.id)
        )
        rows = await self.work.session.execute(statement, execution_options=WHOLE_TENANT)
        return [VisitToCache(row.id, row.state, f"{row.version}.{row.of_ticket}") for row in rows]

    async def finished(self, engineer_id: UUID | None = None, *, limit: int = 30) -> list[VisitSummary]:
        """An engineer's finished visits, the newest first.

        Raises:
            Forbidden: as for `day`.
        """
        statement = _SUMMARY.where(self._of_engineer(engineer_id), Visit.state == "finished")
        newest = statement.order_by(Visit.scheduled_start.desc(), Visit.id.desc()).limit(limit)
        return await self._read(newest, own=self._is_own(engineer_id))

    async def visit(self, visit_id: UUID) -> VisitDetail:
        """One visit with its ticket, its device's earlier tickets, its photos and its report.

        Raises:
            NotFound: it does not exist, or is another engineer's.
        """
        found = await visit_of_worker(self.work, visit_id, locked=False)
        (summary,) = await self._read(_SUMMARY.where(Visit.id == visit_id), own=True)
        ticket = await TicketQueries(self.work).ticket(found.ticket_id)
        photos = await photos_of(self.work.session, visit_id)
        return VisitDetail(
            visit=summary,
            ticket=ticket,
            device_tickets=await self._device_tickets(ticket.device_id, ticket.id),
            photos=[VisitPhoto(photo.subject_kind.removeprefix("visit_"), FileSummary.of(photo)) for photo in photos],
            report=await self._newest_report(visit_id),
            data_handling=await ConsentService(self.work).of_visit(visit_id),
            still_on_phone=(await still_on_phone(self.work.session, [visit_id])).get(visit_id, []),
            call_back=await call_back_contact(self.work.session, ticket.id),
            goodwill_reason=await self._goodwill(found),
        )

    async def _goodwill(self, visit: Visit) -> str:
        """Why it is not charged; work is waived when it is finished, so nothing is asked of a visit before."""
        if visit.state != VisitState.FINISHED:
            return ""
        return (await goodwill_of(self.work.session, [visit.id])).get(visit.id, "")

    def _is_own(self, engineer_id: UUID | None) -> bool:
        return engineer_id is None or engineer_id == self.work.actor.engineer_id

    def _of_engineer(self, engineer_id: UUID | None) -> ColumnElement[bool]:
        actor = self.work.actor
        if self._is_own(engineer_id):
            actor.require(Permission.VISIT_WORK)
            return Visit.engineer_id == actor.engineer_id
        actor.require(Permission.TICKET_ASSIGN)
        return Visit.engineer_id == engineer_id

    async def _read(self, statement: Select[*tuple[Any, ...]], *, own: bool) -> list[VisitSummary]:
        """`own`: the statement reads only visits that the actor is known to see; a second row scope would double the
        cost of the query."""
        options = WHOLE_TENANT if own else {}
        return [VisitSummary(*row) for row in await self.work.session.execute(statement, execution_options=options)]

    async def _device_tickets(self, device_id: UUID | None, but: UUID) -> list[DeviceTicket]:
        """Earlier tickets of the device, whoever worked on them (T7)."""
        if device_id is None:
            return []
        tickets = (
            select(*columns_of(DeviceTicket, Ticket, ticket_id=Ticket.id, filled_later=3))
            .where(Ticket.device_id == device_id, Ticket.id != but)
            .order_by(Ticket.reported_at.desc(), Ticket.id.desc())
            .limit(MOST_DEVICE_TICKETS)
        )
        rows = (await self.work.session.execute(tickets, execution_options=WHOLE_TENANT)).all()
        outcomes = await self._outcomes([row.id for row in rows])
        return [DeviceTicket(*[*row, *outcomes.get(row.id, ("", "", ""))]) for row in rows]

    async def _outcomes(self, ticket_ids: Sequence[UUID]) -> dict[UUID, tuple[str, str, str]]:
        """Work done, cause and person of the last finished visit of each ticket."""
        statement = (
            select(
                Visit.ticket_id,
                Visit.work_done,
                Visit.cause,
                func.coalesce(Engineer.display_name, Visit.performed_by_name),
            )
            .outerjoin(Engineer, and_(Engineer.tenant_id == Visit.tenant_id, Engineer.id == Visit.engineer_id))
            .where(Visit.ticket_id.in_(ticket_ids), Visit.state == "finished")
            .order_by(Visit.finished_at, Visit.id)
        )
        rows = await self.work.session.execute(statement, execution_options=WHOLE_TENANT)
        return {ticket_id: (work_done, cause, name) for ticket_id, work_done, cause, name in rows}

    async def _newest_report(self, visit_id: UUID) -> ReportEdition | None:
        statement = (
            select(*columns_of(ReportEdition, ServiceReport))
            .where(ServiceReport.visit_id == visit_id)
            .order_by(ServiceReport.edition.desc())
            .limit(1)
        )
        row = (await self.work.session.execute(statement)).first()
        return None if row is None else ReportEdition(*row)


def _bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime, datetime]:
    """Begin and end of the day and the end of the next one (UTC)."""
    start, end, after = (_midnight(day + timedelta(days=days), zone) for days in range(3))
    return start, end, after


def _around(start: datetime, after: datetime) -> tuple[ColumnElement[bool], ...]:
    """Conditions: visits between the two moments that were not called off, and open ones from before."""
    still_open = Visit.state.in_(OPEN_VISIT_STATES)
    return (
        Visit.scheduled_start < after,
        Visit.state.not_in(NOT_TAKING_PLACE),
        or_(Visit.scheduled_start >= start, still_open),
    )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
