"""Export of a partner's tickets: every step of every ticket, with names instead of ids. `yinghuo.toml` reads it."""

import csv
import io
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, literal, select, true

from app.agreements.sla import MEASURED_TARGETS, Impact, Priority, Urgency
from app.agreements.sla.models import ClockRecord
from app.assets.clients.models import Client, Department, Employee, Site
from app.assets.devices.models import Device
from app.data_exchange.ticket_import.drafts import NativeTicket
from app.data_exchange.ticket_import.native_format import encoded
from app.data_exchange.ticket_import.reconstruction import (
    Classification,
    Line,
    PastVisit,
    Reconstruction,
    SurveyAnswer,
    first_priority,
    person_of,
)
from app.data_exchange.ticket_import.schemas import TicketExport
from app.desk.engineers.models import Engineer
from app.desk.surveys.models import SurveyResponse
from app.desk.tickets import Channel
from app.desk.tickets.models import Ticket, TicketEvent, TicketNote, Visit
from app.people.identity import Reporter
from app.platform.kernel.actor import ActorKind
from app.platform.kernel.columns import columns_of
from app.platform.kernel.errors import NotFound
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission

BATCH = 500
"""Tickets read at a time."""
HEADINGS = ("number", "at", "step", "ticket")


class TicketExportService:
    """Exports of one tenant; allowed while the tenant is suspended too."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    async def export(self, wanted: TicketExport) -> AsyncIterator[bytes]:
        """The log as CSV in pieces, oldest ticket first; audited.

        Raises:
            Forbidden: without `ticket:export`.
            NotFound: no such client.
        """
        self._work.actor.require(Permission.TICKET_EXPORT)
        await self._require_client(wanted.client_id)
        self._work.audit("ticket.exported", "client", wanted.client_id)
        yield _csv([HEADINGS])
        last: Any = None
        while tickets := await self._tickets(wanted, last):
            last = (tickets[-1].reported_at, tickets[-1].id)
            yield _csv(await self._rows(tickets))

    async def _require_client(self, client_id: UUID | None) -> None:
        if client_id is None:
            return
        if await self._work.session.scalar(select(Client.id).where(Client.id == client_id)) is None:
            raise NotFound

    async def _tickets(self, wanted: TicketExport, last: Any) -> Sequence[Any]:
        employee = and_(Employee.client_id == Reporter.client_id, Employee.id == Reporter.employee_id)
        statement = (
            select(
                Ticket.id,
                Ticket.number,
                Ticket.reported_at,
                Ticket.channel,
                Ticket.subject,
                Ticket.description,
                Ticket.symptom,
                Ticket.impact,
                Ticket.urgency,
                Ticket.priority,
                Ticket.service_category,
                Ticket.product_category,
                Ticket.contact_name,
                Ticket.contact_phone,
                Ticket.vip,
                Client.code.label("client"),
                Device.number.label("device"),
                Site.name.label("site"),
                Department.name.label("department"),
                Employee.name.label("caller_name"),
                Employee.employee_number.label("caller_number"),
            )
            .join(Client, Client.id == Ticket.client_id)
            .outerjoin(Device, and_(Device.client_id == Ticket.client_id, Device.id == Ticket.device_id))
            .outerjoin(Site, and_(Site.client_id == Ticket.client_id, Site.id == Ticket.site_id))
            .outerjoin(
                Department, and_(Department.client_id == Ticket.client_id, Department.id == Ticket.department_id)
            )
            .outerjoin(Reporter, and_(Reporter.client_id == Ticket.client_id, Reporter.id == Ticket.reporter_id))
            .outerjoin(Employee, employee)
            .order_by(Ticket.reported_at, Ticket.id)
            .limit(BATCH)
        )
        if wanted.client_id is not None:
            statement = statement.where(Ticket.client_id == wanted.client_id)
        if wanted.reported_from is not None:
            statement = statement.where(Ticket.reported_at >= wanted.reported_from)
        if wanted.reported_before is not None:
            statement = statement.where(Ticket.reported_at < wanted.reported_before)
        if last is not None:
            reported_at, id_ = last
            statement = statement.where(
                (Ticket.reported_at > reported_at) | (Ticket.reported_at == reported_at) & (Ticket.id > id_)
            )
        return (await self._work.session.execute(statement)).all()

    async def _rows(self, tickets: Sequence[Any]) -> list[tuple[str, ...]]:
        ids = [ticket.id for ticket in tickets]
        lines, visits = await self._lines(ids), await self._visits(ids)
        answers, clocks = await self._answers(ids), await self._clocks(ids)
        rows: list[tuple[str, ...]] = []
        for ticket in tickets:
            native = _native_ticket(ticket, lines[ticket.id], clocks[ticket.id])
            rows.append((ticket.number, ticket.reported_at.isoformat(), "", encoded(native)))
            classified = Classification(
                Impact(ticket.impact),
                Urgency(ticket.urgency),
                Priority(ticket.priority),
                ticket.service_category,
                ticket.product_category,
            )
            reconstruction = Reconstruction(lines[ticket.id], visits[ticket.id], classified, answers.get(ticket.id))
            rows += [(ticket.number, step.at.isoformat(), encoded(step), "") for step in reconstruction.steps()]
        return rows

    async def _lines(self, ids: Sequence[UUID]) -> defaultdict[UUID, list[Line]]:
        found: defaultdict[UUID, list[Line]] = defaultdict(list)
        public = select(
            TicketEvent.ticket_id, *columns_of(Line, TicketEvent, at=TicketEvent.occurred_at, filled_later=1)
        ).where(TicketEvent.ticket_id.in_(ids))
        internal = select(
            TicketNote.ticket_id,
            *columns_of(
                Line,
                TicketNote,
                at=TicketNote.occurred_at,
                actor_kind=literal(ActorKind.PROVIDER.value),
                internal=true(),
            ),
        ).where(TicketNote.ticket_id.in_(ids))
        for statement in (public, internal):
            for ticket_id, *columns in await self._work.session.execute(statement):
                found[ticket_id].append(Line(*columns))
        return found

    async def _visits(self, ids: Sequence[UUID]) -> defaultdict[UUID, list[PastVisit]]:
        found: defaultdict[UUID, list[PastVisit]] = defaultdict(list)
        statement = (
            select(
                Visit.ticket_id,
                *columns_of(
                    PastVisit,
                    Visit,
                    person=func.coalesce(Engineer.display_name, Visit.performed_by_name),
                    start=Visit.scheduled_start,
                    end=Visit.scheduled_end,
                ),
            )
            .outerjoin(Engineer, Engineer.id == Visit.engineer_id)
            .where(Visit.ticket_id.in_(ids))
            .order_by(Visit.id)
        )
        for ticket_id, *columns in await self._work.session.execute(statement):
            found[ticket_id].append(PastVisit(*columns))
        return found

    async def _answers(self, ids: Sequence[UUID]) -> dict[UUID, SurveyAnswer]:
        rows = await self._work.session.execute(
            select(SurveyResponse.ticket_id, SurveyResponse.comment, SurveyResponse.channel).where(
                SurveyResponse.ticket_id.in_(ids)
            )
        )
        return {ticket_id: SurveyAnswer(comment, channel) for ticket_id, comment, channel in rows}

    async def _clocks(self, ids: Sequence[UUID]) -> defaultdict[UUID, set[str]]:
        found: defaultdict[UUID, set[str]] = defaultdict(set)
        rows = await self._work.session.execute(
            select(ClockRecord.ticket_id, ClockRecord.kind).where(ClockRecord.ticket_id.in_(ids))
        )
        for ticket_id, kind in rows:
            found[ticket_id].add(kind)
        return found


def _native_ticket(ticket: Any, lines: Sequence[Line], clocks: set[str]) -> NativeTicket:
    first = min(lines, key=lambda line: (line.at, line.id))
    return NativeTicket(
        subject=ticket.subject,
        reported_at=ticket.reported_at,
        reported_by=person_of(first),
        channel=Channel(ticket.channel),
        impact=Impact(ticket.impact),
        urgency=Urgency(ticket.urgency),
        priority=first_priority(sorted(lines, key=lambda line: (line.at, line.id)), Priority(ticket.priority)),
        description=ticket.description,
        symptom=ticket.symptom,
        service_category=ticket.service_category,
        product_category=ticket.product_category,
        contact_name=ticket.contact_name,
        contact_phone=ticket.contact_phone,
        client=ticket.client,
        caller=ticket.caller_number or ticket.caller_name or "",
        device=ticket.device or "",
        site=ticket.site or "",
        department=ticket.department or "",
        vip=ticket.vip,
        unmeasured=[kind for kind in MEASURED_TARGETS if kind not in clocks],
    )


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
