"""Finished visits with all that decides what they cost, read for many tickets at once."""

from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import and_, func, select

from app.assets.clients.models import Client
from app.desk.tickets import TicketState, VisitMode, VisitState
from app.desk.tickets.models import GoodwillWork, Ticket, TicketEvent, Visit
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.coverage.models import TicketCoverage, TicketCoverageReason
from billing.periods import day_in
from billing.quotes import ApprovedLine, approved_lines_of_tickets
from billing.terms import CoverageState

OVERRIDE: Final = "override"
"""The reason of an answer about coverage that a member gave."""
_NEVER: Final = datetime.max.replace(tzinfo=UTC)


class VisitFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One finished visit. `rework`: it ended after the ticket had been reopened."""

    id: UUID
    on_site: bool
    arrived_at: datetime | None
    finished_at: datetime
    minutes: int | None
    goodwill: str
    """Why it is not charged; empty: it is."""
    rework: bool


class TicketFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One ticket with the visits that were finished here, in the order in which they ended."""

    id: UUID
    client_id: UUID
    number: str
    zone: str
    service_category: str
    product_category: str
    site_id: UUID | None
    device_id: UUID | None
    department_id: UUID | None
    resolved_at: datetime | None
    """When it was first resolved; None while it never was."""
    settled_before: bool = False
    """Whether that was in a past that was brought here: the price of the incident was settled in the former system."""
    said: CoverageState | None
    """What a member said of its coverage, otherwise than the contract."""
    approved: tuple[ApprovedLine, ...]
    visits: tuple[VisitFacts, ...]

    def day_of(self, moment: datetime) -> date:
        """In the client's zone."""
        return day_in(ZoneInfo(self.zone), moment)


class _Seen(NamedTuple):
    """By ticket: when it was first resolved, and first reopened."""

    resolved: dict[UUID, datetime]
    reopened: dict[UUID, datetime]


async def facts_of(work: UnitOfWork, ticket_ids: Collection[UUID]) -> list[TicketFacts]:
    """The tickets that have finished visits or were resolved, in the order of their ids."""
    tickets = (
        await work.session.execute(
            select(
                Ticket.id,
                Ticket.client_id,
                Ticket.number,
                Client.time_zone,
                Ticket.service_category,
                Ticket.product_category,
                Ticket.site_id,
                Ticket.device_id,
                Ticket.department_id,
            )
            .join(Client, and_(Client.tenant_id == Ticket.tenant_id, Client.id == Ticket.client_id))
            .where(Ticket.id.in_(ticket_ids))
            .order_by(Ticket.id)
        )
    ).all()
    visits, brought = await _visits(work, ticket_ids)
    goodwill = await _goodwill(work, ticket_ids)
    seen = await _seen(work, ticket_ids)
    said = await _said(work, ticket_ids)
    approved = await approved_lines_of_tickets(work, ticket_ids)
    return [
        TicketFacts(
            id=row.id,
            client_id=row.client_id,
            number=row.number,
            zone=row.time_zone,
            service_category=row.service_category,
            product_category=row.product_category,
            site_id=row.site_id,
            device_id=row.device_id,
            department_id=row.department_id,
            resolved_at=seen.resolved.get(row.id),
            settled_before=row.id in brought and brought[row.id] >= seen.resolved.get(row.id, _NEVER),
            said=said.get(row.id),
            approved=tuple(approved.get(row.id, ())),
            visits=tuple(
                VisitFacts(
                    id=visit.id,
                    on_site=visit.mode == VisitMode.ON_SITE,
                    arrived_at=visit.arrived_at,
                    finished_at=visit.finished_at,
                    minutes=visit.work_minutes,
                    goodwill=goodwill.get(visit.id, ""),
                    rework=row.id in seen.reopened and visit.finished_at > seen.reopened[row.id],
                )
                for visit in visits.get(row.id, ())
            ),
        )
        for row in tickets
    ]


class _Visits(NamedTuple):
    """By ticket: the visits that were finished here, and when the last one of a past that was brought ended."""

    here: dict[UUID, list[Any]]
    brought: dict[UUID, datetime]


async def _visits(work: UnitOfWork, ticket_ids: Collection[UUID]) -> _Visits:
    rows = await work.session.execute(
        select(
            Visit.id,
            Visit.ticket_id,
            Visit.mode,
            Visit.arrived_at,
            Visit.finished_at,
            Visit.work_minutes,
            Visit.brought,
        )
        .where(Visit.ticket_id.in_(ticket_ids), Visit.state == VisitState.FINISHED, Visit.finished_at.is_not(None))
        .order_by(Visit.finished_at, Visit.id)
    )
    found = _Visits({}, {})
    for row in rows:
        if row.brought:
            found.brought[row.ticket_id] = row.finished_at
        else:
            found.here.setdefault(row.ticket_id, []).append(row)
    return found


async def _goodwill(work: UnitOfWork, ticket_ids: Collection[UUID]) -> dict[UUID, str]:
    rows = await work.session.execute(
        select(GoodwillWork.visit_id, GoodwillWork.reason).where(GoodwillWork.ticket_id.in_(ticket_ids))
    )
    return {row.visit_id: row.reason for row in rows}


async def _said(work: UnitOfWork, ticket_ids: Collection[UUID]) -> dict[UUID, CoverageState]:
    """The tickets of whose coverage a member has the last word."""
    rows = await work.session.execute(
        select(TicketCoverageReason.ticket_id, TicketCoverageReason.answer)
        .join(
            TicketCoverage,
            and_(
                TicketCoverage.tenant_id == TicketCoverageReason.tenant_id,
                TicketCoverage.ticket_id == TicketCoverageReason.ticket_id,
                TicketCoverage.revision == TicketCoverageReason.revision,
            ),
        )
        .where(TicketCoverageReason.ticket_id.in_(ticket_ids), TicketCoverageReason.reason == OVERRIDE)
    )
    return {ticket_id: CoverageState(answer) for ticket_id, answer in rows}


async def _seen(work: UnitOfWork, ticket_ids: Collection[UUID]) -> _Seen:
    rows = await work.session.execute(
        select(TicketEvent.ticket_id, TicketEvent.state, func.min(TicketEvent.occurred_at))
        .where(
            TicketEvent.ticket_id.in_(ticket_ids),
            TicketEvent.state.in_([TicketState.RESOLVED, TicketState.REOPENED]),
        )
        .group_by(TicketEvent.ticket_id, TicketEvent.state)
    )
    found = _Seen({}, {})
    for ticket_id, state, moment in rows:
        (found.resolved if state == TicketState.RESOLVED else found.reopened)[ticket_id] = moment
    return found
