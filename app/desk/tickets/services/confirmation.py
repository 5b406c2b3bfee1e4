"""The client's answer to a resolution: confirm, reopen, rate (T4, Q2)."""

from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import delete

from app.desk.tickets.errors import AlreadyRated, NothingToRate, TooLateToReopen
from app.desk.tickets.lifecycle import Move, TicketState
from app.desk.tickets.models import Ticket
from app.desk.tickets.schemas import Reason
from app.desk.tickets.services.repetition import already_moved
from app.desk.tickets.services.workflow import Workflow
from app.platform.kernel.errors import NotFound
from app.platform.kernel.outbox import DueEntry, DueKind
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission
from tenants.context import Command, elevated

REOPEN_DAYS = 7
"""Days after closing in which a ticket may be reopened."""

RATEABLE_STATES = frozenset({TicketState.RESOLVED, TicketState.CONFIRMED, TicketState.CLOSED})
"""States in which a ticket can be rated."""


class ConfirmedBy(StrEnum):
    """How the client's confirmation came."""

    REPORTER = "reporter"
    PORTAL = "portal"
    SIGNATURE = "signature"
    CALL_BACK = "call_back"
    SILENCE = "silence"


class ConfirmationService:
    """Confirming and reopening, from the client's rings or, for a call-back, by the partner's quality agent.

    Both are idempotent for the same actor.
    """

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work
        self.workflow = Workflow(work)

    async def confirm(self, ticket_id: UUID, how: ConfirmedBy) -> None:
        """Confirm and close the ticket in one step, each with its own timeline entry.

        Raises:
            NotFound, MoveRefused
        """
        self._require(how)
        await self.workflow.require_visible(ticket_id)
        async with elevated(self.work, Command.CONFIRM_RESOLUTION):
            ticket = await self._locked(ticket_id)
            if await already_moved(self.work, ticket, Move.CONFIRM):
                return
            await self.workflow.move(ticket, Move.CONFIRM, TicketState.CONFIRMED, confirmed_by=how)
            ticket.confirmed_by = how
            await self.workflow.move(ticket, Move.CLOSE, TicketState.CLOSED)
            ticket.closed_at = self.work.now
            await self._forget_reminder(ticket_id)

    async def reopen(self, ticket_id: UUID, reason: Reason) -> None:
        """Reopen the ticket; the resolution clock goes on from the time already counted (S3).

        Raises:
            TooLateToReopen: more than `REOPEN_DAYS` after closing.
        """
        if not self.work.actor.may(Permission.TICKET_TRIAGE):
            self.work.actor.require(Permission.TICKET_CONFIRM)
        await self.workflow.require_visible(ticket_id)
        async with elevated(self.work, Command.REOPEN_TICKET):
            ticket = await self._locked(ticket_id)
            if await already_moved(self.work, ticket, Move.REOPEN, text=reason.reason):
                return
            if ticket.closed_at is not None and self.work.now - ticket.closed_at > timedelta(days=REOPEN_DAYS):
                raise TooLateToReopen(days=REOPEN_DAYS)
            await self.workflow.move(ticket, Move.REOPEN, TicketState.REOPENED, text=reason.reason)
            ticket.reopened += 1
            ticket.resolved_at = ticket.closed_at = ticket.engineer_id = None
            ticket.confirmed_by = ""
            await self.workflow.clocks.reopen(ticket.id, self.work.now)
            await self._forget_reminder(ticket_id)
            await self.workflow.set_due(ticket)

    async def record_rating(self, ticket_id: UUID, score: int) -> Ticket:
        """Put the client's score (1 to 5) on the ticket; the answer itself is kept by the surveys (Q2).

        Raises:
            NotFound
            NothingToRate: nothing has been resolved yet.
            AlreadyRated: the first answer counts.
        """
        self.work.actor.require(Permission.TICKET_CONFIRM)
        self.work.require_writable()
        await self.workflow.require_visible(ticket_id)
        async with elevated(self.work, Command.RATE_SERVICE):
            ticket = await self._locked(ticket_id)
            if ticket.state not in RATEABLE_STATES:
                raise NothingToRate
            if ticket.rating is not None:
                raise AlreadyRated
            ticket.rating = score
            self.workflow.line(ticket, "rating", score=score)
            self.workflow.changed(ticket, "rating")
        return ticket

    def _require(self, how: ConfirmedBy) -> None:
        self.work.require_writable()
        if how is ConfirmedBy.CALL_BACK:
            self.work.actor.require(Permission.TICKET_TRIAGE)
        elif how is ConfirmedBy.SIGNATURE:
            self.work.actor.require(Permission.VISIT_WORK)
        else:
            self.work.actor.require(Permission.TICKET_CONFIRM)

    async def _locked(self, ticket_id: UUID) -> Ticket:
        found = await self.work.session.get(
            Ticket, (self.work.tenant_id, ticket_id), with_for_update=True, populate_existing=True
        )
        if found is None:
            raise NotFound
        return found

    async def _forget_reminder(self, ticket_id: UUID) -> None:
        await self.work.session.execute(
            delete(DueEntry).where(DueEntry.kind == DueKind.CONFIRMATION_REMINDER, DueEntry.subject_id == ticket_id)
        )
