"""The steps of visits, and work done from the desk (T7)."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.desk.tickets import repository, steps
from app.desk.tickets.errors import DataConsentMissing
from app.desk.tickets.lifecycle import (
    MOVE_ACTIONS,
    OPEN_VISIT_STATES,
    RULES,
    Move,
    VisitMode,
    VisitOutcome,
    VisitState,
)
from app.desk.tickets.models import Ticket, TicketNote, Visit
from app.desk.tickets.schemas import DeskResolution, Reason, Resolution, VisitResult
from app.desk.tickets.steps import Accept, Arrive, Connect, Decline, Depart, Resolve, VisitFacts, VisitStep
from app.desk.tickets.visits.access import visit_of_worker
from app.desk.tickets.visits.consent import consented
from app.desk.tickets.visits.goodwill import require_billable, write_goodwill
from app.desk.tickets.workflow.repetition import already_done, already_moved
from app.desk.tickets.workflow.workflow import Workflow
from app.platform.kernel.invariants import present
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission


class VisitService:
    """The steps of a visit. A dispatcher may take them for an engineer who calls in.

    A step is idempotent for the actor who took it: repeated, it changes nothing.
    """

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work
        self.workflow = Workflow(work)

    async def accept(self, visit_id: UUID) -> None:
        """The engineer takes the visit."""
        await self._take(Accept(at=self.work.now, visit_id=visit_id), Move.ACCEPT, "accepted_at")

    async def decline(self, visit_id: UUID, reason: Reason) -> None:
        """The engineer declines the visit; the ticket goes back to dispatch, the reason is an internal note."""
        visit, ticket, visits = await self._locked(visit_id)

        async def repeated() -> bool:
            return visit.state == VisitState.DECLINED and await self._declined_before(ticket, reason)

        step = Decline(at=self.work.now, visit_id=visit_id, reason=reason.reason)
        await self.workflow.take(ticket, step, visits, repeated=repeated)

    async def depart(self, visit_id: UUID) -> None:
        """The engineer has set out."""
        await self._take(Depart(at=self.work.now, visit_id=visit_id), Move.DEPART, "departed_at")

    async def arrive(self, visit_id: UUID) -> None:
        """The engineer has arrived: the arrival target is met at this moment."""
        await self._take(Arrive(at=self.work.now, visit_id=visit_id), Move.ARRIVE, "arrived_at")

    async def connect(self, visit_id: UUID) -> None:
        """The engineer works remotely: the arrival target is met as well."""
        await self._take(Connect(at=self.work.now, visit_id=visit_id), Move.CONNECT, "arrived_at")

    async def resolve(self, visit_id: UUID, resolution: Resolution) -> None:
        """The fault is fixed; the client confirms, reopens, or the ticket closes automatically.

        Raises:
            DataConsentMissing: a disk was worked on, and nobody at the client had agreed (C5).
            WorkNotBillable: the work needs something before it may be charged, and is not finished as goodwill.
        """
        step = _resolved(resolution, at=self.work.now, visit_id=visit_id)
        await self._end(step, resolution, Move.RESOLVE)

    async def finish(self, visit_id: UUID, result: VisitResult) -> None:
        """The visit is over. Resolved, it is `resolve`; unresolved, the ticket follows its other visits, waits, or goes
        back to dispatch.

        Raises:
            DataConsentMissing: as for `resolve`.
        """
        if result.outcome is VisitOutcome.RESOLVED:
            return await self.resolve(visit_id, result)
        step = steps.Finish(
            at=self.work.now,
            visit_id=visit_id,
            work_done=result.work_done,
            cause=result.cause,
            work_minutes=result.work_minutes,
            travel_minutes=result.travel_minutes,
            waiting_for=result.waiting_for,
        )
        return await self._end(step, result, Move.FINISH)

    async def _end(self, step: Resolve | steps.Finish, resolution: Resolution, move: Move) -> None:
        visit, ticket, visits = await self._locked(present(step.visit_id, "only pasts have steps without a visit"))

        async def repeated() -> bool:
            written = (resolution.work_done, resolution.cause, resolution.work_minutes)
            same = (visit.work_done, visit.cause, visit.work_minutes) == written
            return same and await already_done(self.work, MOVE_ACTIONS[move], ticket.id, visit.finished_at)

        if visit.state in OPEN_VISIT_STATES:
            if resolution.disks and not await consented(self.work.session, visit.id):
                raise DataConsentMissing(fields={"disks": DataConsentMissing.text})
            if move is Move.RESOLVE and not resolution.goodwill_reason:
                await require_billable(self.work, ticket.id)
        finished_before = _finished(visits)
        taken = await self.workflow.take(ticket, step, visits, repeated=repeated)
        if taken and resolution.goodwill_reason:
            await self._grant_goodwill(ticket, _finished(visits) - finished_before, resolution.goodwill_reason)

    async def resolve_from_desk(self, ticket_id: UUID, resolution: DeskResolution) -> UUID | None:
        """Solved by telephone or remotely by whoever is at the desk: a visit of its own, finished with its minutes; the
        work done is a public timeline entry. Visits at which work began are finished too, with their minutes.

        Returns the visit's id; None for a repeated step.

        Raises:
            WorkNotBillable: as for `resolve`.
        """
        self.work.actor.require(Permission.TICKET_TRIAGE)
        ticket = await self.workflow.ticket(ticket_id)
        now = self.work.now
        unplanned = VisitFacts(
            id=self.work.new_id(),
            engineer_id=None,
            planned=False,
            performed_by=self.work.actor.membership_id,
            performed_by_name=self.work.actor.display_name,
            mode=VisitMode(resolution.mode),
            scheduled_start=now,
            scheduled_end=now,
        )
        if ticket.state in RULES[Move.RESOLVE].starts and not resolution.goodwill_reason:
            await require_billable(self.work, ticket.id)
        visits = await repository.visits_of(self.work.session, ticket.id)
        finished_before = _finished(visits)
        taken = await self.workflow.take(
            ticket,
            msgspec.structs.replace(_resolved(resolution, at=now), unplanned=unplanned),
            visits,
            repeated=lambda: already_moved(self.work, ticket, Move.RESOLVE, text=resolution.work_done),
        )
        if taken and resolution.goodwill_reason:
            ended = {unplanned.id, *(_finished(visits) - finished_before)}
            await self._grant_goodwill(ticket, ended, resolution.goodwill_reason)
        return unplanned.id if taken else None

    async def _grant_goodwill(self, ticket: Ticket, visit_ids: Collection[UUID], reason: str) -> None:
        """What this step finished is not charged; staff read why on the timeline."""
        write_goodwill(self.work, ticket, sorted(visit_ids), reason)
        self.workflow.note(ticket, "goodwill", reason)
        await self.work.session.flush()

    async def _take(self, step: VisitStep, move: Move, time_column: str) -> None:
        """
        Raises:
            VisitEnded, MoveRefused
        """
        visit, ticket, visits = await self._locked(present(step.visit_id, "only pasts have steps without a visit"))
        await self.workflow.take(
            ticket,
            step,
            visits,
            repeated=lambda: already_done(self.work, MOVE_ACTIONS[move], ticket.id, getattr(visit, time_column)),
        )

    async def _locked(self, visit_id: UUID) -> tuple[Visit, Ticket, Sequence[Visit]]:
        """The visit, its ticket and all the ticket's visits, locked.

        The ticket is locked first, as everywhere; the other order would deadlock with a cancellation.
        """
        visit = await visit_of_worker(self.work, visit_id, locked=False)
        ticket = await self.workflow.ticket(visit.ticket_id)
        return visit, ticket, await repository.visits_of(self.work.session, ticket.id)

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


def _finished(visits: Sequence[Visit]) -> set[UUID]:
    return {visit.id for visit in visits if visit.state == VisitState.FINISHED}


def _resolved(resolution: Resolution, *, at: datetime, visit_id: UUID | None = None) -> Resolve:
    return Resolve(
        at=at,
        visit_id=visit_id,
        work_done=resolution.work_done,
        cause=resolution.cause,
        work_minutes=resolution.work_minutes,
        travel_minutes=resolution.travel_minutes,
    )
