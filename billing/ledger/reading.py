"""What finance reads of the books: balances, and entries with their postings."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import aliased

from app.platform.kernel.columns import view_of
from app.platform.kernel.errors import NotFound
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.ledger.accounts import AccountKind
from billing.ledger.models import LedgerAccount, LedgerEntry, LedgerPosting
from billing.ledger.permissions import LedgerPermission
from billing.ledger.repository import LedgerRepository
from billing.ledger.schemas import LedgerBalance, LedgerEntryView, LedgerPostingView


class LedgerReading:
    """The books of the actor's company as its finance reads them.

    Raises:
        Forbidden: without `ledger:read`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(LedgerPermission.LEDGER_READ)
        self._session = work.session
        self._repository = LedgerRepository(work.session)

    async def balances(self, *, before: date | None = None, client_id: UUID | None = None) -> list[LedgerBalance]:
        """Every account with what was posted on days before `before` (all days where it is left out)."""
        return await self._repository.balances(before=before, client_id=client_id)

    async def entries(self, *, after: tuple[date, UUID] | None = None, limit: int) -> list[LedgerEntryView]:
        """The newest day first."""
        statement = select(LedgerEntry).order_by(LedgerEntry.day.desc(), LedgerEntry.id.desc()).limit(limit)
        if after is not None:
            statement = statement.where(tuple_(LedgerEntry.day, LedgerEntry.id) < after)
        return await self._with_postings((await self._session.scalars(statement)).all())

    async def entry(self, entry_id: UUID) -> LedgerEntryView:
        """
        Raises:
            NotFound: no such entry in this company.
        """
        row = await self._repository.entry(entry_id)
        if row is None:
            raise NotFound
        (entry,) = await self._with_postings([row])
        return entry

    async def _with_postings(self, entries: Sequence[LedgerEntry]) -> list[LedgerEntryView]:
        debit, credit = aliased(LedgerAccount), aliased(LedgerAccount)
        rows = await self._session.execute(
            select(LedgerPosting, debit, credit)
            .join(debit, debit.id == LedgerPosting.debit_account_id)
            .join(credit, credit.id == LedgerPosting.credit_account_id)
            .where(LedgerPosting.entry_id.in_([entry.id for entry in entries]))
            .order_by(LedgerPosting.id)
        )
        postings: dict[UUID, list[LedgerPostingView]] = {entry.id: [] for entry in entries}
        for posting, debited, credited in rows:
            postings[posting.entry_id].append(
                LedgerPostingView(
                    debit_kind=AccountKind(debited.kind),
                    debit_client_id=debited.client_id,
                    debit_detail=debited.detail,
                    credit_kind=AccountKind(credited.kind),
                    credit_client_id=credited.client_id,
                    credit_detail=credited.detail,
                    amount=posting.amount,
                    currency=posting.currency,
                )
            )
        return [view_of(LedgerEntryView, entry, postings=postings[entry.id]) for entry in entries]


async def client_balances(work: UnitOfWork, kind: AccountKind) -> dict[tuple[UUID, str], int]:
    """By client and currency: what stands on its account of a kind, on the side on which it grows. For areas that hold
    their own records against the books; they have asked what their actor may see."""
    balances = await LedgerRepository(work.session).balances(kind=kind)
    return {(each.client_id, each.currency): each.balance.minor for each in balances if each.client_id is not None}


async def detail_balances(work: UnitOfWork, kind: AccountKind) -> dict[tuple[str, str], int]:
    """The same by the account's detail and currency, of a kind whose accounts are told apart by it."""
    balances = await LedgerRepository(work.session).balances(kind=kind)
    return {(each.detail, each.currency): each.balance.minor for each in balances}
