"""Moves of a ticket by `app.desk.tickets.lifecycle`, with their clocks, timeline, events and audit.

Each move locks the ticket, checks the table of moves, writes one timeline entry, updates the clocks, publishes an event
and leaves an audit entry. Nothing is overwritten.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from app.agreements.sla import Priority, TargetKind, WaitReason
from app.agreements.sla.clock_rules import PendingTargets
from app.agreements.sla.clock_service import ClockService, TicketReference
from app.agreements.sla.service_terms import terms_of_versions
from app.desk.tickets import repository
from app.desk.tickets.events import TicketChanged, TicketMoved
from app.desk.tickets.lifecycle import MOVE_ACTIONS, OPEN_STATES, Move, TicketState, require_move
from app.desk.tickets.models import Ticket, TicketEvent, TicketNote
from app.desk.tickets.schemas import Reason, TicketMessage, Triage, Waiting
from app.desk.tickets.services.repetition import already_moved
from app.platform.kernel.errors import NotFound, StaleVersion
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission
from tenants.context import Command, elevated

MET_ON_RESPONSE = (TargetKind.RESPONSE,)
MET_ON_START_OF_WORK = (TargetKind.RESPONSE, TargetKind.REMOTE_ACCESS, TargetKind.ARRIVAL)
"""Targets met when work begins, on site or remotely."""
MET_ON_RESOLUTION = (*MET_ON_START_OF_WORK, TargetKind.RESOLUTION)


def pending_targets(state: TicketState, wait_reason: str, *, has_begun: bool) -> PendingTargets:
    """The targets still ahead of a ticket; `has_begun` says whether somebody has arrived or connected already."""
    kinds: set[TargetKind] = set()
    if state in OPEN_STATES:
        kinds.add(TargetKind.RESOLUTION)
        if not has_begun:
            kinds |= {TargetKind.REMOTE_ACCESS, TargetKind.ARRIVAL}
        if state is TicketState.NEW:
            kinds.add(TargetKind.RESPONSE)
    return PendingTargets(frozenset(kinds), WaitReason(wait_reason) if wait_reason else None)


def ticket_reference(ticket: Ticket) -> TicketReference:
    """The ids of the ticket that its clocks store."""
    return TicketReference(ticket.id, ticket.client_id, ticket.reporter_id)


class Workflow:
    """Moves and timeline entries of a locked ticket; the services of this area build on it."""

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work
        self.clocks = ClockService(work)

    async def ticket(self, ticket_id: UUID, version: int | None = None) -> Ticket:
        """The ticket, locked.

        Raises:
            NotFound: for what does not exist or belongs to somebody else.
            StaleVersion: when the caller looked at an older version.
        """
        found = await repository.ticket_for_change(self.work.session, self.work.actor, ticket_id)
        if found is None:
            raise NotFound
        if version is not None and version != found.version:
            raise StaleVersion
        return found

    async def require_visible(self, ticket_id: UUID) -> None:
        """Look the ticket up in the actor's own scope, before the scope is elevated for a command.

        Raises:
            NotFound: when the actor may not see it.
        """
        if not await repository.visible(self.work.session, self.work.actor, ticket_id):
            raise NotFound

    async def move(self, ticket: Ticket, move: Move, after: TicketState, *, text: str = "", **details: Any) -> None:
        """Take `ticket` to `after`.

        Raises:
            MoveRefused: when the lifecycle does not allow it.
        """
        before = TicketState(ticket.state)
        require_move(move, before)
        ticket.state = after
        self.touch(ticket)
        line_id = self.line(ticket, "state", state=after, text=text, move=move, **details)
        self.work.publish(
            TicketMoved(
                ticket_id=ticket.id,
                client_id=ticket.client_id,
                reporter_id=ticket.reporter_id,
                engineer_id=ticket.engineer_id,
                move=move,
                before=before,
                after=after,
                line_id=line_id,
            )
        )
        self.work.audit(MOVE_ACTIONS[move], "ticket", ticket.id, before=before, after=after)

    def touch(self, ticket: Ticket) -> None:
        """Raise the ticket's version and change time."""
        ticket.version += 1
        ticket.updated_at = self.moment(ticket)

    def moment(self, ticket: Ticket) -> datetime:
        """The time (UTC) of a change to a locked ticket: now, but never before its last change. A transaction that
        began earlier and waited for the lock is sorted after the one that it waited for."""
        return max(self.work.now, ticket.updated_at)

    def changed(self, ticket: Ticket, what: str, line_id: UUID | None = None) -> None:
        """Publish a change without a move."""
        self.touch(ticket)
        self.work.publish(
            TicketChanged(
                ticket_id=ticket.id,
                client_id=ticket.client_id,
                reporter_id=ticket.reporter_id,
                what=what,
                line_id=line_id,
            )
        )

    def line(self, ticket: Ticket, kind: str, *, state: str = "", text: str = "", **details: Any) -> UUID:
        """Add a public timeline entry; returns its id."""
        line_id = self.work.new_id()
        self.work.session.add(
            TicketEvent(
                tenant_id=ticket.tenant_id,
                id=line_id,
                client_id=ticket.client_id,
                reporter_id=ticket.reporter_id,
                ticket_id=ticket.id,
                occurred_at=self.moment(ticket),
                kind=kind,
                state=state,
                actor_kind=self.work.actor.kind,
                actor_name=self.work.actor.display_name,
                text=text,
                details=details,
            )
        )
        return line_id

    def note(self, ticket: Ticket, kind: str, text: str, **details: Any) -> None:
        """Add an internal timeline entry, which the database shows to the partner's staff only."""
        self.work.session.add(
            TicketNote(
                tenant_id=ticket.tenant_id,
                id=self.work.new_id(),
                client_id=ticket.client_id,
                ticket_id=ticket.id,
                occurred_at=self.moment(ticket),
                kind=kind,
                actor_name=self.work.actor.display_name,
                membership_id=self.work.actor.membership_id,
                text=text,
                details=details,
            )
        )

    async def pending(self, ticket: Ticket) -> PendingTargets:
        """The targets still ahead of the ticket."""
        has_begun = await repository.has_begun(self.work.session, ticket.id)
        return pending_targets(TicketState(ticket.state), ticket.wait_reason, has_begun=has_begun)

    async def set_due(self, ticket: Ticket) -> None:
        """Copy the nearest due time to the ticket after its clocks have changed."""
        ticket.due_at = await self.clocks.nearest_due(ticket.id)
        await self.work.session.flush()


class TriageService:
    """Moves that need no visit: triage, waiting, cancelling; replies and notes."""

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work
        self.workflow = Workflow(work)

    async def triage(self, ticket_id: UUID, triage: Triage) -> None:
        """Classify; a change of impact or urgency changes the priority and with it the targets (T2, S3)."""
        self.work.actor.require(Permission.TICKET_TRIAGE)
        ticket = await self.workflow.ticket(ticket_id, triage.version)
        ticket.service_category, ticket.product_category = triage.service_category, triage.product_category
        ticket.impact, ticket.urgency = triage.impact, triage.urgency
        await self._reprioritise(ticket, triage)
        if ticket.state in (TicketState.NEW, TicketState.REOPENED):
            await self.workflow.move(ticket, Move.TRIAGE, TicketState.TRIAGED)
            await self.workflow.clocks.meet(ticket.id, MET_ON_RESPONSE, self.work.now)
        else:
            self.workflow.changed(ticket, "triage")
        await self.workflow.set_due(ticket)

    async def _reprioritise(self, ticket: Ticket, triage: Triage) -> None:
        if ticket.policy_version_id is None or ticket.calendar_version_id is None:
            return
        terms = await terms_of_versions(self.work.session, ticket.policy_version_id, ticket.calendar_version_id)
        priority = terms.policy.priority_of(triage.impact, triage.urgency)
        if priority == ticket.priority:
            return
        before, ticket.priority = ticket.priority, priority
        self.workflow.line(ticket, "priority", before=before, after=priority)
        pending = await self.workflow.pending(ticket)
        await self.workflow.clocks.change_priority(ticket_reference(ticket), terms, Priority(priority), pending)

    async def wait(self, ticket_id: UUID, waiting: Waiting) -> None:
        """The ticket waits; which clocks pause is set by the policy (S3)."""
        self._require_worker()
        ticket = await self.workflow.ticket(ticket_id)
        if await already_moved(self.work, ticket, Move.WAIT, text=waiting.note, reason=waiting.reason):
            return
        visit = await repository.open_visit(self.work.session, ticket.id)
        resume_to = TicketState(ticket.state)
        await self.workflow.move(
            ticket, Move.WAIT, TicketState.WAITING, text=waiting.note, reason=waiting.reason, resume_to=resume_to
        )
        ticket.wait_reason = waiting.reason
        if visit is not None and visit.state == TicketState.EN_ROUTE:
            visit.state = TicketState.ACCEPTED
        await self.workflow.clocks.pause(ticket.id, WaitReason(waiting.reason), self.work.now)
        await self.workflow.set_due(ticket)

    async def resume(self, ticket_id: UUID) -> None:
        """End the waiting: the ticket returns to the state of its open visit, or else to triaged."""
        self._require_worker()
        ticket = await self.workflow.ticket(ticket_id)
        if await already_moved(self.work, ticket, Move.RESUME):
            return
        visit = await repository.open_visit(self.work.session, ticket.id)
        await self.workflow.move(ticket, Move.RESUME, state_after_waiting(None if visit is None else visit.state))
        ticket.wait_reason = ""
        await self.workflow.clocks.resume(ticket.id, self.work.now)
        await self.workflow.set_due(ticket)

    async def cancel(self, ticket_id: UUID, reason: Reason) -> None:
        """Cancel the ticket and its open visit."""
        self.work.actor.require(Permission.TICKET_TRIAGE)
        ticket = await self.workflow.ticket(ticket_id)
        if await already_moved(self.work, ticket, Move.CANCEL, text=reason.reason):
            return
        await self.workflow.move(ticket, Move.CANCEL, TicketState.CANCELLED, text=reason.reason)
        ticket.wait_reason, ticket.closed_at = "", self.work.now
        visit = await repository.open_visit(self.work.session, ticket.id)
        if visit is not None:
            visit.state = "cancelled"
        await self.workflow.clocks.cancel(ticket.id, self.work.now)
        await self.workflow.set_due(ticket)

    async def reply(self, ticket_id: UUID, message: TicketMessage) -> None:
        """Add a public reply, from any ring."""
        self.work.actor.require(Permission.TICKET_REPLY)
        self.work.require_writable()
        await self.workflow.require_visible(ticket_id)
        async with elevated(self.work, Command.ADD_NOTE):
            ticket = await self._locked(ticket_id)
            self.workflow.changed(ticket, "reply", self.workflow.line(ticket, "reply", text=message.text))

    async def add_note(self, ticket_id: UUID, message: TicketMessage) -> None:
        """Add an internal note."""
        self.work.actor.require(Permission.NOTE_WRITE)
        ticket = await self.workflow.ticket(ticket_id)
        self.workflow.note(ticket, "note", message.text)
        self.workflow.changed(ticket, "note")

    async def _locked(self, ticket_id: UUID) -> Ticket:
        found = await self.work.session.get(
            Ticket, (self.work.tenant_id, ticket_id), with_for_update=True, populate_existing=True
        )
        if found is None:
            raise NotFound
        return found

    def _require_worker(self) -> None:
        if not self.work.actor.may(Permission.TICKET_TRIAGE):
            self.work.actor.require(Permission.VISIT_WORK)


def state_after_waiting(visit_state: str | None) -> TicketState:
    """The state of a ticket when its waiting ends, by the state of its open visit, if there is one."""
    if visit_state is None:
        return TicketState.TRIAGED
    return TicketState.ASSIGNED if visit_state == "planned" else TicketState(visit_state)
