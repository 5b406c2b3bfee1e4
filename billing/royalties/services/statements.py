"""Both sides' work on statements: the partner agrees or disputes, headquarters corrects or stays with what it said."""

from datetime import date, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, cast, func, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from app.platform.kernel.errors import NotFound
from app.platform.kernel.time_source import platform_day
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.royalties.composing import charges_of
from billing.royalties.models import RoyaltyCharge, RoyaltyStatement
from billing.royalties.permissions import RoyaltyPermission
from billing.royalties.schemas import (
    Agreement,
    Answer,
    ChargeKind,
    Correction,
    Dispute,
    StatementLine,
    StatementView,
    minor_of,
)
from billing.royalties.services import records
from billing.royalties.services.reckoning_partners import begin, reckon_again
from billing.royalties.services.runs import charge_rows
from billing.royalties.standing import rules_in_force
from billing.royalties.states import ROYALTY_STATEMENT, StatementMove, StatementState


class RoyaltyStatements:
    """The statements of the actor's tenant: headquarters has every partner's, a partner its own.

    Raises:
        Forbidden: without `royalty:read`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(RoyaltyPermission.ROYALTY_READ)
        self._work = work

    async def get(self, statement_id: UUID) -> StatementView:
        """
        Raises:
            NotFound: this side has no such statement.
        """
        row = await self._work.session.scalar(select(RoyaltyStatement).where(RoyaltyStatement.id == statement_id))
        if row is None:
            raise NotFound
        return await records.to_view(self._work, row)

    async def agree(self, statement_id: UUID, agreement: Agreement) -> StatementView:
        """The partner agrees.

        Raises:
            Forbidden: without `royalty:answer`.
            NotFound, StaleVersion, RoyaltyStatementMoveRefused
        """
        row = await self._answering(statement_id, agreement.version)
        await records.take(self._work, row, StatementMove.AGREE)
        return await records.to_view(self._work, row)

    async def dispute(self, statement_id: UUID, dispute: Dispute) -> StatementView:
        """The partner does not agree, and says why. Raises like `agree`."""
        row = await self._answering(statement_id, dispute.version)
        row.dispute_reason = dispute.reason
        await records.take(self._work, row, StatementMove.DISPUTE, dispute.reason)
        return await records.to_view(self._work, row)

    async def uphold(self, statement_id: UUID, answer: Answer) -> StatementView:
        """Headquarters stays with what it said; the partner has its days again.

        Raises:
            Forbidden: without `royalty:write`.
            NotFound, StaleVersion, RoyaltyStatementMoveRefused
        """
        row = await self._deciding(statement_id, answer.version)
        ROYALTY_STATEMENT.require(StatementMove.UPHOLD, row.state, records.side_of(self._work))
        await self._give_days(row)
        await records.take(self._work, row, StatementMove.UPHOLD, answer.reason)
        return await records.to_view(self._work, row)

    async def correct(self, statement_id: UUID, correction: Correction, engine: AsyncEngine) -> StatementView:
        """Headquarters reckons anew from the facts and rates as they are, and by what both agreed upon. `engine` is the
        network role's. Raises like `uphold`; also Invalid: no amount of money."""
        work, row = self._work, await self._deciding(statement_id, correction.version)
        ROYALTY_STATEMENT.require(StatementMove.CORRECT, row.state, records.side_of(work))
        adjustment = minor_of(correction.adjustment, row.currency, "adjustment", below_zero=True)
        agreed = [each for each in records.lines_of(row) if each.kind is ChargeKind.AGREED]
        if adjustment:
            agreed.append(
                StatementLine(kind=ChargeKind.AGREED, month=row.month, amount=adjustment, text=correction.reason)
            )
        lines = await reckon_again(await begin(work, engine, row.month), row, agreed)
        asked = await self._asked(row)
        wanted = charges_of(lines)
        changes = {key: wanted.get(key, 0) - asked.get(key, 0) for key in asked.keys() | wanted.keys()}
        rows = charge_rows(
            work, row.id, row.partner_id, row.currency, {key: amount for key, amount in changes.items() if amount}
        )
        if rows:
            await work.session.execute(insert(RoyaltyCharge), rows)
        row.lines = msgspec.to_builtins(lines)
        row.revenue = sum(each.revenue for each in lines)
        row.amount = sum(each.amount for each in lines)
        row.edition += 1
        await self._give_days(row)
        await records.take(work, row, StatementMove.CORRECT, correction.reason)
        return await records.to_view(work, row)

    async def lapse_due(self) -> int:
        """What happens every day at headquarters: whoever did not object in time has agreed; how many."""
        work = self._work
        today = platform_day(work.now)
        due = await work.session.scalars(
            select(RoyaltyStatement.id)
            .where(RoyaltyStatement.state == StatementState.PROPOSED, RoyaltyStatement.answer_by < today)
            .order_by(RoyaltyStatement.id)
        )
        lapsed = 0
        for statement_id in due.all():
            row = await records.locked(work, statement_id)
            if row.state == StatementState.PROPOSED:
                await records.take(work, row, StatementMove.LAPSE)
                await close_if_nothing_is_due(work, row)
                lapsed += 1
        return lapsed

    async def _asked(self, row: RoyaltyStatement) -> dict[tuple[ChargeKind, date], int]:
        """What the statement asks for until now, by kind and month."""
        rows = await self._work.session.execute(
            select(RoyaltyCharge.kind, RoyaltyCharge.month, cast(func.sum(RoyaltyCharge.amount), BigInteger))
            .where(RoyaltyCharge.statement_id == row.id)
            .group_by(RoyaltyCharge.kind, RoyaltyCharge.month)
        )
        return {(ChargeKind(kind), month): amount for kind, month, amount in rows}

    async def _give_days(self, row: RoyaltyStatement) -> None:
        rule = (await rules_in_force(self._work)).of(row.month)
        row.answer_by = platform_day(self._work.now) + timedelta(days=rule.answer_days)

    async def _answering(self, statement_id: UUID, version: int) -> RoyaltyStatement:
        return await self._locked(statement_id, version, RoyaltyPermission.ROYALTY_ANSWER)

    async def _deciding(self, statement_id: UUID, version: int) -> RoyaltyStatement:
        return await self._locked(statement_id, version, RoyaltyPermission.ROYALTY_WRITE)

    async def _locked(self, statement_id: UUID, version: int, permission: RoyaltyPermission) -> RoyaltyStatement:
        self._work.actor.require(permission)
        self._work.require_writable()
        return await records.locked(self._work, statement_id, version)


async def close_if_nothing_is_due(work: UnitOfWork, row: RoyaltyStatement) -> None:
    """Of an agreed statement at headquarters that asks for nothing."""
    if row.state == StatementState.AGREED and row.amount == 0:
        await records.take(work, row, StatementMove.CLOSE)
