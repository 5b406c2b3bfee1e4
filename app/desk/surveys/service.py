"""Surveys after a ticket: one score, with an optional comment (Q2)."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from app.desk.surveys.models import SurveyResponse
from app.desk.surveys.schemas import Rating, RatingCreate, SurveyChannel
from app.desk.tickets import ConfirmationService, may_read_ticket, of_visible_ticket
from app.platform.kernel.errors import NotFound
from app.platform.kernel.row_scope import ScopedStaff, row_scope_of
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission
from tenants.context import Command, elevated


class SurveyService:
    """Stores ratings, from the reporter's ring or the client's."""

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work

    async def rate(self, ticket_id: UUID, answer: RatingCreate, channel: SurveyChannel) -> Rating:
        """Store the answer. The first score counts; the same score again only adds a missing comment.

        Raises:
            NotFound: no such ticket for this actor.
            NothingToRate, AlreadyRated: as their texts say.
        """
        self.work.actor.require(Permission.TICKET_CONFIRM)
        stored = await self._stored_answer(ticket_id)
        if stored is not None and stored.score == answer.score:
            return await self._with_comment(stored, answer.comment)
        ticket = await ConfirmationService(self.work).record_rating(ticket_id, answer.score)
        async with elevated(self.work, Command.RATE_SERVICE):
            row = SurveyResponse(
                tenant_id=ticket.tenant_id,
                id=self.work.new_id(),
                client_id=ticket.client_id,
                reporter_id=ticket.reporter_id,
                ticket_id=ticket.id,
                score=answer.score,
                comment=answer.comment.strip(),
                channel=channel,
                answered_at=self.work.now,
            )
            self.work.session.add(row)
            self.work.audit("survey.answered", "ticket", ticket.id, score=answer.score, channel=channel)
        return _rating(row)

    async def add_comment(self, ticket_id: UUID, comment: str) -> Rating:
        """Add a comment to the rating; the first comment is kept.

        Raises:
            NotFound: no such ticket for this actor, or not rated yet.
        """
        self.work.actor.require(Permission.TICKET_CONFIRM)
        stored = await self._stored_answer(ticket_id)
        if stored is None:
            raise NotFound
        return await self._with_comment(stored, comment)

    async def rating(self, ticket_id: UUID) -> Rating | None:
        """The rating of one ticket; None where there is none, or none that the actor may read."""
        self.work.actor.require(Permission.TICKET_READ)
        stored = await self._stored_answer(ticket_id)
        return None if stored is None else _rating(stored)

    async def _stored_answer(self, ticket_id: UUID) -> SurveyResponse | None:
        """The stored answer, looked up in the actor's own scope."""
        if not await may_read_ticket(self.work, ticket_id):
            raise NotFound
        found: SurveyResponse | None = await self.work.session.scalar(
            select(SurveyResponse).where(SurveyResponse.ticket_id == ticket_id)
        )
        return found

    async def _with_comment(self, stored: SurveyResponse, comment: str) -> Rating:
        if comment.strip() and not stored.comment:
            self.work.require_writable()
            async with elevated(self.work, Command.RATE_SERVICE):
                stored.comment = comment.strip()
        return _rating(stored)


def _rating(row: SurveyResponse) -> Rating:
    return Rating(row.ticket_id, row.score, row.comment, row.channel, row.answered_at)


@row_scope_of(SurveyResponse)
def visible_answers(table: Any, staff: ScopedStaff) -> ColumnElement[bool]:
    """Row scope: staff restricted to some clients see the ratings of the tickets that they see."""
    return of_visible_ticket(table.ticket_id, table.client_id, staff)
