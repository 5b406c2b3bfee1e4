"""The client's answer to a resolution: confirm, reopen, rate (T4, Q2)."""

from uuid import UUID

from app.desk.tickets import steps
from app.desk.tickets.lifecycle import ConfirmedBy, Move
from app.desk.tickets.models import Ticket
from app.desk.tickets.schemas import Reason
from app.desk.tickets.workflow.repetition import already_moved
from app.desk.tickets.workflow.workflow import Workflow
from app.platform.kernel.errors import NotFound
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission
from tenants.context import Command, elevated


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
            await self.workflow.take(
                ticket,
                steps.Confirm(at=self.work.now, how=how),
                repeated=lambda: already_moved(self.work, ticket, Move.CONFIRM),
            )

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
            await self.workflow.take(
                ticket,
                steps.Reopen(at=self.work.now, reason=reason.reason),
                repeated=lambda: already_moved(self.work, ticket, Move.REOPEN, text=reason.reason),
            )

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
            await self.workflow.take(ticket, steps.Rate(at=self.work.now, score=score))
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
