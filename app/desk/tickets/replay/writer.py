"""Writing whole tickets to the database: computed one by one, inserted table by table, up to 500 in one transaction.

Numbers come from the tenant's counters by day, in the order of reporting. One event for the batch updates headquarters'
figures. A day's counter stays locked until the transaction ends, so batches are small enough not to delay new tickets.
"""

import secrets
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import select

from app.agreements.sla import ServiceTerms, terms_in_force, terms_of_versions
from app.agreements.sla.models import ClockInterval, ClockRecord, Escalation
from app.assets.clients.models import Client
from app.desk.tickets.confirmation.reminders import DEFAULT_AUTO_CLOSE_DAYS
from app.desk.tickets.events import TicketsReplayed
from app.desk.tickets.models import NUMBER_PREFIX, Ticket, TicketEvent, TicketNote, Visit
from app.desk.tickets.replay.audit_rows import write_audit
from app.desk.tickets.replay.draft import TicketRows
from app.desk.tickets.replay.rows import rows_of
from app.desk.tickets.replay.timeline import TicketTimeline
from app.platform.kernel.counters import number_of, reserve_numbers
from app.platform.kernel.errors import NotFound
from app.platform.kernel.ids import RandomBits, ids_in_sequence
from app.platform.kernel.model import TenantModel
from app.platform.kernel.outbox import DueEntry
from app.platform.kernel.performance import RowValues, insert_rows
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission
from tenants.models import TenantProfile

MOST_AT_ONCE = 500
"""Tickets in one call, in one event, and in one read of the figures' consumer."""


class ReplayedTicket(msgspec.Struct, frozen=True):
    """One ticket that was written."""

    id: UUID
    number: str
    timeline: TicketTimeline


class Replay:
    """Writes ticket timelines in one unit of work of the tenant. The caller has looked up every id in them.

    With `audit_moves` each move has its own audit entry, as for generated demo data. Without it one entry counts the
    replayed tickets, as for imports, whose people did nothing here; visits that ended in such a past are `brought`.
    """

    def __init__(
        self, work: UnitOfWork, *, audit_moves: bool = False, random_bits: RandomBits = secrets.randbits
    ) -> None:
        self.work = work
        self.audit_moves = audit_moves
        self._random_bits = random_bits
        self._in_force: dict[UUID, ServiceTerms] = {}
        self._auto_close_days: int | None = None

    async def write(self, timelines: Sequence[TicketTimeline]) -> list[ReplayedTicket]:
        """Write at most `MOST_AT_ONCE` tickets; returns them in the given order.

        Raises:
            ValueError: too many at once.
            NotFound: no such client for this actor.
            NoServiceTerms, TimelineOutOfOrder, MoveRefused, TooLateToReopen, NothingToRate, AlreadyRated: as
                `compute_rows` says; then nothing is written.
        """
        if len(timelines) > MOST_AT_ONCE:
            raise ValueError("too many tickets at once")
        if not timelines:
            return []
        return await self.store(timelines, [await self.compute_rows(timeline) for timeline in timelines])

    async def compute_rows(self, timeline: TicketTimeline, *, behind: UUID | None = None) -> TicketRows:
        """The rows of one ticket up to now, without writing, so that a caller learns which of many is refused and why.
        New entries of the same moment are sorted after `behind`, the id of the ticket's last existing entry.

        Raises:
            NoServiceTerms: the client has no service level, or the versions do not exist here.
            TimelineOutOfOrder, MoveRefused, TooLateToReopen, NothingToRate, AlreadyRated: as their texts say.
        """
        self.work.actor.require(Permission.TICKET_TRIAGE)
        rows = rows_of(
            timeline,
            await self._terms(timeline),
            until=self.work.now,
            auto_close_days=await self._days_until_close(),
            new_id=ids_in_sequence(self._random_bits, behind=behind),
        )
        for visit in rows.visits:
            visit["brought"] = not self.audit_moves and visit["finished_at"] is not None
        return rows

    async def store(self, timelines: Sequence[TicketTimeline], rows: Sequence[TicketRows]) -> list[ReplayedTicket]:
        """Write rows computed before, in the same order.

        Raises:
            NotFound: no such client for this actor.
        """
        self.work.actor.require(Permission.TICKET_TRIAGE)
        self.work.require_writable()
        await self._number(timelines, rows)
        tables: tuple[tuple[type[TenantModel], list[RowValues]], ...] = (
            (Ticket, [each.ticket for each in rows]),
            (TicketEvent, [row for each in rows for row in each.events]),
            (TicketNote, [row for each in rows for row in each.notes]),
            (Visit, [row for each in rows for row in each.visits]),
            (ClockRecord, [row for each in rows for row in each.clocks]),
            (ClockInterval, [row for each in rows for row in each.intervals]),
            (Escalation, [row for each in rows for row in each.escalations]),
            (DueEntry, [row for each in rows for row in each.due]),
        )
        for model, values in tables:
            await insert_rows(self.work.session, model, values)
        if self.audit_moves:
            await write_audit(self.work.session, [row for each in rows for row in each.audit])
        else:
            self.work.audit("ticket.imported", "ticket", None, tickets=len(rows))
        self.work.publish(TicketsReplayed(ticket_ids=tuple(each.ticket["id"] for each in rows)))
        return [
            ReplayedTicket(each.ticket["id"], each.ticket["number"], timeline)
            for timeline, each in zip(timelines, rows, strict=True)
        ]

    async def _number(self, timelines: Sequence[TicketTimeline], rows: Sequence[TicketRows]) -> None:
        """Give each ticket a number of its reporting day in the client's time zone."""
        zones = await self._zones({timeline.client_id for timeline in timelines})
        by_day: defaultdict[date, list[RowValues]] = defaultdict(list)
        for timeline, each in sorted(
            zip(timelines, rows, strict=True), key=lambda pair: (pair[0].reported_at, pair[1].ticket["id"])
        ):
            by_day[timeline.reported_at.astimezone(zones[timeline.client_id]).date()].append(each.ticket)
        wanted = {day: len(tickets) for day, tickets in by_day.items()}
        first = await reserve_numbers(self.work.session, self.work.tenant_id, NUMBER_PREFIX, wanted)
        for day, tickets in by_day.items():
            for value, ticket in enumerate(tickets, first[day]):
                ticket["number"] = number_of(NUMBER_PREFIX, day, value)

    async def _zones(self, client_ids: set[UUID]) -> dict[UUID, ZoneInfo]:
        found = await self.work.session.execute(select(Client.id, Client.time_zone).where(Client.id.in_(client_ids)))
        zones = {client_id: ZoneInfo(zone) for client_id, zone in found}
        if len(zones) < len(client_ids):
            raise NotFound
        return zones

    async def _terms(self, timeline: TicketTimeline) -> ServiceTerms:
        session = self.work.session
        if timeline.policy_version_id is not None and timeline.calendar_version_id is not None:
            return await terms_of_versions(session, timeline.policy_version_id, timeline.calendar_version_id)
        if timeline.client_id not in self._in_force:
            self._in_force[timeline.client_id] = await terms_in_force(session, self.work.tenant_id, timeline.client_id)
        return self._in_force[timeline.client_id]

    async def _days_until_close(self) -> int:
        if self._auto_close_days is None:
            read = await self.work.session.scalar(select(TenantProfile.auto_close_days))
            self._auto_close_days = read or DEFAULT_AUTO_CLOSE_DAYS
        return self._auto_close_days
