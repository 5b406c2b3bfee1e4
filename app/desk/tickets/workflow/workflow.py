"""Steps of a ticket as `app.desk.tickets.decision` decides them, with their clocks, timeline, events and audit.

Each step locks the ticket, is decided on, and then stored: for each move one timeline entry, an event and an audit
entry, the changed columns, internal notes and clocks. Nothing is overwritten.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from app.agreements.sla import ClockService, Priority, TicketReference, terms_of_versions
from app.desk.tickets import repository, steps
from app.desk.tickets.confirmation.reminders import first_reminder, forget_reminder
from app.desk.tickets.decision import apply, pending_targets
from app.desk.tickets.events import TicketChanged, TicketMoved, VisitFinished
from app.desk.tickets.lifecycle import MOVE_ACTIONS, RULES, Move, TicketState, VisitMode, VisitState
from app.desk.tickets.models import Ticket, TicketEvent, TicketNote, Visit
from app.desk.tickets.schemas import Reason, TicketMessage, Triage, Waiting
from app.desk.tickets.workflow.repetition import already_moved
from app.platform.kernel.errors import NotFound, StaleVersion
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.promises import PendingTargets, WaitReason
from rbac import Permission
from tenants.context import Command, elevated

_COLUMNS = tuple(name for name in steps.TicketFacts.__struct_fields__ if name not in ("state", "visits"))
_VISIT_COLUMNS = tuple(name for name in steps.VisitFacts.__struct_fields__ if name not in ("state", "mode"))


def ticket_reference(ticket: Ticket) -> TicketReference:
    """The ids of the ticket that its clocks store."""
    return TicketReference(ticket.id, ticket.client_id, ticket.reporter_id)


def visit_facts_of(visit: Visit) -> steps.VisitFacts:
    """The visit as a value."""
    return steps.VisitFacts(
        state=VisitState(visit.state),
        mode=VisitMode(visit.mode),
        **{name: getattr(visit, name) for name in _VISIT_COLUMNS},
    )


def facts_of(ticket: Ticket, visits: Sequence[Visit]) -> steps.TicketFacts:
    """The ticket as a value; `visits` are all of its, where the step depends on them."""
    return steps.TicketFacts(
        state=TicketState(ticket.state),
        visits=tuple(visit_facts_of(visit) for visit in visits),
        **{name: getattr(ticket, name) for name in _COLUMNS},
    )


class Workflow:
    """Steps and timeline entries of a locked ticket; the services of this area build on it."""

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

    async def take(
        self,
        ticket: Ticket,
        step: steps.Step,
        visits: Sequence[Visit] = (),
        *,
        repeated: Callable[[], Awaitable[bool]] | None = None,
    ) -> bool:
        """Decide on `step` and store what it changes; `visits` are all of the ticket's, locked. False: the step is
        not possible now, because the actor has taken it already, as `repeated` knows.

        Raises:
            DomainError: the refusal.
        """
        decided = apply(facts_of(ticket, visits), step)
        if isinstance(decided, steps.Changes):
            await self.store(ticket, visits, decided)
            return True
        if repeated is not None and await repeated():
            return False
        raise decided

    async def store(self, ticket: Ticket, visits: Sequence[Visit], changes: steps.Changes) -> None:
        """Write what a step changes."""
        for moved in changes.moves:
            self._record(ticket, moved)
        for column in _COLUMNS:
            setattr(ticket, column, getattr(changes.ticket, column))
        for each in changes.notes:
            self.note(ticket, each.kind, each.text, **each.details)
        known = {visit.id: visit for visit in visits}
        for facts in changes.ticket.visits:
            self._store_visit(ticket, known.get(facts.id), facts)
        for finished in changes.finished:
            self.work.publish(
                VisitFinished(
                    visit_id=finished.id,
                    ticket_id=ticket.id,
                    client_id=ticket.client_id,
                    reporter_id=ticket.reporter_id,
                    engineer_id=finished.engineer_id,
                    performed_by=finished.performed_by,
                    outcome=finished.outcome,
                )
            )
        for change in changes.clocks:
            await self._change_clocks(ticket, change)
        if changes.clocks:
            await self.set_due(ticket)
        if changes.awaits_answer is not None:
            await self._remind(ticket, awaits_answer=changes.awaits_answer)
        await self.work.session.flush()

    def _record(self, ticket: Ticket, moved: steps.Moved) -> None:
        ticket.state = moved.after
        self.touch(ticket)
        line_id = self.line(ticket, "state", state=moved.after, text=moved.text, move=moved.move, **moved.details)
        self.work.publish(
            TicketMoved(
                ticket_id=ticket.id,
                client_id=ticket.client_id,
                reporter_id=ticket.reporter_id,
                engineer_id=moved.engineer_id,
                move=moved.move,
                before=moved.before,
                after=moved.after,
                line_id=line_id,
            )
        )
        self.work.audit(MOVE_ACTIONS[moved.move], "ticket", ticket.id, before=moved.before, after=moved.after)

    def _store_visit(self, ticket: Ticket, visit: Visit | None, facts: steps.VisitFacts) -> None:
        columns = {name: getattr(facts, name) for name in facts.__struct_fields__}
        if visit is None:
            self.work.session.add(
                Visit(
                    tenant_id=ticket.tenant_id,
                    client_id=ticket.client_id,
                    reporter_id=ticket.reporter_id,
                    ticket_id=ticket.id,
                    **columns,
                )
            )
        elif facts != visit_facts_of(visit):
            for name, value in columns.items():
                setattr(visit, name, value)
            visit.version += 1

    async def _change_clocks(self, ticket: Ticket, change: steps.ClockChange) -> None:
        clocks, now = self.clocks, self.work.now
        match change:
            case steps.MeetTargets():
                await clocks.meet(ticket.id, change.targets, now)
            case steps.PauseClocks():
                await clocks.pause(ticket.id, change.reason, now)
            case steps.ResumeClocks():
                await clocks.resume(ticket.id, now)
            case steps.CancelClocks():
                await clocks.cancel(ticket.id, now)
            case steps.ReopenClocks():
                await clocks.reopen(ticket.id, now)

    async def _remind(self, ticket: Ticket, *, awaits_answer: bool) -> None:
        if awaits_answer:
            self.work.schedule(DueKind.CONFIRMATION_REMINDER, ticket.id, await first_reminder(self.work, ticket))
        else:
            await forget_reminder(self.work, ticket.id)

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
        if ticket.state in RULES[Move.TRIAGE].starts:
            await self.workflow.take(ticket, steps.Triage(at=self.work.now))
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
        await self.workflow.take(
            ticket,
            steps.Wait(at=self.work.now, reason=WaitReason(waiting.reason), note=waiting.note),
            await repository.visits_of(self.work.session, ticket.id),
            repeated=lambda: already_moved(self.work, ticket, Move.WAIT, text=waiting.note, reason=waiting.reason),
        )

    async def resume(self, ticket_id: UUID) -> None:
        """End the waiting: the ticket returns to the state of its open visit, or else to triaged."""
        self._require_worker()
        ticket = await self.workflow.ticket(ticket_id)
        await self.workflow.take(
            ticket,
            steps.Resume(at=self.work.now),
            await repository.visits_of(self.work.session, ticket.id),
            repeated=lambda: already_moved(self.work, ticket, Move.RESUME),
        )

    async def cancel(self, ticket_id: UUID, reason: Reason) -> None:
        """Cancel the ticket and its open visit."""
        self.work.actor.require(Permission.TICKET_TRIAGE)
        ticket = await self.workflow.ticket(ticket_id)
        await self.workflow.take(
            ticket,
            steps.Cancel(at=self.work.now, reason=reason.reason),
            await repository.visits_of(self.work.session, ticket.id),
            repeated=lambda: already_moved(self.work, ticket, Move.CANCEL, text=reason.reason),
        )

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
