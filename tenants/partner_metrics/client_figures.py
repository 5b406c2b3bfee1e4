"""One client's own service in numbers, by the same rules as headquarters' figures (C3): for the client's people, and
for their partner's staff. Read from the records themselves, inside the actor's ring."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import and_, func, select

from app.assets.clients.models import Client
from app.assets.devices.models import Device
from app.desk.tickets import visible_to
from app.desk.tickets.models import Ticket
from app.platform.kernel.errors import NotFound
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission
from tenants.partner_metrics.comparison import measures_of
from tenants.partner_metrics.facts import Figures, contribution, day_of, month_of, months_until
from tenants.partner_metrics.schemas import MonthFigures, RepeatedFault
from tenants.partner_metrics.ticket_queries import measured_tickets

MONTHS = 6
REPEAT_DAYS = 90
"""A device with two faults or more in this time needs a look."""
FEWEST_FAULTS = 2
MOST_DEVICES = 5


class ClientFigures(msgspec.Struct, frozen=True):
    """The last six months on the client's calendar, the present one last, and the devices that keep failing."""

    months: list[MonthFigures]
    repeated_faults: list[RepeatedFault]


class ClientFiguresService:
    """Reads inside the actor's ring: rows that the actor cannot see do not count."""

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work

    async def of(self, client_id: UUID) -> ClientFigures:
        """
        Raises:
            NotFound: no such client for this actor.
        """
        self.work.actor.require(Permission.TICKET_READ)
        zone = await self.work.session.scalar(select(Client.time_zone).where(Client.id == client_id))
        if zone is None:
            raise NotFound
        return ClientFigures(await self._months(client_id, zone), await self._repeated_faults(client_id))

    async def _months(self, client_id: UUID, zone: str) -> list[MonthFigures]:
        months = months_until(self.work.now.astimezone(ZoneInfo(zone)).date(), MONTHS)
        since = datetime.combine(months[0], time.min, ZoneInfo(zone))
        sums: defaultdict[date, Figures] = defaultdict(Figures)
        found = await measured_tickets(
            self.work.session,
            Ticket.client_id == client_id,
            Ticket.reported_at >= since,
            *visible_to(self.work.actor),
        )
        for measured in found.values():
            sums[month_of(day_of(measured.reported_at, zone))] += contribution(measured)
        return [MonthFigures(month, measures_of(sums[month])) for month in months]

    async def _repeated_faults(self, client_id: UUID) -> list[RepeatedFault]:
        faults, last = func.count(Ticket.id), func.max(Ticket.reported_at)
        rows = await self.work.session.execute(
            select(Device.id, Device.number, Device.brand, Device.model, faults, last)
            .join(
                Ticket,
                and_(
                    Ticket.tenant_id == Device.tenant_id,
                    Ticket.client_id == Device.client_id,
                    Ticket.device_id == Device.id,
                ),
            )
            .where(
                Ticket.client_id == client_id,
                Ticket.reported_at >= self.work.now - timedelta(days=REPEAT_DAYS),
                *visible_to(self.work.actor),
            )
            .group_by(Device.id, Device.number, Device.brand, Device.model)
            .having(faults >= FEWEST_FAULTS)
            .order_by(faults.desc(), last.desc())
            .limit(MOST_DEVICES)
        )
        return [
            RepeatedFault(id_, number, f"{brand} {model}".strip(), times, last_at)
            for id_, number, brand, model, times, last_at in rows
        ]
