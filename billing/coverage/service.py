"""Reading the coverage of tickets, saying otherwise, and asking before a report is made."""

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, and_, select

from app.assets.clients.models import Client
from app.assets.devices.models import Device
from app.desk.tickets import may_read_ticket, of_visible_ticket
from app.platform.kernel.columns import view_of
from app.platform.kernel.errors import NotFound, StaleVersion
from app.platform.kernel.row_scope import ScopedStaff, row_scope_of
from app.platform.kernel.texts import translator
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.contracts import CoverageAnswer, CoverageQuestion, coverage_answer, reason_text
from billing.coverage.asking import Answered, ask_about, locked_coverage, write_answer
from billing.coverage.events import CoverageOverridden
from billing.coverage.models import TicketCoverage, TicketCoverageReason
from billing.coverage.permissions import CoveragePermission
from billing.coverage.schemas import (
    AskedAbout,
    CoverageOverride,
    CoveragePreview,
    CoverageReasonView,
    TicketCoverageView,
)
from billing.coverage.texts import NOTE_TEXTS, OVERRIDDEN, OVERRIDE, ClientNote
from billing.terms import CoverageReason, CoverageState
from rbac import Permission


async def coverage_of_ticket(work: UnitOfWork, ticket_id: UUID) -> TicketCoverageView | None:
    """The present answer, with its reason for whoever is of the tenant's own scope: the database shows it to nobody
    else. None: not answered yet, or nothing that the actor may see. Whoever calls has checked that the actor may read
    the ticket."""
    row = (
        await work.session.execute(
            select(TicketCoverage, TicketCoverageReason)
            .outerjoin(
                TicketCoverageReason,
                and_(
                    TicketCoverageReason.tenant_id == TicketCoverage.tenant_id,
                    TicketCoverageReason.ticket_id == TicketCoverage.ticket_id,
                    TicketCoverageReason.revision == TicketCoverage.revision,
                ),
            )
            .where(TicketCoverage.ticket_id == ticket_id)
        )
    ).first()
    if row is None:
        return None
    coverage = row[0]
    reason: TicketCoverageReason | None = row[1]
    return TicketCoverageView(
        ticket_id=ticket_id,
        client_id=coverage.client_id,
        state=CoverageState(coverage.answer),
        text=translator(work.actor.language)(NOTE_TEXTS[ClientNote(coverage.note)]),
        contract_number=coverage.contract_number,
        decided_at=coverage.decided_at,
        revision=coverage.revision,
        why=None if reason is None else _reason_view(work, reason),
    )


class CoverageService:
    """The coverage of tickets, for every ring what it may see."""

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work

    async def of_ticket(self, ticket_id: UUID) -> TicketCoverageView | None:
        """The present answer; None: the contracts have not been asked yet.

        Raises:
            NotFound: no such ticket for this actor.
        """
        if not await may_read_ticket(self.work, ticket_id):
            raise NotFound
        return await coverage_of_ticket(self.work, ticket_id)

    async def history(self, ticket_id: UUID) -> list[CoverageReasonView]:
        """All answers with their reasons, the newest first; none for the client's people.

        Raises:
            NotFound: no such ticket for this actor.
        """
        if not await may_read_ticket(self.work, ticket_id):
            raise NotFound
        rows = await self.work.session.scalars(
            select(TicketCoverageReason)
            .where(TicketCoverageReason.ticket_id == ticket_id)
            .order_by(TicketCoverageReason.revision.desc())
        )
        return [_reason_view(self.work, row) for row in rows]

    async def preview(self, question: CoverageQuestion) -> CoveragePreview:
        """What the contracts say of a report before it is saved.

        Raises:
            Forbidden: without `ticket:triage`.
            NotFound: no such client for this actor, or no such device of it.
        """
        self.work.actor.require(Permission.TICKET_TRIAGE)
        if not await self._exists(question):
            raise NotFound
        answer = await coverage_answer(self.work, question)
        return CoveragePreview(
            state=answer.state,
            reason=answer.reason,
            text=reason_text(answer, translator(self.work.actor.language)),
            contract_id=answer.contract_id,
            contract_number=answer.contract_number,
            line_name=answer.line_name,
        )

    async def override(self, ticket_id: UUID, wanted: CoverageOverride) -> TicketCoverageView:
        """Say otherwise than the contract; it stands until category or device change, or somebody asks again.

        Raises:
            Forbidden: without `coverage:override`.
            NotFound: no such ticket for this actor, or the contracts have not been asked yet.
            StaleVersion: it was answered anew since it was read.
        """
        row = await self._for_change(ticket_id)
        if row.revision != wanted.revision:
            raise StaleVersion
        last = await self.work.session.scalar(
            select(TicketCoverageReason).where(
                TicketCoverageReason.ticket_id == ticket_id, TicketCoverageReason.revision == row.revision
            )
        )
        if last is None:
            raise NotFound
        actor = self.work.actor
        await write_answer(
            self.work,
            row,
            Answered(
                wanted.state,
                OVERRIDE,
                msgspec.convert(last.question, AskedAbout),
                explanation=wanted.explanation,
                decided_by=actor.membership_id,
                decided_by_name=actor.display_name,
            ),
        )
        self.work.audit("coverage.overridden", "ticket", ticket_id, before=last.answer, after=wanted.state)
        self.work.publish(CoverageOverridden(ticket_id=ticket_id, client_id=row.client_id))
        return await self._present(ticket_id)

    async def ask_again(self, ticket_id: UUID) -> TicketCoverageView:
        """Have the contracts answer anew, in place of what a member said.

        Raises:
            Forbidden, NotFound: as `override`.
        """
        row = await self._for_change(ticket_id)
        before = row.answer
        await ask_about(self.work, [ticket_id], anew=True, over_members=True)
        self.work.audit("coverage.requested", "ticket", ticket_id, before=before, after=row.answer)
        self.work.publish(CoverageOverridden(ticket_id=ticket_id, client_id=row.client_id))
        return await self._present(ticket_id)

    async def _for_change(self, ticket_id: UUID) -> TicketCoverage:
        self.work.actor.require(CoveragePermission.COVERAGE_OVERRIDE)
        self.work.require_writable()
        if not await may_read_ticket(self.work, ticket_id):
            raise NotFound
        return (await locked_coverage(self.work, [ticket_id]))[ticket_id]

    async def _exists(self, question: CoverageQuestion) -> bool:
        found = select(Client.id).where(Client.id == question.client_id)
        if question.device_id is not None:
            found = found.join(Device, and_(Device.tenant_id == Client.tenant_id, Device.client_id == Client.id))
            found = found.where(Device.id == question.device_id)
        return await self.work.session.scalar(found) is not None

    async def _present(self, ticket_id: UUID) -> TicketCoverageView:
        found = await coverage_of_ticket(self.work, ticket_id)
        if found is None:
            raise NotFound
        return found


def _reason_view(work: UnitOfWork, row: TicketCoverageReason) -> CoverageReasonView:
    state, asked = CoverageState(row.answer), msgspec.convert(row.question, AskedAbout)
    return view_of(CoverageReasonView, row, state=state, text=_words(work, row, asked), asked=asked)


@row_scope_of(TicketCoverage, TicketCoverageReason)
def of_visible_tickets(table: Any, staff: ScopedStaff) -> ColumnElement[bool]:
    """Staff held to some clients see the coverage of the tickets that they see."""
    return of_visible_ticket(table.ticket_id, table.client_id, staff)


def _words(work: UnitOfWork, row: TicketCoverageReason, asked: AskedAbout) -> str:
    translate = translator(work.actor.language)
    if row.reason == OVERRIDE:
        return translate(OVERRIDDEN)
    answer = CoverageAnswer(
        state=CoverageState(row.answer),
        reason=CoverageReason(row.reason),
        contract_number=row.contract_number,
        line_name=row.line_name,
        service_category=asked.service_category,
        product_category=asked.product_category,
    )
    return reason_text(answer, translate)
