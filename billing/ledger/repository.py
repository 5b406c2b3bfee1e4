"""Queries of the ledger."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from billing.ledger.accounts import AccountKind, LedgerAccountName
from billing.ledger.models import LedgerAccount, LedgerEntry, LedgerPosting
from billing.ledger.schemas import LedgerBalance


class LedgerRepository:
    """Rows of the ledger that the session may see."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def entry(self, entry_id: UUID) -> LedgerEntry | None:
        return await self._session.scalar(select(LedgerEntry).where(LedgerEntry.id == entry_id))

    async def postings_of(self, entry_id: UUID) -> Sequence[LedgerPosting]:
        rows = await self._session.scalars(
            select(LedgerPosting).where(LedgerPosting.entry_id == entry_id).order_by(LedgerPosting.id)
        )
        return rows.all()

    async def account_id(self, name: LedgerAccountName, currency: str) -> UUID | None:
        return await self._session.scalar(
            select(LedgerAccount.id).where(
                LedgerAccount.kind == name.kind,
                LedgerAccount.client_id.is_not_distinct_from(name.client_id),
                LedgerAccount.detail == name.detail,
                LedgerAccount.currency == currency,
            )
        )

    async def balances(
        self, *, before: date | None = None, kind: AccountKind | None = None, client_id: UUID | None = None
    ) -> list[LedgerBalance]:
        """Every account with what was posted to it on days before `before`, by kind, client and detail."""
        sides = []
        for own, debit, credit in (
            (LedgerPosting.debit_account_id, LedgerPosting.amount, 0),
            (LedgerPosting.credit_account_id, 0, LedgerPosting.amount),
        ):
            side = select(
                own.label("account_id"), func.sum(debit).label("debit"), func.sum(credit).label("credit")
            ).group_by(own)
            sides.append(side.where(LedgerPosting.day < before) if before is not None else side)
        moved = union_all(*sides).subquery()
        statement = (
            select(
                LedgerAccount,
                func.coalesce(func.sum(moved.c.debit), 0),
                func.coalesce(func.sum(moved.c.credit), 0),
            )
            .outerjoin(moved, moved.c.account_id == LedgerAccount.id)
            .group_by(LedgerAccount.tenant_id, LedgerAccount.id)
            .order_by(LedgerAccount.kind, LedgerAccount.client_id, LedgerAccount.detail, LedgerAccount.id)
        )
        if kind is not None:
            statement = statement.where(LedgerAccount.kind == kind)
        if client_id is not None:
            statement = statement.where(LedgerAccount.client_id == client_id)
        return [
            LedgerBalance(
                account_id=account.id,
                kind=AccountKind(account.kind),
                client_id=account.client_id,
                detail=account.detail,
                currency=account.currency,
                debit=int(debit),
                credit=int(credit),
            )
            for account, debit, credit in await self._session.execute(statement)
        ]
