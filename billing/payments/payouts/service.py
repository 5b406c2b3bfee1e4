"""Use cases of payouts: booked once as the provider tells of them, and matched with the line of the bank's.

The books follow the provider alone: what was paid out is at the bank. A line of the bank statement that is matched
with a payout posts nothing, so that the same money is not booked twice.
"""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.platform.kernel.columns import view_of
from app.platform.kernel.errors import NotFound, StaleVersion
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.gateway import GatewayPayout
from billing.gateway import PayoutState as Told
from billing.ledger import AccountKind, EntrySource, Ledger, LedgerAccountName, Transfer
from billing.money import Money
from billing.payments.models import BankLine
from billing.payments.payouts.errors import PayoutFailed, PayoutLineDiffers, PayoutMatched, PayoutNotMatched
from billing.payments.payouts.models import Payout
from billing.payments.payouts.schemas import PayoutLine, PayoutVersion, PayoutView
from billing.payments.payouts.states import PAYOUT, PayoutMove, PayoutState
from billing.payments.permissions import PaymentPermission
from billing.payments.schemas import BankLineView
from billing.payments.states import BANK_LINE, BankLineMove, BankLineState
from tenants.company_time import company_day

BANK: Final = LedgerAccountName(AccountKind.BANK)
CLEARING: Final = LedgerAccountName(AccountKind.GATEWAY_CLEARING)
WITHIN: Final = timedelta(days=10)
"""How far the bank's day may lie from the one that the provider expects."""
MOST_SUGGESTED: Final = 5
_FREE: Final = (BankLineState.OPEN, BankLineState.SET_ASIDE)
_SOURCE: Final = "payout"
"""What the ledger calls the record that the entry follows from."""
_MOVES: Final = {Told.PAID: PayoutMove.PAY, Told.FAILED: PayoutMove.FAIL}


class Payouts:
    """Payouts to the company.

    Raises:
        Forbidden: without `payment:read`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(PaymentPermission.PAYMENT_READ)
        self._work = work
        self._ledger = Ledger(work)

    async def get(self, payout_id: UUID) -> PayoutView:
        """
        Raises:
            NotFound: no such payout in this company.
        """
        row = await self._work.session.scalar(select(Payout).where(Payout.id == payout_id))
        if row is None:
            raise NotFound
        return payout_view(row)

    async def told(self, payout: GatewayPayout) -> UUID:
        """Write down what the provider says of a payout now, and book it once: its id. The same again, or something
        older, changes nothing.

        Raises:
            Forbidden: without `payment:write`.
        """
        work = self._work
        work.actor.require(PaymentPermission.PAYMENT_WRITE)
        values = {
            "tenant_id": work.tenant_id,
            "id": work.new_id(),
            "gateway_payout_id": payout.id,
            "amount": payout.amount.minor,
            "currency": payout.amount.currency,
            "state": PayoutState.ON_ITS_WAY,
            "arrives_on": payout.arrives_on,
            "failure_reason": "",
            "bank_line_id": None,
            "recorded_at": work.now,
            "changed_at": work.now,
            "version": 1,
        }
        await work.session.execute(
            insert(Payout).values(values).on_conflict_do_nothing(index_elements=["tenant_id", "gateway_payout_id"])
        )
        row = (
            await work.session.scalars(
                select(Payout)
                .where(Payout.gateway_payout_id == payout.id)
                .with_for_update()
                .execution_options(populate_existing=True)
            )
        ).one()
        move = _MOVES.get(payout.state)
        if move is not None and PAYOUT.allows(move, row.state):
            await self._moved(row, move, payout)
        return row.id

    async def lines_for(self, payout: PayoutView) -> list[BankLineView]:
        """Lines of the bank's that may be this payout, the likeliest first: those that name it, then the nearest
        days."""
        if payout.bank_line_id is not None or payout.state is PayoutState.FAILED:
            return []
        rows = await self._work.session.scalars(
            select(BankLine)
            .where(
                BankLine.amount == payout.amount,
                BankLine.currency == payout.currency,
                BankLine.state.in_(_FREE),
                BankLine.day.between(payout.arrives_on - WITHIN, payout.arrives_on + WITHIN),
            )
            .order_by(
                func.strpos(BankLine.text + " " + BankLine.reference, payout.gateway_payout_id) == 0,
                func.abs(BankLine.day - payout.arrives_on),
                BankLine.id,
            )
            .limit(MOST_SUGGESTED)
        )
        return [view_of(BankLineView, row) for row in rows]

    async def payouts_for(self, line: BankLineView) -> list[PayoutView]:
        """Payouts that this line of the bank's may be, the likeliest first."""
        rows = await self._work.session.scalars(
            select(Payout)
            .where(
                Payout.amount == line.amount,
                Payout.currency == line.currency,
                Payout.state != PayoutState.FAILED,
                Payout.bank_line_id.is_(None),
                Payout.arrives_on.between(line.day - WITHIN, line.day + WITHIN),
            )
            .order_by(
                func.strpos(f"{line.text} {line.reference}", Payout.gateway_payout_id) == 0,
                func.abs(Payout.arrives_on - line.day),
                Payout.id,
            )
            .limit(MOST_SUGGESTED)
        )
        return [payout_view(row) for row in rows]

    async def line_of(self, payout: PayoutView) -> BankLineView | None:
        """The line with which it came."""
        row = await self._work.session.scalar(select(BankLine).where(BankLine.id == payout.bank_line_id))
        return None if row is None else view_of(BankLineView, row)

    async def match(self, payout_id: UUID, wanted: PayoutLine) -> PayoutView:
        """This line of the bank's is the payout: the line is done, and the money is booked with the payout alone.

        Raises:
            Forbidden: without `payment:write`.
            NotFound, StaleVersion, BankLineMoveRefused
            PayoutMatched: another line is.
            PayoutFailed: it did not arrive.
            PayoutLineDiffers: another amount or currency.
        """
        row = await self._locked(payout_id, wanted.version)
        if row.bank_line_id is not None:
            raise PayoutMatched
        if row.state == PayoutState.FAILED:
            raise PayoutFailed
        line = await self._locked_line(wanted.bank_line_id)
        BANK_LINE.require(BankLineMove.MATCH_PAYOUT, line.state)
        if (line.amount, line.currency) != (row.amount, row.currency):
            raise PayoutLineDiffers
        line.state = BANK_LINE.after(BankLineMove.MATCH_PAYOUT, line.state)
        line.reason = ""
        line.version += 1
        row.bank_line_id = line.id
        self._touch(row)
        self._work.audit("payout.matched", "payout", row.id, payout=row.gateway_payout_id)
        await self._work.session.flush()
        return payout_view(row)

    async def release(self, payout_id: UUID, wanted: PayoutVersion) -> PayoutView:
        """Another line is the payout: this one waits again.

        Raises:
            Forbidden: without `payment:write`.
            NotFound, StaleVersion
            PayoutNotMatched: none is.
        """
        row = await self._locked(payout_id, wanted.version)
        if row.bank_line_id is None:
            raise PayoutNotMatched
        await self._let_go(row)
        self._touch(row)
        self._work.audit("payout.released", "payout", row.id, payout=row.gateway_payout_id)
        await self._work.session.flush()
        return payout_view(row)

    async def _moved(self, row: Payout, move: PayoutMove, payout: GatewayPayout) -> None:
        work = self._work
        row.state = PAYOUT.after(move, row.state)
        row.arrives_on, row.failure_reason = payout.arrives_on, payout.failure_reason
        self._touch(row)
        today = await company_day(work)
        source = EntrySource(_SOURCE, row.id, "paid")
        if move is PayoutMove.PAY:
            amount = Money(row.amount, row.currency)
            await self._ledger.post(
                source, await self._day(row, today), [Transfer(BANK, CLEARING, amount)], row.gateway_payout_id
            )
            work.audit("payout.paid", "payout", row.id, payout=row.gateway_payout_id)
        else:
            booked = await self._ledger.entry_of(source)
            if booked is not None:
                await self._ledger.reverse(booked, today, row.gateway_payout_id)
            if row.bank_line_id is not None:
                await self._let_go(row)
            work.audit("payout.failed", "payout", row.id, payout=row.gateway_payout_id, reason=payout.failure_reason)
        await work.session.flush()

    async def _day(self, row: Payout, today: date) -> date:
        """The day on which it is at the bank, which the provider may expect later than it says so."""
        return await self._ledger.open_day(min(row.arrives_on, today))

    async def _let_go(self, row: Payout) -> None:
        """Its line of the bank's waits again for somebody to say what it is."""
        line = await self._work.session.get_one(
            BankLine, (self._work.tenant_id, row.bank_line_id), with_for_update=True, populate_existing=True
        )
        line.state = BANK_LINE.after(BankLineMove.UNDO, line.state)
        line.version += 1
        row.bank_line_id = None

    def _touch(self, row: Payout) -> None:
        row.changed_at = self._work.now
        row.version += 1

    async def _locked(self, payout_id: UUID, version: int) -> Payout:
        """The payout, before its line: in this order by whoever holds both."""
        self._work.actor.require(PaymentPermission.PAYMENT_WRITE)
        row = await self._work.session.scalar(
            select(Payout).where(Payout.id == payout_id).with_for_update().execution_options(populate_existing=True)
        )
        if row is None:
            raise NotFound
        if row.version != version:
            raise StaleVersion
        return row

    async def _locked_line(self, line_id: UUID) -> BankLine:
        line = await self._work.session.scalar(
            select(BankLine).where(BankLine.id == line_id).with_for_update().execution_options(populate_existing=True)
        )
        if line is None:
            raise NotFound
        return line


def payout_view(row: Payout) -> PayoutView:
    """A payout as it is read."""
    return view_of(PayoutView, row, state=PayoutState(row.state))
