"""Dispatch of engineers and the steps of their visits (T6, T7)."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import and_, func, select

from app.desk.confidentiality import not_admitted
from app.desk.confidentiality.service import ZONE
from app.desk.engineers.models import Engineer, EngineerSkill
from app.desk.tickets import repository
from app.desk.tickets.errors import DataConsentMissing, ImpossibleWindow, NotAdmitted, UnknownEngineer, VisitEnded
from app.desk.tickets.lifecycle import RULES, Move, TicketState
from app.desk.tickets.models import Ticket, TicketNote, Visit
from app.desk.tickets.schemas import Assignment, Reason, Resolution
from app.desk.tickets.services.auto_close import first_reminder
from app.desk.tickets.services.consent import consented
from app.desk.tickets.services.repetition import already_done, already_moved
from app.desk.tickets.services.visit_access import visit_of_worker
from app.desk.tickets.services.workflow import MET_ON_RESOLUTION, MET_ON_RESPONSE, MET_ON_START_OF_WORK, Workflow
from app.desk.tickets.visibility import visible_to
from app.platform.kernel.errors import NotFound
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.row_scope import WHOLE_TENANT
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission

LEVELS = {"junior": 1, "middle": 2, "senior": 3}
ENDED = ("declined", "cancelled", "finished")
"""States of a visit in which nothing is left to do on it."""
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
        """Plan a visit; an earlier open one is cancelled. Returns the visit's id.

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
        today = self.work.now.astimezone(ZONE).date()
        if await not_admitted(self.work.session, ticket.client_id, today, [engineer.id]):
            raise NotAdmitted(fields={"engineer_id": NotAdmitted.text})
        earlier = await repository.open_visit(self.work.session, ticket.id)
        if earlier is not None:
            earlier.state = "cancelled"
        was_waiting = ticket.state == TicketState.WAITING
        ticket.engineer_id = engineer.id
        await self.workflow.move(ticket, Move.ASSIGN, TicketState.ASSIGNED, engineer=engineer.display_name)
        if assignment.note:
            self.workflow.note(ticket, "dispatch", assignment.note, engineer=engineer.display_name)
        visit = Visit(
            tenant_id=ticket.tenant_id,
            id=self.work.new_id(),
            client_id=ticket.client_id,
            reporter_id=ticket.reporter_id,
            ticket_id=ticket.id,
            engineer_id=engineer.id,
            mode=assignment.mode,
            state="planned",
            scheduled_start=assignment.scheduled_start,
            scheduled_end=assignment.scheduled_end,
        )
        self.work.session.add(visit)
        if was_waiting:
            ticket.wait_reason = ""
            await self.workflow.clocks.resume(ticket.id, self.work.now)
        await self.workflow.clocks.meet(ticket.id, MET_ON_RESPONSE, self.work.now)
        await self.workflow.set_due(ticket)
        return visit.id

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
        without_admission = await not_admitted(self.work.session, row.client_id, self.work.now.astimezone(ZONE).date())
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
            .where(Visit.tenant_id == self.work.tenant_id, Visit.state.in_(repository.OPEN_VISIT_STATES))
            .group_by(Visit.engineer_id)
            .subquery()
        )
        clashes = select(Visit.engineer_id).where(
            Visit.tenant_id == self.work.tenant_id,
            Visit.state.in_(repository.OPEN_VISIT_STATES),
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


class VisitService:
    """The steps of a visit. A dispatcher may take them for an engineer who calls in.

    A step is idempotent for the actor who took it: repeated, it changes nothing.
    """

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work
        self.workflow = Workflow(work)

    async def accept(self, visit_id: UUID) -> None:
        """The engineer takes the visit."""
        visit, ticket = await self._locked(visit_id)
        if await self._is_repeated(visit, ticket, Move.ACCEPT, visit.accepted_at):
            return
        await self._move_visit(visit, ticket, Move.ACCEPT, TicketState.ACCEPTED)
        visit.state, visit.accepted_at = "accepted", self.work.now
        await self._store(ticket, visit)

    async def decline(self, visit_id: UUID, reason: Reason) -> None:
        """The engineer declines the visit; the ticket goes back to dispatch, the reason is an internal note."""
        visit, ticket = await self._locked(visit_id)
        if visit.state == "declined" and await self._declined_before(ticket, reason):
            return
        await self._move_visit(visit, ticket, Move.DECLINE, TicketState.TRIAGED)
        self.workflow.note(ticket, "declined", reason.reason)
        visit.state, ticket.engineer_id = "declined", None
        await self._store(ticket, visit)

    async def depart(self, visit_id: UUID) -> None:
        """The engineer has set out."""
        visit, ticket = await self._locked(visit_id)
        if await self._is_repeated(visit, ticket, Move.DEPART, visit.departed_at):
            return
        await self._move_visit(visit, ticket, Move.DEPART, TicketState.EN_ROUTE)
        visit.state, visit.departed_at = "en_route", self.work.now
        await self._store(ticket, visit)

    async def arrive(self, visit_id: UUID) -> None:
        """The engineer has arrived: the arrival target is met at this moment."""
        visit, ticket = await self._locked(visit_id)
        if await self._is_repeated(visit, ticket, Move.ARRIVE, visit.arrived_at):
            return
        await self._move_visit(visit, ticket, Move.ARRIVE, TicketState.ON_SITE)
        visit.state, visit.arrived_at = "on_site", self.work.now
        await self.workflow.clocks.meet(ticket.id, MET_ON_START_OF_WORK, self.work.now)
        await self._store(ticket, visit)

    async def connect(self, visit_id: UUID) -> None:
        """The engineer works remotely: the arrival target is met as well."""
        visit, ticket = await self._locked(visit_id)
        if await self._is_repeated(visit, ticket, Move.CONNECT, visit.arrived_at):
            return
        await self._move_visit(visit, ticket, Move.CONNECT, TicketState.REMOTE)
        visit.state, visit.mode, visit.arrived_at = "remote", "remote", self.work.now
        await self.workflow.clocks.meet(ticket.id, MET_ON_START_OF_WORK, self.work.now)
        await self._store(ticket, visit)

    async def resolve(self, visit_id: UUID, resolution: Resolution) -> None:
        """The fault is fixed; the client confirms, reopens, or the ticket closes automatically.

        Raises:
            DataConsentMissing: a disk was worked on, and nobody at the client had agreed (C5).
        """
        visit, ticket = await self._locked(visit_id)
        if _visit_values(visit) == _resolution_values(resolution) and await self._is_repeated(
            visit, ticket, Move.RESOLVE, visit.finished_at
        ):
            return
        self._require_open(visit)
        if resolution.disks and not await consented(self.work.session, visit_id):
            raise DataConsentMissing(fields={"disks": DataConsentMissing.text})
        await self.workflow.move(ticket, Move.RESOLVE, TicketState.RESOLVED)
        self._finish(visit, resolution)
        await self._resolved(ticket)
        await self._store(ticket, visit)

    async def resolve_by_phone(self, ticket_id: UUID, resolution: Resolution) -> None:
        """The hot-line solved it; the work done is a public timeline entry. A visit that has begun is finished too:
        left open, it would stay in the engineer's day and come back with the ticket's next waiting."""
        self.work.actor.require(Permission.TICKET_TRIAGE)
        ticket = await self.workflow.ticket(ticket_id)
        if await already_moved(self.work, ticket, Move.RESOLVE, text=resolution.work_done):
            return
        visit = await repository.open_visit(self.work.session, ticket.id)
        await self.workflow.move(ticket, Move.RESOLVE, TicketState.RESOLVED, text=resolution.work_done)
        if visit is not None:
            self._finish(visit, resolution)
        await self._resolved(ticket)
        await self._store(ticket, *([visit] if visit is not None else []))

    def _finish(self, visit: Visit, resolution: Resolution) -> None:
        visit.state, visit.finished_at = "finished", self.work.now
        visit.work_done, visit.cause, visit.work_minutes = _resolution_values(resolution)

    async def _resolved(self, ticket: Ticket) -> None:
        ticket.resolved_at = self.work.now
        await self.workflow.clocks.meet(ticket.id, MET_ON_RESOLUTION, self.work.now)
        self.work.schedule(DueKind.CONFIRMATION_REMINDER, ticket.id, await first_reminder(self.work, ticket))

    async def _locked(self, visit_id: UUID) -> tuple[Visit, Ticket]:
        """The visit and its ticket, locked.

        The ticket is locked first, as everywhere; the other order would deadlock with a cancellation.
        """
        visit = await visit_of_worker(self.work, visit_id, locked=False)
        ticket = await self.workflow.ticket(visit.ticket_id)
        await self.work.session.refresh(visit, with_for_update=True)
        return visit, ticket

    async def _is_repeated(self, visit: Visit, ticket: Ticket, move: Move, at: datetime | None) -> bool:
        """Whether the step is not possible now because the actor took it on this visit at `at` already."""
        if visit.state not in ENDED and TicketState(ticket.state) in RULES[move].starts:
            return False
        return await already_done(self.work, f"ticket.{move}", ticket.id, at)

    async def _declined_before(self, ticket: Ticket, reason: Reason) -> bool:
        """Whether the actor declined with this reason."""
        notes = await self.work.session.scalars(
            select(TicketNote.occurred_at).where(
                TicketNote.ticket_id == ticket.id,
                TicketNote.kind == "declined",
                TicketNote.membership_id == self.work.actor.membership_id,
                TicketNote.text == reason.reason,
            )
        )
        return bool(notes.all())

    async def _move_visit(self, visit: Visit, ticket: Ticket, move: Move, after: TicketState) -> None:
        """
        Raises:
            VisitEnded, MoveRefused
        """
        self._require_open(visit)
        await self.workflow.move(ticket, move, after)

    def _require_open(self, visit: Visit) -> None:
        """
        Raises:
            VisitEnded: it was declined, called off or finished.
        """
        if visit.state in ENDED:
            raise VisitEnded

    async def _store(self, ticket: Ticket, *visits: Visit) -> None:
        for visit in visits:
            visit.version += 1
        await self.workflow.set_due(ticket)


def _visit_values(visit: Visit) -> tuple[str, str, int | None]:
    return visit.work_done, visit.cause, visit.work_minutes


def _resolution_values(resolution: Resolution) -> tuple[str, str, int | None]:
    return resolution.work_done, resolution.cause, resolution.work_minutes


def default_visit_window(now: datetime, hours: float = 2) -> tuple[datetime, datetime]:
    """The default window of a visit: from the next quarter of an hour on."""
    start = now.replace(second=0, microsecond=0) + timedelta(minutes=15 - now.minute % 15)
    return start, start + timedelta(hours=hours)
