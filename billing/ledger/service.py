"""Use cases of the ledger: posting, taking back, reading balances."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.platform.kernel.errors import NotFound
from app.platform.kernel.invariants import present
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.ledger.accounts import LedgerAccountName
from billing.ledger.errors import EntryReversed, NothingToPost
from billing.ledger.models import LedgerAccount, LedgerEntry, LedgerPosting
from billing.ledger.months import LedgerMonths
from billing.ledger.repository import LedgerRepository
from billing.ledger.schemas import EntrySource, Transfer

REVERSAL = "reversal"
"""The source kind of an entry that takes another one back; its source is that entry."""


class Ledger:
    """The books of the actor's company. The use case that a posting follows from has asked who may do it."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self._repository = LedgerRepository(work.session)
        self._months = LedgerMonths(work)
        self._accounts: dict[tuple[LedgerAccountName, str], UUID] = {}

    async def post(self, source: EntrySource, day: date, transfers: Sequence[Transfer], remark: str = "") -> UUID:
        """Post what `source` means for the books, on `day` of the company's zone. The entry's id; the same source again
        posts nothing and has the id of the first time.

        Raises:
            NothingToPost: all amounts are zero.
            MonthClosed: the day's month is closed (`LedgerMonths.open_day` finds a day that is not).
        """
        wanted = [each.positive() for each in transfers if each.amount]
        if not wanted:
            raise NothingToPost
        if (before := await self._posted(source)) is not None:
            return before
        await self._months.hold_open(day)
        return await self._insert(source, day, wanted, remark, None)

    async def reverse(self, entry_id: UUID, day: date, remark: str) -> UUID:
        """Take an entry back by one with the sides changed, on `day`, or the first day after it whose month is open.

        Raises:
            NotFound: no such entry.
            EntryReversed: it was taken back before, by whoever, or is a reversal.
        """
        entry = await self._repository.entry(entry_id)
        if entry is None:
            raise NotFound
        if entry.reverses_id is not None or await self._posted(EntrySource(REVERSAL, entry_id, REVERSAL)) is not None:
            raise EntryReversed
        day = await self._months.open_day(max(day, entry.day))
        made = await self._insert_entry(EntrySource(REVERSAL, entry_id, REVERSAL), day, remark, entry_id)
        if made is None:
            raise EntryReversed
        # What this transaction itself has posted is to be found too.
        await self._work.session.flush()
        for posting in await self._repository.postings_of(entry_id):
            self._work.session.add(
                LedgerPosting(
                    tenant_id=self._work.tenant_id,
                    id=self._work.new_id(),
                    entry_id=made,
                    day=day,
                    debit_account_id=posting.credit_account_id,
                    credit_account_id=posting.debit_account_id,
                    amount=posting.amount,
                    currency=posting.currency,
                )
            )
        return made

    async def open_day(self, day: date) -> date:
        """The day, or the first one after it whose month is not closed; it stays open until the transaction ends."""
        return await self._months.open_day(day)

    async def entry_of(self, source: EntrySource) -> UUID | None:
        """The entry that was posted for a source."""
        return await self._posted(source)

    async def _posted(self, source: EntrySource) -> UUID | None:
        return await self._work.session.scalar(
            select(LedgerEntry.id).where(
                LedgerEntry.source_kind == source.kind,
                LedgerEntry.source_id == source.id,
                LedgerEntry.purpose == source.purpose,
            )
        )

    async def _insert(
        self, source: EntrySource, day: date, transfers: Sequence[Transfer], remark: str, reverses_id: UUID | None
    ) -> UUID:
        made = await self._insert_entry(source, day, remark, reverses_id)
        if made is None:  # somebody else was quicker and has committed meanwhile
            return present(await self._posted(source), "the conflict was with it")
        for transfer in transfers:
            currency = transfer.amount.currency
            self._work.session.add(
                LedgerPosting(
                    tenant_id=self._work.tenant_id,
                    id=self._work.new_id(),
                    entry_id=made,
                    day=day,
                    debit_account_id=await self._account(transfer.debit, currency),
                    credit_account_id=await self._account(transfer.credit, currency),
                    amount=transfer.amount.minor,
                    currency=currency,
                )
            )
        return made

    async def _insert_entry(self, source: EntrySource, day: date, remark: str, reverses_id: UUID | None) -> UUID | None:
        """The new entry's id; None where the source has one."""
        return await self._work.session.scalar(
            insert(LedgerEntry)
            .values(
                tenant_id=self._work.tenant_id,
                id=self._work.new_id(),
                day=day,
                source_kind=source.kind,
                source_id=source.id,
                purpose=source.purpose,
                reverses_id=reverses_id,
                remark=remark,
                posted_at=self._work.now,
            )
            .on_conflict_do_nothing(index_elements=["tenant_id", "source_kind", "source_id", "purpose"])
            .returning(LedgerEntry.id)
        )

    async def _account(self, name: LedgerAccountName, currency: str) -> UUID:
        """The account of this name in this currency, made if there is none.

        Raises:
            ValueError: a client's account without the client, or the company's own with one.
        """
        name.check()
        known = self._accounts.get((name, currency))
        if known is None:
            known = self._accounts[name, currency] = await self._find_or_make(name, currency)
        return known

    async def _find_or_make(self, name: LedgerAccountName, currency: str) -> UUID:
        found = await self._repository.account_id(name, currency)
        if found is not None:
            return found
        made = await self._work.session.scalar(
            insert(LedgerAccount)
            .values(
                tenant_id=self._work.tenant_id,
                id=self._work.new_id(),
                kind=name.kind,
                client_id=name.client_id,
                detail=name.detail,
                currency=currency,
            )
            .on_conflict_do_nothing(constraint="uq_ledger_account_name")
            .returning(LedgerAccount.id)
        )
        if made is None:
            made = present(await self._repository.account_id(name, currency), "the conflict was with it")
        return made
