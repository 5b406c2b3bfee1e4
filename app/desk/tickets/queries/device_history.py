"""History of one device: its tickets, visits and record changes, newest first (D2, C3)."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec
from sqlalchemy import and_, select

from app.assets.devices import DeviceChangeView, DeviceService
from app.desk.engineers.models import Engineer
from app.desk.tickets.models import Ticket, Visit
from app.desk.tickets.queries.tickets import TicketQueries
from app.desk.tickets.schemas import TicketFilter, TicketSummary, VisitView
from app.desk.tickets.visibility import visible_to
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission

MOST_EVENTS = 200
"""Number of newest events of each kind, where nobody asks for fewer."""

_VISIT = [getattr(Visit, name) for name in VisitView.__struct_fields__ if name != "engineer_name"]


class DeviceHistoryKind(StrEnum):
    """Kind of event in a device's history."""

    TICKET = "ticket"
    VISIT = "visit"
    CHANGE = "change"


class DeviceHistoryEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a device's history; the field named like its kind is set, a visit has its ticket too."""

    occurred_at: datetime
    kind: DeviceHistoryKind
    ticket: TicketSummary | None = None
    visit: VisitView | None = None
    change: DeviceChangeView | None = None


class DeviceHistoryService:
    """A device's history as far as the actor may see its tickets."""

    def __init__(self, work: UnitOfWork, devices: DeviceService) -> None:
        self.work = work
        self.devices = devices

    async def of(self, device_id: UUID, limit: int = MOST_EVENTS) -> list[DeviceHistoryEvent]:
        """The newest events first, at most `limit` of each kind.

        Raises:
            NotFound: no such device, or not for this actor.
        """
        self.work.actor.require(Permission.TICKET_READ)
        changes = await self.devices.changes(device_id, limit)
        tickets = await TicketQueries(self.work).newest(TicketFilter(device_id=device_id), limit=limit)
        by_id = {ticket.id: ticket for ticket in tickets}
        events = [
            *(
                DeviceHistoryEvent(occurred_at=each.occurred_at, kind=DeviceHistoryKind.CHANGE, change=each)
                for each in changes
            ),
            *(
                DeviceHistoryEvent(occurred_at=each.reported_at, kind=DeviceHistoryKind.TICKET, ticket=each)
                for each in tickets
            ),
            *(
                DeviceHistoryEvent(
                    occurred_at=each.arrived_at or each.scheduled_start,
                    kind=DeviceHistoryKind.VISIT,
                    ticket=by_id.get(each.ticket_id),
                    visit=each,
                )
                for each in await self._visits(device_id, limit)
            ),
        ]
        return sorted(events, key=lambda event: event.occurred_at, reverse=True)

    async def _visits(self, device_id: UUID, limit: int) -> list[VisitView]:
        """Finished visits only; cancelled plans are left out."""
        rows = await self.work.session.execute(
            select(*_VISIT, Engineer.display_name.label("engineer_name"))
            .join(
                Ticket,
                and_(
                    Ticket.tenant_id == Visit.tenant_id,
                    Ticket.client_id == Visit.client_id,
                    Ticket.id == Visit.ticket_id,
                ),
            )
            .outerjoin(Engineer, and_(Engineer.tenant_id == Visit.tenant_id, Engineer.id == Visit.engineer_id))
            .where(Ticket.device_id == device_id, Visit.finished_at.is_not(None), *visible_to(self.work.actor))
            .order_by(Visit.finished_at.desc(), Visit.id.desc())
            .limit(limit)
        )
        return [VisitView(**row) for row in rows.mappings()]
