"""Dispatch of engineers: who fits, planning a visit, calling it off (T6)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import and_, func, select

from app.desk.confidentiality import not_admitted
from app.desk.engineers.models import Engineer, EngineerSkill
from app.desk.tickets import repository, steps
from app.desk.tickets.errors import ImpossibleWindow, NotAdmitted, UnknownEngineer
from app.desk.tickets.lifecycle import (
    OPEN_VISIT_STATES,
    Move,
    VisitState,
)
from app.desk.tickets.models import Ticket, Visit
from app.desk.tickets.schemas import Assignment, Unassignment
from app.desk.tickets.steps import VisitFacts
from app.desk.tickets.visibility import visible_to
from app.desk.tickets.workflow.repetition import already_moved
from app.desk.tickets.workflow.workflow import Workflow, facts_of
from app.platform.kernel.errors import NotFound, StaleVersion
from app.platform.kernel.row_scope import WHOLE_TENANT
from app.platform.kernel.time_source import platform_day
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission

LEVELS = {"junior": 1, "middle": 2, "senior": 3}
REQUIRED_LEVEL = {"P1": 3, "P2": 2, "P3": 1, "P4": 1}
"""The engineer's level required by each priority [S1 §6.4]; 3 is senior."""


class Suggestion(msgspec.Struct, frozen=True):
    """One engineer for one ticket. `score` ranks; the other fields explain it."""

    engineer_id: UUID
    name: str
    level: str
    skill: int
    """0 (none on record) to 3 (masters the category)."""
    open_visits: int
    clash: bool
    """Another visit of this engineer overlaps the wanted window."""
    score: int
    admitted: bool = True
    """Whether the client admits this engineer (C4); those not admitted come last."""


class DispatchService:
    """Planning visits and ranking engineers."""

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work
        self.workflow = Workflow(work)

    async def assign(self, ticket_id: UUID, assignment: Assignment) -> UUID:
        """Plan a visit in the place of the open ones, or beside them. Those at which work began are finished with their
        minutes, the others cancelled. Returns the visit's id.

        Raises:
            UnknownEngineer: the engineer is not one of this partner's active engineers.
            NotAdmitted: the client requires admission, and the engineer has none (C4).
            ImpossibleWindow: the end is not after the start.
        """
        self.work.actor.require(Permission.TICKET_ASSIGN)
        if assignment.scheduled_end <= assignment.scheduled_start:
            raise ImpossibleWindow(fields={"scheduled_end": ImpossibleWindow.text})
        ticket = await self.workflow.ticket(ticket_id, assignment.version)
        engineer = await self._engineer(assignment.engineer_id)
        today = platform_day(self.work.now)
        if await not_admitted(self.work.session, ticket.client_id, today, [engineer.id]):
            raise NotAdmitted(fields={"engineer_id": NotAdmitted.text})
        visit = VisitFacts(
            id=self.work.new_id(),
            engineer_id=engineer.id,
            mode=assignment.mode,
            scheduled_start=assignment.scheduled_start,
            scheduled_end=assignment.scheduled_end,
        )
        await self.workflow.take(
            ticket,
            steps.Assign(
                at=self.work.now,
                engineer=engineer.display_name,
                visit=visit,
                note=assignment.note,
                beside=assignment.beside,
            ),
            await repository.visits_of(self.work.session, ticket.id),
        )
        return visit.id

    async def unassign(self, ticket_id: UUID, unassignment: Unassignment) -> None:
        """Call a visit off before work begins; the ticket follows its other visits, or goes back to dispatch.

        Raises:
            VisitEnded: there is nothing left to call off.
            MoveRefused: work has begun.
            StaleVersion: the caller looked at an older version of the ticket.
        """
        self.work.actor.require(Permission.TICKET_ASSIGN)
        ticket = await self.workflow.ticket(ticket_id)
        visits = await repository.visits_of(self.work.session, ticket.id)
        visit_id = unassignment.visit_id or _leading(ticket, visits)

        async def repeated() -> bool:
            gone = {visit.id for visit in visits if visit.state == VisitState.CANCELLED}
            called_off = unassignment.visit_id is None or unassignment.visit_id in gone
            return called_off and await already_moved(self.work, ticket, Move.UNASSIGN)

        if unassignment.version not in (None, ticket.version) and not await repeated():
            raise StaleVersion
        step = steps.Unassign(at=self.work.now, visit_id=visit_id, reason=unassignment.reason)
        await self.workflow.take(ticket, step, visits, repeated=repeated)

    async def _engineer(self, engineer_id: UUID) -> Engineer:
        found = await self.work.session.get(Engineer, (self.work.tenant_id, engineer_id))
        if found is None or found.state != "active":
            raise UnknownEngineer(fields={"engineer_id": UnknownEngineer.text})
        return found

    async def suggest(self, ticket_id: UUID, start: datetime, end: datetime) -> list[Suggestion]:
        """Engineers ranked for a ticket by its product category and priority.

        Raises:
            NotFound: no such ticket for this actor.
        """
        self.work.actor.require(Permission.TICKET_ASSIGN)
        statement = select(Ticket.product_category, Ticket.priority, Ticket.client_id).where(
            Ticket.id == ticket_id, *visible_to(self.work.actor)
        )
        row = (await self.work.session.execute(statement)).first()
        if row is None:
            raise NotFound
        ranked = await self.rank(row.product_category, row.priority, start, end, ticket_id=ticket_id)
        without_admission = await not_admitted(self.work.session, row.client_id, platform_day(self.work.now))
        suggestions = [
            msgspec.structs.replace(each, admitted=each.engineer_id not in without_admission) for each in ranked
        ]
        return sorted(suggestions, key=lambda each: not each.admitted)

    async def rank(
        self, product_category: str, priority: str, start: datetime, end: datetime, *, ticket_id: UUID | None = None
    ) -> list[Suggestion]:
        """Engineers ranked by skill in the category, level for the priority, load and clashes.

        A visit of `ticket_id` itself is no clash: the new plan cancels it.
        """
        self.work.actor.require(Permission.TICKET_ASSIGN)
        open_visits = (
            select(Visit.engineer_id, func.count(Visit.id).label("count"))
            .where(Visit.tenant_id == self.work.tenant_id, Visit.state.in_(OPEN_VISIT_STATES))
            .group_by(Visit.engineer_id)
            .subquery()
        )
        clashes = select(Visit.engineer_id).where(
            Visit.tenant_id == self.work.tenant_id,
            Visit.state.in_(OPEN_VISIT_STATES),
            Visit.scheduled_start < end,
            Visit.scheduled_end > start,
        )
        if ticket_id is not None:
            clashes = clashes.where(Visit.ticket_id != ticket_id)
        statement = (
            select(
                Engineer.id,
                Engineer.display_name,
                Engineer.level,
                func.coalesce(EngineerSkill.grade, 0),
                func.coalesce(open_visits.c.count, 0),
                Engineer.id.in_(clashes),
            )
            .outerjoin(
                EngineerSkill,
                and_(
                    EngineerSkill.tenant_id == Engineer.tenant_id,
                    EngineerSkill.engineer_id == Engineer.id,
                    EngineerSkill.product_category == product_category,
                ),
            )
            .outerjoin(open_visits, open_visits.c.engineer_id == Engineer.id)
            .where(Engineer.state == "active")
        )
        found = [
            Suggestion(
                engineer_id=engineer_id,
                name=name,
                level=level,
                skill=skill,
                open_visits=load,
                clash=clash,
                score=score_of(priority, level, skill=skill, open_visits=load, clash=clash),
            )
            for engineer_id, name, level, skill, load, clash in await self.work.session.execute(
                statement, execution_options=WHOLE_TENANT
            )
        ]
        return sorted(found, key=lambda each: (-each.score, each.name))


def score_of(priority: str, level: str, *, skill: int, open_visits: int, clash: bool) -> int:
    """Fit of an engineer for a ticket: skill weighs most, then the level required by the priority, then the load."""
    short_of_level = max(0, REQUIRED_LEVEL.get(priority, 1) - LEVELS.get(level, 1))
    return 30 * skill - 20 * short_of_level - 8 * open_visits - (40 if clash else 0) + 100


def _leading(ticket: Ticket, visits: Sequence[Visit]) -> UUID | None:
    leading = facts_of(ticket, visits).leading_visit
    return None if leading is None else leading.id


def default_visit_window(now: datetime, hours: float = 2) -> tuple[datetime, datetime]:
    """The default window of a visit: from the next quarter of an hour on."""
    start = now.replace(second=0, microsecond=0) + timedelta(minutes=15 - now.minute % 15)
    return start, start + timedelta(hours=hours)
